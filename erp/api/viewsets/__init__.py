"""Routes of the app: one module per half."""

"""What the API of the app shows and takes: one module per half."""

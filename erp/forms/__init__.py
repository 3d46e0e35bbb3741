"""Forms: one module per document."""

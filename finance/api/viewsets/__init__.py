"""Routes of finance: one module per document."""

"""Filters of the app's lists: one module per document."""

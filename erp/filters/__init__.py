"""Filters of lists: one module per half."""

"""The financial statements: their columns, their figures, what is behind each figure."""

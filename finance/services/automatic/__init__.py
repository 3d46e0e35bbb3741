"""Entries that follow from what happened upstream: stock, sales, purchases, production."""

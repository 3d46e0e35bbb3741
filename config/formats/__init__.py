"""Formats of the house, per language."""

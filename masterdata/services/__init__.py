"""Writes of master data."""

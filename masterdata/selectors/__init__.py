"""Reads of master data for pages and for the apps below."""

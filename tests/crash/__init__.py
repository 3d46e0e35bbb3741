"""Processes and servers killed in the middle of their work."""

"""Races of processes for one row, each with its lock-off control."""

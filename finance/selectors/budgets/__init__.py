"""Budgets read: what is used and committed of each line, which lines a cost falls under."""

"""Makers of rows for tests: functions that return saved objects; documents are made through services."""

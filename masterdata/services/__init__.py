"""Writes of master data. Importing the package registers every kind of record."""

from masterdata.services import calendars, company, items, money, partners

__all__ = ["calendars", "company", "items", "money", "partners"]

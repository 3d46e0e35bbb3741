"""What people, scanners and addresses say as text, read without tripping over nonsense."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal, InvalidOperation

from django.utils.dateparse import parse_date, parse_datetime

MOST_DIGITS = 18
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
"""The days that documents can be about; before and after, calendars and zones come to their end."""


def is_key(text: object) -> bool:
    """Return whether a text is a whole number that can be a key, a version or a count: 1 to 18 decimal digits.

    Superscripts are digits to Python and no numbers; more digits than a bigint holds are no key of anything.
    """
    return isinstance(text, str) and text.isdecimal() and len(text) <= MOST_DIGITS


def day_typed(text: str) -> dt.date | None:
    """Return the day a text (2026-03-31) says; None where it says none, or one that nothing can be about."""
    found = None
    with suppress(ValueError):  # well formed and no day: 2026-02-30
        found = parse_date(text)
    return found if found is not None and FIRST_DAY <= found <= LAST_DAY else None


def number_typed(text: str) -> Decimal | None:
    """Return the number a text (-12.50) says; None where it says none, or one with more digits than any column has."""
    found = None
    with suppress(InvalidOperation):
        found = Decimal(text.strip())
    return found if found is not None and found.is_finite() and found.adjusted() < MOST_DIGITS else None


def moment_typed(text: str) -> dt.datetime | None:
    """Return the moment a text (2026-03-31T08:00) says; None where it says none, or one that nothing can be about."""
    found = None
    with suppress(ValueError):
        found = parse_datetime(text)
    return found if found is not None and FIRST_DAY <= found.date() <= LAST_DAY else None

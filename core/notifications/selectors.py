"""Reading notifications."""

from typing import Any


def unread_count(user: Any) -> int:
    """Return how many notifications ``user`` has not opened."""
    return 0

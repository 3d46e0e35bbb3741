"""Figures in answers and requests."""

from typing import Any

from rest_framework import serializers

HEADER = ("id", "number", "state", "version", "document_date", "created_at", "owner", "note")


class Figure(serializers.DecimalField):
    """A figure with up to six decimals, as a string."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=6, **kwargs)


class Money(serializers.DecimalField):
    """An amount with up to four decimals, as a string."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=4, **kwargs)

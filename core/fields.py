"""Decimal columns with the house's precisions, and the small database expressions migrations need."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import BigIntegerRangeField
from django.db import models


class _FixedDecimalField(models.DecimalField):
    """A DecimalField whose precision is part of its class, so that a model cannot choose its own."""

    digits = 18
    places = 4

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = self.digits
        kwargs["decimal_places"] = self.places
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_digits", None)
        kwargs.pop("decimal_places", None)
        return name, path, args, kwargs


class AmountField(_FixedDecimalField):
    """Money in the currency named by its document, numeric(18,4), rounded to the currency's decimals when stored."""

    places = 4


class UnitPriceField(_FixedDecimalField):
    """Money per unit of measure, numeric(18,6)."""

    places = 6


class QuantityField(_FixedDecimalField):
    """A quantity in the unit named beside it, numeric(18,6)."""

    places = 6


class RateField(_FixedDecimalField):
    """A factor or an exchange rate, numeric(18,10)."""

    places = 10


class UnitCostField(_FixedDecimalField):
    """A derived cost per stock unit, numeric(24,10); the value is the fact, this only explains it."""

    digits = 24
    places = 10


class PercentField(_FixedDecimalField):
    """A percentage as people write it (13 is 13 %), numeric(9,4)."""

    digits = 9
    places = 4


class OneKey(models.Func):
    """A scalar key as a one-point range, so that an exclusion constraint needs no extension.

    ``ExclusionConstraint(expressions=[(OneKey("item_id"), "&&"), ("valid", "&&")])``
    """

    function = "int8range"
    template = "int8range(%(expressions)s, %(expressions)s, '[]')"
    output_field = BigIntegerRangeField()


ZERO = Decimal(0)

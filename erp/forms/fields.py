"""Fields that the forms of the app share."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.formats import plain
from core.forms import DayInput
from core.typed import is_key
from core.widgets import TYPED, Picker
from masterdata.models import Item, Partner

ITEMS = reverse_lazy("masterdata:item-lookup")
PARTNERS = reverse_lazy("masterdata:partner-lookup")
SMALLEST = Decimal("0.000001")


class DecimalInput(forms.NumberInput):
    """A number as it was typed, without trailing zeros and without a fixed step."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"step": "any", "inputmode": "decimal"} | (attrs or {}))

    def format_value(self, value: Any) -> Any:
        return str(plain(value)) if isinstance(value, Decimal) else super().format_value(value)


class KnownField(forms.TypedChoiceField):
    """A choice among a few records that were read once; cleans to the record's key."""

    def __init__(self, rows: Iterable[models.Model] = (), **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(coerce=int, empty_value=None, **kwargs)
        self.offer(rows)

    def offer(self, rows: Iterable[Any], empty: str = "—") -> None:
        """Set what may be chosen: records, or (key, text) pairs."""
        pairs = [row if isinstance(row, tuple) else (str(row.pk), str(row)) for row in rows]
        self.choices = [("", empty), *pairs]


class PickedItem(forms.Field):
    """An item found while typing; cleans to its key without a query."""

    unknown = _("No item answers to “%(text)s”.")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Item"))
        kwargs.setdefault("widget", Picker(ITEMS, attrs={"data-width": "18rem"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int | None:
        if not value:
            return super().clean(None)
        text = str(value)
        if text.startswith(TYPED) or not is_key(text):
            raise forms.ValidationError(self.unknown, params={"text": text.removeprefix(TYPED)})
        return int(text)


class PickedPartner(PickedItem):
    """A partner found while typing; cleans to its key without a query."""

    unknown = _("No partner answers to “%(text)s”.")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", Picker(PARTNERS))
        super().__init__(**kwargs)


def quantity_field(label: Any, *, required: bool = True, at_least: Decimal = SMALLEST, **kwargs: Any) -> Any:
    """A quantity in the stock unit."""
    if at_least == SMALLEST:
        kwargs = {"error_messages": {"min_value": _("The quantity must be above zero.")}} | kwargs
    return forms.DecimalField(
        label=label,
        required=required,
        max_digits=18,
        decimal_places=6,
        min_value=at_least,
        widget=DecimalInput(attrs={"data-width": "7rem"}),
        **kwargs,
    )


def whole_field(label: Any, **kwargs: Any) -> forms.IntegerField:
    """A small whole number; may stay empty."""
    return forms.IntegerField(
        label=label, required=False, min_value=1, widget=DecimalInput(attrs={"data-width": "4rem"}), **kwargs
    )


def cost_field(label: Any, **kwargs: Any) -> Any:
    """A cost per stock unit in base currency; may stay empty."""
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=24,
        decimal_places=10,
        min_value=ZERO,
        widget=DecimalInput(attrs={"data-width": "7rem"}),
        **kwargs,
    )


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day; may stay empty."""
    return forms.DateField(label=label, required=False, widget=DayInput(), **kwargs)


def why_field() -> forms.CharField:
    """Why a day that has passed is given; the operation asks for it when one is."""
    return text_field(_("Reason"), 300, help_text=_("Needed when the day has passed."))


def text_field(label: Any, length: int, *, width: str = "", **kwargs: Any) -> forms.CharField:
    """A short text; may stay empty."""
    attrs = {"data-width": width} if width else {}
    return forms.CharField(label=label, max_length=length, required=False, widget=forms.TextInput(attrs), **kwargs)


def item_labels(keys: Iterable[Any]) -> dict[int, str]:
    """Return {key: text} of the items that stand in a grid."""
    wanted = {int(key) for key in keys if key and is_key(str(key))}
    return {item.pk: str(item) for item in Item.objects.filter(pk__in=wanted)} if wanted else {}


def partner_labels(keys: Iterable[Any]) -> dict[int, str]:
    """Return {key: text} of the partners that stand in a grid."""
    wanted = {int(key) for key in keys if key and is_key(str(key))}
    return {one.pk: str(one) for one in Partner.objects.filter(pk__in=wanted)} if wanted else {}

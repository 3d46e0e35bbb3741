"""Fields that the forms of sales share."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import models
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.formats import plain
from core.forms import DayInput
from core.models import User
from core.typed import is_key
from core.widgets import TYPED, Picker, show_choice
from crm.models import Campaign
from masterdata.models import (
    Currency,
    Department,
    Item,
    Partner,
    PartnerAddress,
    PaymentTerm,
    Project,
    Tax,
    UnitOfMeasure,
    Warehouse,
)

__all__ = ["DayInput", "show_choice"]

CUSTOMERS = format_lazy("{}?kind=customer", reverse_lazy("masterdata:partner-lookup"))
NEW_PARTNER = reverse_lazy("masterdata:partner-quick")
SOLD_ITEMS = format_lazy("{}?for=sold", reverse_lazy("masterdata:item-lookup"))
ADDRESSES = reverse_lazy("crm:address-lookup")


class DecimalInput(forms.NumberInput):
    """A number as it was typed, without trailing zeros and without a fixed step."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"step": "any", "inputmode": "decimal"} | (attrs or {}))

    def format_value(self, value: Any) -> Any:
        return str(plain(value)) if hasattr(value, "normalize") else super().format_value(value)


class KnownField(forms.TypedChoiceField):
    """A choice among a few records that were read once; cleans to the record's key."""

    def __init__(self, rows: Iterable[models.Model] = (), **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(coerce=int, empty_value=None, **kwargs)
        self.offer(rows)

    def offer(self, rows: Iterable[models.Model]) -> None:
        """Set what may be chosen."""
        self.choices = [("", "—"), *((str(row.pk), str(row)) for row in rows)]


class PickedItem(forms.Field):
    """An item found while typing; cleans to its key without a query (the service looks all keys up at once)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Item"))
        kwargs.setdefault("widget", Picker(SOLD_ITEMS, attrs={"data-width": "m"}, asks="partner"))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int | None:
        if not value:
            return super().clean(None)
        text = str(value)
        if text.startswith(TYPED) or not is_key(text):
            raise forms.ValidationError(_("No item answers to “%(text)s”."), params={"text": text.removeprefix(TYPED)})
        return int(text)


def customer_field(user: Any) -> forms.ModelChoiceField:
    """A customer in the user's row scope, found while typing, or made in the side panel."""
    return forms.ModelChoiceField(
        Partner.objects.visible_to(user).filter(is_customer=True),
        label=_("Customer"),
        widget=Picker(CUSTOMERS, create_url=NEW_PARTNER),
    )


def address_field() -> forms.ModelChoiceField:
    """One of the customer's addresses; empty means his usual one."""
    return forms.ModelChoiceField(
        PartnerAddress.objects.filter(is_active=True),
        label=_("Delivery address"),
        required=False,
        widget=Picker(ADDRESSES, asks="partner"),
        help_text=_("Empty: the customer's usual one."),
    )


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """A day."""
    return forms.DateField(label=label, required=required, widget=DayInput(), help_text=help_text)


def active(model: type[models.Model]) -> Any:
    """Return the records that may be chosen on new documents."""
    return model._default_manager.filter(is_active=True)


def staff() -> Any:
    """Return the people who may own a document."""
    return User.objects.filter(is_active=True, kind=User.Kind.STAFF)


def currencies() -> Any:
    """Return the currencies that may be chosen."""
    return active(Currency).order_by("code")


def payment_terms() -> Any:
    """Return the payment terms that may be chosen."""
    return active(PaymentTerm).order_by("code")


def warehouses() -> Any:
    """Return the warehouses that may be chosen."""
    return active(Warehouse).order_by("code")


def campaigns() -> Any:
    """Return the campaigns that may be chosen."""
    return active(Campaign).order_by("code")


def departments() -> Any:
    """Return the departments that may be chosen."""
    return active(Department).order_by("code")


def projects() -> Any:
    """Return the projects that may be chosen."""
    return active(Project).order_by("code")


def units() -> Any:
    """Return the units of measure that may be chosen."""
    return active(UnitOfMeasure).order_by("code")


def taxes() -> Any:
    """Return the taxes that may be chosen."""
    return active(Tax).order_by("code")


def item_labels(keys: Iterable[Any]) -> dict[int, str]:
    """Return {key: text} of the items that stand in a grid."""
    wanted = {int(key) for key in keys if key and is_key(str(key))}
    return {item.pk: str(item) for item in Item.objects.filter(pk__in=wanted)} if wanted else {}

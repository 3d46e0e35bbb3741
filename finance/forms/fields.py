"""Fields that the forms of finance share."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput
from core.widgets import Picker
from finance.selectors.accounts import typed_accounts
from finance.states import Side
from masterdata.models import Item, Partner, PaymentTerm, Tax

Choices = list[tuple[str, str]]


def _with_query(url: str, query: str) -> str:
    return f"{url}?{query}"


_lazy_url = lazy(_with_query, str)


def partner_field(kind: str = "", **kwargs: Any) -> forms.ModelChoiceField:
    """A picker of customers or suppliers, or of both; who is closed still settles what is open with him."""
    url = reverse_lazy("masterdata:partner-lookup")
    rows = Partner.objects.filter(merged_into__isnull=True)
    query, label = "closed=1", _("Partner")
    if kind == Side.CUSTOMER:
        query, rows, label = "kind=customer&closed=1", rows.filter(is_customer=True), _("Customer")
    elif kind == Side.SUPPLIER:
        query, rows, label = "kind=supplier&closed=1", rows.filter(is_supplier=True), _("Supplier")
    url = _lazy_url(url, query)
    kwargs.setdefault("label", label)
    return forms.ModelChoiceField(rows, widget=Picker(url), **kwargs)


def item_field(**kwargs: Any) -> forms.ModelChoiceField:
    """A picker of items that are bought."""
    url = _lazy_url(reverse_lazy("masterdata:item-lookup"), "for=purchased")
    rows = Item.objects.filter(is_active=True, is_purchased=True).select_related("uom")
    return forms.ModelChoiceField(rows, label=_("Item"), widget=Picker(url, attrs={"data-width": "18rem"}), **kwargs)


def date_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, typed or picked."""
    return forms.DateField(label=label, widget=DayInput(), **kwargs)


def term_field() -> forms.ModelChoiceField:
    """Payment terms."""
    return forms.ModelChoiceField(PaymentTerm.objects.filter(is_active=True), label=_("Payment terms"), required=False)


class NumberField(forms.DecimalField):
    """A figure typed into a grid: no spinner steps, exact decimals."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(**kwargs)
        self.widget.attrs |= {"step": "any", "data-width": "8rem"}


class KeyField(forms.TypedChoiceField):
    """A select whose choices are read once and handed to every row; empty is None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, required=kwargs.pop("required", False), **kwargs)


def key_choices(rows: Iterable[Any], empty: Any = "") -> Choices:
    """Return the choices of a select over records."""
    return [("", str(empty)), *((str(row.pk), str(row)) for row in rows)]


def account_choices() -> Choices:
    """Return the accounts a person may book on."""
    return key_choices(typed_accounts())


def tax_choices() -> Choices:
    """Return the taxes in use; empty is no tax."""
    return key_choices(Tax.objects.filter(is_active=True), _("none"))

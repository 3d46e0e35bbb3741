"""Fields that the forms of purchasing share: pickers of items and suppliers, and choices read once for all rows."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from core.formats import readable
from core.widgets import Picker
from masterdata.models import Item, Location, Partner, Tax, UnitOfMeasure
from masterdata.selectors.units import other_units

Choices = list[tuple[str, str]]


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _with_query(url: str, query: str) -> str:
    return f"{url}?{query}"


_lazy_url = lazy(_with_query, str)


def item_field(**kwargs: Any) -> forms.ModelChoiceField:
    """A picker of items that are bought."""
    url = _lazy_url(reverse_lazy("masterdata:item-lookup"), "for=purchased")
    return forms.ModelChoiceField(
        Item.objects.filter(is_active=True, is_purchased=True).select_related("uom"),
        label=_("Item"),
        widget=Picker(url, attrs={"data-width": "18rem"}),
        **kwargs,
    )


def supplier_field(**kwargs: Any) -> forms.ModelChoiceField:
    """A picker of suppliers."""
    url = _lazy_url(reverse_lazy("masterdata:partner-lookup"), "kind=supplier")
    kwargs.setdefault("label", _("Supplier"))
    return forms.ModelChoiceField(
        Partner.objects.filter(is_active=True, is_supplier=True, merged_into__isnull=True), widget=Picker(url), **kwargs
    )


class NumberField(forms.DecimalField):
    """A figure typed into a grid: no spinner steps, exact decimals."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(**kwargs)
        self.widget.attrs |= {"step": "any", "data-width": "7rem"}


class ChoiceOfKey(forms.TypedChoiceField):
    """A select whose choices are read once and handed to every row; empty is None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, required=kwargs.pop("required", False), **kwargs)


def key_choices(rows: Iterable[Any], empty: Any = "") -> Choices:
    """Return the choices of a select over records."""
    return [("", str(empty)), *((str(row.pk), str(row)) for row in rows)]


def unit_choices(empty: Any = "") -> Choices:
    return key_choices(UnitOfMeasure.objects.filter(is_active=True), empty)


def units_beside(item_ids: Iterable[int]) -> Choices:
    """Return the units that some of the items have beside their stock units; empty is the stock unit."""
    found = {str(one.uom_id): one.uom.label() for rows in other_units(item_ids).values() for one in rows}
    return [("", str(_("stock unit"))), *sorted(found.items(), key=lambda pair: pair[1])]


def item_unit_choices(item: Item) -> Choices:
    """Return the units of one item, with what one of them is in the stock unit."""
    rows = other_units([item.pk]).get(item.pk, [])
    named = [(str(one.uom_id), f"{one.uom.code} = {readable(one.factor)} {item.uom.code}") for one in rows]
    return [("", item.uom.code), *named]


def tax_choices() -> Choices:
    return key_choices(Tax.objects.filter(is_active=True), _("as usual"))


def storage_choices(warehouse_id: int | None = None) -> Choices:
    """Return the storage locations (of one warehouse); empty is the default location."""
    places = Location.objects.filter(is_active=True, kind=Location.Kind.STORAGE).select_related("warehouse")
    if warehouse_id is not None:
        places = places.filter(warehouse_id=warehouse_id)
    return key_choices(places, _("default"))


class LineForm(forms.Form):
    """A row of a grid; ``choices`` fills its selects: {field name: choices}."""

    def __init__(self, *args: Any, choices: dict[str, Choices] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (choices or {}).items():
            if name in self.fields:
                self.fields[name].choices = rows  # type: ignore[attr-defined]

    def show(self, name: str, record: Any) -> None:
        """Write the text of a present choice into the row's picker."""
        if record is not None:
            self.fields[name].widget.label = str(record)  # type: ignore[attr-defined]


def typed_rows(formset: Any) -> list[dict[str, Any]]:
    """Return the cleaned rows that somebody filled in and did not remove."""
    rows = [form.cleaned_data for form in formset.forms if form.has_changed() or form.initial]
    return [row for row in rows if row and not row.get("DELETE")]

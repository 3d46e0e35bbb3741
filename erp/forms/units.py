"""The unit a quantity is typed in: offered where the items have other units than their stock unit."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.formats import readable
from erp.forms.fields import KnownField
from masterdata.models import Item, UnitOfMeasure
from masterdata.selectors.units import other_units

STOCK_UNIT = _("stock unit")


def unit_field() -> KnownField:
    """The unit of the quantity beside it; empty is the stock unit."""
    return KnownField(label=_("Unit"), widget=forms.Select(attrs={"data-width": "8rem"}))


def units_in(item_ids: Iterable[int]) -> list[tuple[str, str]]:
    """Return the other units that some of the items have, for a grid in which each row has an item of its own."""
    found = {str(one.uom_id): one.uom.label() for rows in other_units(item_ids).values() for one in rows}
    return sorted(found.items(), key=lambda pair: pair[1])


def units_by_item(item_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Return the other units of each item, with what one of them is in the stock unit."""
    return {
        item_id: [(str(one.uom_id), f"{one.uom.code} = {readable(one.factor)} {one.item.uom.code}") for one in rows]
        for item_id, rows in other_units(item_ids).items()
    }


def offer_every_unit(form: Any) -> None:
    """Offer all units on a form whose item is chosen on it as well; the item has the last word."""
    units = UnitOfMeasure.objects.filter(is_active=True)
    form.fields["uom"].offer([(str(one.pk), one.label()) for one in units], STOCK_UNIT)


def offer_units(form: Any, item: Item) -> None:
    """Offer the units of one item on a form; without any the field goes away."""
    pairs = units_by_item([item.pk]).get(item.pk, [])
    if pairs:
        form.fields["uom"].offer(pairs, item.uom.code)
    else:
        del form.fields["uom"]

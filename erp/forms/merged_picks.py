"""Forms of merged picks."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import ZERO
from core.formsets import Rows
from erp.forms.fields import KnownField, day_field, quantity_field
from erp.forms.units import STOCK_UNIT, unit_field, units_in
from erp.forms.work_orders import BACKDATING_HINT, TODAY_HINT
from erp.models import Lot, MergedPick
from erp.selectors.merged_picks import PickRow, wanting_orders
from erp.selectors.places import storage_places
from erp.states.making import SplitRule
from masterdata.models import Item, Location

CHOICES = 500


class MergedPickForm(forms.Form):
    """For which orders to fetch, and how to share out what is short."""

    work_orders = forms.MultipleChoiceField(
        label=_("Work orders"),
        help_text=_("Released orders that still need material, of one warehouse."),
        widget=forms.SelectMultiple(attrs={"data-enhance": True}),
    )
    split_rule = forms.ChoiceField(label=_("When there is too little"), choices=SplitRule.choices)
    takes_packs = forms.BooleanField(
        label=_("Fetch whole packs"),
        required=False,
        help_text=_("Rounds up to the smallest other unit of each item; the rest goes to the line side."),
    )
    line_side = KnownField(label=_("Line side"))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["work_orders"].choices = [
            (str(one.pk), f"{one.number} · {one.item} · {one.warehouse.code} · {one.start_date:%m-%d}")
            for one in wanting_orders()[:CHOICES]
        ]
        sides = Location.objects.filter(kind=Location.Kind.LINE_SIDE, is_active=True, warehouse__isnull=False)
        self.fields["line_side"].offer(sides.select_related("warehouse").order_by("warehouse__code", "code"))

    def values(self) -> dict[str, Any]:
        """Return the pick as the service takes it."""
        data = dict(self.cleaned_data)
        orders = [int(pk) for pk in data.pop("work_orders")]
        return data | {"work_order_ids": orders, "line_side_id": data.pop("line_side")}


class PostPickForm(forms.Form):
    """The day it is booked on."""

    posting_date = day_field(_("Date"), help_text=TODAY_HINT)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200, help_text=BACKDATING_HINT)


class FoundForm(forms.Form):
    """So much of a line found in one place and lot."""

    line = KnownField(label=_("Material"), required=True, widget=forms.Select(attrs={"data-width": "16rem"}))
    location = KnownField(label=_("Place"), widget=forms.Select(attrs={"data-width": "9rem"}))
    lot = KnownField(label=_("Lot or serial number"), widget=forms.Select(attrs={"data-width": "9rem"}))
    quantity = quantity_field(pgettext_lazy("pick", "Found"), required=False, at_least=ZERO)
    uom = unit_field()


class BaseFound(Rows):
    """Rows of what was found; lines, places and lots are read once for all of them."""

    def __init__(self, *args: Any, pick: MergedPick, rows: Sequence[PickRow], **kwargs: Any) -> None:
        self._lines = [(str(row.line.pk), f"{row.line.line_no}. {row.line.item} ({row.line.item.uom})") for row in rows]
        self._places = list(storage_places(pick.warehouse_id))
        self._units = units_in({row.line.item_id for row in rows})
        tracked = {row.line.item_id for row in rows if row.line.item.tracking != Item.Tracking.NONE}
        lots = Lot.objects.filter(item_id__in=tracked).select_related("item").order_by("item__code", "code")
        self._lots = [(str(one.pk), f"{one.code} ({one.item.code})") for one in lots] if tracked else []
        super().__init__(*args, **kwargs)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["line"].offer(self._lines)
        form.fields["uom"].offer(self._units, STOCK_UNIT)
        form.fields["location"].offer(self._places, _("usual place"))
        form.fields["lot"].offer(self._lots)
        if not self._lots:
            del form.fields["lot"]

    def typed(self) -> list[dict[str, Any]]:
        """Return the rows with a quantity, as the service takes them."""
        rows = [form.cleaned_data for form in self.forms if not form.cleaned_data.get("DELETE")]
        return [
            {f"{name}_id": row.get(name) for name in ("line", "location", "lot", "uom")} | {"quantity": row["quantity"]}
            for row in rows
            if row.get("quantity")
        ]


FoundRows = forms.formset_factory(
    FoundForm, formset=BaseFound, extra=1, can_delete=True, max_num=1000, absolute_max=1000
)


def suggested_finds(rows: Iterable[PickRow]) -> list[dict[str, Any]]:
    """Return one row per place that something open can be fetched from."""
    return [
        {
            "line": row.line.pk,
            "location": place.location.pk,
            "lot": place.lot.pk if place.lot else None,
            "quantity": place.quantity,
        }
        for row in rows
        for place in row.places
    ]

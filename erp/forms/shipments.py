"""Forms of shipments and returns."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.formats import readable
from core.formsets import Rows
from erp.forms.fields import KnownField, day_field, quantity_field, text_field, why_field
from erp.forms.units import STOCK_UNIT, unit_field, units_by_item, units_in
from erp.models import Demand, Lot, ReturnReceipt, ReturnReceiptLine, Shipment, ShipmentPick
from erp.selectors.picking import Suggestion
from erp.selectors.places import storage_places
from erp.states import DemandKind

MAX_ROWS = 2000
TODAY_HINT = _("Empty: today.")


class NoHeader(forms.Form):
    """A page whose lines are all there is to fill in."""


class PickForm(forms.Form):
    """Goods taken for one line from one place and lot."""

    line = KnownField(label=_("Line"), required=True)
    location = KnownField(label=_("Place"), required=True)
    lot = KnownField(label=_("Lot or serial number"))
    quantity = quantity_field(_("Picked"))
    uom = unit_field()
    second_quantity = quantity_field(_("Weighed (second unit)"), required=False)


class WeighForm(forms.Form):
    """What the scale says of one scan; empty takes it back."""

    pick_id = forms.IntegerField(widget=forms.HiddenInput)
    second_quantity = quantity_field(_("Weighed (second unit)"), required=False)


class BasePicks(Rows):
    """The picks of one shipment; lines, places and lots are read once for all of them."""

    def __init__(self, *args: Any, shipment: Shipment, **kwargs: Any) -> None:
        lines = list(shipment.lines.select_related("item__uom").order_by("line_no"))
        self._has_second = any(one.item.second_uom_id for one in lines)
        self._lines = [(str(one.pk), f"{one.line_no}. {one.item}") for one in lines]
        self._places = list(storage_places(shipment.warehouse_id))
        lots = Lot.objects.filter(item_id__in={one.item_id for one in lines}).select_related("item").order_by("code")
        self._lots = [(str(one.pk), f"{one.code} ({one.item.code})") for one in lots]
        self.units = units_in({one.item_id for one in lines})
        super().__init__(*args, **kwargs)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["line"].offer(self._lines)
        form.fields["location"].offer(self._places)
        form.fields["lot"].offer(self._lots)
        if not self._lots:
            del form.fields["lot"]
        form.fields["uom"].offer(self.units, STOCK_UNIT)
        if not self.units:
            del form.fields["uom"]
        if not self._has_second:
            del form.fields["second_quantity"]

    def typed(self) -> list[dict[str, Any]]:
        """Return the picks that are to stand."""
        live = [form for form in self.forms if form.has_changed() or form.initial]
        return [_pick(form.cleaned_data) for form in live if not form.cleaned_data.get("DELETE")]


def _pick(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "line_id": data["line"],
        "location_id": data["location"],
        "lot_id": data.get("lot"),
        "quantity": data["quantity"],
        "uom_id": data.get("uom"),
        "second_quantity": data.get("second_quantity"),
    }


Picks = forms.formset_factory(
    PickForm, formset=BasePicks, extra=0, can_delete=True, max_num=MAX_ROWS, absolute_max=MAX_ROWS
)


def picks_initial(picks: Sequence[ShipmentPick], suggestions: Iterable[Suggestion]) -> list[dict[str, Any]]:
    """Return what is picked and what the list suggests for the rest, as the grid shows it."""
    as_typed = [one for one in picks if one.second_quantity is not None or one.uom_id is not None]
    found = [(one.line_id, one.location_id, one.lot_id, one.quantity) for one in picks if one not in as_typed]
    found += [(one.line.pk, one.location.pk, one.lot.pk if one.lot else None, one.quantity) for one in suggestions]
    sums: dict[tuple[int, int, int | None], Decimal] = {}
    for line_id, location_id, lot_id, quantity in found:
        key = (line_id, location_id, lot_id)
        sums[key] = sums.get(key, ZERO) + quantity
    rows = [
        {
            "line": one.line_id,
            "location": one.location_id,
            "lot": one.lot_id,
            "quantity": one.entered_quantity or one.quantity,
            "uom": one.uom_id,
            "second_quantity": one.second_quantity,
        }
        for one in as_typed
    ]
    return rows + [
        {"line": line_id, "location": location_id, "lot": lot_id, "quantity": quantity}
        for (line_id, location_id, lot_id), quantity in sums.items()
    ]


class ShipForm(forms.Form):
    """When and how the goods left."""

    date = day_field(_("Shipped on"), help_text=TODAY_HINT)
    carrier = text_field(_("Carrier"), 80)
    tracking_number = text_field(_("Tracking number"), 60)
    reason = why_field()


class SignOffForm(forms.Form):
    """Who signed, and when."""

    signed_by = text_field(_("Signed by"), 80)
    date = day_field(_("Signed on"), help_text=TODAY_HINT)
    reason = why_field()


class SignedLineForm(forms.Form):
    """What of one line was accepted, damaged, missing."""

    line = forms.IntegerField(widget=forms.HiddenInput)
    signed = quantity_field(_("Accepted"), at_least=ZERO)
    damaged = quantity_field(_("Damaged"), required=False, at_least=ZERO)
    short = quantity_field(_("Missing"), required=False, at_least=ZERO)
    uom = unit_field()

    def typed(self) -> dict[str, Any]:
        """Return the line as the service takes it."""
        data = self.cleaned_data
        return {
            "line_id": data["line"],
            "signed": data["signed"],
            "damaged": data["damaged"] or ZERO,
            "short": data["short"] or ZERO,
            "uom_id": data.get("uom"),
        }


class ReceiveForm(forms.Form):
    """When the goods came back."""

    date = day_field(_("Received on"), help_text=TODAY_HINT)
    reason = why_field()


class ReceivedLineForm(forms.Form):
    """What of one line came back, and where it lies now."""

    line = forms.IntegerField(widget=forms.HiddenInput)
    quantity = quantity_field(_("Received"), at_least=ZERO)
    uom = unit_field()
    second_quantity = quantity_field(_("Weighed (second unit)"), required=False)
    location = KnownField(label=_("Place"))
    lot_code = text_field(_("Lot or serial number"), 60, width="9rem")

    def typed(self) -> dict[str, Any]:
        """Return the line as the service takes it."""
        data = self.cleaned_data
        return {
            "line_id": data["line"],
            "quantity": data["quantity"],
            "uom_id": data.get("uom"),
            "second_quantity": data.get("second_quantity"),
            "location_id": data["location"],
            "lot_code": data["lot_code"],
        }


class FixedLines(Rows):
    """One row per stored line, none to add; ``stored`` are the lines in order."""

    def __init__(self, *args: Any, stored: list[Any], **kwargs: Any) -> None:
        self.stored = stored
        super().__init__(*args, **kwargs)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.stored = self.stored[index] if index is not None and index < len(self.stored) else None

    def typed(self) -> list[dict[str, Any]]:
        """Return the lines as the service takes them."""
        return [form.typed() for form in self.forms if form.cleaned_data]


class UnitLines(FixedLines):
    """Stored lines that may be typed in the other units of their items (its ``units`` by item)."""

    def __init__(self, *args: Any, stored: list[Any], **kwargs: Any) -> None:
        self.units = units_by_item({line.item_id for line in stored})
        super().__init__(*args, stored=stored, **kwargs)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.stored is not None and form.stored.item_id in self.units:
            form.fields["uom"].offer(self.units[form.stored.item_id], form.stored.item.uom.code)
        else:
            del form.fields["uom"]


class BaseReceivedLines(UnitLines):
    """The lines of a return receipt; places are read once."""

    def __init__(self, *args: Any, receipt: ReturnReceipt, stored: list[ReturnReceiptLine], **kwargs: Any) -> None:
        self._places = list(storage_places(receipt.warehouse_id))
        self.has_second = any(line.item.second_uom_id for line in stored)
        super().__init__(*args, stored=stored, **kwargs)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["location"].offer(self._places, _("usual place"))
        if form.stored is None or form.stored.item.second_uom_id is None:
            del form.fields["second_quantity"]


SignedLines = forms.formset_factory(SignedLineForm, formset=UnitLines, extra=0, max_num=MAX_ROWS)
ReceivedLines = forms.formset_factory(ReceivedLineForm, formset=BaseReceivedLines, extra=0, max_num=MAX_ROWS)


class ReassignForm(forms.Form):
    """How much of one order's stock goes to which other order."""

    to_demand = KnownField(label=_("To order"), required=True)
    quantity = quantity_field(_("Quantity"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, giver: Demand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = (
            Demand.objects.filter(item_id=giver.item_id, open_quantity__gt=0)
            .exclude(
                Q(pk=giver.pk)
                | Q(kind__in=[DemandKind.HOLD, DemandKind.PROJECT, DemandKind.FORECAST, DemandKind.MASTER])
            )
            .select_related("partner")
            .annotate(held=Sum("reservations__quantity", default=ZERO))
            .filter(open_quantity__gt=F("held"))
            .order_by("due_date", "priority", "pk")
        )
        self.fields["to_demand"].offer((str(one.pk), _described(one)) for one in others)


def _described(demand: Demand) -> str:
    missing = readable(demand.open_quantity - demand.held)  # type: ignore[attr-defined]
    partner = str(demand.partner or "")
    return _("%(number)s %(partner)s, due %(date)s, lacks %(quantity)s") % {
        "number": demand.source_number,
        "partner": partner,
        "date": readable(demand.due_date),
        "quantity": missing,
    }

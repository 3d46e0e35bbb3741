"""Forms of stock documents."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import ZERO
from core.formsets import Rows
from erp.forms.fields import (
    KnownField,
    PickedItem,
    PickedPartner,
    cost_field,
    day_field,
    item_labels,
    quantity_field,
    text_field,
    why_field,
)
from erp.forms.units import unit_field, units_by_item
from erp.models import StockDocumentLine
from erp.selectors.places import open_warehouses, storage_places
from erp.states import StockDocumentKind, StockReason
from masterdata.models import Department, Item, ItemCategory, UnitOfMeasure

EMPTY_ROWS = 3
MAX_ROWS = 2000
COMING = frozenset({StockDocumentKind.MISC_RECEIPT, StockDocumentKind.OPENING, StockDocumentKind.OWNER_RECEIPT})
OF_OTHERS = frozenset({StockDocumentKind.OWNER_RECEIPT, StockDocumentKind.OWNER_RETURN})
REASONS = {
    StockDocumentKind.MISC_RECEIPT: ("found", "gift", "correction", "other"),
    StockDocumentKind.MISC_ISSUE: ("internal_use", "sample", "scrap", "lost", "correction", "other"),
}


class StockDocumentForm(forms.Form):
    """The header of a stock document of one kind."""

    warehouse = KnownField(label=_("Warehouse"), required=True)
    to_warehouse = KnownField(label=_("To warehouse"))
    is_two_step = forms.BooleanField(
        label=_("With transit"), required=False, help_text=_("Sent now, received by the other warehouse later.")
    )
    goods_owner = PickedPartner(label=_("Owner of the goods"), required=False)
    reason_code = forms.ChoiceField(label=_("Reason"))
    department = KnownField(label=_("Department"), help_text=_("Who uses or brings the goods."))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].offer(open_warehouses())
        if kind == StockDocumentKind.TRANSFER:
            self.fields["to_warehouse"].offer(open_warehouses(), _("the same"))
            self.fields["goods_owner"].help_text = _("Empty: ours.")
        else:
            del self.fields["to_warehouse"], self.fields["is_two_step"]
            self.fields["goods_owner"].required = kind in OF_OTHERS
            if kind not in OF_OTHERS:
                del self.fields["goods_owner"]
        if kind in REASONS:
            labels = dict(StockReason.choices)
            self.fields["reason_code"].choices = [("", "—"), *((code, labels[code]) for code in REASONS[kind])]
            self.fields["department"].offer(Department.objects.filter(is_active=True).order_by("code"))
        else:
            del self.fields["reason_code"], self.fields["department"]
        if not self.is_bound and "warehouse" not in self.initial:
            self.initial["warehouse"] = next((key for key, _label in self.fields["warehouse"].choices if key), None)

    def header(self) -> dict[str, Any]:
        """Return the header as the services take it."""
        keys = {"warehouse", "to_warehouse", "department", "goods_owner"}
        return {f"{name}_id" if name in keys else name: value for name, value in self.cleaned_data.items()}


class StockLineForm(forms.Form):
    """One line of a stock document; columns that its kind does not know are left out."""

    item = PickedItem(required=False)
    location = KnownField(label=_("Place"), help_text="", widget=forms.Select(attrs={"data-width": "8rem"}))
    to_location = KnownField(label=_("To place"), widget=forms.Select(attrs={"data-width": "8rem"}))
    lot_code = text_field(_("Lot or serial number"), 60, width="9rem")
    expiry_date = day_field(_("Expires on"))
    quantity = quantity_field(_("Quantity"), required=False, at_least=ZERO)
    uom = KnownField(label=_("Unit"), widget=forms.Select(attrs={"data-width": "7rem"}))
    second_quantity = quantity_field(_("Second quantity"), required=False, at_least=ZERO)
    unit_cost = cost_field(_("Unit cost"))
    note = text_field(_("Note"), 200, width="10rem")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "item" in data and not data["item"] and self.has_changed():
            self.add_error("item", _("Choose an item."))
        if data.get("item") and data.get("quantity") is None and "quantity" not in self.errors:
            self.add_error("quantity", _("Enter a quantity."))
        return data

    def typed(self) -> dict[str, Any]:
        """Return the line as the services take it."""
        data = self.cleaned_data
        return {
            "item_id": data["item"],
            "location_id": data.get("location"),
            "to_location_id": data.get("to_location"),
            "lot_code": data.get("lot_code") or "",
            "expiry_date": data.get("expiry_date"),
            "quantity": data["quantity"],
            "uom_id": data.get("uom"),
            "second_quantity": data.get("second_quantity"),
            "unit_cost": data.get("unit_cost"),
            "note": data.get("note") or "",
        }


class BaseStockLines(Rows):
    """The lines of one stock document; places are read once for all of them.

    is_sheet  goods found by a stocktake: item, place, lot and quantity are all it writes down.
    """

    def __init__(self, *args: Any, kind: str, may_cost: bool = False, is_sheet: bool = False, **kwargs: Any) -> None:
        self.kind, self.may_cost, self.is_sheet = kind, may_cost, is_sheet
        self._places = list(storage_places(line_side=kind == StockDocumentKind.TRANSFER))
        self._units = [(str(one.pk), one.label()) for one in UnitOfMeasure.objects.filter(is_active=True)]
        self._has_second = Item.objects.filter(second_uom__isnull=False).exists()
        super().__init__(*args, **kwargs)
        labels = {} if self.is_bound else item_labels(line.get("item") for line in self.initial or [])
        for form in self.forms:
            form.fields["item"].widget.label = labels.get((form.initial or {}).get("item"), "")

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["location"].offer(self._places, _("usual place"))
        form.fields["to_location"].offer(self._places, _("usual place"))
        form.fields["uom"].offer(self._units, _("stock unit"))
        if not self._has_second or self.is_sheet:
            del form.fields["second_quantity"]
        if self.is_sheet:
            del form.fields["note"]
        if self.kind != StockDocumentKind.TRANSFER:
            del form.fields["to_location"]
        if self.kind not in COMING:
            del form.fields["expiry_date"]
        if self.kind not in COMING or self.kind in OF_OTHERS or not self.may_cost:
            del form.fields["unit_cost"]

    def typed(self) -> list[dict[str, Any]]:
        """Return the lines that are to stand, in their order."""
        live = [form for form in self.forms if not form.cleaned_data.get("DELETE") and form.cleaned_data.get("item")]
        return [form.typed() for form in live]


StockLines = forms.formset_factory(
    StockLineForm, formset=BaseStockLines, extra=EMPTY_ROWS, can_delete=True, max_num=MAX_ROWS, absolute_max=MAX_ROWS
)


def initial_of(lines: Iterable[StockDocumentLine]) -> list[dict[str, Any]]:
    """Return the stored lines as the grid shows them."""
    return [
        {
            "item": line.item_id,
            "location": line.location_id,
            "to_location": line.to_location_id,
            "lot_code": line.lot.code if line.lot else "",
            "expiry_date": line.lot.expiry_date if line.lot else None,
            "quantity": line.entered_quantity if line.uom_id else line.quantity,
            "uom": line.uom_id,
            "second_quantity": line.second_quantity,
            "unit_cost": line.unit_cost,
            "note": line.note,
        }
        for line in lines
    ]


class PostOnDayForm(forms.Form):
    """On which day goods moved that are entered later."""

    date = day_field(pgettext_lazy("goods", "Moved on"), help_text=_("Empty: today."))
    reason = why_field()


class ArrivalForm(forms.Form):
    """What has arrived of a transfer: one figure and one place for each line that is on the way."""

    close = forms.BooleanField(
        label=_("The rest will not come"), required=False, help_text=_("It is written off as lost on the way.")
    )
    date = day_field(_("Received on"), help_text=_("Empty: today."))
    reason = why_field()

    def __init__(self, *args: Any, lines: Iterable[StockDocumentLine], warehouse_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.on_the_way > 0]
        self.units = units_by_item({line.item_id for line in self.lines})
        places = list(storage_places(warehouse_id, line_side=True))
        for line in self.lines:
            arrived = quantity_field(_("Arrived"), required=False, at_least=ZERO)
            arrived.initial = line.on_the_way
            place = KnownField(label=_("Place"))
            place.offer(places)
            place.initial = line.to_location_id
            self.fields |= {f"quantity-{line.pk}": arrived, f"place-{line.pk}": place}
            if line.item_id in self.units:
                uom = unit_field()
                uom.offer(self.units[line.item_id], line.item.uom.code)
                self.fields[f"uom-{line.pk}"] = uom

    def rows(self) -> list[tuple[StockDocumentLine, dict[str, Any]]]:
        """Return each line with its fields (quantity, place; uom where it has other units), for the page."""
        names = ("quantity", "uom", "place")
        return [
            (line, {name: self[f"{name}-{line.pk}"] for name in names if f"{name}-{line.pk}" in self.fields})
            for line in self.lines
        ]

    def arrived(self) -> list[dict[str, Any]]:
        """Return the rows as the service takes them."""
        data = self.cleaned_data
        return [
            {
                "line_id": line.pk,
                "quantity": data.get(f"quantity-{line.pk}") or ZERO,
                "uom_id": data.get(f"uom-{line.pk}"),
                "to_location_id": data.get(f"place-{line.pk}"),
            }
            for line in self.lines
        ]


class CountForm(forms.Form):
    """What to count."""

    warehouse = KnownField(label=_("Warehouse"), required=True)
    location = KnownField(label=_("Place"), help_text=_("Empty: the whole warehouse."))
    category = KnownField(label=_("Item category"), help_text=_("Empty: all items."))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].offer(open_warehouses())
        self.fields["location"].offer(storage_places())
        self.fields["category"].offer(ItemCategory.objects.filter(is_active=True).order_by("code"))
        if not self.is_bound and "warehouse" not in self.initial:
            self.initial["warehouse"] = next((key for key, _label in self.fields["warehouse"].choices if key), None)


class CountedForm(forms.Form):
    """The counted quantities of a count's lines: one field per line, ``line-<id>``."""

    def __init__(self, *args: Any, lines: Iterable[StockDocumentLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            field = quantity_field(str(line.item), required=False, at_least=ZERO)
            field.initial = line.quantity
            self.fields[f"line-{line.pk}"] = field

    def rows(self) -> list[tuple[StockDocumentLine, Any]]:
        """Return each line with its field, for the page."""
        return [(line, self[f"line-{line.pk}"]) for line in self.lines]

    def counts(self) -> dict[int, Decimal | None]:
        """Return what was counted by line."""
        return {line.pk: self.cleaned_data.get(f"line-{line.pk}") for line in self.lines}

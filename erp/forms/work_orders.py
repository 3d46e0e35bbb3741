"""Forms of work orders and of what is booked on them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.formsets import Rows
from erp.errors import UnknownWorkOrder
from erp.forms.fields import KnownField, PickedItem, day_field, item_labels, quantity_field, text_field
from erp.forms.units import STOCK_UNIT, offer_every_unit, offer_units, unit_field
from erp.models import Bom, Lot, StockBalance, WorkOrder, WorkOrderMaterial, WorkOrderOperation
from erp.models.demand import DEFAULT_PRIORITY
from erp.selectors.places import open_warehouses, storage_places
from erp.selectors.work_orders import MaterialSupply, work_order_of_code
from erp.states.making import WorkOrderKind
from masterdata.models import Employee, Item, Project, UnitOfMeasure

TODAY_HINT = _("Empty: today.")
BACKDATING_HINT = _("Needed for a day that is over.")


def priority_field() -> forms.IntegerField:
    """Who is served first."""
    return forms.IntegerField(
        label=_("Priority"),
        min_value=1,
        max_value=9,
        required=False,
        initial=DEFAULT_PRIORITY,
        help_text=_("1 is served first, 9 last."),
    )


class WorkOrderForm(forms.Form):
    """What to make, how much, by when."""

    kind = forms.ChoiceField(label=_("Kind"), choices=WorkOrderKind.choices, required=False)
    item = PickedItem()
    origin = forms.CharField(
        label=_("Goods from work order"),
        required=False,
        max_length=40,
        help_text=_("Rework and disassembly: the order that made them, if it is known."),
    )
    quantity = quantity_field(_("Quantity"))
    uom = unit_field()
    due_date = day_field(_("Due"))
    start_date = day_field(_("Start"), help_text=_("Empty: the due date less the item's lead time."))
    warehouse = KnownField(label=_("Warehouse"))
    bom = KnownField(label=_("Bill of material"), help_text=_("Empty: the one released for the start."))
    project = KnownField(
        label=_("Project"),
        help_text=_("Of an item made to order: whose stock it is to be. Empty: the project of its sales order."),
    )
    priority = priority_field()
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, order: WorkOrder | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_date"].required = True
        self.fields["warehouse"].offer(open_warehouses())
        self.fields["project"].offer(Project.objects.filter(is_active=True).order_by("code"))
        self.fields["project"].widget.attrs["data-enhance"] = ""
        if order is not None:
            for name in ("item", "kind", "origin"):
                del self.fields[name]
            self.fields["start_date"].required = True
            self.fields["start_date"].help_text = ""
            self.fields["bom"].offer(Bom.objects.filter(item_id=order.item_id).order_by("-id"), _("the released one"))
            offer_units(self, order.item)
        else:
            offer_every_unit(self)
            del self.fields["bom"]
            key = self.initial.get("item")
            if key and not self.is_bound:
                self.fields["item"].widget.label = item_labels([key]).get(int(key), "")

    def clean_origin(self) -> int | None:
        number = self.cleaned_data["origin"].strip()
        if not number:
            return None
        try:
            return work_order_of_code(number).pk
        except UnknownWorkOrder as unknown:
            raise forms.ValidationError(str(unknown)) from unknown

    def values(self) -> dict[str, Any]:
        """Return the order as the services take it."""
        keys = {"item", "warehouse", "bom", "origin", "uom", "project"}
        data = self.cleaned_data | {"priority": self.cleaned_data.get("priority") or DEFAULT_PRIORITY}
        if "kind" in data:
            data["kind"] = data["kind"] or WorkOrderKind.STANDARD
        return {f"{name}_id" if name in keys else name: value for name, value in data.items()}


class RescheduleForm(forms.Form):
    """New dates, and a new quantity while nothing is booked."""

    start_date = day_field(_("Start"))
    due_date = day_field(_("Due"))
    quantity = quantity_field(_("Quantity"))
    uom = unit_field()
    priority = priority_field()

    def __init__(self, *args: Any, item: Item, may_change_quantity: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start_date"].required = self.fields["due_date"].required = True
        offer_units(self, item)
        if not may_change_quantity:
            del self.fields["quantity"]
            self.fields.pop("uom", None)

    def values(self) -> dict[str, Any]:
        """Return the changes as the service takes them."""
        data = dict(self.cleaned_data)
        return data | {"uom_id": data.pop("uom", None)}


class PostingForm(forms.Form):
    """The day something is booked on."""

    posting_date = day_field(_("Date"), help_text=TODAY_HINT)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200, help_text=BACKDATING_HINT)


class MaterialForm(forms.Form):
    """So much of one material from (or back to) one place and lot."""

    material = KnownField(label=_("Material"), required=True, widget=forms.Select(attrs={"data-width": "14rem"}))
    location = KnownField(label=_("Place"), widget=forms.Select(attrs={"data-width": "9rem"}))
    lot = KnownField(label=_("Lot or serial number"), widget=forms.Select(attrs={"data-width": "9rem"}))
    quantity = quantity_field(_("Quantity"), required=False, at_least=ZERO)
    uom = KnownField(label=_("Unit"), widget=forms.Select(attrs={"data-width": "7rem"}))


class ExtraMaterialForm(MaterialForm):
    """Material beyond the list: a line of it, or any item."""

    item = PickedItem(label=_("Other item"), required=False)
    field_order = ("material", "item", "location", "lot", "quantity", "uom")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("quantity") and bool(data.get("material")) == bool(data.get("item")):
            self.add_error("item", _("Choose either a material of the list or another item."))
        return data


class BaseMaterials(Rows):
    """Rows of material; lines, places and lots are read once for all of them."""

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        lines = list(order.materials.select_related("item__uom").order_by("line_no"))
        self._lines = [(str(one.pk), f"{one.line_no}. {one.item}") for one in lines]
        self._places = list(storage_places(order.warehouse_id))
        tracked = {one.item_id for one in lines if one.item.tracking != Item.Tracking.NONE}
        lots = Lot.objects.filter(item_id__in=tracked).select_related("item").order_by("item__code", "code")
        self._lots = [(str(one.pk), f"{one.code} ({one.item.code})") for one in lots]
        self._units = [(str(one.pk), one.label()) for one in UnitOfMeasure.objects.filter(is_active=True)]
        super().__init__(*args, **kwargs)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["uom"].offer(self._units, STOCK_UNIT)
        form.fields["material"].offer(self._lines)
        form.fields["location"].offer(self._places, _("usual place"))
        form.fields["lot"].offer(self._lots)
        if "item" in form.fields:
            form.fields["material"].required = False
        elif not self._lots:
            del form.fields["lot"]

    def typed(self) -> list[dict[str, Any]]:
        """Return the rows with a quantity, as the services take them."""
        names = ("material", "item", "location", "lot", "uom")
        rows = [form.cleaned_data for form in self.forms if not form.cleaned_data.get("DELETE")]
        return [
            {f"{name}_id": row.get(name) for name in names} | {"quantity": row["quantity"]}
            for row in rows
            if row.get("quantity")
        ]


Materials = forms.formset_factory(
    MaterialForm, formset=BaseMaterials, extra=1, can_delete=True, max_num=1000, absolute_max=1000
)
ExtraMaterials = forms.formset_factory(
    ExtraMaterialForm, formset=BaseMaterials, extra=2, can_delete=True, max_num=1000, absolute_max=1000
)


def suggested(supplies: Iterable[MaterialSupply]) -> list[dict[str, Any]]:
    """Return one row per place that open material can come from."""
    return [
        {
            "material": one.line.pk,
            "location": place.location.pk,
            "lot": place.lot.pk if place.lot else None,
            "quantity": place.quantity,
        }
        for one in supplies
        for place in one.places
    ]


def returnable(lines: Sequence[WorkOrderMaterial]) -> list[dict[str, Any]]:
    """Return one empty row per material that something was issued of."""
    return [{"material": line.pk, "location": line.location_id} for line in lines if line.issued_quantity > 0]


def to_stage(rows: Iterable[tuple[WorkOrderMaterial, StockBalance, Decimal]]) -> list[dict[str, Any]]:
    """Return one row per place that material for the line can come from."""
    return [
        {"material": line.pk, "location": row.location_id, "lot": row.lot_id, "quantity": quantity}
        for line, row, quantity in rows
    ]


class _ReasonedScrap(forms.Form):
    """Pieces that are lost or to be made again need a reason: quality asks for it later."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("scrap_quantity") or data.get("rework_quantity")) and not data.get("scrap_reason"):
            self.add_error("scrap_reason", _("Say why pieces are scrapped or to be reworked."))
        return data


class ReportForm(_ReasonedScrap):
    """What somebody did on an order."""

    employee = KnownField(label=_("Employee"), required=True)
    operation = KnownField(label=_("Operation"), help_text=_("Empty: the last one, and all before it."))
    good_quantity = quantity_field(_("Good"), required=False, at_least=ZERO)
    scrap_quantity = quantity_field(_("Scrap"), required=False, at_least=ZERO)
    rework_quantity = quantity_field(_("To be reworked"), required=False, at_least=ZERO)
    uom = unit_field()
    scrap_reason = text_field(_("Reason of scrap or rework"), 200)
    hours = quantity_field(_("Hours"), required=False, at_least=ZERO)
    machine_minutes = quantity_field(_("Machine minutes"), required=False, at_least=ZERO)
    report_date = day_field(_("Date"), help_text=TODAY_HINT)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200, help_text=BACKDATING_HINT)

    def __init__(self, *args: Any, item: Item, steps: Sequence[WorkOrderOperation] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_units(self, item)
        self.fields["employee"].offer(Employee.objects.filter(is_active=True).order_by("code"))
        self.fields["operation"].offer(steps)
        if not steps:
            del self.fields["operation"]

    def values(self) -> dict[str, Any]:
        """Return the report as the service takes it."""
        data = dict(self.cleaned_data)
        for name in ("good_quantity", "scrap_quantity", "rework_quantity", "hours", "machine_minutes"):
            data[name] = data[name] or ZERO
        keys = ("employee", "operation", "uom")
        return data | {f"{name}_id": data.pop(name, None) for name in keys}


class ReceiptForm(forms.Form):
    """Good pieces that go into stock; lots one per line as ``code quantity``."""

    quantity = quantity_field(_("Quantity"))
    uom = unit_field()
    location = KnownField(label=_("Place"))
    lots = forms.CharField(
        label=_("Lots or serial numbers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One per line: code, blank, quantity. A serial number alone means one piece."),
    )
    posting_date = day_field(_("Date"), help_text=TODAY_HINT)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200, help_text=BACKDATING_HINT)

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].offer(storage_places(order.warehouse_id), _("usual place"))
        offer_units(self, order.item)
        if order.item.tracking == Item.Tracking.NONE:
            del self.fields["lots"]
        else:
            self.fields["lots"].required = True

    def clean_lots(self) -> list[dict[str, Any]]:
        found = []
        for line in self.cleaned_data["lots"].splitlines():
            if not line.strip():
                continue
            code, _blank, quantity = line.strip().rpartition(" ")
            if not code:
                code, quantity = quantity, "1"
            try:
                found.append({"code": code.strip(), "quantity": Decimal(quantity)})
            except ArithmeticError as error:
                raise forms.ValidationError(
                    _("“%(text)s” is not a code and a quantity."), params={"text": line}
                ) from error
        return found

    def values(self) -> dict[str, Any]:
        """Return the receipt as the service takes it."""
        data = dict(self.cleaned_data)
        return data | {"location_id": data.pop("location"), "uom_id": data.pop("uom", None)}


class FinishForm(_ReasonedScrap):
    """What was made since the clock was started."""

    good_quantity = quantity_field(_("Good"), required=False, at_least=ZERO)
    scrap_quantity = quantity_field(_("Scrap"), required=False, at_least=ZERO)
    rework_quantity = quantity_field(_("To be reworked"), required=False, at_least=ZERO)
    uom = unit_field()
    scrap_reason = text_field(_("Reason of scrap or rework"), 200)

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_units(self, item)
        if "uom" not in self.fields:
            for name in ("good_quantity", "scrap_quantity", "rework_quantity"):
                self.fields[name].label = f"{self.fields[name].label} ({item.uom})"

    def values(self) -> dict[str, Any]:
        """Return the quantities as the service takes them."""
        data = dict(self.cleaned_data)
        uom_id = data.pop("uom", None)
        told = {name: data[name] or ZERO for name in ("good_quantity", "scrap_quantity", "rework_quantity")}
        return data | told | {"uom_id": uom_id}

"""Forms of subcontract orders: the order itself, material out and back, deliveries."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.formats import plain
from core.views.base import FormPage, visible
from erp.models import Lot
from masterdata.models import Item, Partner
from masterdata.views.units import Row, StockQuantities, of_lines, stock_units
from scm.forms.fields import storage_choices, typed_rows, units_beside
from scm.forms.subcontract_orders import (
    MaterialFormSet,
    SendForm,
    SendFormSet,
    SubcontractOrderForm,
    SubcontractReceiptForm,
    UsedFormSet,
)
from scm.models import SubcontractMaterial, SubcontractOrder
from scm.services import subcontract_orders as services
from scm.states import MaterialSource, SubcontractState
from scm.views.shared import PricedFormPage, posted_version


class SubcontractFormPage(PricedFormPage, FormPage):
    """What is made, by whom, for how much, out of what."""

    form_class = SubcontractOrderForm
    formset_class = MaterialFormSet
    template_name = "scm/subcontract_order/form.html"

    def typed(self, form: SubcontractOrderForm, formset: Any) -> dict[str, Any]:
        rows = [
            {"item_id": row["item"].pk, "required_quantity": row["required_quantity"], "source": row["source"]}
            for row in typed_rows(formset)
        ]
        return form.arguments() | {"materials": rows or None}


class SubcontractOrderCreate(SubcontractFormPage):
    service = services.create_subcontract_order
    title = _("New subcontract order")

    def arguments(self, form: SubcontractOrderForm, formset: Any) -> dict[str, Any]:
        return self.typed(form, formset)

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        for name, model in (("partner", Partner), ("item", Item)):
            chosen = model.objects.filter(pk=self.request.GET.get(name) or 0).first()
            if chosen is not None:
                form.fields[name].widget.label = str(chosen)
        return form, formset

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("scm:subcontract-order-list")}


class SubcontractOrderEdit(SubcontractFormPage):
    service = services.update_subcontract_order
    model = SubcontractOrder
    title = _("Edit subcontract order")

    def get_initial(self) -> dict[str, Any]:
        document = self.document
        names = ("due_date", "note")
        figures = ("fee", "allowance_percent")
        quantity = plain(document.entered_quantity or document.quantity)
        keys = ("partner", "item", "warehouse", "currency", "uom")
        return (
            {"quantity": quantity}
            | {name: getattr(document, name) for name in names}
            | {name: plain(getattr(document, name)) for name in figures}
            | {name: getattr(document, f"{name}_id") for name in keys}
        )

    @cached_property
    def lines(self) -> list[SubcontractMaterial]:
        """The material there is."""
        return list(self.document.materials.select_related("item"))

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [
            {"item": one.item_id, "required_quantity": plain(one.required_quantity), "source": one.source}
            for one in self.lines
        ]

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        form.fields["partner"].widget.label = str(self.document.partner)
        form.fields["item"].widget.label = str(self.document.item)
        for row, line in zip(formset.forms, self.lines, strict=False):
            row.show("item", line.item)
        return form, formset

    def arguments(self, form: SubcontractOrderForm, formset: Any) -> dict[str, Any]:
        own = {"order_id": self.document.pk, "version": posted_version(self.request)}
        return own | self.typed(form, formset)


class MaterialPage(FormPage):
    """Rows of material of one order."""

    model = SubcontractOrder
    template_name = "scm/subcontract_order/materials.html"

    @cached_property
    def materials(self) -> list[SubcontractMaterial]:
        """The material we send."""
        rows = self.document.materials.filter(source=MaterialSource.SENT)
        return list(rows.select_related("item__uom"))

    def unit_choices(self) -> list[tuple[str, str]]:
        return units_beside({one.item_id for one in self.materials})

    def extra_context(self) -> dict[str, Any]:
        return stock_units(reverse("scm:subcontract-order-quantities", args=[self.document.pk]))

    def material_choices(self) -> list[tuple[str, str]]:
        return [(str(one.pk), f"{one.line_no}. {one.item} ({one.item.uom})") for one in self.materials]


class MaterialQuantities(StockQuantities):
    """The stock-unit quantities of material of one order, while one types."""

    permission_required = "scm.view_subcontractorder"

    def subjects(self, rows: Mapping[str, Row]) -> dict[str, tuple[int, int | None]]:
        order = visible(SubcontractOrder, self.request.user).filter(pk=self.kwargs["pk"]).first()
        return of_lines(rows, "material", order.materials if order is not None else None)


class SendMaterials(MaterialPage):
    service = services.send_materials
    form_class = SendForm
    formset_class = SendFormSet
    title = _("Send material to the supplier")

    def formset_kwargs(self) -> dict[str, Any]:
        tracked = {one.item_id for one in self.materials if one.item.tracking != Item.Tracking.NONE}
        lots = Lot.objects.filter(item_id__in=tracked).select_related("item").order_by("item__code", "code")
        choices = {
            "material": [("", ""), *self.material_choices()],
            "lot": [("", ""), *((str(one.pk), f"{one.code} ({one.item.code})") for one in lots)],
            "location": storage_choices(self.document.warehouse_id),
            "uom": self.unit_choices(),
        }
        return {"form_kwargs": {"choices": choices}}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        open_ones = [one for one in self.materials if one.open_quantity]
        return [{"material": one.pk, "quantity": plain(one.open_quantity)} for one in open_ones]

    def arguments(self, form: SendForm, formset: Any) -> dict[str, Any]:
        lines = [
            {
                "material_id": row["material"],
                "quantity": row["quantity"],
                "uom_id": row["uom"],
                "lot_id": row["lot"],
                "location_id": row["location"],
            }
            for row in typed_rows(formset)
            if row.get("quantity")
        ]
        return {"order_id": self.document.pk, "lines": lines} | form.cleaned_data


class ReturnMaterials(SendMaterials):
    service = services.return_materials
    title = _("Take material back from the supplier")

    def get_lines_initial(self) -> list[dict[str, Any]]:
        spare = [(one.pk, self._spare(one)) for one in self.materials]
        return [{"material": key, "quantity": plain(quantity)} for key, quantity in spare if quantity > 0]

    def _spare(self, line: SubcontractMaterial) -> Decimal:
        """Return what lies there and the order does not need: all of it once the order is closed."""
        needed = line.placed_quantity() if self.document.state == SubcontractState.RELEASED else Decimal(0)
        return line.left_quantity - needed


class ReceiveSubcontractOrder(MaterialPage):
    service = services.receive_subcontract_order
    form_class = SubcontractReceiptForm
    formset_class = UsedFormSet
    template_name = "scm/subcontract_order/receive.html"
    title = _("Receive from the subcontractor")

    def form_kwargs(self) -> dict[str, Any]:
        return {"item": self.document.item, "places": storage_choices(self.document.warehouse_id)}

    def get_initial(self) -> dict[str, Any]:
        line = self.document.purchase_order.lines.first()
        return {"quantity": plain(line.open_quantity)} if line else {}

    def formset_kwargs(self) -> dict[str, Any]:
        return {"form_kwargs": {"choices": {"material": self.material_choices(), "uom": self.unit_choices()}}}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [{"material": one.pk} for one in self.materials]

    def arguments(self, form: SubcontractReceiptForm, formset: Any) -> dict[str, Any]:
        used = [
            {"material_id": row["material"], "quantity": row["quantity"], "uom_id": row["uom"]}
            for row in typed_rows(formset)
            if row.get("quantity") is not None
        ]
        return {"order_id": self.document.pk, "materials": used} | form.arguments()

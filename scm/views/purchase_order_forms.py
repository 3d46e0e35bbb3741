"""Pages that write purchase orders: create, edit, change, dates; and the figures of the grid while one types."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.errors import DomainError
from core.formats import plain
from core.templatetags.figures import amount
from core.typed import is_key
from core.views.base import Page
from masterdata.models import Partner
from masterdata.selectors.places import default_warehouse
from scm.forms.fields import tax_choices, typed_rows, unit_choices
from scm.forms.purchase_orders import (
    ChangedLineFormSet,
    ChangeForm,
    ConfirmedDateFormSet,
    ConfirmedDatesForm,
    PurchaseOrderForm,
    PurchaseOrderLineFormSet,
    line_arguments,
)
from scm.models import PurchaseOrder, PurchaseOrderLine
from scm.selectors.grid import priced_rows
from scm.services import purchase_orders
from scm.views.shared import PricedFormPage, posted_version

COMPUTED = [("net", _("Net"))]


def _typed(line: PurchaseOrderLine) -> dict[str, Any]:
    return {
        "line_id": line.pk,
        "item": line.item_id,
        "description": line.description,
        "quantity": plain(line.quantity),
        "uom": line.uom_id,
        "price": plain(line.price) if line.price else None,
        "discount_percent": plain(line.discount_percent) if line.discount_percent else None,
        "tax": line.tax_id,
        "due_date": line.due_date,
    }


class GridPage(PricedFormPage):
    """A page with the grid of order lines; rows of the stored order carry their texts and amounts."""

    model = PurchaseOrder

    def formset_kwargs(self) -> dict[str, Any]:
        return {"form_kwargs": {"choices": {"uom": unit_choices(), "tax": tax_choices()}}}

    def stored_lines(self) -> list[PurchaseOrderLine]:
        if self.document is None:
            return []
        return list(self.document.lines.select_related("item", "uom").order_by("line_no"))

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [_typed(line) for line in self.stored_lines()]

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        stored = {line.pk: line for line in self.stored_lines()}
        for row in formset.forms:
            line = stored.get(_line_id(row))
            if line is not None:
                row.show("item", line.item)
                row.computed_values = [("net", amount(line.net_amount, self.document.currency.decimals))]
        return form, formset

    def extra_context(self) -> dict[str, Any]:
        back = self.document.get_absolute_url() if self.document else reverse("scm:purchase-order-list")
        return {"computed": COMPUTED, "recalc_url": reverse("scm:purchase-order-recalculate"), "back_url": back}


def _line_id(row: Any) -> int:
    value = row["line_id"].value()
    return int(value) if is_key(str(value or "")) else 0


class PurchaseOrderFormPage(GridPage):
    form_class = PurchaseOrderForm
    formset_class = PurchaseOrderLineFormSet
    template_name = "scm/purchase_order/form.html"

    def arguments(self, form: PurchaseOrderForm, formset: Any) -> dict[str, Any]:
        return form.arguments() | {"lines": [line_arguments(row) for row in typed_rows(formset)]}


class PurchaseOrderCreate(PurchaseOrderFormPage):
    service = purchase_orders.create_purchase_order
    title = _("New purchase order")

    def get_initial(self) -> dict[str, Any]:
        warehouse = default_warehouse()
        return {"warehouse": warehouse.pk if warehouse else None} | super().get_initial()

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        asked = self.request.GET.get("partner", "")
        if data is None and is_key(asked):
            form.fields["partner"].widget.label = str(Partner.objects.filter(pk=asked).first() or "")
        return form, formset


class PurchaseOrderEdit(PurchaseOrderFormPage):
    service = purchase_orders.update_purchase_order
    title = _("Edit purchase order")

    def get_initial(self) -> dict[str, Any]:
        order = self.document
        keys = ("partner", "warehouse", "currency", "payment_term", "department", "project")
        names = ("tax_included", "supplier_reference", "note")
        return (
            {name: getattr(order, f"{name}_id") for name in keys}
            | {name: getattr(order, name) for name in names}
            | {"over_receipt_percent": plain(order.over_receipt_percent)}
        )

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        if data is None:
            form.fields["partner"].widget.label = str(self.document.partner)
        return form, formset

    def arguments(self, form: PurchaseOrderForm, formset: Any) -> dict[str, Any]:
        own = {"order_id": self.document.pk, "version": posted_version(self.request)}
        return own | super().arguments(form, formset)


class PurchaseOrderChangePage(GridPage):
    """The next revision of an approved order."""

    service = purchase_orders.change_purchase_order
    form_class = ChangeForm
    formset_class = ChangedLineFormSet
    template_name = "scm/purchase_order/change.html"
    title = _("Change purchase order")

    def stored_lines(self) -> list[PurchaseOrderLine]:
        return [line for line in super().stored_lines() if not line.is_closed]

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        if data is not None:  # what stands keeps its fixed cells, so the rows need to know what stands
            initial = self.get_lines_initial()
            formset = self.formset_class(data, initial=initial, prefix="lines", **self.formset_kwargs())
            for row, line in zip(formset.forms, self.stored_lines(), strict=False):
                row.show("item", line.item)
        return form, formset

    def arguments(self, form: ChangeForm, formset: Any) -> dict[str, Any]:
        closed = [{"line_id": line.pk} for line in self.document.lines.filter(is_closed=True)]
        typed = [line_arguments(row) for row in typed_rows(formset)]
        return {"order_id": self.document.pk, "version": posted_version(self.request), "lines": typed + closed}


class ConfirmDates(PricedFormPage):
    """When the supplier says he delivers each line."""

    service = purchase_orders.confirm_purchase_order_dates
    form_class = ConfirmedDatesForm
    formset_class = ConfirmedDateFormSet
    template_name = "scm/purchase_order/confirm_dates.html"
    model = PurchaseOrder
    title = _("Dates confirmed by the supplier")

    def open_lines(self) -> list[PurchaseOrderLine]:
        lines = self.document.lines.filter(is_closed=False).select_related("item", "uom")
        return [line for line in lines if line.open_quantity > 0]

    def get_initial(self) -> dict[str, Any]:
        return {"supplier_reference": self.document.supplier_reference}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [{"line_id": line.pk, "confirmed_date": line.confirmed_date} for line in self.open_lines()]

    def show(self, form: Any, formset: Any, *, refusal: DomainError | None = None, status: int = 200) -> HttpResponse:
        lines = {line.pk: line for line in self.open_lines()}
        for row in formset.forms:
            row.line = lines.get(_line_id(row))
        return super().show(form, formset, refusal=refusal, status=status)

    def arguments(self, form: ConfirmedDatesForm, formset: Any) -> dict[str, Any]:
        return {
            "order_id": self.document.pk,
            "version": posted_version(self.request),
            "supplier_reference": form.cleaned_data["supplier_reference"],
            "dates": [row.cleaned_data for row in formset.forms],
        }


class RecalculateOrder(Page):
    """POST of the grid as typed so far: prices found, amounts, notes, totals, to be swapped in by their ids."""

    permission_required = "scm.add_purchaseorder"
    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        header = PurchaseOrderForm(request.POST)
        header.is_valid()
        choices = {"uom": unit_choices(), "tax": tax_choices()}
        formset = PurchaseOrderLineFormSet(request.POST, prefix="lines", form_kwargs={"choices": choices})
        formset.is_valid()
        typed = header.cleaned_data
        result = priced_rows(
            partner=typed.get("partner"),
            currency=typed.get("currency"),
            tax_included=bool(typed.get("tax_included")),
            date=today(),
            rows=_readable_rows(formset.forms),
        )
        context = {"rows": result.rows, "totals": result}
        return render(request, "scm/purchase_order/_recalculated.html", context)


def _readable_rows(forms: Sequence[Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return (prefix, cleaned values) of the rows that stay and have something readable."""
    rows = []
    for form in forms:
        cleaned = getattr(form, "cleaned_data", {})
        if cleaned and not cleaned.get("DELETE"):
            rows.append((form.prefix, cleaned))
    return rows

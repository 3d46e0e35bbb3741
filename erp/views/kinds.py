"""Pages of splitting and merging orders, and of taking goods apart."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views.base import FormPage, visible
from erp.forms.making import ApartForm, MergeForm, PartRows, SplitForm
from erp.models import WorkOrder
from erp.selectors.floor import mergeable_with
from erp.services import work_orders
from masterdata.views.units import Row, StockQuantities, of_lines, stock_units


class SplitWorkOrder(FormPage):
    """Move a part of an order to a new one."""

    service = work_orders.split_work_order
    form_class = SplitForm
    template_name = "core/form.html"
    title = submit_label = _("Split")
    model = WorkOrder
    message = _("This is the new order.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"order": self.document}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"work_order_id": self.document.pk} | form.values()


class MergeWorkOrders(FormPage):
    """Take other orders of the same item over."""

    service = work_orders.merge_work_orders
    form_class = MergeForm
    template_name = "core/form.html"
    title = submit_label = _("Merge")
    model = WorkOrder
    message = _("The orders are merged.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"candidates": mergeable_with(self.document)}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        others = [int(pk) for pk in form.cleaned_data["orders"]]
        return {"work_order_id": self.document.pk, "other_ids": others}


class TakeApart(FormPage):
    """Receive the parts of goods that were taken apart."""

    service = work_orders.take_apart
    form_class = ApartForm
    formset_class = PartRows
    template_name = "core/form.html"
    title = submit_label = _("Receive parts")
    model = WorkOrder
    message = _("The parts are in stock.")

    def formset_kwargs(self) -> dict[str, Any]:
        return {"order": self.document}

    def get_initial(self) -> dict[str, Any]:
        return {"quantity": self.document.open_quantity}

    def extra_context(self) -> dict[str, Any]:
        return stock_units(reverse("erp:work-order-part-quantities", args=[self.document.pk]))

    def get_lines_initial(self) -> list[dict[str, Any]]:
        rows = self.document.parts.order_by("line_no")
        return [{"part": one.pk, "quantity": max(0, one.planned_quantity - one.received_quantity)} for one in rows]

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"work_order_id": self.document.pk, "parts": formset.typed()} | form.cleaned_data


class PartQuantities(StockQuantities):
    """The stock-unit quantities of the parts while one types."""

    permission_required = "erp.receive_workorder"

    def subjects(self, rows: Mapping[str, Row]) -> dict[str, tuple[int, int | None]]:
        order = visible(WorkOrder, self.request.user).filter(pk=self.kwargs["pk"]).first()
        return of_lines(rows, "part", order.parts if order is not None else None)

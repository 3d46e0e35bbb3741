"""Ordering an operation of a work order at a supplier."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from core.formats import plain
from erp.models import WorkOrder
from scm.forms.operations import OperationOrderForm
from scm.selectors.operations import OutsideStep, outside_steps
from scm.services.purchase_orders import order_operation
from scm.views.shared import PricedFormPage


class OrderOperation(PricedFormPage):
    """Supplier, pieces, price and day, as the step has them; makes a draft purchase order."""

    model = WorkOrder
    service = order_operation
    form_class = OperationOrderForm
    template_name = "core/form.html"
    title = _("Order an operation at a supplier")
    message = _("The purchase order is written. Approve it, then its goods receipt brings the pieces and their fee.")

    def outside(self) -> tuple[WorkOrder, OutsideStep]:
        """The order and its step, or 404."""
        order = self.get_document()
        wanted = self.kwargs["number"]
        found = next((one for one in outside_steps(order, self.request.user) if one.step.number == wanted), None)
        if found is None:
            raise Http404
        return order, found

    def get_initial(self) -> dict[str, Any]:
        order, one = self.outside()
        return {
            "partner": one.step.supplier_id,
            "quantity": plain(one.to_order),
            "price": plain(one.step.unit_price) if one.step.unit_price else None,
            "due_date": order.due_date,
        }

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        _order, one = self.outside()
        if one.step.supplier is not None:
            form.fields["partner"].widget.label = str(one.step.supplier)
        return form, formset

    def arguments(self, form: OperationOrderForm, formset: Any) -> dict[str, Any]:
        order, one = self.outside()
        return form.arguments() | {"work_order_id": order.pk, "operation_no": one.step.number}

    def extra_context(self) -> dict[str, Any]:
        order, one = self.outside()
        return {"back_url": order.get_absolute_url(), "subtitle": f"{order} · {one.step}"}

    def success_url(self, result: Any) -> str:
        return str(result.get_absolute_url())

"""Forms of what is booked on work orders: material, work, goods; and taking them back."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.views.base import FormPage, OperationView, visible
from erp.forms.work_orders import (
    ExtraMaterials,
    Materials,
    PostingForm,
    ReceiptForm,
    ReportForm,
    returnable,
    suggested,
    to_stage,
)
from erp.models import WorkOrder
from erp.selectors.backflushing import left_at_line, to_be_staged
from erp.selectors.floor import steps_with_progress
from erp.selectors.kits import kit_of
from erp.selectors.work_orders import material_supply
from erp.services import work_orders
from erp.states.engineering import IssueMethod
from erp.views.overruns import AsksBeforeOverrun
from masterdata.models import Employee
from masterdata.views.units import Row, StockQuantities, of_lines, stock_units


class MaterialPage(FormPage):
    """A grid of material of one order."""

    form_class = PostingForm
    formset_class = Materials
    template_name = "erp/work_order/materials.html"
    model = WorkOrder

    def formset_kwargs(self) -> dict[str, Any]:
        return {"order": self.document}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"work_order_id": self.document.pk, "lines": formset.typed()} | form.cleaned_data

    def extra_context(self) -> dict[str, Any]:
        return stock_units(reverse("erp:work-order-material-quantities", args=[self.document.pk]))

    def supplies(self) -> Any:
        if not hasattr(self, "_supplies"):
            self._supplies = material_supply(self.document, today())
        return self._supplies


class IssueMaterials(AsksBeforeOverrun, MaterialPage):
    """Issue what is open: quantities, places and lots are suggested."""

    service = work_orders.issue_materials
    title = _("Issue material")
    message = _("The material is issued.")

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return suggested(one for one in self.supplies() if one.line.issue_method == IssueMethod.PICK)

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | {
            "short": [one for one in self.supplies() if one.short > 0],
            "kit": kit_of(self.document, self.supplies()),
        }


class IssueExtraMaterials(AsksBeforeOverrun, MaterialPage):
    """Issue beyond the list."""

    service = work_orders.issue_extra_materials
    formset_class = ExtraMaterials
    title = _("Issue more than planned")
    message = _("The material is issued.")


class ReturnMaterials(MaterialPage):
    """Bring back what was not used."""

    service = work_orders.return_materials
    title = _("Return material")
    message = _("The material is back in stock.")

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return returnable(list(self.document.materials.order_by("line_no")))


class StageMaterials(MaterialPage):
    """Move to the line what the order still needs of material backflushed by transfer."""

    service = work_orders.stage_materials
    title = _("Move to the line")
    message = _("The material is at the line.")

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return to_stage(to_be_staged(self.document, today()))


class BringBackMaterials(MaterialPage):
    """Bring back from the line what the order will not use."""

    service = work_orders.bring_back_materials
    title = _("Bring back from the line")
    message = _("The material is back in the store.")

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [{"material": line.pk, "quantity": line.at_line_quantity} for line in left_at_line(self.document)]


class MaterialQuantities(StockQuantities):
    """The stock-unit quantities of a grid of material, while one types."""

    permission_required = "erp.issue_workorder"

    def subjects(self, rows: Mapping[str, Row]) -> dict[str, tuple[int, int | None]]:
        order = visible(WorkOrder, self.request.user).filter(pk=self.kwargs["pk"]).first()
        return super().subjects(rows) | of_lines(rows, "material", order.materials if order is not None else None)


class ReportWork(AsksBeforeOverrun):
    """Write down what somebody did."""

    service = work_orders.report_operation
    form_class = ReportForm
    template_name = "core/form.html"
    title = _("Report work")
    model = WorkOrder
    message = _("Reported.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"steps": steps_with_progress(self.document), "item": self.document.item}

    def get_initial(self) -> dict[str, Any]:
        own = Employee.objects.filter(user=self.request.user, is_active=True).first()
        return {"employee": own.pk if own else None} | super().get_initial()

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"work_order_id": self.document.pk} | form.values()

    def success_url(self, result: Any) -> str:
        return str(self.document.get_absolute_url())


class ReceiveProduction(FormPage):
    """Put good pieces into stock."""

    service = work_orders.receive_production
    form_class = ReceiptForm
    template_name = "core/form.html"
    title = submit_label = _("Receive production")
    model = WorkOrder
    message = _("The goods are in stock.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"order": self.document}

    def get_initial(self) -> dict[str, Any]:
        order = self.document
        reported = order.reported_quantity - order.completed_quantity
        return {"quantity": reported if reported > 0 else order.open_quantity}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"work_order_id": self.document.pk} | form.values()


class OnItsOrder(OperationView):
    """Taking back something of a work order; afterwards its page is shown."""

    def success_url(self, result: Any) -> str:
        order = result if isinstance(result, WorkOrder) else result.work_order
        return str(order.get_absolute_url())


class ReverseReport(OnItsOrder):
    """Take a report back."""

    service = work_orders.reverse_report
    pk_argument = "report_id"
    message = _("The report is taken back.")


class ReverseReceipt(OnItsOrder):
    """Take a receipt back into process."""

    service = work_orders.reverse_receipt
    pk_argument = "receipt_id"
    message = _("The receipt is taken back.")

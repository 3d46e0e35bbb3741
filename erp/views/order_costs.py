"""Order cost: the report over work orders, its settings, receipts of co- and by-products."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.formats import plain
from core.views.base import FormPage, ListPage
from erp.filters.order_costs import OrderCostFilter
from erp.forms.order_costs import CostingSettingsForm, OutputForm
from erp.models import CostingSettings, WorkOrder
from erp.selectors.order_costs import orders_with_cost
from erp.services import costing_settings, work_orders
from erp.tables.order_costs import OrderCostTable
from masterdata.selectors.currencies import base_currency_code

SUMS = (
    ("planned", pgettext_lazy("figure", "Planned")),
    ("target", _("Target")),
    ("actual", _("Actual")),
    ("difference", _("Variance")),
    ("in_process", _("In process")),
)


class OrderCosts(ListPage):
    """订单成本: what orders were to cost, should have cost, and cost, by element."""

    model = WorkOrder
    table_class = OrderCostTable
    filterset_class = OrderCostFilter
    permission_required = "masterdata.view_cost"
    template_name = "erp/stock/report.html"
    title = _("Order cost")
    empty_text = _("No work order with cost matches. Released orders have a baseline, worked ones have actual cost.")
    page_key = "erp.ordercost"

    def base_queryset(self) -> Any:
        return orders_with_cost(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        cards = context["filter"].qs
        return context | {
            "subtitle": gettext("Amounts in %(currency)s") % {"currency": base_currency_code()},
            "sums": [(label, sum((getattr(one, name) for one in cards), ZERO)) for name, label in SUMS],
        }


class EditCostingSettings(FormPage):
    """When a work order runs over, and what happens then."""

    service = costing_settings.update_costing_settings
    form_class = CostingSettingsForm
    template_name = "core/form.html"
    title = _("Costing settings")

    def get_initial(self) -> dict[str, Any]:
        found = CostingSettings.objects.first() or CostingSettings()
        return {"overrun_percent": plain(Decimal(found.overrun_percent)), "overrun_action": found.overrun_action}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return form.cleaned_data


class ReceiveOutput(FormPage):
    """A co- or by-product into stock."""

    service = work_orders.receive_output
    form_class = OutputForm
    template_name = "core/form.html"
    title = submit_label = _("Receive a co- or by-product")
    model = WorkOrder

    def form_kwargs(self) -> dict[str, Any]:
        return {"order": self.document}

    def get_initial(self) -> dict[str, Any]:
        left = [one for one in self.document.outputs.order_by("pk") if one.planned_quantity > one.received_quantity]
        first = {"output": left[0].pk, "quantity": left[0].planned_quantity - left[0].received_quantity} if left else {}
        return first | super().get_initial()

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"work_order_id": self.document.pk} | form.values()

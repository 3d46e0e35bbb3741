"""The cost card on the page of a work order, the report over orders, overruns that wait for a look."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import Navigation, Panel, contribute
from core.fields import ZERO
from core.permissions import may_view_field
from erp.models import WorkOrder
from erp.selectors.order_costs import card_with_rework
from erp.services.work_orders.outputs import RECEIVING


def card_panel(order: WorkOrder, user: Any) -> dict[str, Any]:
    """The card, for those who may see costs."""
    if not may_view_field(user, "erp.workorder.material_cost"):
        return {"card": None}
    card, rework = card_with_rework(order)
    whole = card.projected + sum((one.added for one in rework), ZERO)
    return {"order": order, "card": card, "rework": rework, "whole": whole, "overruns": list(order.overruns.all()[:3])}


NAVIGATION = (
    Navigation(
        "production", _("Order cost"), "erp:order-costs", "masterdata.view_cost", "report-money", 60, section="cost"
    ),
    Navigation(
        "production",
        _("Costing settings"),
        "erp:costing-settings",
        "erp.change_costingsettings",
        "adjustments",
        90,
        section="cost",
    ),
)


def outputs_panel(order: WorkOrder, user: Any) -> dict[str, Any]:
    """Co- and by-products, nothing for an order without."""
    return {
        "outputs": list(order.outputs.select_related("item__uom")),
        "sees_cost": may_view_field(user, "erp.workorder.material_cost"),
        "may_receive": user.has_perm("erp.receive_workorder") and order.state in RECEIVING,
    }


PANELS = (
    Panel(
        "erp.workorder",
        "erp.order_outputs",
        _("Co- and by-products"),
        "erp.view_workorder",
        "erp/panels/order_outputs.html",
        outputs_panel,
        budget=3,
    ),
    Panel(
        "erp.workorder",
        "erp.order_cost",
        _("Cost card"),
        "erp.view_workorder",
        "erp/panels/order_cost.html",
        card_panel,
        budget=12,
    ),
)


def register() -> None:
    """Register the contributions of order costing."""
    contribute(*NAVIGATION, *PANELS)

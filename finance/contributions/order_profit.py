"""Order profit on the page of a sales order."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contributions import Panel, RowBadges
from finance.selectors.order_profit.projecting import total_projection
from finance.selectors.order_profit.report import Wanted, profit_of_lines, projections_of_orders, total_of


def panel(order: Any, user: Any) -> dict[str, Any]:
    """Return what an order earned, for readers who may see cost; nothing before it is binding."""
    if order.state not in {"confirmed", "closed"} or not user.has_perm("masterdata.view_cost"):
        return {"profit": None}
    url = f"{reverse('finance:order-profit-lines')}?order={order.pk}&date_min=1990-01-01"
    rows = profit_of_lines(Wanted(keys={"order": order.pk}))
    projection = total_projection(row["projection"] for row in rows)
    return {"profit": total_of([row["profit"] for row in rows]), "projection": projection, "url": url}


def margins(order_ids: Sequence[int], user: Any) -> dict[int, Any]:
    """Return {sales order: its projected margin}, red where an order in production runs over its plan."""
    if not user.has_perm("masterdata.view_cost"):
        return {}
    return {
        key: (f"{one.percent} %", "red" if one.is_over else "green" if one.margin >= 0 else "amber")
        for key, one in projections_of_orders(order_ids).items()
        if one.percent is not None
    }


CONTRIBUTIONS = (
    Panel(
        "crm.salesorder",
        "finance.profit",
        _("Profit"),
        "finance.view_orderprofit",
        "finance/panels/order_profit.html",
        panel,
        65,
        30,
    ),
    RowBadges(
        "crm.salesorder",
        "finance_projected_margin",
        _("Projected margin"),
        "finance.view_orderprofit",
        margins,
        order=60,
    ),
)

"""Order profit on the page of a sales order."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contributions import Panel
from finance.selectors.order_profit.report import order_profit


def panel(order: Any, user: Any) -> dict[str, Any]:
    """Return what an order earned, for readers who may see cost; nothing before it is binding."""
    if order.state not in {"confirmed", "closed"} or not user.has_perm("masterdata.view_cost"):
        return {"profit": None}
    url = f"{reverse('finance:order-profit-lines')}?order={order.pk}&date_min=1990-01-01"
    return {"profit": order_profit(order.pk), "url": url}


CONTRIBUTIONS = (
    Panel(
        "crm.salesorder",
        "finance.profit",
        _("Profit"),
        "finance.view_orderprofit",
        "finance/panels/order_profit.html",
        panel,
        65,
        4,
    ),
)

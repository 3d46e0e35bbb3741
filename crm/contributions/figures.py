"""Figures and pictures of sales on the dashboard, each with the list behind it."""

from typing import Any

from django.db.models import ExpressionWrapper, F
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.contributions import Chart, Kpi
from core.counting import Summed
from core.money import round_amount
from crm.models import Quotation, SalesOrder
from crm.selectors.amounts import base_decimals
from crm.selectors.fulfilment import overdue_orders
from crm.selectors.pipeline import MONEY, open_pipeline, weighted_pipeline
from crm.states import QuotationState, SalesOrderState

OPEN_QUOTATIONS = (QuotationState.DRAFT, QuotationState.SENT)
BINDING = (SalesOrderState.CONFIRMED, SalesOrderState.CLOSED)


def _list(name: str, query: str) -> Any:
    return lambda: f"{reverse(name)}?{query}"


def _open_quotations(user: Any) -> Any:
    return Quotation.objects.visible_to(user).filter(state__in=OPEN_QUOTATIONS)


def _this_month() -> str:
    return f"state=confirmed&state=closed&date_min={today().replace(day=1):%Y-%m-%d}"


def _orders_this_month(user: Any) -> Summed:
    worth = ExpressionWrapper(F("net_amount") * F("exchange_rate"), output_field=MONEY)
    orders = SalesOrder.objects.visible_to(user).filter(
        state__in=BINDING, document_date__gte=today().replace(day=1), is_history=False
    )
    return Summed(orders, worth, lambda total: round_amount(total, base_decimals()))


def _overdue(user: Any) -> Any:
    return overdue_orders(SalesOrder.objects.visible_to(user), today())


def _funnel(user: Any) -> dict[str, Any]:
    columns = open_pipeline(user)
    url = reverse("crm:opportunity-list")
    return {
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "funnel",
                "sort": "none",
                "name": gettext("Pipeline by stage"),
                "left": "5%",
                "width": "55%",
                "label": {"show": True, "position": "right"},
                "data": [
                    {
                        "name": f"{column.stage} ({column.count})",
                        "value": int(column.amount),
                        "url": f"{url}?state=open&stage={column.stage.pk}",
                    }
                    for column in columns
                ],
            }
        ],
    }


KPIS = (
    Kpi(
        "open-quotations",
        _("Open quotations"),
        "crm.view_quotation",
        _open_quotations,
        _list("crm:quotation-list", "state=draft&state=sent"),
        order=10,
    ),
    Kpi(
        "orders-this-month",
        _("Orders this month (net)"),
        "crm.view_salesorder",
        _orders_this_month,
        lambda: f"{reverse('crm:sales-order-list')}?{_this_month()}",
        kind="amount",
        order=20,
    ),
    Kpi(
        "overdue-deliveries",
        _("Overdue deliveries"),
        "crm.view_salesorder",
        _overdue,
        _list("crm:sales-order-list", "overdue=true"),
        order=30,
    ),
    Kpi(
        "pipeline",
        _("Pipeline weighted by probability"),
        "crm.view_opportunity",
        weighted_pipeline,
        _list("crm:opportunity-list", "state=open"),
        kind="amount",
        order=40,
    ),
)
FUNNEL = Chart(
    "sales-funnel",
    _("Pipeline by stage"),
    "crm.view_opportunity",
    _funnel,
    _list("crm:opportunity-list", "state=open"),
    order=10,
)

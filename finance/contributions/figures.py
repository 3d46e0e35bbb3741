"""Figures and pictures of finance on dashboards."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.contributions import (
    Chart,
    Kpi,
)
from finance.contributions.links import list_url
from finance.selectors.ageing import BUCKETS, ageing, totals
from finance.selectors.figures import (
    cash,
    open_total,
    revenue_between,
    revenue_by_month,
)
from finance.states import Side


def _month() -> tuple[dt.date, dt.date]:
    day = today()
    return day.replace(day=1), day


KPIS = (
    Kpi(
        "finance.receivable",
        _("Receivables"),
        "finance.view_receivables",
        lambda user: open_total(Side.CUSTOMER, user),
        list_url("finance:receivables"),
        "amount",
        "finance",
        10,
    ),
    Kpi(
        "finance.overdue",
        _("Overdue receivables"),
        "finance.view_receivables",
        lambda user: open_total(Side.CUSTOMER, user, overdue_on=today()),
        list_url("finance:invoice-list", "overdue=true&kind=customer"),
        "amount",
        "finance",
        20,
    ),
    Kpi(
        "finance.payable",
        _("Payables"),
        "finance.view_payables",
        lambda user: open_total(Side.SUPPLIER, user),
        list_url("finance:payables"),
        "amount",
        "finance",
        30,
    ),
    Kpi(
        "finance.cash",
        _("Cash and bank"),
        "finance.view_bankaccount",
        lambda user: cash(),
        list_url("finance:bank-account-list"),
        "amount",
        "finance",
        40,
    ),
    Kpi(
        "finance.revenue",
        _("Revenue this month"),
        "finance.view_account",
        lambda user: revenue_between(*_month()),
        list_url("finance:trial-balance"),
        "amount",
        "finance",
        50,
    ),
)


def ageing_option(user: Any) -> dict[str, Any]:
    """Bars of receivables by age; each opens its instalments."""
    url = reverse("finance:receivable-list")
    sums = totals(ageing(Side.CUSTOMER, today(), user))
    return {
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [str(label) for _code, label, _first, _last in BUCKETS]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "type": "bar",
                "data": [
                    {"value": str(amount), "url": f"{url}?bucket={code}"}
                    for (code, *_rest), amount in zip(BUCKETS, sums, strict=True)
                ],
            }
        ],
    }


def revenue_option(user: Any) -> dict[str, Any]:
    """Revenue of the last twelve months as a line."""
    day = today()
    first = (day.replace(day=1) - dt.timedelta(days=335)).replace(day=1)
    found = dict(revenue_by_month(first, day))
    months = [first]
    while months[-1] < day.replace(day=1):
        months.append((months[-1] + dt.timedelta(days=32)).replace(day=1))
    return {
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [f"{month:%Y-%m}" for month in months]},
        "yAxis": {"type": "value"},
        "series": [{"type": "line", "areaStyle": {}, "data": [str(found.get(month, 0)) for month in months]}],
    }


CHARTS = (
    Chart(
        "finance.ageing",
        _("Receivables by age"),
        "finance.view_receivables",
        ageing_option,
        list_url("finance:receivables"),
        "finance",
        10,
    ),
    Chart(
        "finance.revenue",
        _("Revenue by month"),
        "finance.view_account",
        revenue_option,
        list_url("finance:trial-balance"),
        "finance",
        20,
    ),
)


CONTRIBUTIONS = (*KPIS, *CHARTS)

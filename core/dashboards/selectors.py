"""The figures and pictures of the dashboard: what the apps contributed, for this user."""

from typing import Any

from core.clock import company
from core.contributions import NAVIGATION_GROUPS, Chart, Kpi, contributions
from core.counting import counted
from core.shell import GROUPS
from core.templatetags.figures import amount, percent, quantity


def kpis(user: Any) -> list[dict[str, Any]]:
    """Return the figures the user may see, each with the list behind it."""
    shown = {"amount": amount, "quantity": quantity, "percent": percent, "count": quantity}
    own = contributions(Kpi, user=user)
    base = company()
    money = base.base_currency if base else ""
    values = counted({one.key: one.value(user) for one in own})
    rows = []
    for one in own:
        value = values[one.key]
        rows.append(
            {
                "key": one.key,
                "label": one.label,
                "value": shown[one.kind](value),
                "unit": money if one.kind == "amount" else "",
                "raw": value,
                "url": one.url(),
                "group": one.group,
            }
        )
    return rows


def kpi_groups(user: Any) -> list[dict[str, Any]]:
    """Return the figures by area, in the order of the navigation: [{label, kpis}]."""
    rows = kpis(user)
    groups = [
        {"label": GROUPS[code][0], "kpis": [row for row in rows if row["group"] == code]} for code in NAVIGATION_GROUPS
    ]
    return [group for group in groups if group["kpis"]]


def charts(user: Any) -> list[dict[str, Any]]:
    """Return the pictures the user may see as ECharts options."""
    return [
        {"key": one.key, "title": one.title, "option": one.option(user), "url": one.url(), "group": one.group}
        for one in contributions(Chart, user=user)
    ]

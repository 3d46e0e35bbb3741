"""The figures and pictures of the dashboard: what the apps contributed, for this user."""

from typing import Any

from core.contributions import Chart, Kpi, contributions
from core.templatetags.figures import amount, percent, quantity


def kpis(user: Any) -> list[dict[str, Any]]:
    """Return the figures the user may see, each with the list behind it, grouped by area."""
    shown = {"amount": amount, "quantity": quantity, "percent": percent, "count": quantity}
    rows = []
    for one in contributions(Kpi, user=user):
        value = one.value(user)
        rows.append(
            {
                "key": one.key,
                "label": one.label,
                "value": shown[one.kind](value),
                "raw": value,
                "url": one.url(),
                "group": one.group,
            }
        )
    return rows


def charts(user: Any) -> list[dict[str, Any]]:
    """Return the pictures the user may see as ECharts options."""
    return [
        {"key": one.key, "title": one.title, "option": one.option(user), "url": one.url(), "group": one.group}
        for one in contributions(Chart, user=user)
    ]

"""Raising the alarm the moment a budget line passes a level, and closing it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop

from core.models import User
from core.notifications.services import notify
from core.operations import operation
from core.people import users_with
from finance.errors import AlertClosed
from finance.models import BudgetAlert, BudgetLine, JournalEntry
from finance.selectors.budgets.consumption import Consumption, Cost, consumption, lines_under
from finance.selectors.budgets.report import level_of


def watch(*, line_ids: Iterable[int], cause: str, at: dt.datetime) -> list[BudgetAlert]:
    """Raise an alert for each line that passes a level now and has no open alert of it; people are told at once."""
    wanted = sorted(set(line_ids))
    if not wanted:
        return []
    figures = consumption(wanted)
    lines = BudgetLine.objects.filter(pk__in=wanted).select_related("account", "department", "project", "budget")
    passed = {line.pk: (line, level) for line in lines if (level := level_of(line, figures[line.pk].total))}
    known = set(BudgetAlert.objects.filter(line__in=passed, closed_at__isnull=True).values_list("line_id", "level"))
    fresh = [(line, level) for pk, (line, level) in passed.items() if (pk, level) not in known]
    alerts = BudgetAlert.objects.bulk_create(
        [_alert(line, level, figures[line.pk], cause, at) for line, level in fresh], ignore_conflicts=True
    )
    for line, level in fresh:
        _tell(line, level, figures[line.pk], cause, at)
    return alerts


def watch_entry(entry: JournalEntry, lines: Sequence[Any], *, at: dt.datetime) -> None:
    """Raise the alarm when an entry that was just written, while budgets are in force, takes one past a level."""
    costs = [
        Cost(
            line.account_id,
            entry.entry_date,
            line.amount,
            line.department_id,
            line.project_id,
            line.sales_order_id,
        )
        for line in lines
    ]
    watch(line_ids=list(lines_under(costs)), cause=entry.source_number or str(entry), at=at)


@operation(permission="finance.change_budgetalert")
def close_alert(*, alert_id: int, actor: Any, at: dt.datetime) -> BudgetAlert:
    """Say that an alert was seen to; the line raises it anew when it passes the level again.

    Raises:
        AlertClosed: somebody did already.
    """
    alert = BudgetAlert.objects.select_for_update().select_related("line").get(pk=alert_id)
    if alert.closed_at is not None:
        raise AlertClosed(document=alert)
    alert.closed_at, alert.closed_by = at, actor
    alert.save(update_fields=["closed_at", "closed_by"])
    return alert


def recipients(line: BudgetLine) -> list[User]:
    """Return who is told: the person responsible for the budget, the department's manager, those who may release."""
    people = [line.budget.responsible, line.department.manager if line.department else None]
    return [*(one for one in people if one is not None), *users_with("finance.release_budget")]


def _alert(line: BudgetLine, level: str, standing: Consumption, cause: str, at: dt.datetime) -> BudgetAlert:
    return BudgetAlert(
        line=line,
        level=level,
        used=standing.used,
        committed=standing.committed,
        cause=cause[:80],
        created_at=at,
    )


def _tell(line: BudgetLine, level: str, standing: Consumption, cause: str, at: dt.datetime) -> None:
    over = gettext_noop("Over budget: %(line)s. %(total)s of %(budget)s are used or committed (%(cause)s).")
    near = gettext_noop("Budget nearly used: %(line)s. %(total)s of %(budget)s are used or committed (%(cause)s).")
    notify(
        users=recipients(line),
        message=over if level == "stop" else near,
        params={
            "line": str(line),
            "total": f"{standing.total:.2f}",
            "budget": f"{line.amount:.2f}",
            "cause": cause,
        },
        url=reverse("finance:budget-line", args=[line.pk]),
        at=at,
    )

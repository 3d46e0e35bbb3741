"""Budget against actual and committed, with what is behind each figure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from core.fields import ZERO
from finance.models import BudgetAlert, BudgetLine, Commitment
from finance.selectors.budgets.consumption import Consumption, carried_to, consumption
from finance.selectors.ledger import family_of
from finance.selectors.statements.figures import departments_below

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class BudgetRow:
    """A budget line with what stands against it."""

    line: BudgetLine
    consumption: Consumption

    @property
    def left(self) -> Decimal:
        """What can still be spent."""
        return self.line.amount - self.consumption.total

    @property
    def percent(self) -> Decimal | None:
        """How much of it is used or committed."""
        return (
            (self.consumption.total / self.line.amount * HUNDRED).quantize(Decimal("0.1")) if self.line.amount else None
        )

    @property
    def level(self) -> str:
        """``stop``, ``warning`` or nothing."""
        return level_of(self.line, self.consumption.total)


def level_of(line: BudgetLine, total: Decimal) -> str:
    """Return which level ``total`` passes: ``stop``, ``warning`` or nothing."""
    if line.stop_percent is not None and total > stop_level(line):
        return "stop"
    return "warning" if total > line.amount * line.warn_percent / HUNDRED else ""


def stop_level(line: BudgetLine) -> Decimal:
    """Return the amount above which nothing more is committed without a release."""
    return line.amount * (line.stop_percent if line.stop_percent is not None else HUNDRED) / HUNDRED


def rows_of(lines: QuerySet[BudgetLine]) -> list[BudgetRow]:
    """Return budget lines with their figures; three statements."""
    found = list(lines.select_related("account", "department", "project", "sales_order", "budget"))
    figures = consumption(line.pk for line in found)
    return [BudgetRow(line, figures[line.pk]) for line in found]


def totals(rows: Iterable[BudgetRow]) -> dict[str, Decimal]:
    """Return the sums of the columns."""
    found = list(rows)
    names = ("used", "requisitions", "orders", "receipts", "total")
    sums = {name: sum((getattr(row.consumption, name) for row in found), ZERO) for name in names}
    return sums | {
        "amount": sum((row.line.amount for row in found), ZERO),
        "left": sum((row.left for row in found), ZERO),
    }


def commitments_of(line: BudgetLine) -> QuerySet[Commitment]:
    """Return the commitments behind a budget line, the earliest first."""
    floor = carried_to()
    rows = Commitment.objects.filter(account__in=family_of(line.account), due_date__lte=line.last)
    if floor > line.last:
        rows = rows.none()
    elif not line.first <= floor:
        rows = rows.filter(due_date__gte=line.first)
    if line.sales_order_id:
        rows = rows.none()
    if line.department_id:
        rows = rows.filter(department__in=departments_below(line.department_id))
    if line.project_id:
        rows = rows.filter(project=line.project_id)
    return rows.select_related("account", "department", "project").order_by("due_date", "pk")


def open_alerts(user: Any = None) -> QuerySet[BudgetAlert]:
    """Return the alerts nobody has seen to, the newest first."""
    rows = BudgetAlert.objects.filter(closed_at__isnull=True)
    return rows.select_related(
        "line__account", "line__department", "line__project", "line__sales_order", "line__budget"
    )

"""What is open of a year's commitments when the year is over, and which lines of the next budget would bear it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection
from django.db.models import Max, QuerySet, Sum

from core.fields import ZERO
from finance.models import Budget, BudgetCarry, BudgetCarryLine, BudgetCarryUndo, BudgetLine, Commitment, FiscalPeriod
from finance.selectors.budgets.consumption import CARRIED_TO, SAME_PART, TREES
from finance.states import BudgetState

FALLS_UNDER = f"""
WITH RECURSIVE {TREES}
SELECT x.id, w.id
FROM finance_commitment x JOIN below_account b ON b.id = x.account_id
  JOIN finance_budgetline w ON w.account_id = b.root AND w.budget_id = %(budget)s
    AND coalesce(%(day)s::date, greatest(x.due_date, {CARRIED_TO})) BETWEEN w.first AND w.last
WHERE x.due_date <= %(until)s AND w.sales_order_id IS NULL AND {SAME_PART}
ORDER BY x.due_date, x.id, w.id"""


@dataclass
class CarryRow:
    """One open commitment: whether this year's budget had money for it, and the next year's lines for it."""

    commitment: Commitment
    is_budgeted: bool
    targets: list[BudgetLine] = field(default_factory=list)

    @property
    def is_carried(self) -> bool:
        """Its money goes along: it had some, and there is a line for it."""
        return self.is_budgeted and bool(self.targets)


@dataclass
class CarryPreview:
    """What a carry-forward would do; ``following`` is the next year's budget in force, if there is one."""

    budget: Budget
    following: Budget | None
    until: dt.date
    done: BudgetCarry | None
    rows: list[CarryRow]
    undone: list[BudgetCarryUndo] = field(default_factory=list)

    @property
    def raises(self) -> list[tuple[BudgetLine, Decimal]]:
        """By how much each line of the next budget rises."""
        sums: dict[int, Decimal] = {}
        lines: dict[int, BudgetLine] = {}
        for row in self.rows:
            for line in row.targets if row.is_carried else ():
                lines[line.pk] = line
                sums[line.pk] = sums.get(line.pk, ZERO) + row.commitment.amount
        return [(lines[pk], amount) for pk, amount in sums.items()]

    @property
    def total(self) -> Decimal:
        """The commitments whose money goes along."""
        return sum((row.commitment.amount for row in self.rows if row.is_carried), ZERO)


def carry_preview(budget: Budget) -> CarryPreview:
    """Return what is open of the commitments of a budget's year, and what carrying it forward would do."""
    until = FiscalPeriod.objects.filter(year=budget.year).aggregate(last=Max("d1"))["last"]
    following = Budget.objects.filter(year=budget.year + 1, state=BudgetState.ACTIVE).first()
    live = BudgetCarry.objects.filter(year__gte=budget.year, undo__isnull=True)
    done = live.select_related("actor", "budget_to").first()
    rows = [] if done is not None else _rows(budget, following, until)
    undone = BudgetCarryUndo.objects.filter(carry__year=budget.year).select_related("actor", "carry__actor")
    return CarryPreview(budget, following, until, done, rows, list(undone))


def raised_by(carry: BudgetCarry) -> dict[int, Decimal]:
    """Return {key of a line of the next budget: amount it rose by}."""
    rows = carry.lines.filter(target__isnull=False).order_by().values_list("target")
    return dict(rows.annotate(total=Sum("amount")))


def carried_lines(carry: BudgetCarry) -> QuerySet[BudgetCarryLine]:
    """Return what a carry-forward wrote, with what a page shows of it."""
    return carry.lines.select_related(
        "target__account", "target__department", "target__project", "target__sales_order", "target__budget"
    ).order_by("pk")


def _rows(budget: Budget, following: Budget | None, until: dt.date) -> list[CarryRow]:
    before = {commitment_id for commitment_id, _line in _pairs(budget.pk, until, None)}
    after = _pairs(following.pk, until, until + dt.timedelta(days=1)) if following is not None else []
    lines = BudgetLine.objects.select_related("account", "department", "project", "budget").in_bulk(
        {line_id for _commitment, line_id in after}
    )
    targets: dict[int, list[BudgetLine]] = {}
    for commitment_id, line_id in after:
        targets.setdefault(commitment_id, []).append(lines[line_id])
    found = Commitment.objects.filter(due_date__lte=until).select_related("account", "department", "project")
    return [CarryRow(one, one.pk in before, targets.get(one.pk, [])) for one in found.order_by("due_date", "pk")]


def _pairs(budget_id: int, until: dt.date, day: dt.date | None) -> Sequence[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(FALLS_UNDER, {"budget": budget_id, "until": until, "day": day})
        return list(cursor.fetchall())

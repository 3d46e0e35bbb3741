"""Sums of accounts over the columns of a statement, for one department or project or for all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from core.fields import ZERO
from finance.models import JournalLine
from finance.selectors.statements.columns import Column
from finance.states import CLOSING_EVENTS, StatementKind
from masterdata.models import Department

Figures = list[Decimal]


@dataclass(frozen=True)
class Dimension:
    """Which lines count: of a department and those below it, of a project; None keeps all."""

    department_id: int | None = None
    project_id: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the whole company is meant."""
        return self.department_id is None and self.project_id is None

    def condition(self) -> Q:
        """Return the condition on journal lines."""
        condition = Q()
        if self.department_id is not None:
            condition &= Q(department__in=departments_below(self.department_id))
        if self.project_id is not None:
            condition &= Q(project=self.project_id)
        return condition

    @property
    def query(self) -> str:
        """The same as a query string, with a leading ``&``; empty for the whole company."""
        parts = (("department", self.department_id), ("project", self.project_id))
        return "".join(f"&{name}={key}" for name, key in parts if key is not None)


def departments_below(department_id: int) -> list[int]:
    """Return the key of a department and of all below it."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in Department.objects.values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(pk)
    found, level = [department_id], [department_id]
    while level:
        level = [child for pk in level for child in children.get(pk, [])]
        found += level
    return found


def lines_for(kind: str, dimension: Dimension) -> QuerySet[JournalLine]:
    """Return the journal lines a statement of ``kind`` reads.

    Profit and loss leaves out the entries that carry the profit over (结转损益): they empty the accounts for the books,
    not for the reader. Both sides of such an entry lie inside equity and profit, so a balance sheet needs no such care.
    """
    lines = JournalLine.objects.filter(dimension.condition())
    if kind == StatementKind.PROFIT_LOSS:
        lines = lines.exclude(entry__event__in=CLOSING_EVENTS)
    return lines


def within(kind: str, column: Column) -> Q:
    """Return the condition of the days of a column."""
    if kind == StatementKind.BALANCE_SHEET:
        return Q(entry__entry_date__lte=column.last)
    return Q(entry__entry_date__gte=column.first, entry__entry_date__lte=column.last)


def account_sums(kind: str, columns: Sequence[Column], dimension: Dimension) -> dict[int, Figures]:
    """Return {account key: sum per column}, debit positive; one statement."""
    sums = {f"c{place}": Sum("amount", filter=within(kind, column)) for place, column in enumerate(columns)}
    last = max(column.last for column in columns)
    rows: Any = (
        lines_for(kind, dimension).filter(entry__entry_date__lte=last).order_by().values("account").annotate(**sums)
    )
    return {row["account"]: [row[f"c{place}"] or ZERO for place in range(len(columns))] for row in rows}


def added(rows: Iterable[Sequence[Decimal]], width: int, sign: int = 1) -> Figures:
    """Return the sum of figures, column by column."""
    total = [ZERO] * width
    for row in rows:
        total = [have + sign * more for have, more in zip(total, row, strict=True)]
    return total

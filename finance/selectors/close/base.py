"""What a check of the close is, and the pieces that checks share."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models

from finance.models import FiscalPeriod
from finance.selectors.invariants import Invariant, violations
from finance.states import PeriodModule

LIMIT = 200
"""How many offending rows a check shows at most; the count is of all."""


@dataclass(frozen=True)
class Offence:
    """One row that keeps a period open: what it is, where it is looked at, and what is wrong with it."""

    label: str
    url: str = ""
    detail: str = ""
    date: dt.date | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class Found:
    """What a check found: how many rows offend, and the first of them."""

    count: int = 0
    rows: Sequence[Offence] = ()


@dataclass(frozen=True)
class Check:
    """One condition for closing ``module``.

    owner    code of the role that puts it right. find(period) looks at everything dated up to the period's last day.
    fix_url  (period) -> the page where it is put right. applies(): False while the company does not work that way.
    """

    code: str
    module: PeriodModule
    name: Any
    owner: str
    find: Callable[[FiscalPeriod], Found]
    fix_url: Callable[[FiscalPeriod], str]
    fix_label: Any
    applies: Callable[[], bool] = field(default=lambda: True)


@dataclass(frozen=True)
class Finding:
    """A check and what it found in one period."""

    check: Check
    count: int
    rows: Sequence[Offence]

    @property
    def passed(self) -> bool:
        """Whether nothing stands against closing."""
        return not self.count


def documents(
    queryset: Callable[[FiscalPeriod], models.QuerySet[Any]],
    *,
    date: str = "document_date",
    detail: Callable[[Any], str] = lambda row: "",
) -> Callable[[FiscalPeriod], Found]:
    """Return a search for documents that should not be there, the oldest first."""

    def find(period: FiscalPeriod) -> Found:
        rows = queryset(period).order_by(date, "pk")
        shown = list(rows[:LIMIT])
        count = len(shown) if len(shown) < LIMIT else rows.count()
        return Found(
            count,
            [Offence(str(one), one.get_absolute_url(), detail(one), getattr(one, date)) for one in shown],
        )

    return find


def holds(*invariants: Invariant, url: Callable[[dict[str, Any]], str] = lambda row: "") -> Callable[..., Found]:
    """Return a search for the rows that break one of ``invariants``."""

    def find(period: FiscalPeriod) -> Found:
        rows = [
            Offence(str(one.invariant.name), url(row), ", ".join(f"{name}: {value}" for name, value in row.items()))
            for one in violations(invariants)
            for row in one.rows
        ]
        return Found(len(rows), rows)

    return find

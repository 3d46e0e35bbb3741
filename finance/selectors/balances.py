"""What moved and what stands on accounts between two days, by any dimension: kept sums plus the newer lines."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from core.fields import ZERO
from finance.models import Account, FiscalPeriod, JournalEntry, SummedPeriod
from finance.selectors.accounts import family_of

KEPT = ("account_id", "currency_id", "journal", "partner_id", "department_id", "project_id", "item_category_id")
"""What the kept sums tell apart."""

LINES_ONLY = ("item_id", "sales_order_id", "purchase_order_id", "work_order_id")
"""What only the lines tell apart: asking for one of these reads all lines."""


@dataclass(frozen=True)
class Sums:
    """What stood before the first day, and what moved from the first to the last; ``key`` as asked for."""

    key: tuple[Any, ...]
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        """What stands after the last day, debit positive."""
        return self.opening + self.debit - self.credit


def balance_sums(
    first: dt.date,
    last: dt.date,
    *,
    by: Sequence[str] = ("account_id",),
    where: Mapping[str, Sequence[Any]] | None = None,
    without_closing: bool = False,
) -> list[Sums]:
    """Return the sums of lines grouped by ``by``, of lines whose columns are in ``where``; one statement.

    Opening balances count as standing before the first day. ``without_closing`` leaves the carry-over of profit and
    loss and the year end out.
    """
    where = where or {}
    columns = [*by, *where]
    unknown = set(columns) - {*KEPT, *LINES_ONLY}
    if unknown:
        raise ValueError(f"lines are not told apart by {sorted(unknown)}")
    kept = not set(columns) & set(LINES_ONLY)
    sql, parameters = _statement(by, where, kept, without_closing)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"first": first, "last": last} | parameters)
        rows = cursor.fetchall()
    size = len(by)
    return [Sums(tuple(row[:size]), row[size] or ZERO, row[size + 1] or ZERO, row[size + 2] or ZERO) for row in rows]


def balance_on(account: Account, date: dt.date) -> Decimal:
    """Return what stands on an account and those below it after ``date``, debit positive."""
    found = balance_sums(date, date, by=(), where={"account_id": family_of(account)})
    return found[0].closing if found else ZERO


def movement_between(account: Account, first: dt.date, last: dt.date) -> Decimal:
    """Return what moved over an account and those below it, debit positive; the carry-over left out."""
    found = balance_sums(first, last, by=(), where={"account_id": family_of(account)}, without_closing=True)
    return found[0].debit - found[0].credit if found else ZERO


def periods_to_sum() -> list[FiscalPeriod]:
    """Return the periods with entries that are not in their kept sums yet."""
    marks = dict(SummedPeriod.objects.values_list("period_id", "last_entry_id"))
    return [
        period
        for period in FiscalPeriod.objects.order_by("d0")
        if JournalEntry.objects.filter(period=period, pk__gt=marks.get(period.pk, 0)).exists()
    ]


def _statement(
    by: Sequence[str], where: Mapping[str, Sequence[Any]], kept: bool, without_closing: bool
) -> tuple[str, dict[str, Any]]:
    def column(name: str, lines: str) -> str:
        return f"{'entry' if name == 'journal' and lines == 'line' else lines}.{name}"

    def condition(lines: str) -> str:
        parts = [f"{column(name, lines)} = ANY(%({name})s)" for name in where]
        if without_closing:
            parts.append(f"{column('journal', lines)} <> 'closing'")
        return "".join(f" AND {part}" for part in parts)

    def grouped(lines: str) -> str:
        return "".join(f"{column(name, lines)} AS k{place}, " for place, name in enumerate(by))

    keys = "".join(f"k{place}, " for place in range(len(by)))
    branches = [
        f"""
        SELECT {grouped("line")}entry.entry_date < %(first)s OR entry.journal = 'opening' AS is_before, line.amount
        FROM span JOIN finance_journalentry entry ON entry.period_id = span.id
          AND entry.id > CASE WHEN span.is_whole AND {str(kept).lower()} THEN span.mark ELSE 0 END
          AND entry.entry_date <= %(last)s
        JOIN finance_journalline line ON line.entry_id = entry.id
        WHERE true{condition("line")}
        """
    ]
    if kept:
        for amount in ("debit", "-kept.credit"):
            branches.append(
                f"""
                SELECT {grouped("kept")}span.d1 < %(first)s OR kept.journal = 'opening',
                  {amount if amount.startswith("-") else "kept." + amount}
                FROM span JOIN finance_accountbalance kept ON kept.period_id = span.id
                WHERE span.is_whole{condition("kept")}
                """
            )
    group = f"GROUP BY {keys.rstrip(', ')}" if by else ""
    sql = f"""
        WITH span AS (
          SELECT period.id, period.d0, period.d1, coalesce(summed.last_entry_id, 0) AS mark,
            period.d1 <= %(last)s AND (period.d1 < %(first)s OR period.d0 >= %(first)s) AS is_whole
          FROM finance_fiscalperiod period LEFT JOIN finance_summedperiod summed ON summed.period_id = period.id
          WHERE period.d0 <= %(last)s
        )
        SELECT {keys}
          sum(amount) FILTER (WHERE is_before),
          sum(amount) FILTER (WHERE NOT is_before AND amount > 0),
          -sum(amount) FILTER (WHERE NOT is_before AND amount < 0)
        FROM ({" UNION ALL ".join(branches)}) found {group}
    """
    return sql, {name: list(values) for name, values in where.items()}

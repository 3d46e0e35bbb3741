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
    """Return the sums of lines grouped by ``by``, of lines whose columns are in ``where``; two statements.

    Opening balances count as standing before the first day. ``without_closing`` leaves the carry-over of profit and
    loss and the year end out.
    """
    where = where or {}
    columns = [*by, *where]
    unknown = set(columns) - {*KEPT, *LINES_ONLY}
    if unknown:
        raise ValueError(f"lines are not told apart by {sorted(unknown)}")
    whole, parts = _spans(first, last, is_kept=not set(columns) & set(LINES_ONLY))
    sql, parameters = _statement(by, where, parts, is_kept=bool(whole), without_closing=without_closing)
    values: dict[str, Any] = {"first": first, "last": last, "whole": whole} | parameters
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    size = len(by)
    return [
        Sums(tuple(row[:size]), row[size] or ZERO, row[size + 1] or ZERO, row[size + 2] or ZERO)
        for row in rows
        if any(figure is not None for figure in row[size:])
    ]


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


def _spans(first: dt.date, last: dt.date, *, is_kept: bool) -> tuple[list[int], list[tuple[int, int]]]:
    """Return the periods whose kept sums are read, and (period, after which entry) of those whose lines are read.

    A period that the first or the last day cuts is read by its lines; a whole one only by those after its mark.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT period.id, coalesce(summed.last_entry_id, 0),
              period.d1 <= %(last)s AND (period.d1 < %(first)s OR period.d0 >= %(first)s),
              (SELECT max(entry.id) FROM finance_journalentry entry WHERE entry.period_id = period.id)
            FROM finance_fiscalperiod period LEFT JOIN finance_summedperiod summed ON summed.period_id = period.id
            WHERE period.d0 <= %(last)s ORDER BY period.d0
            """,
            {"first": first, "last": last},
        )
        rows = cursor.fetchall()
    whole = [pk for pk, mark, is_whole, _newest in rows if is_kept and is_whole and mark]
    parts = [
        (pk, mark if pk in whole else 0)
        for pk, mark, _is_whole, newest in rows
        if newest is not None and newest > (mark if pk in whole else 0)
    ]
    return whole, parts


def _statement(
    by: Sequence[str],
    where: Mapping[str, Sequence[Any]],
    parts: Sequence[tuple[int, int]],
    *,
    is_kept: bool,
    without_closing: bool,
) -> tuple[str, dict[str, Any]]:
    """Return the sum over kept sums and lines; the periods read by lines are constants, which plans better."""

    def column(name: str, table: str) -> str:
        return f"{'entry' if name == 'journal' and table == 'line' else table}.{name}"

    def condition(table: str) -> str:
        found = [f"{column(name, table)} = ANY(%({name})s)" for name in where]
        if without_closing:
            found.append(f"{column('journal', table)} <> 'closing'")
        return "".join(f" AND {one}" for one in found)

    def grouped(table: str) -> str:
        return "".join(f"{column(name, table)} AS k{place}, " for place, name in enumerate(by))

    branches = [
        f"""
        SELECT {grouped("line")}entry.entry_date < %(first)s OR entry.journal = 'opening' AS is_before,
          greatest(line.amount, 0) AS debit, greatest(-line.amount, 0) AS credit
        FROM finance_journalentry entry JOIN finance_journalline line ON line.entry_id = entry.id
        WHERE entry.period_id = {int(period)} AND entry.id > {int(mark)} AND entry.entry_date <= %(last)s
          {condition("line")}
        """
        for period, mark in parts or [(0, 0)]
    ]
    if is_kept:
        branches.append(
            f"""
            SELECT {grouped("kept")}period.d1 < %(first)s OR kept.journal = 'opening', kept.debit, kept.credit
            FROM finance_accountbalance kept JOIN finance_fiscalperiod period ON period.id = kept.period_id
            WHERE kept.period_id = ANY(%(whole)s){condition("kept")}
            """
        )
    keys = "".join(f"k{place}, " for place in range(len(by)))
    sql = f"""
        SELECT {keys}
          sum(debit - credit) FILTER (WHERE is_before),
          sum(debit) FILTER (WHERE NOT is_before),
          sum(credit) FILTER (WHERE NOT is_before)
        FROM ({" UNION ALL ".join(branches)}) found
        {f"GROUP BY {keys.rstrip(', ')}" if by else ""}
    """
    return sql, {name: list(values) for name, values in where.items()}

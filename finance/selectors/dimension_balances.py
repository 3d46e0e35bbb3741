"""Balances by account and one dimension (辅助核算余额表), and the general ledger month by month (总账)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm.models import SalesOrder
from erp.models import WorkOrder
from finance.models import Account, FiscalPeriod
from finance.selectors.accounts import family_of
from finance.selectors.balances import balance_sums
from masterdata.models import Department, Item, ItemCategory, Partner, Project
from scm.models import PurchaseOrder

SOURCES: dict[str, Any] = {
    "partner": Partner,
    "department": Department,
    "project": Project,
    "item_category": ItemCategory,
    "item": Item,
    "sales_order": SalesOrder,
    "purchase_order": PurchaseOrder,
    "work_order": WorkOrder,
}
"""Which records a dimension names."""


@dataclass(frozen=True)
class DimensionRow:
    """One account and one value of the dimension (None: lines that name none), in base currency, debit positive."""

    account: Account
    named: Any
    opening: Decimal
    debit: Decimal
    credit: Decimal
    closing: Decimal


@dataclass(frozen=True)
class MonthRow:
    """One month of one account: what moved, and what stands after it, debit positive."""

    period: FiscalPeriod
    debit: Decimal
    credit: Decimal
    closing: Decimal


def dimension_balances(
    dimension: str, first: dt.date, last: dt.date, *, account: Account | None = None, with_unnamed: bool = False
) -> list[DimensionRow]:
    """Return opening, movement and closing by account and ``dimension`` (a key of SOURCES), in order of the chart.

    Three statements, whatever the number of rows. Without ``with_unnamed`` lines that name none are left out.
    """
    where = {"account_id": family_of(account)} if account else None
    found = balance_sums(first, last, by=("account_id", f"{dimension}_id"), where=where)
    rows = [one for one in found if (one.key[1] is not None or with_unnamed) and _moves(one)]
    accounts = Account.objects.in_bulk({one.key[0] for one in rows})
    records = SOURCES[dimension].objects.in_bulk({one.key[1] for one in rows if one.key[1] is not None})
    made = [
        DimensionRow(accounts[one.key[0]], records.get(one.key[1]), one.opening, one.debit, one.credit, one.closing)
        for one in rows
    ]
    return sorted(made, key=lambda row: (row.account.code, row.named is None, str(row.named or "")))


def months_of(account: Account, year: int) -> tuple[Decimal, list[MonthRow]]:
    """Return what stood on an account (and those below it) before a year, and each month of it."""
    periods: Sequence[FiscalPeriod] = list(FiscalPeriod.objects.filter(year=year).order_by("month"))
    if not periods:
        return Decimal(0), []
    where = {"account_id": family_of(account)}
    opening = Decimal(0)
    rows: list[MonthRow] = []
    standing = Decimal(0)
    for place, period in enumerate(periods):
        sums = balance_sums(period.d0, period.d1, by=(), where=where)
        month = sums[0] if sums else None
        if place == 0 and month:
            opening = standing = month.opening
        debit, credit = (month.debit, month.credit) if month else (Decimal(0), Decimal(0))
        standing += debit - credit
        rows.append(MonthRow(period, debit, credit, month.closing if month else standing))
    return opening, rows


def _moves(one: Any) -> bool:
    return bool(one.opening or one.debit or one.credit)

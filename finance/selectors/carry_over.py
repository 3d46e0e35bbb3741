"""What the carry-over of profit and loss has before it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from core.fields import ZERO
from finance.models import Account
from finance.selectors.balances import balance_sums
from finance.states import PROFIT_AND_LOSS_KINDS


@dataclass(frozen=True)
class Left:
    """What stands on a revenue or expense account under one set of dimensions, debit positive."""

    account_id: int
    partner_id: int | None
    department_id: int | None
    project_id: int | None
    item_category_id: int | None
    amount: Decimal


def profit_and_loss_left(date: dt.date) -> list[Left]:
    """Return what stands on revenue and expense accounts after ``date``, in order of the chart."""
    codes = dict(Account.objects.filter(kind__in=PROFIT_AND_LOSS_KINDS).values_list("pk", "code"))
    found = balance_sums(
        date,
        date,
        by=("account_id", "partner_id", "department_id", "project_id", "item_category_id"),
        where={"account_id": list(codes)},
    )
    rows = [Left(*one.key, amount=one.closing) for one in found if one.closing]
    return sorted(rows, key=lambda row: (codes[row.account_id], *(key or 0 for key in _dimensions(row))))


@dataclass(frozen=True)
class AccountLeft:
    """What stands on one revenue or expense account, debit positive."""

    account: Account
    amount: Decimal


def left_by_account(date: dt.date) -> list[AccountLeft]:
    """Return what stands on each revenue and expense account after ``date``, in order of the chart; no zeros."""
    sums: dict[int, Decimal] = {}
    for one in profit_and_loss_left(date):
        sums[one.account_id] = sums.get(one.account_id, ZERO) + one.amount
    accounts = Account.objects.in_bulk(sums)
    return [AccountLeft(accounts[key], amount) for key, amount in sums.items() if amount]


def standing_on(account_id: int, date: dt.date) -> Decimal:
    """Return what stands on one account after ``date``, debit positive."""
    found = balance_sums(date, date, by=(), where={"account_id": [account_id]})
    return found[0].closing if found else ZERO


def _dimensions(row: Left) -> tuple[int | None, ...]:
    return (row.partner_id, row.department_id, row.project_id, row.item_category_id)

"""Recurring money, the bank accounts' part in the cash plan, and the alarm when the plan runs short."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop

from core.clock import business_date
from core.documents import lock
from core.notifications.services import notify
from core.operations import operation
from core.people import users_with
from finance.errors import WrongRecurringCash
from finance.models import BankAccount, CashPlanAccount, CashShortfall, RecurringCash
from finance.selectors.cash_plan.plan import AccountPlan, Terms, cash_plan


@operation(permission="finance.change_recurringcash")
def save_recurring_cash(
    *,
    recurring_id: int | None = None,
    version: int | None = None,
    name: str,
    bank_account_id: int,
    direction: str,
    amount: Decimal,
    step: str,
    first_date: dt.date,
    last_date: dt.date | None = None,
    is_active: bool = True,
    actor: Any,
    at: dt.datetime,
) -> RecurringCash:
    """Create or change money that comes or goes again and again.

    Raises:
        StaleVersion: somebody changed it since.
        WrongRecurringCash: no amount, or it ends before it begins.
    """
    if amount <= 0 or (last_date is not None and last_date < first_date):
        raise WrongRecurringCash(name=name)
    row = lock(RecurringCash, recurring_id, version=version) if recurring_id else RecurringCash()
    row.name, row.bank_account, row.direction = name, BankAccount.objects.get(pk=bank_account_id), direction
    row.amount, row.step, row.first_date, row.last_date = amount, step, first_date, last_date
    row.is_active = is_active
    row.version += 1 if row.pk else 0
    row.save()
    _check(at)
    return row


@operation(permission="finance.change_recurringcash")
def save_cash_plan_account(
    *, bank_account_id: int, minimum: Decimal, is_expected: bool = False, actor: Any, at: dt.datetime
) -> BankAccount:
    """Say what must stay on a bank account, and whether what is planned in its currency is expected there."""
    bank = lock(BankAccount, bank_account_id)
    row = CashPlanAccount.objects.filter(bank_account=bank).first() or CashPlanAccount(bank_account=bank)
    row.minimum, row.is_expected = minimum, is_expected
    row.save()
    _check(at)
    return bank


@operation(permission=None)
def check_cash_plan(*, actor: Any, at: dt.datetime) -> int:
    """Compare the plan with the least balances; returns how many accounts run short. Called by the schedule."""
    return _check(at)


def _check(at: dt.datetime) -> int:
    plan = cash_plan(Terms(business_date(at)))
    standing = {row.bank_account_id: row for row in CashShortfall.objects.select_for_update().filter(closed_at=None)}
    short = 0
    for account in plan.accounts:
        bank, place = account.bank_account, account.first_short
        if bank is None:
            continue
        known = standing.get(bank.pk)
        if place is None:
            if known is not None:
                known.closed_at = at
                known.save(update_fields=["closed_at"])
            continue
        short += 1
        _note(account, bank, plan.weeks[place], known, at)
    return short


def _note(account: AccountPlan, bank: BankAccount, week: dt.date, known: CashShortfall | None, at: dt.datetime) -> None:
    missing = account.minimum - min(account.closings)
    if known is not None:
        if (known.week, known.amount) != (week, missing):
            known.week, known.amount = week, missing
            known.save(update_fields=["week", "amount"])
        return
    CashShortfall.objects.create(bank_account=bank, week=week, amount=missing, created_at=at)
    notify(
        users=users_with("finance.view_cashplan"),
        message=gettext_noop("Cash runs short: %(account)s from the week of %(week)s, %(amount)s are missing."),
        params={"account": str(bank), "week": week.isoformat(), "amount": f"{missing:.2f}"},
        url=reverse("finance:cash-plan"),
        at=at,
    )

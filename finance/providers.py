"""Answers to the questions of the apps above: posting dates, credit exposure, money received for an order."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.fields import ZERO
from finance.errors import BooksNotOpen
from finance.models import AccountMapping, JournalLine
from finance.selectors import exposure, grni
from finance.selectors.accounts import books_are_open
from finance.selectors.periods import date_for_adjustment, period_for_posting
from finance.services.budgets import require_budget
from finance.states import AccountRole
from scm.ports import BudgetNeed


def posting_date(module: str, date: dt.date) -> dt.date:
    """Return ``date`` when ``module`` takes entries in its period, under the period's shared lock.

    Raises:
        BooksNotOpen: no chart of accounts is loaded.
        NoFiscalPeriod, PeriodClosed, PeriodHeld: ``date`` takes no entry of the module.
    """
    if not books_are_open():
        raise BooksNotOpen()
    period_for_posting(date, module)
    return date


def adjustment_date(module: str, date: dt.date) -> dt.date:
    """Return ``date`` while ``module`` takes entries on it, else the first day of its first open period after it.

    Raises:
        BooksNotOpen: no chart of accounts is loaded.
        NoFiscalPeriod, PeriodClosed, PeriodHeld: no period from ``date`` on takes entries.
    """
    if not books_are_open():
        raise BooksNotOpen()
    return date_for_adjustment(date, module)


def credit_exposure(partner_id: int, exclude_order_id: int | None = None) -> Decimal:
    """Return what the customer owes or will owe, gross, in base currency, less what he has paid in advance."""
    return exposure.credit_exposure(partner_id, exclude_order_id).total


def received_for_order(order_id: int) -> Decimal:
    """Return the money received for a sales order, in its currency."""
    return exposure.received_for_order(order_id)


def stock_in_books(day: dt.date) -> Decimal:
    """Return what the stock accounts say at the end of ``day``, base currency."""
    accounts = AccountMapping.objects.filter(role=AccountRole.STOCK).values("account")
    lines = JournalLine.objects.filter(account__in=accounts, entry__entry_date__lte=day)
    total: Decimal = lines.aggregate(total=Sum("amount", default=ZERO))["total"]
    return total


def budget_check(document: Any, needs: Sequence[BudgetNeed], actor: Any) -> None:
    """Refuse what would take a budget past its stop level.

    Raises:
        BudgetExceeded: a budget line has not enough left, and nobody released the document.
    """
    require_budget(document, needs, actor)


def value_given_back(quantities: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return what quantities of receipt lines that go back are worth, base currency."""
    return grni.value_given_back(quantities)


def given_up_by(receipt_line_ids: Iterable[int]) -> str:
    """Return the number of the write-off by which a receipt line was given up as never invoiced, if one was."""
    return grni.given_up_by(receipt_line_ids)

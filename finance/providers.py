"""Answers to the questions of the apps above: posting dates, credit exposure, money received for an order."""

import datetime as dt
from decimal import Decimal

from finance.selectors import exposure
from finance.selectors.accounts import account_book
from finance.selectors.periods import first_open_period, period_for_posting, period_on
from finance.states import PeriodState


def posting_date(module: str, date: dt.date) -> dt.date:
    """Return ``date`` when its period takes entries, under the period's shared lock.

    Raises:
        BooksNotOpen: no chart of accounts is loaded.
        NoFiscalPeriod, PeriodClosed: ``date`` takes no entry.
    """
    account_book()
    period_for_posting(date)
    return date


def adjustment_date(module: str, date: dt.date) -> dt.date:
    """Return ``date`` when its period takes entries, else the first day that does, under that period's shared lock.

    Raises:
        BooksNotOpen: no chart of accounts is loaded.
        NoFiscalPeriod, PeriodClosed: no period from ``date`` on takes entries.
    """
    account_book()
    period = period_on(date)
    if period is not None and period.state != PeriodState.OPEN:
        following = first_open_period()
        if following is not None:
            period_for_posting(following.d0)
            return following.d0
    period_for_posting(date)
    return date


def credit_exposure(partner_id: int, exclude_order_id: int | None = None) -> Decimal:
    """Return what the customer owes or will owe, gross, in base currency, less what he has paid in advance."""
    return exposure.credit_exposure(partner_id, exclude_order_id).total


def received_for_order(order_id: int) -> Decimal:
    """Return the money received for a sales order, in its currency."""
    return exposure.received_for_order(order_id)

"""Fiscal periods: which one a date falls in, and whether it takes entries."""

import datetime as dt

from django.db import models

from core.context import remembered
from core.locks import advisory_lock
from finance.errors import NoFiscalPeriod, PeriodClosed
from finance.models import FiscalPeriod
from finance.models.periods import lock_name
from finance.states import PeriodState


def period_for_posting(date: dt.date) -> FiscalPeriod:
    """Return the open period of ``date``, under its shared lock: it cannot close before this transaction ends.

    So an operation that posts several times on one date asks once.

    Raises:
        NoFiscalPeriod: the fiscal year does not exist.
        PeriodClosed: the period takes no entries any more.
    """
    return remembered(("finance.period", date), lambda: _lock_open_period(date))


def _lock_open_period(date: dt.date) -> FiscalPeriod:
    period = period_on(date)
    if period is None:
        raise NoFiscalPeriod(date=date)
    if period.state != PeriodState.OPEN:
        raise PeriodClosed(period=str(period), date=date)
    return period


def period_on(date: dt.date) -> FiscalPeriod | None:
    """Return the period of ``date``, under its shared lock: read after it, so that a close under way has ended."""
    advisory_lock(lock_name(date), shared=True)
    return FiscalPeriod.objects.filter(d0__lte=date, d1__gte=date).first()


def first_open_period() -> FiscalPeriod | None:
    """Return the earliest period that takes entries."""
    return FiscalPeriod.objects.filter(state=PeriodState.OPEN).order_by("d0").first()


def periods_of_years() -> models.QuerySet[FiscalPeriod]:
    """Return all periods, newest year first, months in order."""
    return FiscalPeriod.objects.order_by("-year", "month")

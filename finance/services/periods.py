"""Fiscal years and periods: created, closed, reopened."""

import calendar
import datetime as dt
from typing import Any

from core import history
from core.documents import lock, transition
from core.errors import NotFound
from core.locks import LockRank, advisory_lock
from core.operations import operation
from finance.errors import PeriodNotReady, PeriodOutOfTurn, ReasonMissing, UnknownMonth, YearExists, YearOutOfTurn
from finance.models import FiscalPeriod
from finance.models.periods import lock_name
from finance.selectors.close import reasons_against_closing
from finance.signals import period_closed, period_reopened
from finance.states import PeriodState


@operation(permission="finance.add_fiscalperiod")
def create_year(*, year: int, first_month: int = 1, actor: Any, at: dt.datetime) -> list[int]:
    """Create the months of ``year`` as open periods, from ``first_month`` on in the first year of the books.

    Returns the keys of the periods.

    Raises:
        YearExists: the year has periods already.
        YearOutOfTurn: the year does not follow the last one, or its first months are left out.
        UnknownMonth: no such year or month.
    """
    advisory_lock("finance.year", rank=LockRank.HEADER)
    if FiscalPeriod.objects.filter(year=year).exists():
        raise YearExists(year=str(year))
    years = set(FiscalPeriod.objects.values_list("year", flat=True))
    if not 1 <= first_month <= 12 or not 1990 <= year <= 2200:
        raise UnknownMonth(field="year")
    if years and (year != max(years) + 1 or first_month != 1):
        raise YearOutOfTurn(expected=str(max(years) + 1), field="year")
    periods = [
        FiscalPeriod(
            year=year,
            month=month,
            d0=dt.date(year, month, 1),
            d1=dt.date(year, month, calendar.monthrange(year, month)[1]),
        )
        for month in range(first_month, 13)
    ]
    return [period.pk for period in history.bulk_create(periods, FiscalPeriod)]


@operation(permission="finance.close_fiscalperiod")
def close_period(*, period_id: int, actor: Any, at: dt.datetime) -> FiscalPeriod:
    """Close a period for all postings, once nothing stands against it.

    Takes the exclusive lock of the period: postings under way finish first, later ones are refused.

    Raises:
        PeriodOutOfTurn: an earlier period is still open.
        PeriodNotReady: drafts are dated in it, or a sub-ledger differs from the general ledger; all reasons are named.
        InvalidTransition: it is closed already.
    """
    period = _lock_exclusively(period_id)
    earlier = FiscalPeriod.objects.filter(d0__lt=period.d0, state=PeriodState.OPEN).order_by("d0").first()
    if earlier is not None:
        raise PeriodOutOfTurn(period=str(earlier))
    if period.state == PeriodState.OPEN:
        reasons = reasons_against_closing(period)
        if reasons:
            raise PeriodNotReady(period=str(period), reasons="; ".join(reasons))
    transition(period, PeriodState.CLOSED, actor=actor, at=at)
    period_closed.send(sender=FiscalPeriod, period=period, actor=actor, at=at)
    return period


@operation(permission="finance.reopen_fiscalperiod")
def reopen_period(*, period_id: int, actor: Any, at: dt.datetime, reason: str) -> FiscalPeriod:
    """Open the last closed period again, with the reason on its timeline.

    Raises:
        ReasonMissing: no reason was given.
        PeriodOutOfTurn: a later period is closed.
        InvalidTransition: it is open.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    period = _lock_exclusively(period_id)
    later = FiscalPeriod.objects.filter(d0__gt=period.d0, state=PeriodState.CLOSED).order_by("-d0").first()
    if later is not None:
        raise PeriodOutOfTurn(period=str(later))
    transition(period, PeriodState.OPEN, actor=actor, at=at, reason=reason)
    period_reopened.send(sender=FiscalPeriod, period=period, actor=actor, at=at)
    return period


def _lock_exclusively(period_id: int) -> FiscalPeriod:
    first_day = FiscalPeriod.objects.filter(pk=period_id).values_list("d0", flat=True).first()
    if first_day is None:
        raise NotFound(model="fiscal period", pk=period_id)
    advisory_lock(lock_name(first_day))
    return lock(FiscalPeriod, period_id)

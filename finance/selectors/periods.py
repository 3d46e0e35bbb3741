"""Fiscal periods: which one a date falls in, and whether it takes entries."""

import datetime as dt

from django.conf import settings
from django.db import connection, models

from core.context import current_operation, remembered
from core.locks import LockRank, note_lock
from finance.errors import NoFiscalPeriod, PeriodClosed, PeriodHeld
from finance.models import FiscalPeriod, ModulePeriod
from finance.models.periods import lock_name
from finance.states import MODULE_NAMES, PeriodModule, PeriodState

PERIOD = ("id", "year", "month", "d0", "d1", "state", "version")
POST_IN_HELD = "finance.post_in_held_period"


def period_for_posting(date: dt.date, module: str = PeriodModule.LEDGER) -> FiscalPeriod:
    """Return the period of ``date`` if ``module`` takes entries in it, under its shared lock: it cannot close now.

    An operation that posts several times in one month asks the database once.

    Raises:
        NoFiscalPeriod: the fiscal year does not exist.
        PeriodClosed: the module's part of the period takes no entries any more.
        PeriodHeld: it takes those of named people only, and the acting user is none of them.
    """
    part = MODULE_NAMES[module]
    found = remembered(memory_key(date), lambda: _lock_period(date))
    if found is None:
        raise NoFiscalPeriod(date=date)
    period, states = found
    if states[part] == PeriodState.CLOSED:
        raise PeriodClosed(period=str(period), module=str(part.label), date=date)
    if states[part] == PeriodState.HELD and not _may_post_in_held():
        raise PeriodHeld(period=str(period), module=str(part.label))
    return period


def first_day_of_books() -> dt.date | None:
    """Return the day the books begin (None: no fiscal year was created)."""
    return FiscalPeriod.objects.order_by("d0").values_list("d0", flat=True).first()


def memory_key(date: dt.date) -> tuple[str, int, int]:
    """Return under which key the running operation remembers the period of ``date``."""
    return ("finance.period", date.year, date.month)


def _lock_period(date: dt.date) -> tuple[FiscalPeriod, dict[str, str]] | None:
    """Return the period of ``date`` and how far each module is with it, read after the lock (RECIPES §2)."""
    name = "" if settings.LOCKS_OFF else lock_name(date)
    if name:
        note_lock((int(LockRank.PERIOD), 0), [("advisory", name)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(PERIOD)}, module, module_state FROM finance_hold_period(%s, %s)", [name, date]
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    period = FiscalPeriod.from_db(connection.alias, PERIOD, rows[0][: len(PERIOD)])
    return period, {row[-2]: row[-1] for row in rows} | {PeriodModule.LEDGER: period.state}


def date_for_adjustment(date: dt.date, module: str) -> dt.date:
    """Return ``date`` while ``module`` takes entries on it, else the first day after it that does, under shared lock.

    Raises:
        NoFiscalPeriod: the fiscal year does not exist.
        PeriodClosed, PeriodHeld: and no later period is open.
    """
    part = MODULE_NAMES[module]
    try:
        period_for_posting(date, part)
    except (PeriodClosed, PeriodHeld):
        following = _open_after(date, part)
        if following is None:
            raise
        period_for_posting(following, part)
        return following
    return date


def _open_after(date: dt.date, module: PeriodModule) -> dt.date | None:
    """Return the first day of the earliest later period that is open for ``module`` and the ledger."""
    later = FiscalPeriod.objects.filter(d0__gt=date, state=PeriodState.OPEN)
    if module != PeriodModule.LEDGER:
        parts = ModulePeriod.objects.filter(module=module, state=PeriodState.OPEN)
        later = later.filter(pk__in=parts.values("period"))
    return later.order_by("d0").values_list("d0", flat=True).first()


def first_open_period() -> FiscalPeriod | None:
    """Return the earliest period whose ledger is not closed."""
    return FiscalPeriod.objects.exclude(state=PeriodState.CLOSED).order_by("d0").first()


def periods_to_close(today: dt.date) -> models.QuerySet[FiscalPeriod]:
    """Return the periods that are over and not closed, the oldest first."""
    return FiscalPeriod.objects.exclude(state=PeriodState.CLOSED).filter(d1__lt=today).order_by("d0")


def periods_of_years() -> models.QuerySet[FiscalPeriod]:
    """Return all periods with their modules, newest year first, months in order."""
    return FiscalPeriod.objects.prefetch_related("modules").order_by("-year", "month")


def _may_post_in_held() -> bool:
    """Return whether the acting user is one of those named for held periods; the program itself is."""
    operation = current_operation()
    actor = operation.actor if operation else None
    return actor is None or actor.has_perm(POST_IN_HELD)

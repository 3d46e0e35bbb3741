"""Reopening: the last closed first, with a reason that stays on record."""

import datetime as dt
from typing import Any

from core.operations import operation
from finance.errors import ModuleOutOfTurn, PeriodOutOfTurn, ReasonMissing
from finance.models import FiscalPeriod, ModulePeriod
from finance.services.periods.parts import change, lock_exclusively, module_named
from finance.signals import period_reopened
from finance.states import CLOSING_ORDER, PeriodModule, PeriodState


@operation(permission="finance.reopen_fiscalperiod")
def reopen_period(*, period_id: int, actor: Any, at: dt.datetime, reason: str) -> FiscalPeriod:
    """Open the last closed period again, all its modules, with the reason on record.

    Raises:
        ReasonMissing: no reason was given.
        PeriodOutOfTurn: a later period is closed, or a module of one is.
        InvalidTransition: it is open.
    """
    _require(reason)
    period, parts = lock_exclusively(period_id)
    closed = [module for module in reversed(CLOSING_ORDER) if parts[module].state == PeriodState.CLOSED]
    for module in closed or [PeriodModule.LEDGER]:
        _refuse_out_of_turn(period, module)
    for module in closed or [PeriodModule.LEDGER]:
        change(period, module, parts[module], PeriodState.OPEN, actor=actor, at=at, reason=reason)
    period_reopened.send(sender=FiscalPeriod, period=period, actor=actor, at=at)
    return period


@operation(permission="finance.reopen_fiscalperiod")
def reopen_module(*, period_id: int, module: str, actor: Any, at: dt.datetime, reason: str) -> FiscalPeriod:
    """Open one closed module of a period again; those that close after it are open already.

    Raises:
        ReasonMissing: no reason was given.
        UnknownModule: there is no such module.
        PeriodOutOfTurn: the module is closed in a later period.
        ModuleOutOfTurn: a module that closes after it is closed.
        InvalidTransition: it is open.
    """
    _require(reason)
    wanted = module_named(module)
    period, parts = lock_exclusively(period_id)
    for after in reversed(CLOSING_ORDER[CLOSING_ORDER.index(wanted) + 1 :]):
        if parts[after].state == PeriodState.CLOSED:
            raise ModuleOutOfTurn(module=str(after.label), period=str(period))
    _refuse_out_of_turn(period, wanted)
    change(period, wanted, parts[wanted], PeriodState.OPEN, actor=actor, at=at, reason=reason)
    if wanted == PeriodModule.LEDGER:
        period_reopened.send(sender=FiscalPeriod, period=period, actor=actor, at=at)
    return period


def _require(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(field="reason")


def _refuse_out_of_turn(period: FiscalPeriod, module: PeriodModule) -> None:
    later = FiscalPeriod.objects.filter(d0__gt=period.d0)
    if module == PeriodModule.LEDGER:
        later = later.filter(state=PeriodState.CLOSED)
    else:
        closed = ModulePeriod.objects.filter(module=module, state=PeriodState.CLOSED)
        later = later.filter(pk__in=closed.values("period"))
    last = later.order_by("-d0").first()
    if last is not None:
        raise PeriodOutOfTurn(period=str(last))

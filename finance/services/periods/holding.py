"""Holding: a module of a period takes postings of named people only, while the others prepare its close."""

import datetime as dt
from typing import Any

from core.operations import operation
from finance.errors import NotHeld
from finance.models import FiscalPeriod
from finance.services.periods.parts import change, lock_exclusively, module_named
from finance.states import PeriodState


@operation(permission="finance.hold_fiscalperiod")
def hold_module(*, period_id: int, module: str, actor: Any, at: dt.datetime) -> FiscalPeriod:
    """Let only people with the right to post in held periods post in one module of a period.

    Raises:
        UnknownModule: there is no such module.
        InvalidTransition: it is held or closed.
    """
    wanted = module_named(module)
    period, parts = lock_exclusively(period_id)
    change(period, wanted, parts[wanted], PeriodState.HELD, actor=actor, at=at)
    return period


@operation(permission="finance.hold_fiscalperiod")
def release_module(*, period_id: int, module: str, actor: Any, at: dt.datetime) -> FiscalPeriod:
    """Let everybody post in a held module of a period again.

    Raises:
        UnknownModule: there is no such module.
        NotHeld: it is open, or closed (reopen it).
    """
    wanted = module_named(module)
    period, parts = lock_exclusively(period_id)
    part = parts[wanted]
    if part.state != PeriodState.HELD:
        raise NotHeld(period=str(period), module=str(wanted.label))
    change(period, wanted, part, PeriodState.OPEN, actor=actor, at=at)
    return period

"""The parts of a period, one per module: locked together, changed and put on record one by one."""

import datetime as dt
from typing import Any

from core.context import forget, write_pending
from core.documents import lock, transition
from core.errors import NotFound
from core.locks import advisory_lock, lock_rows
from finance.errors import UnknownModule
from finance.models import FiscalPeriod, ModulePeriod, PeriodEvent
from finance.models.periods import lock_name
from finance.selectors.periods import memory_key
from finance.states import PeriodModule

Parts = dict[PeriodModule, FiscalPeriod | ModulePeriod]


def module_named(name: str) -> PeriodModule:
    """Return the module of this name.

    Raises:
        UnknownModule: there is none.
    """
    if name not in PeriodModule.values:
        raise UnknownModule(module=name, field="module")
    return PeriodModule(name)


def lock_exclusively(period_id: int) -> tuple[FiscalPeriod, Parts]:
    """Return a period and its parts by module, under the exclusive lock: postings under way have finished.

    Raises:
        NotFound: there is no such period.
    """
    first_day = FiscalPeriod.objects.filter(pk=period_id).values_list("d0", flat=True).first()
    if first_day is None:
        raise NotFound(model="fiscal period", pk=period_id)
    advisory_lock(lock_name(first_day))
    period = lock(FiscalPeriod, period_id)
    parts: Parts = {
        PeriodModule(part.module): part for part in lock_rows(ModulePeriod.objects.filter(period_id=period_id))
    }
    return period, parts | {PeriodModule.LEDGER: period}


def change(
    period: FiscalPeriod,
    module: PeriodModule,
    part: FiscalPeriod | ModulePeriod,
    to: str,
    *,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> PeriodEvent:
    """Move one part of a period to a state, and put it on record with the database's own clock."""
    transition(part, to, actor=actor, at=at, reason=reason)
    write_pending()  # the ledger's triggers ask for the state
    forget(memory_key(period.d0))
    return PeriodEvent.objects.create(
        period=period,
        module=module,
        became=to,
        actor=actor if getattr(actor, "pk", None) else None,
        reason=reason[:200],
    )

"""Closing: module after module in order, each once nothing stands against it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection

from core.operations import operation
from finance.errors import ModuleOutOfTurn, PeriodNotReady, PeriodOutOfTurn
from finance.models import FiscalPeriod, ModulePeriod, PeriodEvent
from finance.selectors.close import reasons_against_closing
from finance.services.periods.parts import Parts, change, lock_exclusively, module_named
from finance.signals import period_closed
from finance.states import CLOSING_ORDER, PeriodModule, PeriodState


@operation(permission="finance.close_fiscalperiod")
def close_period(*, period_id: int, actor: Any, at: dt.datetime) -> FiscalPeriod:
    """Close what is still open of a period, in order, the general ledger last.

    Takes the exclusive lock of the period: postings under way finish first, later ones are refused.

    Raises:
        PeriodOutOfTurn: an earlier period is not closed.
        PeriodNotReady: a check failed; all that stands against closing is named.
        InvalidTransition: it is closed already.
    """
    period, parts = lock_exclusively(period_id)
    waiting = [module for module in CLOSING_ORDER if parts[module].state != PeriodState.CLOSED]
    _close(period, parts, waiting or [PeriodModule.LEDGER], actor=actor, at=at)
    return period


@operation(permission="finance.close_fiscalperiod")
def close_module(*, period_id: int, module: str, actor: Any, at: dt.datetime) -> FiscalPeriod:
    """Close one module of a period; those before it are closed already.

    Raises:
        UnknownModule: there is no such module.
        PeriodOutOfTurn: the module is not closed in an earlier period.
        ModuleOutOfTurn: a module that closes before it is not closed.
        PeriodNotReady: a check of the module failed; all that stands against closing is named.
        InvalidTransition: it is closed already.
    """
    wanted = module_named(module)
    period, parts = lock_exclusively(period_id)
    for before in CLOSING_ORDER[: CLOSING_ORDER.index(wanted)]:
        if parts[before].state != PeriodState.CLOSED:
            raise ModuleOutOfTurn(module=str(before.label), period=str(period))
    _close(period, parts, [wanted], actor=actor, at=at)
    return period


def _close(period: FiscalPeriod, parts: Parts, modules: Sequence[PeriodModule], *, actor: Any, at: dt.datetime) -> None:
    for module in modules:
        _refuse_out_of_turn(period, module)
    if any(parts[module].state != PeriodState.CLOSED for module in modules):
        reasons = reasons_against_closing(period, modules)
        if reasons:
            raise PeriodNotReady(period=str(period), reasons="; ".join(reasons))
    for module in modules:
        event = change(period, module, parts[module], PeriodState.CLOSED, actor=actor, at=at)
        if module == PeriodModule.LEDGER:
            _keep_balances(period, event)
            period_closed.send(sender=FiscalPeriod, period=period, actor=actor, at=at)


def _refuse_out_of_turn(period: FiscalPeriod, module: PeriodModule) -> None:
    earlier = FiscalPeriod.objects.filter(d0__lt=period.d0)
    if module == PeriodModule.LEDGER:
        earlier = earlier.exclude(state=PeriodState.CLOSED)
    else:
        still = ModulePeriod.objects.filter(module=module).exclude(state=PeriodState.CLOSED)
        earlier = earlier.filter(pk__in=still.values("period"))
    first = earlier.order_by("d0").first()
    if first is not None:
        raise PeriodOutOfTurn(period=str(first))


def _keep_balances(period: FiscalPeriod, event: PeriodEvent) -> None:
    """Write down what stands on every account at the close; a later check compares it with the lines."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO finance_closingbalance (event_id, account_id, debit, credit, balance)
            SELECT %(event)s, line.account_id,
              coalesce(sum(line.amount) FILTER (WHERE line.amount > 0 AND entry.period_id = %(period)s), 0),
              coalesce(-sum(line.amount) FILTER (WHERE line.amount < 0 AND entry.period_id = %(period)s), 0),
              sum(line.amount)
            FROM finance_journalline line JOIN finance_journalentry entry ON entry.id = line.entry_id
            WHERE entry.entry_date <= %(last)s GROUP BY line.account_id
            """,
            {"event": event.pk, "period": period.pk, "last": period.d1},
        )

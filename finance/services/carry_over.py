"""Carrying profit and loss over (结转损益) at month's end, and the profit of the year at its end."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Max

from core.audit import label_of
from core.errors import NotFound
from core.fields import ZERO
from core.locks import LockRank, advisory_lock
from core.operations import operation
from finance.errors import NothingToCarryOver, NotLastOfYear, ReasonMissing, YearEnded
from finance.models import FiscalPeriod, JournalEntry
from finance.selectors.accounts import account_book
from finance.selectors.carry_over import profit_and_loss_left, standing_on
from finance.services.periods.years import create_year
from finance.services.posting import Line, live_entry, post_entry, reverse_entry
from finance.states import AccountRole, EntryEvent, PeriodState


@operation(permission="finance.carry_over_fiscalperiod")
def carry_over(*, period_id: int, actor: Any, at: dt.datetime) -> FiscalPeriod:
    """Bring what stands on revenue and expense accounts at the end of a period to the profit of the year.

    Account by account and dimension by dimension, in one entry on the period's last day. Run again it carries over
    what came since.

    Raises:
        NothingToCarryOver: nothing stands on them.
        BooksNotOpen: no account is mapped for the profit of the year.
        PeriodClosed, PeriodHeld: the period takes no entry.
    """
    advisory_lock("finance.carry_over", rank=LockRank.HEADER)
    period = _period(period_id)
    if not _carry(period, actor=actor, at=at):
        raise NothingToCarryOver(period=str(period))
    return period


@operation(permission="finance.carry_over_fiscalperiod")
def undo_carry_over(*, period_id: int, actor: Any, at: dt.datetime, reason: str) -> FiscalPeriod:
    """Reverse what was carried over at the end of a period, on its last day, with the reason on the entries.

    Raises:
        ReasonMissing: no reason was given.
        NothingToCarryOver: nothing was.
        YearEnded: its profit is in retained earnings already.
        PeriodClosed, PeriodHeld: the period takes no entry.
    """
    period = _period(period_id)
    if live_entry(period, EntryEvent.YEAR_END) is not None:
        raise YearEnded(period=str(period))
    return _undo(period_id, EntryEvent.CARRY_OVER, reason, actor=actor, at=at)


@operation(permission="finance.carry_over_fiscalperiod")
def end_year(*, period_id: int, actor: Any, at: dt.datetime) -> FiscalPeriod:
    """End the year of its last period: what is left of profit and loss to the profit of the year, that to retained
    earnings (本年利润 → 利润分配), and the periods of the next year.

    Raises:
        NotLastOfYear: the period is not the year's last, or earlier ones are not closed.
        NothingToCarryOver: there is no profit and no loss.
        BooksNotOpen: no account is mapped for the profit of the year or retained earnings.
        PeriodClosed, PeriodHeld: the period takes no entry.
    """
    advisory_lock("finance.year", rank=LockRank.HEADER)
    advisory_lock("finance.carry_over", rank=LockRank.HEADER)
    period = _period(period_id)
    of_year = FiscalPeriod.objects.filter(year=period.year).exclude(pk=period.pk)
    if of_year.filter(d0__gt=period.d0).exists() or of_year.exclude(state=PeriodState.CLOSED).exists():
        raise NotLastOfYear(period=str(of_year.order_by("-d0").first() or period))
    _carry(period, actor=actor, at=at)
    book = account_book()
    profit = book.account(AccountRole.CURRENT_PROFIT)
    balance = standing_on(profit, period.d1)
    lines = [
        Line(account_id=profit, amount=-balance),
        Line(account_id=book.account(AccountRole.RETAINED), amount=balance),
    ]
    if not _book(period, EntryEvent.YEAR_END, lines, actor=actor, at=at):
        raise NothingToCarryOver(period=str(period))
    if not FiscalPeriod.objects.filter(year=period.year + 1).exists():
        create_year(year=period.year + 1, actor=actor, at=at)
    return period


@operation(permission="finance.carry_over_fiscalperiod")
def undo_year_end(*, period_id: int, actor: Any, at: dt.datetime, reason: str) -> FiscalPeriod:
    """Reverse the year end booked in a period; the profit of the year stands again.

    Raises:
        ReasonMissing: no reason was given.
        NothingToCarryOver: no year end was booked in it.
        PeriodClosed, PeriodHeld: the period takes no entry.
    """
    return _undo(period_id, EntryEvent.YEAR_END, reason, actor=actor, at=at)


def _period(period_id: int) -> FiscalPeriod:
    period = FiscalPeriod.objects.filter(pk=period_id).first()
    if period is None:
        raise NotFound(model="fiscal period", pk=period_id)
    return period


def _carry(period: FiscalPeriod, *, actor: Any, at: dt.datetime) -> JournalEntry | None:
    left = profit_and_loss_left(period.d1)
    if not left:
        return None
    lines = [
        Line(
            account_id=one.account_id,
            amount=-one.amount,
            partner_id=one.partner_id,
            department_id=one.department_id,
            project_id=one.project_id,
            item_category_id=one.item_category_id,
        )
        for one in left
    ]
    profit = account_book().account(AccountRole.CURRENT_PROFIT)
    lines.append(Line(account_id=profit, amount=sum((one.amount for one in left), ZERO)))
    return _book(period, EntryEvent.CARRY_OVER, lines, actor=actor, at=at)


def _book(
    period: FiscalPeriod, event: EntryEvent, lines: Sequence[Line], *, actor: Any, at: dt.datetime
) -> JournalEntry | None:
    earlier = JournalEntry.objects.filter(source_label=label_of(period), source_id=period.pk, event=event)
    last = earlier.aggregate(last=Max("event_ref"))["last"] or 0
    return post_entry(
        source=period,
        event=event,
        event_ref=last + 1,
        lines=lines,
        date=period.d1,
        description=str(event.label),
        actor=actor,
        at=at,
    )


def _undo(period_id: int, event: EntryEvent, reason: str, *, actor: Any, at: dt.datetime) -> FiscalPeriod:
    if not reason.strip():
        raise ReasonMissing(field="reason")
    advisory_lock("finance.carry_over", rank=LockRank.HEADER)
    period = _period(period_id)
    live = JournalEntry.objects.filter(
        source_label=label_of(period), source_id=period.pk, event=event, reverses__isnull=True, reversal__isnull=True
    )
    entries = list(live.order_by("pk"))
    if not entries:
        raise NothingToCarryOver(period=str(period))
    for entry in entries:
        reverse_entry(entry=entry, date=period.d1, description=reason, actor=actor, at=at)
    return period

"""Posting typed entries, and reversing them: at once, or by themselves on the day that was said."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from core.clock import business_date
from core.documents import lock, transition
from core.operations import operation
from erp.services.guards import require_edge
from finance.errors import ControlAccount, NothingToPost, NotScheduled
from finance.models import Account, ManualEntry, ManualEntryLine
from finance.services.manual_entries.booking import booked
from finance.services.manual_entries.drafts import create_manual_entry
from finance.services.manual_entries.journals import require_journal
from finance.services.manual_entries.opening import opening_lines
from finance.services.opening_withdrawal import lock_opened, refuse_used, withdraw
from finance.services.posting import live_entry, post_entry, reverse_entry
from finance.states import EntryEvent, ManualEntryKind, ManualEntryState


@operation(permission="finance.post_manualentry", document=(ManualEntry, "entry_id"))
def post_manual_entry(*, entry_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> ManualEntry:
    """Enter a draft in the books.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is no draft.
        NothingToPost: it has no lines.
        JournalClosed: its journal was closed since it was drafted.
        ControlAccount: a line is on the account of a sub-ledger (opening balances only compare those).
        OpeningTooLate, OpeningDiffers, OpeningItemIncomplete, OpeningItemKnown: see `opening_lines`.
        EntryNotBalanced, EmptyEntry, AccountNotPostable, DimensionMissing, PeriodClosed, PeriodHeld, NoFiscalPeriod:
            see `post_entry`.
    """
    entry = lock(ManualEntry, entry_id, version=version)
    typed = list(entry.lines.select_related("account").order_by("line_no"))
    if not typed:
        raise NothingToPost(document=entry)
    transition(entry, ManualEntryState.POSTED, actor=actor, at=at)
    is_opening = entry.kind == ManualEntryKind.OPENING
    if is_opening:
        lines = opening_lines(entry, typed, actor=actor, at=at)
    else:
        _refuse_control_accounts(typed)
        lines = [booked(line) for line in typed]
    journal = require_journal(entry.ledger_journal_id, entry.kind)
    post_entry(
        source=entry,
        event=EntryEvent.OPENING if is_opening else EntryEvent.MANUAL,
        lines=lines,
        date=entry.document_date,
        description=entry.description,
        journal=journal.kind if journal else "",
        ledger_journal_id=entry.ledger_journal_id,
        actor=actor,
        at=at,
    )
    if entry.reversal_date is not None and entry.reversal_date <= business_date(at):
        _reverse(entry, entry.reversal_date, "", actor=actor, at=at)
    return entry


@operation(permission="finance.post_manualentry")
def record_manual_entry(
    *, lines: Sequence[Mapping[str, Any]], actor: Any, at: dt.datetime, **typed: Any
) -> ManualEntry:
    """Draft an entry and post it at once. Raises what both raise."""
    entry = create_manual_entry(lines=lines, **typed, actor=actor, at=at)
    return post_manual_entry(entry_id=entry.pk, actor=actor, at=at)


@operation(permission="finance.reverse_manualentry", document=(ManualEntry, "entry_id"))
def reverse_manual_entry(
    *,
    entry_id: int,
    version: int | None = None,
    date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> ManualEntry:
    """Book the exact negative of a posted entry on ``date`` (today).

    Opening balances are taken back on their own day, with the open items and advances they opened.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is not posted, or reversed already.
        OpeningInUse: an item it opened was paid, allocated or credited.
        PeriodClosed, PeriodHeld, NoFiscalPeriod: the day takes no entry.
    """
    opened = lock_opened(entry_id)
    entry = lock(ManualEntry, entry_id, version=version)
    require_edge(entry, ManualEntryState.REVERSED)
    refuse_used(opened, entry)
    day = entry.document_date if entry.kind == ManualEntryKind.OPENING else business_date(at)
    _reverse(entry, date or day, reason, actor=actor, at=at)
    withdraw(opened, date or day, reason, actor=actor, at=at)
    return entry


@operation(permission=None)
def book_due_reversal(*, entry_id: int, actor: Any, at: dt.datetime) -> ManualEntry:
    """Reverse a posted entry on the day that was said when it was typed (the job's work).

    Raises:
        NotScheduled: it has no such day, or the day has not come.
        InvalidTransition: it is not posted, or reversed already.
        PeriodClosed, PeriodHeld, NoFiscalPeriod: the day takes no entry.
    """
    entry = lock(ManualEntry, entry_id)
    if entry.reversal_date is None or entry.reversal_date > business_date(at):
        raise NotScheduled(template=str(entry))
    _reverse(entry, entry.reversal_date, "", actor=actor, at=at)
    return entry


def _reverse(entry: ManualEntry, date: dt.date, reason: str, *, actor: Any, at: dt.datetime) -> None:
    transition(entry, ManualEntryState.REVERSED, actor=actor, at=at, reason=reason)
    event = EntryEvent.OPENING if entry.kind == ManualEntryKind.OPENING else EntryEvent.MANUAL
    found = live_entry(entry, event)
    if found is not None:
        reverse_entry(entry=found, date=date, description=reason, actor=actor, at=at)


def _refuse_control_accounts(lines: Sequence[ManualEntryLine]) -> None:
    control: Account | None = next((line.account for line in lines if line.account.is_control), None)
    if control is not None:
        raise ControlAccount(account=control)

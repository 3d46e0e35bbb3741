"""The one door to the general ledger."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import models

from core import history
from core.audit import label_of
from core.failpoints import failpoint
from core.fields import ZERO
from core.operations import operation
from finance.errors import AlreadyBooked, AlreadyReversed, EmptyEntry, EntryNotBalanced, ReversalBeforeOriginal
from finance.models import JournalEntry, JournalLine
from finance.selectors.accounts import AccountBook, account_book
from finance.selectors.periods import period_for_posting
from finance.services.budgets.alerts import watch_entry
from finance.services.lines import Line, complete_dimensions, in_currency, merged, of_orders
from finance.states import JOURNAL_OF_EVENT, MODULE_OF_JOURNAL, Journal, PeriodModule, Side

__all__ = ["Line", "in_currency", "journal_of", "live_entry", "merged", "module_of", "post_entry", "reverse_entry"]


@operation(permission=None)
def post_entry(
    *,
    source: models.Model,
    event: str,
    lines: Sequence[Line],
    date: dt.date,
    actor: Any,
    at: dt.datetime,
    event_ref: int = 0,
    description: str = "",
    book: AccountBook | None = None,
    journal: str = "",
    ledger_journal_id: int | None = None,
    origin: JournalEntry | None = None,
    origin_date: dt.date | None = None,
    is_first: bool = False,
) -> JournalEntry | None:
    """Book one event of ``source``; lines without amount are dropped, and with nothing left nothing is booked (None).

    The caller holds the lock of ``source``: two postings of one event cannot meet. ``journal`` (whose part of the
    period must be open) follows from the event; ``ledger_journal_id`` is the book itself where it is no standard one.
    Dimensions that an account asks for and a line does not name are taken from ``source``. An adjustment to closed days
    names the entry and day it belongs to. ``is_first``: the event happens once, by the states of its document.

    Raises:
        PeriodClosed, PeriodHeld, NoFiscalPeriod: ``date`` takes no entry.
        EntryNotBalanced: debit and credit differ.
        EmptyEntry: one line only.
        AccountNotPostable: an account sums up others or is closed.
        DimensionMissing: an account asks for a dimension that neither its line nor ``source`` names.
        AlreadyBooked: the event has a live entry.
    """
    if not (lines := [line for line in lines if line.amount]):
        return None
    book = book or account_book()
    _refuse_wrong_lines(book, lines)
    journal = journal or journal_of(source, event)
    if journal != Journal.CLOSING:
        lines = complete_dimensions(book, of_orders(lines), source)
    period = period_for_posting(date, module_of(journal))
    key = {"source_label": label_of(source), "source_id": source.pk, "event": str(event), "event_ref": event_ref}
    entry = JournalEntry(
        **key,
        round=1 if is_first else _next_round(source, key),
        source_number=str(source)[:60],
        entry_date=date,
        period=period,
        journal=journal,
        ledger_journal_id=ledger_journal_id,
        description=description[:200],
        origin=origin,
        origin_date=origin_date,
        actor=actor,
        created_at=at,
    )
    history.create_with_lines(entry, _lines_of(lines, book), "entry")
    failpoint("ledger.lines_written")
    if book.is_budgeted:
        watch_entry(entry, lines, at=at)
    return entry


@operation(permission=None)
def reverse_entry(
    *, entry: JournalEntry, date: dt.date, actor: Any, at: dt.datetime, description: str = ""
) -> JournalEntry:
    """Book the exact negative of ``entry`` on ``date``, line by line.

    Raises:
        AlreadyReversed: it has a reversal, or is one.
        ReversalBeforeOriginal: ``date`` is before the entry's.
        PeriodClosed, PeriodHeld, NoFiscalPeriod: ``date`` takes no entry.
    """
    if entry.reverses_id or JournalEntry.objects.filter(reverses=entry).exists():
        raise AlreadyReversed(entry=str(entry))
    if date < entry.entry_date:
        raise ReversalBeforeOriginal(date=entry.entry_date)
    reversal = JournalEntry(
        source_label=entry.source_label,
        source_id=entry.source_id,
        event=entry.event,
        event_ref=entry.event_ref,
        round=entry.round,
        source_number=entry.source_number,
        entry_date=date,
        period=period_for_posting(date, module_of(entry.journal)),
        journal=entry.journal,
        ledger_journal_id=entry.ledger_journal_id,
        description=(description or entry.description)[:200],
        reverses=entry,
        actor=actor,
        created_at=at,
    )
    lines = list(entry.lines.order_by("line_no"))
    for line in lines:
        line.pk = None
        line.amount = -line.amount
        line.currency_amount = -line.currency_amount
    history.create_with_lines(reversal, lines, "entry")
    return reversal


def journal_of(source: models.Model, event: str) -> str:
    """Return the journal of an event; invoices, deliveries and receipts go by the side they are on."""
    own = JOURNAL_OF_EVENT.get(event)
    if own is not None:
        return own
    is_purchase = source._meta.app_label == "scm" or getattr(source, "kind", "") == Side.SUPPLIER
    return Journal.PURCHASE if is_purchase else Journal.SALES


def module_of(journal: str) -> PeriodModule:
    """Return whose part of a period entries of ``journal`` belong to."""
    return MODULE_OF_JOURNAL.get(journal, PeriodModule.LEDGER)


def live_entry(source: models.Model, event: str, event_ref: int | None = None) -> JournalEntry | None:
    """Return the entry of an event that is not reversed."""
    entries = JournalEntry.objects.filter(
        source_label=label_of(source), source_id=source.pk, event=event, reverses__isnull=True, reversal__isnull=True
    )
    if event_ref is not None:
        entries = entries.filter(event_ref=event_ref)
    return entries.first()


def _refuse_wrong_lines(book: AccountBook, lines: Sequence[Line]) -> None:
    difference = sum((line.amount for line in lines), ZERO)
    if difference:
        raise EntryNotBalanced(difference=difference)
    if len(lines) < 2:
        raise EmptyEntry()
    book.require_postable(line.account_id for line in lines)


def _next_round(source: models.Model, key: dict[str, Any]) -> int:
    """Count the reversed entries of the event: 0 is the usual answer and costs one statement."""
    earlier = JournalEntry.objects.filter(**key, reverses__isnull=True)
    last = earlier.order_by("-round").values_list("round", "reversal__id").first()
    if last is None:
        return 1
    if last[1] is None:
        raise AlreadyBooked(source=str(source), event=str(key["event"]))
    return int(last[0]) + 1


def _lines_of(lines: Sequence[Line], book: AccountBook) -> list[JournalLine]:
    return [
        JournalLine(
            line_no=line_no,
            account_id=line.account_id,
            amount=line.amount,
            currency_id=line.currency_id or book.base_currency_id,
            currency_amount=_currency_amount(line),
            rate=line.rate if line.currency_id else 1,
            is_exchange_difference=line.is_exchange_difference,
            partner_id=line.partner_id,
            item_id=line.item_id,
            item_category_id=line.item_category_id,
            department_id=line.department_id,
            project_id=line.project_id,
            sales_order_id=line.sales_order_id,
            purchase_order_id=line.purchase_order_id,
            work_order_id=line.work_order_id,
            value_entry_id=line.value_entry_id,
            tax_code=line.tax_code,
            description=line.description[:200],
        )
        for line_no, line in enumerate(lines, 1)
    ]


def _currency_amount(line: Line) -> Decimal:
    if line.is_exchange_difference:
        return ZERO
    return line.currency_amount if line.currency_id else line.amount

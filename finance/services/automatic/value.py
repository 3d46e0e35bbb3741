"""Entries of value that changed after the goods moved: stock against where the goods went."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from core.operations import operation
from erp.models import ValueEntry
from erp.services.valuation.inputs import Settled
from erp.states import ValueCounter
from finance.models import JournalEntry, UnbilledLine
from finance.selectors.accounts import AccountBook, account_book
from finance.services.automatic.recognition import Recognition, save_rows
from finance.services.posting import Line, merged, post_entry
from finance.states import AccountRole, EntryEvent

OF_SUPPLIER = frozenset({AccountRole.GRNI, AccountRole.LANDED_COST})
"""Roles whose lines name the supplier of the invoice or the carrier of the charges."""


@operation(permission=None)
def book_value(
    *, entries: Sequence[ValueEntry], settled: Sequence[Settled], source: Any, actor: Any, at: dt.datetime
) -> list[JournalEntry]:
    """Book late value entries, one journal entry per date; a value entry and its stock line carry the same Decimal.

    What follows goods that were delivered goes through goods dispatched: the delivery's cost changes, and with it the
    part of it that is cost of sales already.
    """
    booked = []
    book = account_book({entry.item_id for entry in entries} | {one.item_id for one in settled})
    dates = sorted({entry.booked_on for entry in entries} | {one.date for one in settled})
    for date in dates:
        todays = [entry for entry in entries if entry.booked_on == date and entry.amount]
        rows = _deliveries(todays)
        lines = [_stock_line(book, entry) for entry in todays]
        others = [_counter_line(book, entry, rows, getattr(source, "partner_id", None)) for entry in todays]
        others += [line for one in settled if one.date == date for line in _variance(book, one)]
        if rows:
            others += Recognition(list(rows.values()), date).lines()
            save_rows(list(rows.values()))
        entry = post_entry(
            source=source,
            event=EntryEvent.STOCK,
            event_ref=todays[0].pk if todays else 0,
            lines=lines + merged(others),
            date=date,
            description=str(todays[0].get_kind_display()) if todays else "",
            book=book,
            actor=actor,
            at=at,
        )
        if entry is not None:
            booked.append(entry)
    return booked


def _deliveries(entries: Sequence[ValueEntry]) -> dict[int, UnbilledLine]:
    """Lock the delivery rows that the entries follow, by shipment line, and add the cost to them.

    A row that came back whole carries no cost any more.
    """
    changes: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        if entry.counter == ValueCounter.DISPATCHED and entry.move is not None:
            changes[entry.move.source_line_id or 0] -= entry.amount
    if not changes:
        return {}
    rows = UnbilledLine.objects.filter(shipment_line__in=changes, shipped_quantity__gt=0)
    found = {row.shipment_line_id: row for row in rows.select_for_update(no_key=True).order_by("pk")}
    for line_id, row in found.items():
        row.shipped_cost += changes[line_id]
    return found


def _stock_line(book: AccountBook, entry: ValueEntry) -> Line:
    return Line(
        account_id=book.account(AccountRole.STOCK, entry.item_id),
        amount=entry.amount,
        item_id=entry.item_id,
        value_entry_id=entry.pk,
    )


def _counter_line(book: AccountBook, entry: ValueEntry, rows: dict[int, UnbilledLine], supplier_id: int | None) -> Line:
    role = AccountRole(entry.counter)
    row = rows.get(entry.move.source_line_id or 0) if entry.move is not None else None
    if role == AccountRole.DISPATCHED and row is None:
        role = AccountRole.COST_OF_SALES
    is_dispatched = role == AccountRole.DISPATCHED
    partner_id = supplier_id if role in OF_SUPPLIER else None
    return Line(
        account_id=book.account(role, entry.item_id),
        amount=-entry.amount,
        partner_id=row.partner_id if row is not None and is_dispatched else partner_id,
        sales_order_id=row.sales_order_id if row is not None and is_dispatched else None,
        work_order_id=entry.work_order_id if role == AccountRole.WIP else None,
    )


def _variance(book: AccountBook, one: Settled) -> list[Line]:
    return [
        Line(book.account(AccountRole.PRODUCTION_VARIANCE, one.item_id), one.amount, item_id=one.item_id),
        Line(book.account(AccountRole.WIP, one.item_id), -one.amount, work_order_id=one.work_order_id),
    ]

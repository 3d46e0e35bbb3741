"""Goods received before the books began and not invoiced yet (期初暂估): their invoice clears them like ours."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from core.operations import operation
from finance.errors import OpeningReceiptTooLate
from finance.models import GrniLine, JournalEntry
from finance.selectors.accounts import account_book
from finance.services.opening_items import opening_day
from finance.services.posting import Line, live_entry, post_entry, reverse_entry
from finance.states import AccountRole, EntryEvent, Journal, PeriodState
from scm.models import GoodsReceipt
from scm.services.goods_receipts import take_over_receipt


@operation(permission="finance.enter_openingitem")
def record_opening_receipt(
    *,
    partner_id: int,
    reference: str,
    received_date: dt.date,
    lines: Sequence[Mapping[str, Any]],
    currency_id: int | None = None,
    exchange_rate: Decimal | None = None,
    warehouse_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> GoodsReceipt:
    """Enter a receipt of a supplier that he had not invoiced when the books began, posted against the opening account.

    reference  the receipt's number in the system before.   lines  item_id, quantity not invoiced (in ``uom_id``, else
    the stock unit), price without tax in the currency. The goods themselves are counted with the opening stock.
    It is invoiced, credited, written off, aged and sent back like a receipt of ours.

    Raises:
        OpeningReceiptTooLate: the goods came when the books had begun.
        OpeningTooLate: there is no first period, or it is closed.
        BooksNotOpen, RoleWithoutAccount: no chart, or no account for openings or for what is not invoiced.
        and what `take_over_receipt` refuses.
    """
    day = opening_day()
    if received_date >= day:
        raise OpeningReceiptTooLate(day=day, field="received_date")
    receipt = take_over_receipt(
        partner_id=partner_id,
        reference=reference,
        received_date=received_date,
        date=day,
        lines=lines,
        currency_id=currency_id,
        exchange_rate=exchange_rate,
        warehouse_id=warehouse_id,
        note=note,
        actor=actor,
        at=at,
    )
    _accrue(receipt, _open_rows(receipt), day, actor=actor, at=at)
    return receipt


def _accrue(receipt: GoodsReceipt, rows: Sequence[GrniLine], day: dt.date, *, actor: Any, at: dt.datetime) -> None:
    book = account_book({row.item_id for row in rows if row.item_id})
    accrued = [
        Line(book.account(AccountRole.GRNI, row.item_id), -row.received_amount, partner_id=receipt.partner_id)
        for row in rows
    ]
    total = sum((row.received_amount for row in rows), ZERO)
    post_entry(
        source=receipt,
        event=EntryEvent.RECEIVED,
        lines=[*accrued, Line(book.account(AccountRole.OPENING), total)],
        date=day,
        description=f"{receipt.partner} {receipt}",
        book=book,
        journal=Journal.PURCHASE,
        is_first=True,
        actor=actor,
        at=at,
    )


def take_back_opening(receipt: GoodsReceipt, today: dt.date, *, actor: Any, at: dt.datetime) -> None:
    """Reverse the opening of a receipt on its own day while that period is open, else ``today``."""
    entry = live_entry(receipt, EntryEvent.RECEIVED)
    if entry is not None:
        reverse_entry(entry=entry, date=_day_of(entry, today), actor=actor, at=at)


def _day_of(entry: JournalEntry, today: dt.date) -> dt.date:
    return entry.entry_date if entry.period.state == PeriodState.OPEN else today


def _open_rows(receipt: GoodsReceipt) -> list[GrniLine]:
    return GrniLine.objects.bulk_create(
        GrniLine(
            receipt_line=line,
            receipt=receipt,
            purchase_order_id=receipt.order_id,
            purchase_order_line_id=line.order_line_id,
            partner_id=receipt.partner_id,
            item_id=line.item_id,
            currency_id=receipt.order.currency_id,
            received_date=receipt.document_date,
            received_quantity=line.stock_quantity,
            received_amount=line.amount,
        )
        for line in receipt.lines.order_by("line_no")
    )

"""The open items of an opening voucher: its receivables and payables that name partner, number and due date."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from finance.errors import OpeningItemIncomplete, OpeningItemKnown
from finance.models import Invoice, ManualEntryLine
from finance.selectors.accounts import account_book
from finance.services.opening_items import record_opening_item
from finance.states import AccountRole, InvoiceState, Side

Key = tuple[str, int, str, int | None]


@dataclass(frozen=True)
class Part:
    """One instalment as its line states it: amount in the item's currency and in ours; below zero: a credit."""

    due_date: dt.date
    amount: Decimal
    base_amount: Decimal
    rate: Decimal
    description: str


def record_open_items(typed: Sequence[ManualEntryLine], *, actor: Any, at: dt.datetime) -> None:
    """Enter what an opening voucher names item by item; lines of one partner and number are instalments of one item.

    An item entered before is left as it is: a voucher that was reversed and typed again, or items imported ahead of
    it, are not doubled.

    Raises:
        OpeningItemIncomplete: a line names a number or a due date, and lacks the rest of an open item.
        OpeningItemKnown: the item was entered before with another amount.
        and what `record_opening_item` refuses.
    """
    for (kind, partner_id, reference, currency_id), parts in _items(typed).items():
        amount = sum((part.amount for part in parts), ZERO)
        if _is_known(kind, partner_id, reference, amount):
            continue
        record_opening_item(
            partner_id=partner_id,
            kind=kind,
            reference=reference,
            due_date=parts[0].due_date,
            amount=amount,
            currency_id=currency_id,
            exchange_rate=parts[0].rate if currency_id else None,
            base_amount=sum((part.base_amount for part in parts), ZERO),
            parts=sorted((part.due_date, part.amount) for part in parts),
            note=parts[0].description,
            actor=actor,
            at=at,
        )


def _items(typed: Sequence[ManualEntryLine]) -> dict[Key, list[Part]]:
    book = account_book()
    sides = {book.account(AccountRole.RECEIVABLE): Side.CUSTOMER, book.account(AccountRole.PAYABLE): Side.SUPPLIER}
    found: dict[Key, list[Part]] = {}
    for line in typed:
        if not line.reference and line.due_date is None:
            continue
        side = sides.get(line.account_id)
        if side is None or line.partner_id is None or not line.reference or line.due_date is None:
            raise OpeningItemIncomplete(line=str(line.line_no), field="lines")
        sign = 1 if side == Side.CUSTOMER else -1
        amount = line.currency_amount if line.currency_id else line.amount
        part = Part(line.due_date, sign * amount, sign * line.amount, line.rate, line.description)
        found.setdefault((side, line.partner_id, line.reference, line.currency_id), []).append(part)
    return found


def _is_known(kind: str, partner_id: int, reference: str, amount: Decimal) -> bool:
    items = Invoice.objects.filter(kind=kind, partner=partner_id, supplier_reference=reference, is_opening=True)
    item = items.exclude(state=InvoiceState.CANCELLED).select_related("partner").first()
    if item is None:
        return False
    if item.gross_amount != amount:
        raise OpeningItemKnown(partner=item.partner, reference=reference, document=item)
    return True

"""The open items and advances of an opening voucher: its lines that name a partner and the number it had before."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from finance.errors import OpeningItemIncomplete, OpeningItemKnown
from finance.models import Invoice, ManualEntry, ManualEntryLine, Payment
from finance.selectors.accounts import account_book
from finance.services.opening_advances import record_opening_advance
from finance.services.opening_items import record_opening_item
from finance.states import GONE_INVOICES, AccountRole, PaymentState, Side

SIDES = {
    AccountRole.RECEIVABLE: (Side.CUSTOMER, 1, False),
    AccountRole.PAYABLE: (Side.SUPPLIER, -1, False),
    AccountRole.ADVANCE_RECEIVED: (Side.CUSTOMER, -1, True),
    AccountRole.ADVANCE_PAID: (Side.SUPPLIER, 1, True),
}
"""Account by its role: (whose sub-ledger, sign of a debit, whether it is money paid ahead)."""


@dataclass(frozen=True)
class Key:
    """What lines of one item have in common."""

    kind: str
    is_advance: bool
    partner_id: int
    reference: str
    currency_id: int | None
    sales_order_id: int | None


@dataclass(frozen=True)
class Part:
    """One instalment as its line states it: amount in the item's currency and in ours; below zero: a credit."""

    due_date: dt.date | None
    amount: Decimal
    base_amount: Decimal
    rate: Decimal
    description: str


def record_open_items(entry: ManualEntry, typed: Sequence[ManualEntryLine], *, actor: Any, at: dt.datetime) -> None:
    """Enter what an opening voucher names item by item; lines of one partner and number are one item.

    Of an open item they are its instalments. An item entered before is left as it is: those imported ahead of the
    voucher are not doubled.

    Raises:
        OpeningItemIncomplete: a line names a number or a due date, and lacks the rest of an open item or advance.
        OpeningItemKnown: the item was entered before with another amount.
        and what `record_opening_item` and `record_opening_advance` refuse.
    """
    for key, parts in _items(typed).items():
        amount = sum((part.amount for part in parts), ZERO)
        if _is_known(key, amount):
            continue
        common: dict[str, Any] = {
            "partner_id": key.partner_id,
            "kind": key.kind,
            "reference": key.reference,
            "amount": amount,
            "currency_id": key.currency_id,
            "exchange_rate": parts[0].rate if key.currency_id else None,
            "base_amount": sum((part.base_amount for part in parts), ZERO),
            "opening_entry_id": entry.pk,
            "note": parts[0].description,
        }
        if key.is_advance:
            record_opening_advance(**common, sales_order_id=key.sales_order_id, actor=actor, at=at)
            continue
        dated = sorted((part.due_date, part.amount) for part in parts if part.due_date)
        record_opening_item(**common, due_date=dated[0][0], parts=dated, actor=actor, at=at)


def _items(typed: Sequence[ManualEntryLine]) -> dict[Key, list[Part]]:
    book = account_book()
    sides = {book.account(role): side for role, side in SIDES.items()}
    found: dict[Key, list[Part]] = {}
    for line in typed:
        if not line.reference and line.due_date is None:
            continue
        side = sides.get(line.account_id)
        if side is None or line.partner_id is None or not line.reference or not (line.due_date or side[2]):
            raise OpeningItemIncomplete(line=str(line.line_no), field="lines")
        kind, sign, is_advance = side
        amount = line.currency_amount if line.currency_id else line.amount
        part = Part(line.due_date, sign * amount, sign * line.amount, line.rate, line.description)
        order = line.sales_order_id if is_advance else None
        key = Key(kind, is_advance, line.partner_id, line.reference, line.currency_id, order)
        found.setdefault(key, []).append(part)
    return found


def _is_known(key: Key, amount: Decimal) -> bool:
    """Whether the item was entered ahead of the voucher."""
    item: Invoice | Payment | None
    if key.is_advance:
        advances = Payment.objects.filter(kind=key.kind, partner=key.partner_id, reference=key.reference)
        item = advances.filter(is_opening=True, state=PaymentState.POSTED).select_related("partner").first()
        stated = item.amount if item else ZERO
    else:
        items = Invoice.objects.filter(kind=key.kind, partner=key.partner_id, supplier_reference=key.reference)
        item = items.filter(is_opening=True).exclude(state__in=GONE_INVOICES).select_related("partner").first()
        stated = item.gross_amount if item else ZERO
    if item is None:
        return False
    if stated != amount:
        raise OpeningItemKnown(partner=item.partner, reference=key.reference, document=item)
    return True

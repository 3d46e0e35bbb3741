"""Entries of stock postings: each value entry on its stock account, against what the kind of movement says."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.operations import operation
from erp.models import StockMove, ValueEntry
from erp.states import EntryKind
from finance.models import JournalEntry
from finance.selectors.accounts import AccountBook, account_book
from finance.services.posting import Line, merged, post_entry
from finance.states import AccountRole, EntryEvent

COUNTER_ROLES: dict[str, AccountRole] = {
    EntryKind.RECEIPT: AccountRole.GRNI,
    EntryKind.SUPPLIER_RETURN: AccountRole.GRNI,
    EntryKind.SHIPMENT: AccountRole.DISPATCHED,
    EntryKind.CUSTOMER_RETURN: AccountRole.DISPATCHED,
    EntryKind.ISSUE: AccountRole.WIP,
    EntryKind.ISSUE_RETURN: AccountRole.WIP,
    EntryKind.PRODUCTION: AccountRole.WIP,
    EntryKind.MISC_RECEIPT: AccountRole.MISC_GAIN,
    EntryKind.MISC_ISSUE: AccountRole.MISC_LOSS,
    EntryKind.SCRAP: AccountRole.SCRAP_LOSS,
    EntryKind.OPENING: AccountRole.OPENING,
    EntryKind.SUBCONTRACT_USE: AccountRole.SUBCONTRACT,
    EntryKind.SUBCONTRACT: AccountRole.SUBCONTRACT,
    EntryKind.ADJUSTMENT: AccountRole.STOCK_ADJUSTMENT,
}
WITH_PARTNER = frozenset({AccountRole.GRNI, AccountRole.DISPATCHED})
ORDER_SOURCES = frozenset({"erp.shipment", "erp.returnreceipt"})


@operation(permission=None)
def book_stock(
    *,
    moves: Sequence[StockMove],
    entries: Sequence[ValueEntry],
    source: Any,
    kind: str,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
) -> JournalEntry | None:
    """Book the value entries of one stock posting: debit or credit stock, the other side by kind.

    A value entry and its line carry the same Decimal; the counter lines are added up by account, order and work order.
    """
    entries = [entry for entry in entries if entry.amount]
    if not entries:
        return None
    book = account_book(entry.item_id for entry in entries)
    reversals = {move.pk for move in moves if move.reverses_id}
    bought_for = _bought_for(source)
    stock_lines = [_stock_line(book, entry, bought_for) for entry in entries]
    counter_lines = [_counter_line(book, entry, source, entry.move_id in reversals) for entry in entries]
    return post_entry(
        source=source,
        event=EntryEvent.STOCK,
        event_ref=entries[0].pk,
        lines=stock_lines + merged(counter_lines),
        date=date,
        description=str(entries[0].get_kind_display()),
        book=book,
        is_first=True,
        actor=actor,
        at=at,
    )


def _stock_line(book: AccountBook, entry: ValueEntry, bought_for: tuple[int | None, int | None]) -> Line:
    return Line(
        account_id=book.account(AccountRole.STOCK, entry.item_id),
        amount=entry.amount,
        item_id=entry.item_id,
        department_id=bought_for[0],
        project_id=bought_for[1],
        value_entry_id=entry.pk,
    )


def _bought_for(source: Any) -> tuple[int | None, int | None]:
    """Department and project that goods were bought for, as the purchase order says."""
    if source._meta.label_lower == "scm.supplierreturn":
        source = source.receipt
    if source._meta.label_lower != "scm.goodsreceipt":
        return (None, None)
    return (source.order.department_id, source.order.project_id)


def _counter_line(book: AccountBook, entry: ValueEntry, source: Any, is_reversal: bool) -> Line:
    role = AccountRole(entry.counter) if entry.counter else _counter_role(entry.kind, entry.amount, is_reversal)
    is_wip = role == AccountRole.WIP
    return Line(
        account_id=book.account(role, entry.item_id),
        amount=-entry.amount,
        partner_id=getattr(source, "partner_id", None) if role in WITH_PARTNER else None,
        sales_order_id=source.order_id if source._meta.label_lower in ORDER_SOURCES else None,
        work_order_id=entry.work_order_id if is_wip else None,
        department_id=getattr(source, "department_id", None),
    )


def _counter_role(kind: str, amount: Decimal, is_reversal: bool) -> AccountRole:
    """Return the role of the other side; a count's depends on its sign (a reversal goes back where it came from)."""
    if kind != EntryKind.COUNT:
        return COUNTER_ROLES[kind]
    is_gain = (amount > 0) != is_reversal
    return AccountRole.COUNT_GAIN if is_gain else AccountRole.COUNT_LOSS

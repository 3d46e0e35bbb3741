"""Goods received and not invoiced: the sub-ledger rows of receipt lines, and the account that must equal them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.audit import label_of
from core.fields import ZERO
from core.operations import operation
from finance.models import GrniLine, JournalLine
from finance.selectors.accounts import account_book, accounts_of
from finance.services.automatic.early import match_receipts, unmatch_receipts
from finance.services.automatic.price_corrections import fee_lines, follow_goods
from finance.services.opening_receipts import take_back_opening
from finance.services.posting import Line, post_entry
from finance.states import AccountRole, EntryEvent
from scm.models import GoodsReceipt, GoodsReceiptLine, SupplierReturn, SupplierReturnLine

Amounts = Mapping[int, Decimal]


@operation(permission=None)
def record_receipt(
    *, receipt: GoodsReceipt, amounts: Amounts, date: dt.date, actor: Any, at: dt.datetime
) -> list[GrniLine]:
    """Open one sub-ledger row per receipt line: quantity in stock unit, net value in base currency.

    The fee of an operation at a supplier is a cost of its work order: in process against the accrual.
    """
    currency_id = receipt.order.currency_id
    receipt_lines = GoodsReceiptLine.objects.filter(pk__in=amounts).order_by("line_no")
    rows = GrniLine.objects.bulk_create(
        GrniLine(
            receipt_line=line,
            receipt=receipt,
            purchase_order_id=receipt.order_id,
            purchase_order_line_id=line.order_line_id,
            partner_id=receipt.partner_id,
            item_id=line.item_id,
            currency_id=currency_id,
            received_date=date,
            received_quantity=line.stock_quantity,
            received_amount=amounts[line.pk],
        )
        for line in receipt_lines
    )
    fees = _fees(receipt, amounts, sign=1)
    lines = fees + _aligning(receipt, -sum(amounts.values(), ZERO), fees)
    post_entry(source=receipt, event=EntryEvent.RECEIVED, lines=lines, date=date, actor=actor, at=at)
    matched = match_receipts(rows, account_book({row.item_id for row in rows if row.item_id}), date)
    follow_goods(receipt, matched.corrections, date, actor=actor, at=at)
    post_entry(
        source=receipt,
        event=EntryEvent.MATCHED,
        event_ref=matched.save(),
        lines=matched.lines,
        date=date,
        actor=actor,
        at=at,
    )
    return rows


@operation(permission=None)
def reverse_receipt(*, receipt: GoodsReceipt, amounts: Amounts, date: dt.date, actor: Any, at: dt.datetime) -> None:
    """Empty the rows of a reversed receipt; what was invoiced of them already is owed back by the supplier."""
    rows = list(GrniLine.objects.filter(receipt=receipt).select_related("receipt_line"))
    undone = unmatch_receipts(rows, account_book({row.item_id for row in rows if row.item_id}), date)
    follow_goods(receipt, undone.corrections, date, actor=actor, at=at)
    post_entry(
        source=receipt,
        event=EntryEvent.MATCHED,
        event_ref=undone.save(),
        lines=undone.lines,
        date=date,
        actor=actor,
        at=at,
    )
    GrniLine.objects.filter(receipt=receipt).update(received_quantity=0, received_amount=0)
    if receipt.is_opening:
        take_back_opening(receipt, date, actor=actor, at=at)
        return
    fees = _fees(receipt, amounts, sign=-1)
    lines = fees + _aligning(receipt, ZERO, fees)
    post_entry(source=receipt, event=EntryEvent.REVERSED, lines=lines, date=date, actor=actor, at=at)


@operation(permission=None)
def record_supplier_return(
    *, supplier_return: SupplierReturn, amounts: Amounts, date: dt.date, actor: Any, at: dt.datetime
) -> None:
    """Take returned goods off their rows at the value they came in with; a fee leaves the process of its work order."""
    _take_back(amounts, sign=1)
    fees = _returned_fees(supplier_return, amounts, sign=-1)
    lines = fees + _aligning(supplier_return, sum(amounts.values(), ZERO), fees)
    post_entry(source=supplier_return, event=EntryEvent.RETURNED, lines=lines, date=date, actor=actor, at=at)


@operation(permission=None)
def reverse_supplier_return(
    *, supplier_return: SupplierReturn, amounts: Amounts, date: dt.date, actor: Any, at: dt.datetime
) -> None:
    """Put the goods of an undone return back on their rows."""
    _take_back(amounts, sign=-1)
    fees = _returned_fees(supplier_return, amounts, sign=1)
    lines = fees + _aligning(supplier_return, ZERO, fees)
    post_entry(source=supplier_return, event=EntryEvent.REVERSED, lines=lines, date=date, actor=actor, at=at)


def _take_back(amounts: Amounts, *, sign: int) -> None:
    lines = SupplierReturnLine.objects.filter(pk__in=amounts)
    rows = {row.receipt_line_id: row for row in GrniLine.objects.filter(receipt_line__in=lines.values("receipt_line"))}
    for line in lines:
        row = rows[line.receipt_line_id]
        row.returned_quantity += sign * line.stock_quantity
        row.returned_amount += sign * amounts[line.pk]
    GrniLine.objects.bulk_update(rows.values(), ["returned_quantity", "returned_amount"])


def _fees(receipt: GoodsReceipt, amounts: Amounts, *, sign: int) -> list[Line]:
    """Return the lines of work done on our pieces (``sign`` -1: undone): into the order's process, owed to him."""
    paid = GoodsReceiptLine.objects.filter(pk__in=amounts, item__isnull=True).values_list("pk", flat=True)
    return _fee_of(receipt, sign * sum((amounts[pk] for pk in paid), ZERO))


def _returned_fees(supplier_return: SupplierReturn, amounts: Amounts, *, sign: int) -> list[Line]:
    """Return the lines of pieces that go back to be done again (``sign`` -1), or are here again."""
    paid = SupplierReturnLine.objects.filter(pk__in=amounts, receipt_line__item__isnull=True)
    return _fee_of(supplier_return, sign * sum((amounts[pk] for pk in paid.values_list("pk", flat=True)), ZERO))


def _fee_of(source: GoodsReceipt | SupplierReturn, fee: Decimal) -> list[Line]:
    order = source.order
    if order.work_order is None or not fee:
        return []
    return fee_lines(account_book([order.work_order.item_id]), order.work_order, fee, source.partner_id)


def _aligning(source: GoodsReceipt | SupplierReturn, target: Decimal, also: Sequence[Line] = ()) -> list[Line]:
    """Return the lines that bring what ``source`` booked on the account (and now books by ``also``) to ``target``.

    Nothing as a rule: receipts and returns move stock at the very amounts of the receipt lines. A subcontractor's goods
    come out of processing, so that all of his fee is accrued here; what goes back takes our material along, which
    is lost.
    """
    booked = (
        JournalLine.objects.filter(
            entry__source_label=label_of(source),
            entry__source_id=source.pk,
            account__in=accounts_of(AccountRole.GRNI),
        ).aggregate(total=Sum("amount"))["total"]
        or ZERO
    )
    accrual = account_book().account(AccountRole.GRNI)
    booked += sum((line.amount for line in also if line.account_id == accrual), ZERO)
    difference = target - booked
    if not difference:
        return []
    book = account_book()
    others = (AccountRole.PRICE_DIFFERENCE, AccountRole.PRICE_DIFFERENCE)
    if source.order.is_subcontract:
        others = (AccountRole.SUBCONTRACT, AccountRole.SCRAP_LOSS)
    other = others[0 if isinstance(source, GoodsReceipt) else 1]
    return [
        Line(account_id=book.account(AccountRole.GRNI), amount=difference, partner_id=source.partner_id),
        Line(account_id=book.account(other), amount=-difference),
    ]

"""What a supplier's invoice says goods or work cost more than their receipt did: it follows the goods."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.money import split_amount
from erp.models import OperationFee, StockMove, WorkOrder
from erp.services.late_costs import LateCost, follow_late_costs
from erp.services.work_orders.outside import correct_outside_fees, has_goods
from erp.states import EntryKind, ValueCounter
from finance.models import Invoice
from finance.selectors.accounts import AccountBook, account_book
from finance.selectors.grni import opening_goods
from finance.services.posting import Line, post_entry
from finance.states import AccountRole, EntryEvent
from scm.models import GoodsReceipt, GoodsReceiptLine

RECEIPT = "scm.goodsreceipt"


def follow_goods(
    source: Invoice | GoodsReceipt, corrections: Mapping[int, Decimal], date: dt.date, *, actor: Any, at: dt.datetime
) -> None:
    """Make the goods of receipt lines dearer (or cheaper) by ``corrections``, base currency, wherever they are now.

    On hand they change the value of stock, issued they follow into work in process, output, cost of sales or loss; the
    other side is the accrual that the invoice clears. Work on our pieces changes the cost of its work order likewise.
    Called before the invoice's own entry: costs are locked before periods; a receipt that comes after its invoice has
    locked both. Source: HARD_RULES §7, §11.
    """
    changed = {line_id: amount for line_id, amount in corrections.items() if amount}
    if not changed:
        return
    moves = StockMove.objects.filter(source_label=RECEIPT, source_line_id__in=changed, reverses__isnull=True).order_by(
        "pk"
    )
    costs = [LateCost(move.pk, changed[move.source_line_id or 0]) for move in moves] + _of_opening_stock(changed)
    if costs:
        follow_late_costs(
            costs=costs,
            kind=EntryKind.PRICE_CORRECTION,
            counter=ValueCounter.GRNI,
            source=source,
            date=date,
            actor=actor,
            at=at,
        )
    fees = correct_outside_fees(
        amounts={(RECEIPT, line_id): amount for line_id, amount in changed.items()},
        source=source,
        date=date,
        actor=actor,
        at=at,
    )
    for fee in fees:
        _book_fee(fee, source, date, actor=actor, at=at)


def _of_opening_stock(changed: Mapping[int, Decimal]) -> list[LateCost]:
    """Share the corrections of receipts older than the books among the opening stock of their items, by quantity."""
    lines = GoodsReceiptLine.objects.filter(pk__in=changed, receipt__is_opening=True, item__isnull=False)
    items = dict(lines.order_by("pk").values_list("pk", "item_id"))
    goods, decimals = (opening_goods(items.values()), account_book().decimals) if items else ({}, 0)
    return [
        LateCost(move_id, part)
        for line_id, item_id in items.items()
        for move_id, part in zip(
            goods[item_id], split_amount(changed[line_id], list(goods[item_id].values()), decimals), strict=True
        )
    ]


def fee_lines(book: AccountBook, work_order: WorkOrder | None, amount: Decimal, partner_id: int) -> list[Line]:
    """Return the lines that bring a supplier's fee into process, owed to him; without an open order it is a loss."""
    role = AccountRole.SCRAP_LOSS if work_order is None else AccountRole.WIP
    item_id = work_order.item_id if work_order else None
    cost = Line(book.account(role, item_id), amount, work_order_id=work_order.pk if work_order else None)
    return [cost, Line(book.account(AccountRole.GRNI), -amount, partner_id=partner_id)]


def _book_fee(fee: OperationFee, source: Invoice | GoodsReceipt, date: dt.date, *, actor: Any, at: dt.datetime) -> None:
    """Book a difference: in process of an open order; of a settled one its goods have it already, else it is a loss."""
    if fee.is_late and has_goods(fee):
        return
    work_order = None if fee.is_late else fee.work_order
    book = account_book([fee.work_order.item_id])
    post_entry(
        source=source,
        event=EntryEvent.RECEIVED,
        event_ref=fee.pk,
        lines=fee_lines(book, work_order, fee.amount, source.partner_id),
        date=date,
        description=str(fee.work_order),
        book=book,
        actor=actor,
        at=at,
    )

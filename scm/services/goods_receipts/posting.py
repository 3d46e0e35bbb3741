"""Taking counted goods into stock, and undoing it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from core.clock import business_date, company
from core.documents import lock, transition
from core.errors import InvalidTransition
from core.money import round_amount
from core.operations import operation
from erp.models import StockMove
from erp.services.project_stock import give_up_bound, lock_waiting, settle
from erp.services.stock import LotInput, MoveInput, ensure_lots, post_moves, reversal_of, typed_in
from masterdata.selectors.currencies import rate_on
from masterdata.selectors.places import virtual_location
from scm import ports
from scm.engines.receipts import part_amount
from scm.errors import InvoicedAlready, ReceiptGivenUp, ReturnedAlready
from scm.models import GoodsReceipt, GoodsReceiptLine, PurchaseOrder
from scm.services.goods_receipts.drafting import create_goods_receipt, require_receivable
from scm.services.purchase_orders import operations
from scm.services.purchase_orders.progress import lock_order, recompute_order
from scm.services.subcontracting.consuming import Delivery, consume, require_reversible, take_back
from scm.services.subcontracting.locking import subcontract_of
from scm.signals import goods_receipt_posted, goods_receipt_reversed
from scm.states import GoodsReceiptState, SupplierReturnState


@operation(
    permission="scm.post_goodsreceipt", document=(PurchaseOrder, "order_id"), backdating=("date", "erp.backdate_stock")
)
def receive_goods(
    *,
    order_id: int,
    lines: Sequence[Mapping[str, Any]],
    date: dt.date | None = None,
    warehouse_id: int | None = None,
    delivery_note: str = "",
    note: str = "",
    from_consignment: bool = False,
    actor: Any,
    at: dt.datetime,
) -> GoodsReceipt:
    """Write down a delivery and post it at once; arguments and refusals of create_ and post_goods_receipt."""
    lock_order(order_id)
    receipt = create_goods_receipt(
        order_id=order_id,
        lines=lines,
        date=date,
        warehouse_id=warehouse_id,
        delivery_note=delivery_note,
        note=note,
        from_consignment=from_consignment,
        actor=actor,
        at=at,
    )
    return post_goods_receipt(receipt_id=receipt.pk, actor=actor, at=at)


@operation(permission="scm.post_goodsreceipt", document=(GoodsReceipt, "receipt_id"))
def post_goods_receipt(*, receipt_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> GoodsReceipt:
    """Take the goods into stock at the order's net price, in base currency at the rate of the day they came in.

    Raises:
        StaleVersion: somebody changed the receipt since the user saw it.
        InvalidTransition: it is posted, reversed or cancelled.
        NotReceivable, OverReceipt: the order does not expect this (any more).
        NoExchangeRate: the order's currency has no rate on that day.
        (erp.services.stock.post_moves): the period is closed, a serial number is in stock already.
    """
    order = lock_order(_order_id(receipt_id))
    receipt = lock(GoodsReceipt, receipt_id, version=version)
    _require_state(receipt, GoodsReceiptState.DRAFT, GoodsReceiptState.POSTED)
    return post_receipt(order, receipt, Delivery(), actor=actor, at=at)


def post_receipt(
    order: PurchaseOrder, receipt: GoodsReceipt, delivery: Delivery, *, actor: Any, at: dt.datetime
) -> GoodsReceipt:
    """Post a draft on its order, both locked; ``delivery`` says what a subcontractor used.

    Raises:
        as post_goods_receipt.
    """
    lines = list(receipt.lines.select_related("order_line__item", "item").order_by("line_no"))
    require_receivable(order, lines)
    receipt.exchange_rate = rate_on(order.currency, receipt.document_date)
    _value(order, receipt, lines)
    _name_lots(lines, at)
    receipt.save(update_fields=["exchange_rate"])
    GoodsReceiptLine.objects.bulk_update(lines, ["net_amount", "amount", "lot"])
    transition(receipt, GoodsReceiptState.POSTED, actor=actor, at=at)
    recompute_order(order, actor=actor, at=at)
    stocked = [line for line in lines if line.item_id is not None]
    waiting = lock_waiting(source_label="scm.purchaseorder", source_id=order.pk, at=at) if stocked else None
    subcontract = subcontract_of(order)
    date = receipt.document_date
    if subcontract is not None:
        consume(subcontract, receipt, stocked, delivery, date=date, actor=actor, at=at)
    elif stocked:
        moves = _moves(receipt, stocked)
        post_moves(moves=moves, source=receipt, kind="receipt", date=date, actor=actor, at=at)
    _keep_second_quantities(receipt, stocked)
    if waiting is not None:
        settle(waiting, list(_posted(receipt)), at=at)
    amounts = {line.pk: line.amount for line in stocked} | operations.report_back(
        order, receipt, lines, actor=actor, at=at
    )
    goods_receipt_posted.send(sender=GoodsReceipt, receipt=receipt, amounts=amounts, date=date, actor=actor, at=at)
    return receipt


def _keep_second_quantities(receipt: GoodsReceipt, lines: Sequence[GoodsReceiptLine]) -> None:
    """Write what the ledger took for goods of two units: what was weighed, else what the item usually has."""
    moves = StockMove.objects.filter(
        source_label="scm.goodsreceipt", source_id=receipt.pk, owner__isnull=True, second_quantity__isnull=False
    )
    found = dict(moves.values_list("source_line_id", "second_quantity")) if lines else {}
    for line in lines:
        line.second_quantity = found.get(line.pk)
    if found:
        GoodsReceiptLine.objects.bulk_update(lines, ["second_quantity"])


def _posted(receipt: GoodsReceipt) -> QuerySet[StockMove]:
    moves = StockMove.objects.filter(source_label="scm.goodsreceipt", source_id=receipt.pk, reverses__isnull=True)
    return moves.order_by("pk")


def _require_state(receipt: GoodsReceipt, state: GoodsReceiptState, to: GoodsReceiptState) -> None:
    if receipt.state != state:
        raise InvalidTransition(document=receipt, state=receipt.get_state_display(), to=to.label)


def _order_id(receipt_id: int) -> int:
    return int(GoodsReceipt.objects.values_list("order_id", flat=True).get(pk=receipt_id))


def _value(order: PurchaseOrder, receipt: GoodsReceipt, lines: Sequence[GoodsReceiptLine]) -> None:
    """Give each line its share of the order line's net amount: running totals, so that the shares sum to it."""
    own = company()
    base_decimals = own.base_decimals if own else 2
    taken: dict[int, Decimal] = {}
    for line in lines:
        ordered = line.order_line
        before = taken.get(ordered.pk, ordered.received_quantity)
        line.net_amount = part_amount(
            ordered.net_amount, ordered.stock_quantity, before, line.stock_quantity, order.currency.decimals
        )
        line.amount = round_amount(line.net_amount * receipt.exchange_rate, base_decimals)
        taken[ordered.pk] = before + line.stock_quantity


def _name_lots(lines: Sequence[GoodsReceiptLine], at: dt.datetime) -> None:
    tracked = {(line.item_id, line.lot_code): line for line in lines if line.item_id is not None and line.lot_code}
    wanted = [LotInput(item_id, code, line.expiry_date, supplier_lot=code) for (item_id, code), line in tracked.items()]
    lots = ensure_lots(wanted, at)
    for line in lines:
        if line.item_id is not None and line.lot_code:
            line.lot = lots[line.item_id, line.lot_code]


def _moves(receipt: GoodsReceipt, lines: Sequence[GoodsReceiptLine]) -> list[MoveInput]:
    """Goods come from the supplier at their price; out of consignment they first cease to be his, in place."""
    supplier = virtual_location("supplier")
    taken_over = lines if receipt.from_consignment else ()
    return [
        MoveInput(
            item_id=line.item_id,
            from_location_id=line.location_id,
            to_location_id=supplier.pk,
            quantity=line.stock_quantity,
            second_quantity=line.second_quantity,
            lot_id=line.lot_id,
            owner_id=receipt.partner_id,
            source_line_id=line.pk,
            **typed_in(line.uom_id, line.quantity, line.stock_quantity),
        )
        for line in taken_over
        if line.item_id is not None and line.location_id is not None
    ] + [
        MoveInput(
            item_id=line.item_id,
            from_location_id=supplier.pk,
            to_location_id=line.location_id,
            quantity=line.stock_quantity,
            second_quantity=line.second_quantity,
            lot_id=line.lot_id,
            amount=line.amount,
            source_line_id=line.pk,
            **typed_in(line.uom_id, line.quantity, line.stock_quantity),
        )
        for line in lines
        if line.item_id is not None and line.location_id is not None
    ]


@operation(permission="scm.reverse_goodsreceipt", document=(GoodsReceipt, "receipt_id"))
def reverse_goods_receipt(
    *, receipt_id: int, version: int | None = None, reason: str = "", actor: Any, at: dt.datetime
) -> GoodsReceipt:
    """Undo a posted receipt in full, today: the goods leave stock at the value they came in with.

    One that was taken over from before the books began moved no stock: its accrual is taken back alone.

    Raises:
        StaleVersion: somebody changed the receipt since the user saw it.
        InvalidTransition: it is not posted.
        ReturnedAlready: some of it was sent back.
        InvoicedAlready: the supplier has invoiced it.
        ReceiptGivenUp: finance wrote it off as never invoiced.
        CostFollowed: material of a subcontractor's goods has become dearer since.
        FeeIsSettled: the work order whose operation it paid is closed.
        (erp.services.stock.post_moves): the goods are gone or reserved, the period is closed.
    """
    order = lock_order(_order_id(receipt_id))
    receipt = lock(GoodsReceipt, receipt_id, version=version)
    _require_state(receipt, GoodsReceiptState.POSTED, GoodsReceiptState.REVERSED)
    lines = list(receipt.lines.select_related("order_line"))
    returns = receipt.returns.filter(state=SupplierReturnState.POSTED).values_list("number", flat=True)
    if returns:
        raise ReturnedAlready(document=receipt, returns=list(returns))
    _require_not_invoiced(lines)
    write_off = ports.given_up_by([line.pk for line in lines])
    if write_off:
        raise ReceiptGivenUp(document=receipt, write_off=write_off)
    subcontract = subcontract_of(order)
    if subcontract is not None:
        require_reversible(receipt)
    transition(receipt, GoodsReceiptState.REVERSED, actor=actor, at=at, reason=reason)
    if receipt.is_opening:
        order.lines.update(is_closed=True)  # nothing more is expected on an order that stood for it alone
    recompute_order(order, actor=actor, at=at)
    today = business_date(at)
    leaving = [((one.item_id, one.to_location_id, one.lot_id, one.owner_id), one.quantity) for one in _posted(receipt)]
    kept: dict[str, Any] = {"source_label": "scm.purchaseorder", "source_id": order.pk, "source": receipt}
    give_up_bound(leaving, **kept, actor=actor, at=at)
    who: dict[str, Any] = {"date": today, "actor": actor, "at": at, "reason": reason}
    if subcontract is not None:
        take_back(subcontract, receipt, **who)
    else:
        moves = reversal_of(list(_posted(receipt)))
        if moves:
            post_moves(moves=moves, source=receipt, kind="receipt", **who)
    amounts = {line.pk: line.amount for line in lines if line.item_id is not None}
    amounts |= operations.take_back(order, receipt, lines, date=today, actor=actor, at=at)
    goods_receipt_reversed.send(sender=GoodsReceipt, receipt=receipt, amounts=amounts, date=today, actor=actor, at=at)
    return receipt


def _require_not_invoiced(lines: Sequence[GoodsReceiptLine]) -> None:
    undone: dict[int, Decimal] = {}
    for line in lines:
        undone[line.order_line_id] = undone.get(line.order_line_id, Decimal(0)) + line.stock_quantity
    for line in lines:
        ordered = line.order_line
        if ordered.kept_quantity - undone[ordered.pk] < ordered.invoiced_quantity:
            raise InvoicedAlready(line=ordered.line_no)

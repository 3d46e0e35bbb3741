"""Counting a delivery piece by piece with a scanner: each count is a line of the counter's open receipt."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.locks import lock_rows
from core.operations import operation
from scm.errors import NotDraft, NotOnDocument
from scm.models import GoodsReceipt, GoodsReceiptLine, PurchaseOrder
from scm.services.goods_receipts.drafting import build_lines, require_receivable
from scm.states import GoodsReceiptState


@operation(permission="scm.add_goodsreceipt", document=(PurchaseOrder, "order_id"))
def count_goods(
    *,
    order_id: int,
    order_line_id: int,
    quantity: Decimal,
    lot_code: str = "",
    expiry_date: dt.date | None = None,
    location_id: int | None = None,
    second_quantity: Decimal | None = None,
    actor: Any,
    at: dt.datetime,
) -> GoodsReceipt:
    """Add one count to the actor's open receipt on an order, opening one when there is none.

    ``quantity`` in the order line's unit; the other arguments as the lines of create_goods_receipt.

    Raises:
        NotReceivable, NotOnDocument, InvalidInput, OverReceipt, LotMissing, SerialQuantity, WrongLocation,
        NoSecondUnit, QuantityNotPositive, QuantityTooFine: see create_goods_receipt.
    """
    order = lock(PurchaseOrder, order_id)
    receipt = _open_receipt(order, actor, at)
    entered = {
        "order_line_id": order_line_id,
        "quantity": quantity,
        "lot_code": lot_code,
        "expiry_date": expiry_date,
        "location_id": location_id,
        "second_quantity": second_quantity,
    }
    [counted] = build_lines(receipt, [entered])
    before = list(receipt.lines.select_related("order_line__item")) if receipt.pk else []
    require_receivable(order, [*before, counted])
    counted.line_no = max((line.line_no for line in before), default=0) + 1
    receipt.version += 1
    receipt.save()
    counted.receipt = receipt
    counted.save()
    return receipt


def _open_receipt(order: PurchaseOrder, actor: Any, at: dt.datetime) -> GoodsReceipt:
    drafts = GoodsReceipt.objects.filter(order=order, owner=actor, state=GoodsReceiptState.DRAFT)
    found = lock_rows(drafts.order_by("pk"))
    if found:
        return found[-1]
    return GoodsReceipt(
        order=order,
        partner_id=order.partner_id,
        owner=actor,
        warehouse_id=order.warehouse_id,
        document_date=business_date(at),
        created_at=at,
        number=next_number(GoodsReceipt, at),
    )


@operation(permission="scm.add_goodsreceipt", document=(GoodsReceipt, "receipt_id"))
def uncount_goods(*, receipt_id: int, line_id: int | None = None, actor: Any, at: dt.datetime) -> GoodsReceipt:
    """Take one count back (without ``line_id`` the last one); a receipt without counts is dropped.

    Raises:
        NotDraft: the receipt is posted, reversed or cancelled.
        NotOnDocument: the count is gone already.
    """
    receipt = lock(GoodsReceipt, receipt_id)
    if receipt.state != GoodsReceiptState.DRAFT:
        raise NotDraft(document=receipt, state=receipt.get_state_display())
    lines = list(receipt.lines.order_by("line_no"))
    found = [line for line in lines if line_id is None or line.pk == line_id]
    if not found:
        raise NotOnDocument(line=line_id or "", document=receipt)
    GoodsReceiptLine.objects.filter(pk=found[-1].pk).delete()
    if len(lines) == 1:
        transition(receipt, GoodsReceiptState.CANCELLED, actor=actor, at=at)
    else:
        receipt.version += 1
        receipt.save(update_fields=["version"])
    return receipt

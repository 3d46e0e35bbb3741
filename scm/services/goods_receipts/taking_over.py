"""Receipts of another system that the supplier has not invoiced: documents whose invoice is still to come."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.clock import company
from core.documents import next_number, transition
from core.money import round_amount
from core.operations import operation
from masterdata.selectors.places import default_location
from scm.errors import EmptyDocument, ReceiptTakenOver
from scm.models import GoodsReceipt, GoodsReceiptLine, PurchaseOrder, PurchaseOrderLine
from scm.services.purchase_orders.building import build_lines, new_order
from scm.services.purchase_orders.drafting import save_new
from scm.states import GoodsReceiptState, PurchaseOrderState


@operation(permission="scm.import_purchaseorder")
def take_over_receipt(
    *,
    partner_id: int,
    reference: str,
    received_date: dt.date,
    date: dt.date,
    lines: Sequence[Mapping[str, Any]],
    currency_id: int | None = None,
    exchange_rate: Decimal | None = None,
    warehouse_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> GoodsReceipt:
    """Write a receipt that was posted in the system before, with an order that is delivered and not invoiced.

    reference  the receipt's number there.   received_date  when the goods came.   date  when the books began.
    lines      as of create_purchase_order: quantity not invoiced, price without tax. No stock moves: the goods are in
               the opening stock, or gone. Nothing is announced: finance opens its accrual itself.

    Raises:
        EmptyDocument: there is no line.
        ReceiptTakenOver: the supplier has a receipt of this number already.
        NoSuchPlace: the warehouse has no storage location.
        as create_purchase_order.
    """
    header = {
        "partner_id": partner_id,
        "currency_id": currency_id,
        "exchange_rate": exchange_rate,
        "warehouse_id": warehouse_id,
        "supplier_reference": reference.strip(),
        "note": note,
    }
    order = new_order(header, owner=actor, at=at, date=date)
    order.is_imported = True
    _refuse_twin(order, reference)
    if not lines:
        raise EmptyDocument(document=reference)
    ordered = build_lines(order, lines)
    for line in ordered:
        line.received_quantity = line.stock_quantity
    save_new(order, ordered)
    transition(order, PurchaseOrderState.APPROVED, actor=actor, at=at)
    receipt = GoodsReceipt(
        number=next_number(GoodsReceipt, at),
        order=order,
        partner=order.partner,
        warehouse=order.warehouse,
        delivery_note=reference.strip(),
        exchange_rate=order.exchange_rate,
        is_opening=True,
        document_date=received_date,
        note=note,
        owner=actor if getattr(actor, "pk", None) else None,
        created_at=at,
    )
    _receive(receipt, order, ordered)
    transition(receipt, GoodsReceiptState.POSTED, actor=actor, at=at)
    return receipt


def _refuse_twin(order: PurchaseOrder, reference: str) -> None:
    same = GoodsReceipt.objects.filter(partner=order.partner, delivery_note=reference.strip(), is_opening=True)
    if same.filter(state=GoodsReceiptState.POSTED).exists():
        raise ReceiptTakenOver(partner=order.partner, reference=reference)


def _receive(receipt: GoodsReceipt, order: PurchaseOrder, ordered: Sequence[PurchaseOrderLine]) -> None:
    receipt.save()
    own, place = company(), default_location(order.warehouse)
    GoodsReceiptLine.objects.bulk_create(
        GoodsReceiptLine(
            receipt=receipt,
            line_no=line.line_no,
            order_line=line,
            item=line.item,
            quantity=line.quantity,
            uom=line.uom,
            stock_quantity=line.stock_quantity,
            location=place if line.item else None,
            net_amount=line.net_amount,
            amount=round_amount(line.net_amount * receipt.exchange_rate, own.base_decimals if own else 2),
        )
        for line in ordered
    )

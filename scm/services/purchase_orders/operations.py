"""Operations of work orders at suppliers: ordered by the step, pieces and fee come back with the goods receipt."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.documents import lock
from core.errors import InvalidInput
from core.operations import operation
from erp.errors import NotInProduction
from erp.models import WorkOrder, WorkOrderOperation
from erp.services.work_orders.outside import (
    OutsideWork,
    receive_outside_work,
    return_outside_work,
    take_back_outside_work,
)
from erp.states import WorkOrderState
from masterdata.selectors.currencies import base_currency
from masterdata.services.entry import check_quantity
from scm.errors import NoSupplierStep
from scm.models import GoodsReceipt, GoodsReceiptLine, PurchaseOrder, SupplierReturn, SupplierReturnLine
from scm.selectors.operations import still_to_order
from scm.services.purchase_orders.building import build_lines, new_order
from scm.services.purchase_orders.drafting import save_new

NOTHING = Decimal(0)
OPEN = frozenset({WorkOrderState.DRAFT, WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS})


@operation(permission="scm.add_purchaseorder", document=(WorkOrder, "work_order_id"))
def order_operation(
    *,
    work_order_id: int,
    operation_no: int,
    partner_id: int | None = None,
    quantity: Decimal | None = None,
    price: Decimal | None = None,
    due_date: dt.date | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> PurchaseOrder:
    """Write a draft order for the work of a step; what is not given follows from the step.

    quantity  pieces, in the stock unit of the order's item (None: all that are not ordered yet).
    price     for one piece, without tax, in the supplier's currency (None: that of the step, in base currency).

    Raises:
        NotInProduction: the order is completed, closed or cancelled.
        NoSupplierStep: the order has no such step, or it is done here.
        InvalidInput: no supplier is named, or more pieces than are still to be ordered.
        NotSupplier, ClosedForEntry, MergedAway, UnknownWarehouse, NoExchangeRate: see `new_order`.
    """
    work_order = lock(WorkOrder, work_order_id)
    if work_order.state not in OPEN:
        raise NotInProduction(document=work_order, state=work_order.get_state_display(), state_code=work_order.state)
    step = work_order.operations.filter(number=operation_no, is_subcontracted=True).first()
    if step is None:
        raise NoSupplierStep(document=work_order, step=operation_no)
    supplier_id = partner_id or step.supplier_id
    if supplier_id is None:
        raise InvalidInput(message=_("Choose the supplier who does this step."), field="partner_id")
    pieces = _pieces(work_order, step, quantity)
    header = {
        "partner_id": supplier_id,
        "warehouse_id": work_order.warehouse_id,
        "currency_id": base_currency().pk if price is None else None,
        "note": note,
    }
    order = new_order(header, owner=actor, at=at)
    order.work_order, order.operation_no = work_order, step.number
    line = {
        "description": f"{work_order.number} {step} {work_order.item}"[:200],
        "quantity": pieces,
        "uom_id": work_order.item.uom_id,
        "price": step.unit_price if price is None else price,
        "due_date": due_date or work_order.due_date,
    }
    save_new(order, build_lines(order, [line]))
    return order


def _pieces(work_order: WorkOrder, step: WorkOrderOperation, quantity: Decimal | None) -> Decimal:
    left = still_to_order(work_order)[step.number]
    pieces = left if quantity is None else quantity
    if not 0 < pieces <= left:
        raise InvalidInput(
            message=_("Between 0 and the %(left)s pieces that are not ordered yet.") % {"left": left.normalize()},
            field="quantity",
        )
    check_quantity(work_order.item.uom, pieces)
    return pieces


def fees_of(order: PurchaseOrder, lines: Sequence[GoodsReceiptLine]) -> dict[int, Decimal]:
    """Return {receipt line: fee in base currency} of what came for an operation; nothing of other orders."""
    if order.work_order_id is None:
        return {}
    return {line.pk: line.amount for line in lines if line.item_id is None}


def report_back(
    order: PurchaseOrder, receipt: GoodsReceipt, lines: Sequence[GoodsReceiptLine], *, actor: Any, at: dt.datetime
) -> dict[int, Decimal]:
    """Report pieces and fees of a posted receipt to the work order; returns the fees.

    The first line of the order has the pieces, others are charges.

    Raises:
        NotInProduction, CostAboveBudget: see `receive_outside_work`.
    """
    fees = fees_of(order, lines)
    if fees and order.work_order_id is not None and order.operation_no is not None:
        first = order.lines.order_by("line_no").values_list("pk", flat=True).first()
        receive_outside_work(
            work_order_id=order.work_order_id,
            operation_no=order.operation_no,
            work=[
                OutsideWork(line.pk, line.stock_quantity if line.order_line_id == first else NOTHING, fees[line.pk])
                for line in lines
                if line.pk in fees
            ],
            source=receipt,
            date=receipt.document_date,
            actor=actor,
            at=at,
        )
    return fees


def send_back(
    order: PurchaseOrder,
    document: SupplierReturn,
    lines: Sequence[SupplierReturnLine],
    *,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
) -> dict[int, Decimal]:
    """Report to the work order what of its pieces goes back to be done again; returns the fees by return line.

    Raises:
        FeeIsSettled, PiecesWentOn: see `return_outside_work`.
    """
    if order.work_order_id is None or order.operation_no is None:
        return {}
    fees = {line.pk: line.amount for line in lines if line.receipt_line.item_id is None}
    first = order.lines.order_by("line_no").values_list("pk", flat=True).first()
    if fees:
        return_outside_work(
            work_order_id=order.work_order_id,
            operation_no=order.operation_no,
            work=[
                OutsideWork(
                    line.pk,
                    line.stock_quantity if line.receipt_line.order_line_id == first else NOTHING,
                    fees[line.pk],
                )
                for line in lines
                if line.pk in fees
            ],
            source=document,
            date=date,
            actor=actor,
            at=at,
        )
    return fees


def bring_again(
    order: PurchaseOrder,
    document: SupplierReturn,
    lines: Sequence[SupplierReturnLine],
    *,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
) -> dict[int, Decimal]:
    """Undo what a return reported; returns its fees.

    Raises:
        FeeIsSettled: the work order is closed.
    """
    if order.work_order_id is None:
        return {}
    fees = {line.pk: line.amount for line in lines if line.receipt_line.item_id is None}
    if fees:
        take_back_outside_work(source=document, date=date, actor=actor, at=at)
    return fees


def take_back(
    order: PurchaseOrder,
    receipt: GoodsReceipt,
    lines: Sequence[GoodsReceiptLine],
    *,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
) -> dict[int, Decimal]:
    """Undo what a receipt reported; returns its fees.

    Raises:
        FeeIsSettled: the work order is closed.
    """
    fees = fees_of(order, lines)
    if fees:
        take_back_outside_work(source=receipt, date=date, actor=actor, at=at)
    return fees

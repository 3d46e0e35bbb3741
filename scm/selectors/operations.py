"""Operations of work orders that suppliers do: what is ordered, what came back, what it cost."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.fields import ZERO
from erp.models import OperationFee, WorkOrder, WorkOrderOperation
from scm.models import PurchaseOrder, PurchaseOrderLine
from scm.states import PurchaseOrderState

EXPECTING = (PurchaseOrderState.DRAFT, PurchaseOrderState.APPROVED)


@dataclass
class OutsideStep:
    """One step: pieces on orders, still to be ordered and back, the fee booked and as planned (base currency)."""

    step: WorkOrderOperation
    to_order: Decimal
    ordered: Decimal = ZERO
    back: Decimal = ZERO
    fee: Decimal = ZERO
    planned: Decimal = ZERO
    orders: list[PurchaseOrder] = field(default_factory=list)


def still_to_order(work_order: WorkOrder) -> dict[int, Decimal]:
    """Return {number of a supplier's step: pieces that no order is written for}."""
    ordered = _ordered(work_order)
    wanted = work_order.quantity - work_order.scrapped_quantity
    steps = work_order.operations.filter(is_subcontracted=True).values_list("number", flat=True)
    return {number: max(ZERO, wanted - ordered.get(number, ZERO)) for number in steps}


def outside_steps(work_order: WorkOrder, user: Any) -> list[OutsideStep]:
    """Return the steps of an order that suppliers do, in their order (5 statements; none without such a step: 1)."""
    steps = list(work_order.operations.filter(is_subcontracted=True).select_related("supplier").order_by("number"))
    if not steps:
        return []
    orders: dict[int, list[PurchaseOrder]] = defaultdict(list)
    for one in PurchaseOrder.objects.visible_to(user).filter(work_order=work_order).order_by("pk"):
        orders[one.operation_no or 0].append(one)
    told = OperationFee.objects.filter(work_order=work_order).order_by().values_list("operation_no")
    booked = {number: (pieces, fee) for number, pieces, fee in told.annotate(p=Sum("quantity"), f=Sum("amount"))}
    ordered = _ordered(work_order)
    wanted = work_order.quantity - work_order.scrapped_quantity
    return [
        OutsideStep(
            step=one,
            to_order=max(ZERO, wanted - ordered.get(one.number, ZERO)),
            ordered=ordered.get(one.number, ZERO),
            back=booked.get(one.number, (ZERO, ZERO))[0],
            fee=booked.get(one.number, (ZERO, ZERO))[1],
            planned=one.unit_price * work_order.quantity,
            orders=orders[one.number],
        )
        for one in steps
    ]


def pieces_at_suppliers(work_order_id: int) -> dict[int, Decimal]:
    """Return {number of a step: pieces its purchase orders still expect back}; see the port."""
    lines = PurchaseOrderLine.objects.filter(order__work_order=work_order_id, line_no=1, is_closed=False)
    found: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines.filter(order__state__in=EXPECTING).select_related("order"):
        found[line.order.operation_no or 0] += line.open_quantity
    return {number: pieces for number, pieces in found.items() if pieces}


def _ordered(work_order: WorkOrder) -> dict[int, Decimal]:
    lines = (
        PurchaseOrderLine.objects.filter(order__work_order=work_order, line_no=1)
        .exclude(order__state=PurchaseOrderState.CANCELLED)
        .order_by()
        .values_list("order__operation_no")
        .annotate(total=Sum("stock_quantity"))
    )
    return {number or 0: total for number, total in lines}

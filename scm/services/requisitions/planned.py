"""Requirements of the plan: firmed planned orders for bought items become lines to order."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.documents import next_number, transition
from core.locks import lock_rows
from core.operations import operation
from erp.models import Demand
from masterdata.models import Item
from scm.models import Requisition, RequisitionLine
from scm.services.requisitions.progress import report_requisition_supply
from scm.states import RequisitionOrigin, RequisitionState

LINES_PER_REQUISITION = 100
"""A longer one is no help to a buyer, and every further line would rewrite what the plan is told of all others."""


@operation(permission=None)
def record_planned_requirement(
    *,
    item_id: int,
    quantity: Decimal,
    due_date: dt.date,
    warehouse_id: int | None,
    reference: str,
    demand_ids: Sequence[int],
    sales_order_line_id: int | None = None,
    project_id: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Requisition:
    """Add a firmed planned order to the plan's requisition of the day and return it.

    ``quantity`` in the item's stock unit. The same item for the same day and warehouse joins the line that is there,
    as long as nothing of it is ordered; what is bought for one sales order line alone joins nothing else, and what is
    bought for a project (of items made to order) has requisitions of its own. The line
    keeps which planned orders (``reference``) it carries and for which documents (``demand_ids`` of erp) they were
    meant.
    """
    requisition = _requisition_of_day(due_date, project_id, actor=actor, at=at)
    line = requisition.lines.filter(
        item_id=item_id,
        needed_date=due_date,
        warehouse_id=warehouse_id,
        sales_order_line_id=sales_order_line_id,
        ordered_quantity=0,
        is_closed=False,
    ).first()
    if line is None:
        item = Item.objects.only("uom_id").get(pk=item_id)
        line = RequisitionLine(
            requisition=requisition,
            line_no=requisition.lines.count() + 1,
            item_id=item_id,
            uom_id=item.uom_id,
            quantity=0,
            stock_quantity=0,
            needed_date=due_date,
            warehouse_id=warehouse_id,
            sales_order_line_id=sales_order_line_id,
        )
    line.quantity += quantity
    line.stock_quantity += quantity
    line.plan_references = [*line.plan_references, _origin(reference, quantity, demand_ids)]
    line.save()
    if due_date < requisition.needed_date:
        requisition.needed_date = due_date
        requisition.save(update_fields=["needed_date"])
    report_requisition_supply(requisition, actor=actor, at=at)
    return requisition


def _origin(reference: str, quantity: Decimal, demand_ids: Sequence[int]) -> dict[str, Any]:
    meant_for = Demand.objects.filter(pk__in=demand_ids).order_by("due_date", "pk")
    numbers = list(dict.fromkeys(meant_for.values_list("source_number", flat=True)))
    return {"order": reference, "quantity": f"{quantity.normalize():f}", "for": numbers}


def _requisition_of_day(needed: dt.date, project_id: int | None, *, actor: Any, at: dt.datetime) -> Requisition:
    """The requisition that the plan filled last today while it has room, else a new one, approved by the firming."""
    today = business_date(at)
    found = lock_rows(
        Requisition.objects.filter(
            origin=RequisitionOrigin.PLAN,
            state=RequisitionState.APPROVED,
            document_date=today,
            project_id=project_id,
        )
    )
    if found and found[-1].lines.count() < LINES_PER_REQUISITION:
        return found[-1]
    requisition = Requisition.objects.create(
        origin=RequisitionOrigin.PLAN,
        owner=actor,
        project_id=project_id,
        needed_date=needed,
        document_date=today,
        created_at=at,
        number=next_number(Requisition, at),
    )
    transition(requisition, RequisitionState.APPROVED, actor=actor, at=at)
    return requisition

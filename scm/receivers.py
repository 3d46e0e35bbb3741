"""What purchasing does when others announce something."""

from typing import Any

from core.clock import business_date
from erp.states import PlannedSupply
from scm.services.requisitions.planned import record_planned_requirement
from scm.services.subcontract_orders.planned import record_planned_subcontract
from scm.services.supplier_returns.rejected import draft_return_of_rejected
from scm.services.supplier_returns.withdrawn import draft_returns_of_withdrawn
from scm.services.supply_changes import record_change_request, withdraw_change_request


def record_requirement_on_planned_order_firmed(sender: Any, order: Any, actor: Any, at: Any, **_: Any) -> None:
    """What is to be subcontracted from a known supplier becomes a subcontract order, all else a requirement."""
    if order.supply_type == PlannedSupply.SUBCONTRACT:
        made = record_planned_subcontract(
            item_id=order.item_id,
            quantity=order.quantity,
            due_date=order.due_date,
            reference=order.reference,
            sales_order_line_id=order.sales_order_line_id,
            project_id=order.project_id,
            actor=actor,
            at=at,
        )
        if made is not None:
            return
    record_planned_requirement(
        item_id=order.item_id,
        quantity=order.quantity,
        due_date=order.due_date,
        warehouse_id=None,
        reference=order.reference,
        demand_ids=order.demand_ids,
        sales_order_line_id=order.sales_order_line_id,
        project_id=order.project_id,
        actor=actor,
        at=at,
    )


def record_requirement_on_goods_wanted(sender: Any, limit: Any, quantity: Any, actor: Any, at: Any, **_: Any) -> None:
    record_planned_requirement(
        item_id=limit.item_id,
        quantity=quantity,
        due_date=business_date(at),
        warehouse_id=limit.warehouse_id,
        reference=f"min:{limit.pk}",
        demand_ids=(),
        actor=actor,
        at=at,
    )


def draft_return_on_goods_rejected(sender: Any, inspection: Any, rows: Any, actor: Any, at: Any, **_: Any) -> None:
    draft_return_of_rejected(
        receipt_id=inspection.source_id, rows=rows, inspection=inspection.number, actor=actor, at=at
    )


def draft_returns_on_component_to_return(
    sender: Any, line: Any, rows: Any, *, cause: str, actor: Any, at: Any, **_: Any
) -> None:
    draft_returns_of_withdrawn(line_id=line.pk, item_id=line.component_id, rows=rows, cause=cause, actor=actor, at=at)


def record_request_on_supply_change_proposed(sender: Any, change: Any, actor: Any, at: Any, **_: Any) -> None:
    record_change_request(change=change, actor=actor, at=at)


def withdraw_request_on_supply_change_withdrawn(sender: Any, change: Any, actor: Any, at: Any, **_: Any) -> None:
    withdraw_change_request(change=change, actor=actor, at=at)

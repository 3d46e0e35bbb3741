"""What purchasing does when others announce something."""

from typing import Any

from scm.services.requisitions.planned import record_planned_requirement


def record_requirement_on_planned_order_firmed(sender: Any, order: Any, actor: Any, at: Any, **_: Any) -> None:
    record_planned_requirement(
        item_id=order.item_id,
        quantity=order.quantity,
        due_date=order.due_date,
        warehouse_id=None,
        reference=order.reference,
        demand_ids=order.demand_ids,
        actor=actor,
        at=at,
    )

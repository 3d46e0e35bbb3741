"""When an order has brought all it can."""

import datetime as dt
from typing import Any

from core.documents import transition
from erp.models import WorkOrder
from erp.services.work_orders.expecting import expect_materials, expect_supply
from erp.services.work_orders.on_picks import drop_from_picks
from erp.states import WorkOrderState


def complete_if_done(work_order: WorkOrder, *, actor: Any, at: dt.datetime) -> None:
    """Complete an order in progress when all of it is received or scrapped. Call it before balances are locked."""
    if work_order.state == WorkOrderState.IN_PROGRESS and work_order.open_quantity == 0:
        complete(work_order, actor=actor, at=at)


def complete(work_order: WorkOrder, *, actor: Any, at: dt.datetime) -> None:
    """Complete an order: it needs nothing and brings nothing any more."""
    transition(work_order, WorkOrderState.COMPLETED, actor=actor, at=at)
    drop_from_picks(work_order)
    expect_materials(work_order, actor=actor, at=at, ended=True)
    expect_supply(work_order, actor=actor, at=at, ended=True)

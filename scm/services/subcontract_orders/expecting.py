"""What a subcontract order tells the planner: the demand of its material, and whether its goods are under way."""

import datetime as dt
from typing import Any

from scm.models import SubcontractOrder
from scm.services.purchase_orders.supply import report_order_supply
from scm.services.subcontracting.following import demand_materials
from scm.states import SubcontractState


def expect_materials(order: SubcontractOrder, *, actor: Any, at: dt.datetime) -> None:
    """Bring the demand of the material to what is still to be sent, and the expected goods with it.

    Goods whose material is out stay as they are ordered; a draft that nobody planned expects none.
    Locks demands: call it before balances.
    """
    demand_materials(order, actor=actor, at=at)
    if order.state == SubcontractState.RELEASED or (order.state == SubcontractState.DRAFT and order.is_planned):
        report_order_supply(order.purchase_order, actor=actor, at=at)

"""What a subcontract order tells the planner: the demand of its material. Its goods are the fee order's supply."""

import datetime as dt
from typing import Any

from core.audit import label_of
from erp.models import Demand
from erp.services.demand import DemandRow, set_demand
from masterdata.selectors.calendars import add_working_days
from scm.models import SubcontractOrder
from scm.services.purchase_orders.supply import report_order_supply
from scm.states import MaterialSource, SubcontractState

EXPECTING = frozenset({SubcontractState.DRAFT, SubcontractState.RELEASED})


def expect_materials(order: SubcontractOrder, *, actor: Any, at: dt.datetime, ended: bool = False) -> None:
    """Bring the demand of the material to what is still to be sent, due so that the supplier has his lead time.

    Locks demands: call it before balances. A draft that nobody planned needs nothing yet.
    """
    needs = order.state == SubcontractState.RELEASED or (order.state == SubcontractState.DRAFT and order.is_planned)
    rows = []
    if needs and not ended:
        due = add_working_days(order.due_date, -order.item.lead_time_days)
        rows = [
            DemandRow(
                source_line_id=line.pk,
                item_id=line.item_id,
                quantity=line.required_quantity,
                open_quantity=line.open_quantity,
                due_date=due,
                warehouse_id=order.warehouse_id,
            )
            for line in order.materials.filter(source=MaterialSource.SENT)
        ]
    set_demand(source_label=label_of(order), source_id=order.pk, kind="subcontract", rows=rows, actor=actor, at=at)
    if order.state == SubcontractState.DRAFT and order.is_planned:
        report_order_supply(order.purchase_order, actor=actor, at=at)


def forget_materials(order: SubcontractOrder, *, actor: Any, at: dt.datetime) -> None:
    """End the demand of an order that needs nothing any more; without demand no lock is taken."""
    if Demand.objects.filter(source_label=label_of(order), source_id=order.pk).exists():
        expect_materials(order, actor=actor, at=at, ended=True)

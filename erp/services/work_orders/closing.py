"""Ending work orders: completed short, settled, cancelled."""

import datetime as dt
from typing import Any

from core.clock import business_date
from core.documents import lock, transition
from core.operations import operation
from erp import ports
from erp.errors import WorkOrderIsStarted
from erp.models import WorkOrder
from erp.services.guards import require_edge
from erp.services.work_orders.backflushing import require_empty_queue
from erp.services.work_orders.expecting import expect_materials, expect_supply
from erp.services.work_orders.finishing import complete
from erp.services.work_orders.on_picks import drop_from_picks
from erp.signals import work_order_closed
from erp.states import WorkOrderState


@operation(permission="erp.complete_workorder", document=(WorkOrder, "work_order_id"))
def complete_work_order(
    *, work_order_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> WorkOrder:
    """Complete an order that will bring less than it was for.

    Raises:
        InvalidTransition: it is not in progress.
        StaleVersion: somebody changed it since the user saw it.
    """
    work_order = lock(WorkOrder, work_order_id, version=version)
    complete(work_order, actor=actor, at=at)
    return work_order


@operation(permission="erp.close_workorder", document=(WorkOrder, "work_order_id"))
def close_work_order(*, work_order_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> WorkOrder:
    """Settle a completed order: what is left in process is its variance; nothing can be booked on it any more.

    Raises:
        InvalidTransition: it is not completed.
        QueueNotEmpty: material it used up is not posted yet.
        StaleVersion: somebody changed it since the user saw it.
        (provider of erp.ports.posting_date): the period is closed.
    """
    work_order = lock(WorkOrder, work_order_id, version=version)
    require_edge(work_order, WorkOrderState.CLOSED)
    require_empty_queue(work_order)
    variance = work_order.wip_cost
    date = ports.posting_date("production", business_date(at))
    transition(work_order, WorkOrderState.CLOSED, actor=actor, at=at)
    work_order.variance, work_order.closed_on = variance, date
    WorkOrder.objects.filter(pk=work_order.pk).update(variance=variance, closed_on=date)
    work_order_closed.send(sender=WorkOrder, work_order=work_order, variance=variance, date=date, actor=actor, at=at)
    return work_order


@operation(permission="erp.cancel_workorder", document=(WorkOrder, "work_order_id"))
def cancel_work_order(
    *, work_order_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> WorkOrder:
    """Give up an order on which nothing is booked.

    Raises:
        WorkOrderIsStarted: it is in progress: return the material and complete it instead.
        InvalidTransition: it is completed, closed or cancelled already.
        StaleVersion: somebody changed it since the user saw it.
    """
    work_order = lock(WorkOrder, work_order_id, version=version)
    if work_order.state == WorkOrderState.IN_PROGRESS:
        raise WorkOrderIsStarted(document=work_order)
    transition(work_order, WorkOrderState.CANCELLED, actor=actor, at=at, reason=reason)
    drop_from_picks(work_order)
    expect_materials(work_order, actor=actor, at=at, ended=True)
    expect_supply(work_order, actor=actor, at=at, ended=True)
    return work_order

"""Ending work orders: completed short, settled, cancelled."""

import datetime as dt
from typing import Any

from core.clock import business_date
from core.documents import lock, transition
from core.fields import ZERO
from core.money import split_amount
from core.operations import operation
from erp import ports
from erp.errors import WorkOrderIsStarted
from erp.models import WorkOrder, WorkOrderOutput
from erp.selectors.work_orders import received_moves
from erp.services.guards import require_edge
from erp.services.late_costs import LateCost, follow_late_costs
from erp.services.stock.valuing import base_decimals
from erp.services.work_orders.at_suppliers import require_no_pieces_out
from erp.services.work_orders.backflush_queue import require_empty_queue
from erp.services.work_orders.expecting import expect_materials, expect_supply
from erp.services.work_orders.finishing import complete
from erp.services.work_orders.on_picks import drop_from_picks
from erp.services.work_orders.outputs import joint_split
from erp.services.work_orders.staging import require_nothing_at_line
from erp.signals import work_order_closed
from erp.states import EntryKind, ValueCounter, WorkOrderState
from erp.states.making import WorkOrderKind


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
    """Settle a completed order: what is left in process follows its goods; nothing can be booked on it any more.

    What they cannot bear (under standard cost, or without any goods) is its variance.

    Raises:
        InvalidTransition: it is not completed.
        QueueNotEmpty: material it used up is not posted yet.
        LeftAtLine: material moved to the line for it is neither used up nor brought back.
        PiecesAtSupplier: pieces are on order with the supplier of a step.
        StaleVersion: somebody changed it since the user saw it.
        (provider of erp.ports.posting_date): the period is closed.
    """
    work_order = lock(WorkOrder, work_order_id, version=version)
    require_edge(work_order, WorkOrderState.CLOSED)
    require_empty_queue(work_order)
    require_nothing_at_line(work_order)
    require_no_pieces_out(work_order)
    _true_up(work_order, actor=actor, at=at)
    variance = work_order.wip_cost
    date = ports.posting_date("production", business_date(at))
    transition(work_order, WorkOrderState.CLOSED, actor=actor, at=at)
    work_order.variance, work_order.closed_on = variance, date
    WorkOrder.objects.filter(pk=work_order.pk).update(variance=variance, closed_on=date)
    work_order_closed.send(sender=WorkOrder, work_order=work_order, variance=variance, date=date, actor=actor, at=at)
    return work_order


def _true_up(work_order: WorkOrder, *, actor: Any, at: dt.datetime) -> None:
    """Bring what was received at provisional cost to what it has cost: what is left in process follows the goods.

    An order that brought nothing keeps it: it is a loss. Costs are locked before periods. Source: HARD_RULES §9.
    """
    costs = _still_to_bear(work_order) if work_order.kind != WorkOrderKind.DISASSEMBLY else []
    if not costs:
        return
    follow_late_costs(
        costs=costs,
        kind=EntryKind.SETTLEMENT,
        counter=ValueCounter.WIP,
        source=work_order,
        date=business_date(at),
        actor=actor,
        at=at,
    )
    work_order.refresh_from_db(fields=["received_cost"])


def _still_to_bear(work_order: WorkOrder) -> list[LateCost]:
    """What the receipts of each product still have to bear: its share of the cost less what it was received at."""
    outputs = list(work_order.outputs.all())
    left = {work_order.item_id: work_order.wip_cost}
    if outputs:
        split = joint_split(work_order, outputs, is_final=True)
        left = {one.item_id: split.amounts[one.pk] - one.received_cost for one in outputs}
        if sum(split.amounts.values(), ZERO):
            left[work_order.item_id] = work_order.wip_cost - sum(left.values(), ZERO)
        fixed = next((one for one in outputs if one.fixed_amount), None)
        if split.capped and fixed is not None:
            WorkOrderOutput.objects.filter(pk=fixed.pk).update(capped_amount=split.capped)
    costs = []
    for item_id, amount in left.items():
        made = received_moves(work_order, item_id)
        if amount and made:
            shares = split_amount(amount, [quantity for _move, quantity in made], base_decimals())
            costs += [LateCost(pk, share) for (pk, _quantity), share in zip(made, shares, strict=True) if share]
    for one in outputs:
        WorkOrderOutput.objects.filter(pk=one.pk).update(received_cost=one.received_cost + left[one.item_id])
    return costs


@operation(permission="erp.cancel_workorder", document=(WorkOrder, "work_order_id"))
def cancel_work_order(
    *, work_order_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> WorkOrder:
    """Give up an order on which nothing is booked.

    Raises:
        WorkOrderIsStarted: it is in progress: return the material and complete it instead.
        InvalidTransition: it is completed, closed or cancelled already.
        PiecesAtSupplier: the work of a step is on order with its supplier.
        StaleVersion: somebody changed it since the user saw it.
    """
    work_order = lock(WorkOrder, work_order_id, version=version)
    if work_order.state == WorkOrderState.IN_PROGRESS:
        raise WorkOrderIsStarted(document=work_order)
    require_no_pieces_out(work_order)
    transition(work_order, WorkOrderState.CANCELLED, actor=actor, at=at, reason=reason)
    drop_from_picks(work_order)
    expect_materials(work_order, actor=actor, at=at, ended=True)
    expect_supply(work_order, actor=actor, at=at, ended=True)
    return work_order

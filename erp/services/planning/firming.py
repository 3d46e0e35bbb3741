"""Turning planned orders into work orders, or announcing that somebody has to buy."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from core.clock import business_date
from core.errors import InvalidInput
from core.locks import LockRank, advisory_lock
from core.operations import operation
from erp.errors import NoBom, PlanIsBehind, PlannedOrderGone
from erp.models import Bom, CurrentRun, Demand, PlannedOrder, PlanningEvent, PlanRun, WorkOrder
from erp.models.planning import identity_parts
from erp.services.planning.storing import FLIP
from erp.services.planning.times import keep_slots, take_times
from erp.services.planning_events import request_plan
from erp.services.work_orders.planning import create_work_order
from erp.signals import planned_order_firmed
from erp.states import BomState, DemandKind, PlannedSupply
from masterdata.models import Item

AT_ONCE = 200
"""Most planned orders one operation firms; a fence with more does them in portions."""


TAKE_NEAR = """
DELETE FROM erp_plannedrow p
USING unnest(%s::bigint[], %s::date[], %s::int[]) AS w(item_id, due_date, sequence)
WHERE p.slot = %s AND p.item_id = w.item_id AND p.due_date = w.due_date AND p.sequence = w.sequence
"""

TAKE_FAR = """
WITH w AS (SELECT * FROM unnest(%s::bigint[], %s::date[], %s::int[]) AS w(item_id, due_date, sequence))
UPDATE erp_plannedseries s
SET digest = NULL, (due, quantity, detail, demand) = (
  SELECT COALESCE(array_agg(f.due ORDER BY n), '{}'), COALESCE(array_agg(f.quantity ORDER BY n), '{}'),
         COALESCE(array_agg(f.detail ORDER BY n), '{}'), COALESCE(array_agg(f.demand ORDER BY n), '{}')
  FROM unnest(s.due, s.quantity, s.detail, s.demand) WITH ORDINALITY AS f(due, quantity, detail, demand, n)
  WHERE NOT EXISTS (
    SELECT FROM w WHERE w.item_id = s.item_id AND w.due_date = f.due AND w.sequence = (f.detail >> 49)::int
  )
)
WHERE s.slot = %s AND s.item_id = ANY(%s::bigint[])
"""
"""The digest goes with the order, so that the next run writes the item anew."""


@dataclass(frozen=True)
class FirmedOrder:
    """A planned order to buy or subcontract that somebody decided on: quantity in the item's stock unit.

    demand_ids           the earliest demands it is for.   reference  names it in texts: item, due date, sequence.
    sales_order_line_id  the sales order line that alone it is made for (items made to order): nobody else takes it.
    project_id           the project it is made for (items made to order): no other takes it.
    """

    item_id: int
    quantity: Decimal
    due_date: dt.date
    start_date: dt.date
    supply_type: str
    demand_ids: tuple[int, ...]
    reference: str
    sales_order_line_id: int | None = None
    project_id: int | None = None


@dataclass(frozen=True)
class Firmed:
    """What firming made: the keys of new work orders, and how many orders to buy were announced."""

    work_order_ids: list[int]
    announced: int


@operation(permission="erp.firm_plannedorder")
def firm_planned_orders(
    *,
    identities: Sequence[str],
    due_date: dt.date | None = None,
    quantity: Decimal | None = None,
    actor: Any,
    at: dt.datetime,
) -> Firmed:
    """Turn planned orders (named by PlannedOrder.identity) into work orders or announced purchases, all or none.

    due_date, quantity  change one order while firming it; with several they are refused. What was moved in an accepted
    plan of capacity keeps its dates and times.

    Raises:
        PlannedOrderGone: one of them is not in the present plan (any more).
        PlanIsBehind: an order of one of the items was firmed after the plan's inputs were read.
        NoBom: an item to make has no released bill of material.
        InvalidInput: a name is unreadable, or there are none or too many.
    """
    wanted = _wanted(identities, alone=due_date is not None or quantity is not None)
    advisory_lock(FLIP, shared=True, rank=LockRank.HEADER)
    current = CurrentRun.objects.select_related("run").first()
    if current is None:
        raise PlannedOrderGone(item="", date="")
    orders = _take(current.run, wanted)
    _require_fresh(current.run, {one.item_id for one in orders})
    _require_boms(orders, at)
    result = Firmed([], 0)
    names = [order.identity for order in orders]
    times = take_times(orders)
    for name, order in zip(names, orders, strict=True):
        moved_to = times[name].finish_date if name in times else order.due_date
        order.due_date = due_date or max(order.due_date, moved_to)
        order.start_date = min(order.start_date, order.due_date)
        order.quantity = quantity or order.quantity
    for order in (one for one in orders if one.supply_type != PlannedSupply.MAKE):
        planned_order_firmed.send(sender=PlannedOrder, order=_announced(order), actor=actor, at=at)
    for name, order in zip(names, orders, strict=True):
        if order.supply_type == PlannedSupply.MAKE:
            made = _work_order(order, actor=actor, at=at)
            result.work_order_ids.append(made.pk)
            if name in times:
                keep_slots(made, name, times[name])
    request_plan(
        reason="firmed", item_ids=[one.item_id for one in orders], firmed_run=current.run.number, actor=actor, at=at
    )
    return Firmed(result.work_order_ids, len(orders) - len(result.work_order_ids))


def _wanted(identities: Sequence[str], *, alone: bool) -> list[tuple[int, dt.date, int]]:
    unique = list(dict.fromkeys(identities))
    if not unique:
        raise InvalidInput(message=_("Choose at least one planned order."), field="identities")
    if len(unique) > (1 if alone else AT_ONCE):
        raise InvalidInput(
            message=_("At most %(count)s planned orders at once.") % {"count": 1 if alone else AT_ONCE},
            field="identities",
        )
    try:
        return [identity_parts(one) for one in unique]
    except ValueError as error:
        raise InvalidInput(message=_("This is not the name of a planned order."), field="identities") from error


def _take(run: PlanRun, wanted: list[tuple[int, dt.date, int]]) -> list[PlannedOrder]:
    """Take the orders out of the current run; whoever takes an order owns it. Makes come with their items."""
    columns = [[one[part] for one in wanted] for part in range(3)]
    names = [field.column for field in PlannedOrder._meta.concrete_fields if field.column]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM erp_plannedseries WHERE slot = %s AND item_id = ANY(%s::bigint[]) ORDER BY item_id FOR UPDATE",
            [run.slot, columns[0]],
        )
        cursor.execute(
            f"""
            SELECT {", ".join(f"p.{name}" for name in names)}
            FROM erp_plannedorder p
            JOIN unnest(%s::bigint[], %s::date[], %s::int[]) AS w(item_id, due_date, sequence)
              ON p.item_id = w.item_id AND p.due_date = w.due_date AND p.sequence = w.sequence
            WHERE p.slot = %s AND p.item_id = ANY(%s::bigint[]) AND p.supply_type <> 'phantom'
            """,
            [*columns, run.slot, columns[0]],
        )
        rows = {(row["item_id"], row["due_date"], row["sequence"]): row for row in _dicts(cursor, names)}
        cursor.execute(TAKE_NEAR, [*columns, run.slot])
        cursor.execute(TAKE_FAR, [*columns, run.slot, columns[0]])
    items = Item.objects.in_bulk({item_id for item_id, _due, _sequence in wanted})
    for item_id, due, sequence in wanted:
        if (item_id, due, sequence) not in rows:
            raise PlannedOrderGone(item=items.get(item_id, item_id), date=due)
    orders = [PlannedOrder(**rows[key]) for key in wanted]
    for order in orders:
        order.item = items[order.item_id]
    return orders


def _dicts(cursor: Any, names: list[str]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _require_fresh(run: PlanRun, item_ids: set[int]) -> None:
    """Refuse items of which an order was firmed in an earlier run that this run did not see."""
    unseen = PlanningEvent.objects.filter(firmed_run__isnull=False, item_ids__overlap=sorted(item_ids)).exclude(
        firmed_run=run.number
    )
    event = unseen.first()
    if event is not None:
        raise PlanIsBehind(item=Item.objects.get(pk=min(set(event.item_ids) & item_ids)))


def _require_boms(orders: Sequence[PlannedOrder], at: dt.datetime) -> None:
    made = {one.item_id for one in orders if one.supply_type == PlannedSupply.MAKE}
    spans = list(
        Bom.objects.filter(item_id__in=made, state=BomState.RELEASED).values_list("item_id", "valid_from", "valid_to")
    )
    for order in (one for one in orders if one.item_id in made):
        date = max(order.start_date, business_date(at))
        if not any(pk == order.item_id and first <= date < (end or dt.date.max) for pk, first, end in spans):
            raise NoBom(item=order.item, date=date)


def _work_order(order: PlannedOrder, *, actor: Any, at: dt.datetime) -> WorkOrder:
    return create_work_order(
        item_id=order.item_id,
        quantity=order.quantity,
        start_date=order.start_date,
        due_date=order.due_date,
        sales_order_line_id=_made_for(order),
        project_id=_project_of(order),
        actor=actor,
        at=at,
    )


def _made_for(order: PlannedOrder) -> int | None:
    """The sales order line a work order is for, when it is for one alone."""
    if order.more_demands or len(order.demands) != 1:
        return None
    demand = Demand.objects.filter(pk=order.demands[0], kind=DemandKind.SALES).first()
    return demand.source_line_id if demand else None


def _project_of(order: PlannedOrder) -> int | None:
    """The project of the demands that an order made to order is for: they are all of one."""
    if not order.is_for_one_order or not order.demands:
        return None
    return Demand.objects.filter(pk=order.demands[0]).values_list("project_id", flat=True).first()


def _announced(order: PlannedOrder) -> FirmedOrder:
    return FirmedOrder(
        item_id=order.item_id,
        quantity=order.quantity,
        due_date=order.due_date,
        start_date=order.start_date,
        supply_type=order.supply_type,
        demand_ids=tuple(order.demands),
        reference=f"{order.item.code} {order.due_date.isoformat()} #{order.sequence}",
        sales_order_line_id=_made_for(order) if order.is_for_one_order else None,
        project_id=_project_of(order),
    )

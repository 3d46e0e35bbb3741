"""Dates that a planner gave planned orders on the machines: written into each run, and handed on when one is firmed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from erp.models import (
    CurrentRun,
    OperationSlot,
    PlannedOrder,
    PlannedOrderTime,
    SchedulePlan,
    SchedulePlanProposal,
    WorkOrder,
)
from erp.models.planning import identity_parts
from erp.selectors.plan import planned_orders

SAME = "p.item_id = t.item_id AND p.due_date = t.due_date AND p.sequence = t.sequence AND p.quantity = t.quantity"

FORGET = f"""
DELETE FROM erp_plannedordertime t
WHERE NOT EXISTS (SELECT FROM erp_plannedorder p WHERE p.slot = %(slot)s AND {SAME} AND p.supply_type = 'make')
"""

GIVE = f"""
UPDATE erp_plannedrow p SET start_date = t.start_date, finish_date = t.finish_date,
    flags = (p.flags & ~%(marks)s::smallint)
        | CASE WHEN t.finish_date > p.need_date THEN %(late)s ELSE 0 END
        | CASE WHEN t.start_date < %(today)s THEN %(past)s ELSE 0 END
FROM erp_plannedordertime t WHERE p.slot = %(slot)s AND {SAME}
"""


def give_times(slot: int, today: dt.date) -> None:
    """Give the orders of a slot the dates they were moved to; forget those of orders that are planned no more.

    The caller holds the flip of the plan: alone, or (who accepts a plan of capacity) with others that only take orders.
    """
    if not PlannedOrderTime.objects.exists():
        return
    late, past = PlannedOrder.LATE, PlannedOrder.PAST_DUE
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"slot": slot})
        cursor.execute(GIVE, {"slot": slot, "today": today, "late": late, "past": past, "marks": late | past})


def accept_times(plan: SchedulePlan, rows: Mapping[str, Sequence[SchedulePlanProposal]], zone: dt.tzinfo) -> list[str]:
    """Store the dates of moved planned orders, by identity, and give them to the current run.

    Returns the identities the current run does not plan (any more, or in that quantity): nothing is stored then.
    """
    current = CurrentRun.objects.select_related("run").first()
    due = {identity: identity_parts(identity) for identity in rows}
    items = {item_id for item_id, _due, _sequence in due.values()}
    planned = planned_orders(current.run).filter(item_id__in=items, is_near=True) if current else []
    known = {one.identity: one.quantity for one in planned}
    gone = [identity for identity, parts in rows.items() if known.get(identity) != parts[0].quantity]
    if gone or current is None:
        return gone
    PlannedOrderTime.objects.bulk_create(
        [
            PlannedOrderTime(
                plan=plan,
                item_id=due[identity][0],
                due_date=due[identity][1],
                sequence=due[identity][2],
                quantity=parts[0].quantity,
                start_date=min(one.starts_at for one in parts).astimezone(zone).date(),
                finish_date=max(one.ends_at for one in parts).astimezone(zone).date(),
            )
            for identity, parts in sorted(rows.items())
        ],
        update_conflicts=True,
        unique_fields=["item", "due_date", "sequence"],
        update_fields=["plan", "quantity", "start_date", "finish_date"],
    )
    give_times(current.run.slot, current.run.as_of_date)
    return []


def take_times(orders: Sequence[PlannedOrder]) -> dict[str, PlannedOrderTime]:
    """Return, by identity, the dates of planned orders that are firmed; they are the order's own from then on."""
    rows = PlannedOrderTime.objects.filter(item_id__in={one.item_id for one in orders})
    wanted = {one.identity for one in orders}
    found = {str(row): row for row in rows if str(row) in wanted}
    PlannedOrderTime.objects.filter(pk__in=[row.pk for row in found.values()]).delete()
    return found


def keep_slots(work_order: WorkOrder, identity: str, time: PlannedOrderTime) -> None:
    """Give the operations of a firmed order the times they were moved to; the others are placed anew."""
    moved = SchedulePlanProposal.objects.filter(plan_id=time.plan_id, identity=identity, is_pinned=True)
    rows: dict[int, Any] = {row.number: row for row in moved}
    OperationSlot.objects.bulk_create(
        OperationSlot(
            operation=one,
            work_center_id=rows[one.number].work_center_id,
            machine=rows[one.number].machine,
            starts_at=rows[one.number].starts_at,
            ends_at=rows[one.number].ends_at,
            is_pinned=True,
        )
        for one in work_order.operations.all()
        if one.number in rows
    )

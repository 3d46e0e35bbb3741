"""Where late value goes outside of stock: into the figures of work orders and shipments."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection

from core.fields import ZERO
from erp.models import ValueEntry
from erp.services.valuation.inputs import Settled
from erp.states import SIDE_KINDS, MoveKind, ValueCounter


def carry_into_documents(entries: Sequence[ValueEntry]) -> list[Settled]:
    """Bring costs of work orders and of shipped lines along; returns what closed orders cost more after their close."""
    _carry_into_shipments(entries)
    return _carry_into_work_orders([one for one in entries if one.work_order_id and one.counter == ValueCounter.WIP])


def in_process(entries: Sequence[ValueEntry]) -> set[int]:
    """Return the work orders whose cost entries change."""
    return {one.work_order_id for one in entries if one.work_order_id and one.counter == ValueCounter.WIP}


def _carry_into_work_orders(entries: Sequence[ValueEntry]) -> list[Settled]:
    """Each row is changed by its difference in one statement, so that no posting under way is overwritten."""
    material: dict[int, Decimal] = defaultdict(lambda: ZERO)
    received: dict[int, Decimal] = defaultdict(lambda: ZERO)
    dates = {}
    for entry in entries:
        order_id = entry.work_order_id or 0
        dates[order_id] = entry.booked_on
        if entry.move is not None and entry.move.kind == MoveKind.PRODUCTION:
            received[order_id] += entry.amount
        else:
            material[order_id] -= entry.amount
    orders = sorted(dates)
    if not orders:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE erp_workorder o SET material_cost = o.material_cost + n.material,
              received_cost = o.received_cost + n.received,
              variance = o.variance + CASE WHEN o.state = 'closed' THEN n.material - n.received ELSE 0 END
            FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS n(id, material, received)
            WHERE o.id = n.id RETURNING o.id, o.item_id, o.state
            """,
            [orders, [material[pk] for pk in orders], [received[pk] for pk in orders]],
        )
        found = cursor.fetchall()
    return [
        Settled(pk, item_id, material[pk] - received[pk], dates[pk])
        for pk, item_id, state in sorted(found)
        if state == "closed" and material[pk] != received[pk]
    ]


def _carry_into_shipments(entries: Sequence[ValueEntry]) -> None:
    lines: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        move = entry.move
        if move is None or entry.kind in SIDE_KINDS or move.reverses_id or move.source_label != "erp.shipment":
            continue
        lines[move.source_line_id or 0] -= entry.amount
    if not lines:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE erp_shipmentline l SET cost = l.cost + n.cost "
            "FROM unnest(%s::bigint[], %s::numeric[]) AS n(id, cost) WHERE l.id = n.id",
            [sorted(lines), [lines[pk] for pk in sorted(lines)]],
        )

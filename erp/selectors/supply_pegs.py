"""Expected supply that is promised to demands: what is still to come of it, and what has arrived."""

import datetime as dt
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from erp.engines.pegging_supply import Peg, Standing, standing

PEGS = """
SELECT g.id, g.demand_id, g.source_label, g.source_line_id, g.quantity, d.item_id, d.warehouse_id, d.due_date,
       d.open_quantity - COALESCE((SELECT sum(r.quantity) FROM erp_reservation r WHERE r.demand_id = d.id), 0),
       COALESCE(s.open_quantity, 0), s.id, s.due_date
FROM erp_supplypeg g
JOIN erp_demand d ON d.id = g.demand_id AND d.open_quantity > 0
LEFT JOIN erp_supply s
  ON s.source_label = g.source_label AND s.source_line_id = g.source_line_id AND s.item_id = d.item_id
WHERE {among} ORDER BY g.id
"""

MADE = """
SELECT demand_id, item_id, warehouse_id, least(lacking, made - gone - held) FROM (
    SELECT d.id AS demand_id, d.item_id, d.warehouse_id, d.quantity - d.open_quantity AS gone,
           d.open_quantity - COALESCE(r.held, 0) AS lacking, COALESCE(r.held, 0) AS held, w.made, d.due_date
    FROM erp_demand d
    JOIN (
        SELECT sales_order_line_id, item_id, sum(completed_quantity) AS made FROM erp_workorder
        WHERE kind = 'standard' AND sales_order_line_id IS NOT NULL AND project_id IS NULL
          AND item_id IN (
              SELECT id FROM masterdata_item WHERE id = ANY(%(items)s) AND order_policy = 'make_to_order')
        GROUP BY sales_order_line_id, item_id
    ) w ON w.sales_order_line_id = d.source_line_id AND w.item_id = d.item_id
    LEFT JOIN (SELECT demand_id, sum(quantity) AS held FROM erp_reservation GROUP BY demand_id) r ON r.demand_id = d.id
    WHERE d.kind = 'sales' AND d.source_label = 'crm.salesorder' AND d.open_quantity > 0
) line
WHERE least(lacking, made - gone - held) > 0 ORDER BY due_date, demand_id
"""

CAME = """
SELECT d.id, d.item_id, d.warehouse_id, least(
    sum(a.quantity - a.settled_quantity), d.open_quantity - COALESCE(
        (SELECT sum(r.quantity) FROM erp_reservation r WHERE r.demand_id = d.id), 0))
FROM erp_boundarrival a
JOIN erp_demand d ON d.kind = 'sales' AND d.source_label = 'crm.salesorder' AND d.source_line_id = a.order_line_id
 AND d.item_id = a.item_id AND d.open_quantity > 0
WHERE a.item_id = ANY(%(items)s) AND a.quantity > a.settled_quantity
GROUP BY d.id ORDER BY d.due_date, d.id
"""

LineKey = tuple[str, int]


@dataclass(frozen=True)
class Pegged:
    """A peg with what it is worth, its demand and its supply (none: all of it has arrived)."""

    standing: Standing
    demand_id: int
    item_id: int
    warehouse_id: int | None
    due_date: dt.date
    line: LineKey
    supply_id: int | None
    supply_date: dt.date | None

    @property
    def coming(self) -> Decimal:
        """Still expected."""
        return self.standing.coming

    @property
    def arrived(self) -> Decimal:
        """There, and not yet kept for the demand."""
        return self.standing.arrived

    @property
    def is_in_time(self) -> bool:
        """What is to come is expected by the day it is needed."""
        return self.supply_date is not None and self.supply_date <= self.due_date


@dataclass(frozen=True)
class MadeFor:
    """So much of an item was made or came for the order line of a demand and is not kept for it or delivered yet."""

    demand_id: int
    item_id: int
    warehouse_id: int | None
    quantity: Decimal


def made_for_lines(item_ids: Iterable[int]) -> list[MadeFor]:
    """Return what was made, or came, for order lines that still lack it, those due first first.

    What is made or bought for a line or project otherwise than by an order of the line alone is told by its arrivals.
    """
    wanted = {"items": sorted(set(item_ids))}
    with connection.cursor() as cursor:
        cursor.execute(MADE, wanted)
        found = cursor.fetchall()
        cursor.execute(CAME, wanted)
        return [MadeFor(*row) for row in (*found, *cursor.fetchall()) if row[3] > 0]


def pegs_of_items(item_ids: Iterable[int]) -> list[Pegged]:
    """Return what of the expected supply of items is promised to demands, in the order it was promised."""
    return _read("d.item_id = ANY(%s)", [sorted(set(item_ids))])


def all_pegs() -> list[Pegged]:
    """Return all promised supply."""
    return _read("true", [])


def _read(among: str, values: list[list[int]]) -> list[Pegged]:
    with connection.cursor() as cursor:
        cursor.execute(PEGS.format(among=among), values)
        rows = cursor.fetchall()
    pegs = [Peg(row[0], row[1], (row[2], row[3], row[5]), row[4]) for row in rows]
    lacking = {row[1]: row[8] for row in rows}
    expected: dict[Hashable, Decimal] = {(row[2], row[3], row[5]): row[9] for row in rows}
    return [
        Pegged(one, row[1], row[5], row[6], row[7], (row[2], row[3]), row[10], row[11])
        for one, row in zip(standing(pegs, lacking, expected), rows, strict=True)
    ]

"""What the plan needs of items to make what customers ordered, and what was ordered since the plan was made.

Rules: docs/algorithms/promising.md, "What the plan has spoken for".
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from erp.models import PlannedOrder, PlanRun, PlanSubstitution
from erp.selectors.usable import USABLE

PARENTS = """
SELECT COALESCE(array_agg(DISTINCT b.item_id), '{}') FROM unnest(%(items)s::bigint[]) AS k(id)
JOIN erp_bomline l ON l.component_id = k.id AND l.line_kind = 'component'
JOIN erp_bom b ON b.id = l.bom_id AND b.state = 'released'
"""

USES = """SELECT b.item_id, l.component_id, k.until, k.cover, b.quantity AS base, i.yield_percent, u.steps,
           b.quantity = 1 AND i.yield_percent = 100 AS is_plain,
           u.steps * l.fixed_scrap_quantity AS fixed,
           u.steps * l.quantity * CASE WHEN (SELECT scrap_convention = 'yield' FROM erp_planningsettings)
               THEN 100 / (100 - l.scrap_percent) ELSE 1 + l.scrap_percent / 100 END AS per,
           greatest(b.valid_from, l.valid_from) AS valid_from, least(b.valid_to, l.valid_to) AS valid_to
    FROM erp_bom b
    JOIN masterdata_item i ON i.id = b.item_id
    JOIN erp_bomline l ON l.bom_id = b.id AND l.line_kind = 'component'
    JOIN unnest(%(items)s::bigint[], %(until)s::date[], %(cover)s::numeric[]) AS k(id, until, cover)
      ON k.id = l.component_id
    JOIN masterdata_item c ON c.id = k.id
    JOIN (SELECT id, 10::numeric ^ decimals AS steps FROM masterdata_unitofmeasure OFFSET 0) u ON u.id = c.uom_id
    WHERE b.state = 'released' AND b.item_id"""
"""What components are needed for one of a parent, in their smallest steps."""

COVERED = """SELECT u.component_id, u.until, sum((t.orders * (u.fixed - 0.0001)
           + u.per * t.quantity / u.base * 100 / u.yield_percent) / u.steps) AS quantity
    FROM totals t
    JOIN uses u ON u.item_id = t.item_id AND u.valid_from <= %(today)s AND u.valid_to IS NULL
    WHERE u.cover IS NOT NULL
    GROUP BY 1, 2, u.cover
    HAVING sum((t.orders * (u.fixed - 0.0001)
           + u.per * t.quantity / u.base * 100 / u.yield_percent) / u.steps) >= u.cover"""
"""Components of which at least so much is needed for orders of parents as there is and comes; rounding adds to it."""

NEEDS = f"""
WITH planned AS MATERIALIZED (
    SELECT p.item_id, p.due_date, p.sequence, p.start_date, p.quantity, p.more_demands, p.demands
    FROM erp_plannedorder p
    WHERE p.slot = %(slot)s AND p.supply_type <> 'buy' AND p.flags & {{safety}} <> {{safety}}
      AND p.item_id = ANY(%(parents)s::bigint[])
), served AS MATERIALIZED (
    SELECT d.id, d.item_id, {{is_real}} AS is_real FROM erp_demand d
    WHERE d.open_quantity > 0 AND d.id = ANY(ARRAY(SELECT DISTINCT unnest(demands) FROM planned))
), pegged AS MATERIALIZED (
    SELECT p.item_id, p.due_date, p.sequence, p.start_date, p.quantity, p.more_demands,
           COALESCE(d.is_real, false) AS has_real, COALESCE(d.is_real, false) AS is_real,
           COALESCE(d.item_id <> p.item_id, false) OR p.more_demands AS is_for_others
    FROM planned p LEFT JOIN served d ON d.id = p.demands[1] WHERE cardinality(p.demands) <= 1
  UNION ALL
    SELECT p.item_id, p.due_date, p.sequence, min(p.start_date), min(p.quantity), bool_or(p.more_demands),
           COALESCE(bool_or(d.is_real), false), COALESCE(bool_and(d.is_real), false),
           COALESCE(bool_or(d.item_id <> p.item_id), false) OR bool_or(p.more_demands)
    FROM (SELECT *, unnest(demands) AS demand_id FROM planned WHERE cardinality(demands) > 1) p
    LEFT JOIN served d ON d.id = p.demand_id
    GROUP BY 1, 2, 3
), lacks AS MATERIALIZED (
    SELECT item_id, start_date, quantity, sum(quantity) OVER (PARTITION BY item_id ORDER BY place) AS until
    FROM unnest(%(short)s::bigint[], %(short_starts)s::date[], %(short_quantities)s::numeric[])
      WITH ORDINALITY AS k(item_id, start_date, quantity, place)
), alone AS MATERIALIZED (
    SELECT array_agg(item_id) AS items FROM (
        SELECT item_id FROM pegged GROUP BY item_id HAVING NOT bool_or(is_for_others)
      EXCEPT
        SELECT unnest(%(known)s::bigint[] || %(below)s::bigint[])
    ) one
), short AS (
    SELECT item_id, greatest(0, max(level)) AS quantity FROM (
        SELECT item_id, sum(sum(quantity)) OVER (PARTITION BY item_id ORDER BY day) AS level FROM (
            SELECT d.item_id, greatest(d.due_date, %(today)s) AS day, d.open_quantity AS quantity FROM erp_demand d
            WHERE d.item_id = ANY((SELECT items FROM alone)::bigint[]) AND d.open_quantity > 0
              AND d.kind NOT IN ('hold', 'project') AND {{is_real}}
          UNION ALL
            SELECT s.item_id, CASE WHEN s.is_firm THEN greatest(s.due_date, %(today)s) ELSE %(today)s END,
                   -s.open_quantity
            FROM erp_supply s WHERE s.item_id = ANY((SELECT items FROM alone)::bigint[])
          UNION ALL
            SELECT b.item_id, %(today)s, -b.on_hand FROM erp_stockbalance b
            JOIN masterdata_location p ON p.id = b.location_id
            LEFT JOIN erp_lot l ON l.id = b.lot_id
            WHERE b.item_id = ANY((SELECT items FROM alone)::bigint[]) AND b.on_hand > 0 AND {USABLE}
        ) one GROUP BY item_id, day
    ) levels GROUP BY item_id
), summed AS MATERIALIZED (
    SELECT unnest(%(known)s::bigint[]) AS item_id UNION ALL SELECT unnest(items) FROM alone
), unsure AS MATERIALIZED (
    SELECT item_id FROM pegged
    WHERE NOT is_real AND (has_real OR more_demands) OR item_id = ANY(%(below)s::bigint[])
  EXCEPT
    SELECT item_id FROM summed
), orders AS MATERIALIZED (
    SELECT p.item_id, p.start_date, p.quantity, p.has_real, sum(p.quantity) OVER earlier AS until
    FROM pegged p WHERE p.item_id IN (SELECT item_id FROM summed)
    WINDOW earlier AS (
        PARTITION BY p.item_id ORDER BY p.has_real DESC, p.due_date, p.sequence ROWS UNBOUNDED PRECEDING)
), wanted AS MATERIALIZED (
    SELECT item_id, greatest(start_date, %(today)s) AS start_date, quantity FROM (
        SELECT p.item_id, p.start_date, p.quantity FROM pegged p
        WHERE p.item_id NOT IN (SELECT item_id FROM summed)
          AND CASE WHEN p.item_id IN (SELECT item_id FROM unsure) THEN %(final)s ELSE p.has_real END
      UNION ALL
        SELECT o.item_id, o.start_date, least(o.quantity, s.quantity - (o.until - o.quantity))
        FROM orders o JOIN short s ON s.item_id = o.item_id
      UNION ALL
        SELECT o.item_id, CASE WHEN o.has_real THEN least(o.start_date, l.start_date) ELSE l.start_date END,
               least(o.until, l.until) - greatest(o.until - o.quantity, l.until - l.quantity)
        FROM orders o JOIN lacks l ON l.item_id = o.item_id
         AND l.until > o.until - o.quantity AND o.until > l.until - l.quantity
    ) one WHERE quantity > 0
), totals AS MATERIALIZED (
    SELECT item_id, sum(quantity) AS quantity, count(*) AS orders FROM wanted GROUP BY item_id
), uses AS MATERIALIZED (
    {{uses}} = ANY(ARRAY(SELECT item_id FROM totals))
), covered AS MATERIALIZED (
    {{covered}}
)
SELECT u.component_id, least(w.start_date, u.until), sum(ceil(round(
           u.fixed + u.per * CASE WHEN is_plain THEN w.quantity ELSE w.quantity / u.base * 100 / u.yield_percent END, 4
       )) / u.steps), NULL::bigint
FROM wanted w
JOIN (SELECT * FROM uses WHERE component_id NOT IN (SELECT component_id FROM covered)) u ON u.item_id = w.item_id
 AND u.valid_from <= w.start_date AND (u.valid_to IS NULL OR u.valid_to > w.start_date)
GROUP BY 1, 2
UNION ALL
SELECT *, NULL FROM covered
UNION ALL
SELECT item_id, NULL, quantity, orders FROM totals
UNION ALL
SELECT item_id, NULL, NULL, NULL FROM unsure
""".format(
    uses=USES,
    covered=COVERED,
    safety=PlannedOrder.FOR_SAFETY_STOCK,
    is_real="(d.kind NOT IN ('forecast', 'master')"
    " AND NOT (d.source_label = 'crm.salesorder' AND d.source_id = %(order)s) AND d.id <> ALL(%(own)s::bigint[]))",
)
"""What components need of planned orders of what they go into, as far as customers want these. Of an item that was
looked at before, or is only sold, that is what stock and all expected supply leave short of real demand, its orders for
such demand first, and where it is known when it is short, from then on; of any other, all of what is pegged to real
demand alone. Each order rounds up by itself. Where a bound of all that is needed of an item, a little below it, is as
much as there is and comes, that is enough. With a number of orders comes how much of a parent is wanted in all; with
nothing else the items whose orders may be for both, or for what the plan did not know: they are to be looked at, and
count only if that cannot be.

The flag is asked for by an inequality: the server then expects most orders to pass, as they do, and joins accordingly.
"""

KNOWN_TO_COVER = f"""
WITH totals AS MATERIALIZED (
    SELECT * FROM unnest(%(parents)s::bigint[], %(quantities)s::numeric[], %(orders)s::bigint[])
      AS t(item_id, quantity, orders)
), uses AS MATERIALIZED (
    {USES} = ANY(%(parents)s::bigint[])
)
{COVERED}
"""

PLANNED = f"""
SELECT item_id, sum(quantity) FROM erp_plannedorder
WHERE slot = %s AND item_id = ANY(%s) AND flags & {PlannedOrder.FOR_SAFETY_STOCK} = 0 GROUP BY item_id
"""

UNSEEN = """
SELECT DISTINCT i.id FROM erp_planningevent e CROSS JOIN LATERAL unnest(e.item_ids) AS k(id)
JOIN masterdata_item i ON i.id = k.id AND i.supply_type <> 'buy'
WHERE EXISTS (
    SELECT FROM erp_demand d
    WHERE d.item_id = i.id AND d.open_quantity > 0 AND d.kind NOT IN ('forecast', 'master', 'hold', 'project')
) OR EXISTS (
    SELECT FROM erp_bomline l JOIN erp_bom b ON b.id = l.bom_id AND b.state = 'released'
    JOIN erp_plannedorder p ON p.slot = %s AND p.item_id = b.item_id
    WHERE l.component_id = i.id AND l.line_kind = 'component')
"""


@dataclass(frozen=True)
class Asking:
    """Who asks, and when: an order, a quotation (0: none), or single demands, that are not to stand in their own way.

    run  whose plan is read.
    """

    day: dt.date
    run: PlanRun | None
    order_id: int = 0
    quotation_id: int = 0
    demand_ids: tuple[int, ...] = ()


class Limit(NamedTuple):
    """What is needed of an item after ``until`` may as well be needed then; beyond ``cover`` it does not matter when.

    Nor does it how much more than ``cover`` that is: all of it that is there and comes is spoken for. None: it does.
    """

    until: dt.date = dt.date.max
    cover: Decimal | None = None


Need = tuple[int, dt.date, Decimal]
"""Of an item so much is needed on a day."""

Total = tuple[Decimal, int]
"""So much of a parent is wanted in all, by so many orders."""


class Planned(NamedTuple):
    """What planned orders need of items; the parents to be looked at first; how much of the other parents is wanted."""

    needs: list[Need]
    unsure: set[int]
    totals: dict[int, Total]


Lack = tuple[dt.date, Decimal]
"""On a day so much more is wanted of an item than there will be."""


@dataclass(frozen=True)
class Replaced:
    """``used`` of a substitute stands in for ``quantity`` of an item that is needed on a day, in the plan."""

    item_id: int
    substitute_id: int
    day: dt.date
    quantity: Decimal
    used: Decimal


def parents_of(item_ids: Iterable[int]) -> set[int]:
    """Return the items that some released bill of material, of whatever days, makes of items."""
    with connection.cursor() as cursor:
        cursor.execute(PARENTS, {"items": listed(sorted(item_ids))})
        return set(cursor.fetchall()[0][0])


def planned_needs(
    limits: Mapping[int, Limit],
    asking: Asking,
    parents: Collection[int],
    *,
    short: Mapping[int, Sequence[Lack]],
    below: Collection[int] = (),
    is_final: bool = False,
) -> Planned:
    """Return what planned orders of ``parents`` for real demand need of items: item, day they start, quantity.

    limits  the items, and how exactly it matters when how much is needed of each.
    short  of parents that were looked at already, what stock and all expected supply leave short, by the day its making
           begins.
    below  items that more or less may be needed of than the plan knew.
    Beside that the parents to be looked at first, as what is planned of them may be for forecasts, too; what they need
    is left out. ``is_final``: they were, as far as they can be; others count whole.
    """
    run = asking.run
    if run is None or not parents:
        return Planned([], set(), {})
    known = {pk: short[pk] for pk in parents if pk in short}
    values: dict[str, Any] = {
        "items": listed(limits),
        "until": listed(one.until for one in limits.values()),
        "cover": listed("NULL" if one.cover is None else one.cover for one in limits.values()),
        "parents": listed(sorted(parents)),
        "today": asking.day,
        "slot": run.slot,
        "known": listed(known),
        "short": listed(pk for pk, lacks in known.items() for _lack in lacks),
        "short_starts": listed(day for lacks in known.values() for day, _quantity in lacks),
        "short_quantities": listed(quantity for lacks in known.values() for _day, quantity in lacks),
        "order": asking.order_id,
        "own": listed(asking.demand_ids),
        "below": listed(pk for pk in parents if pk in below),
        "final": is_final,
    }
    with connection.cursor() as cursor:
        cursor.execute(NEEDS, values)
        rows = cursor.fetchall()
    needs = [(key, day, quantity) for key, day, quantity, _orders in rows if day]
    totals = {key: (quantity, orders) for key, _day, quantity, orders in rows if orders}
    return Planned(needs, {key for key, day, _quantity, orders in rows if not (day or orders)}, totals)


def covered_needs(limits: Mapping[int, Limit], asking: Asking, totals: Mapping[int, Total]) -> list[Need]:
    """Return a bound of the needs of those items of which all is spoken for by what is known of parents already."""
    bought = {pk: one for pk, one in limits.items() if one.cover is not None}
    if not bought or not totals:
        return []
    values: dict[str, Any] = {
        "items": listed(bought),
        "until": listed(one.until for one in bought.values()),
        "cover": listed(one.cover for one in bought.values()),
        "parents": listed(totals),
        "quantities": listed(quantity for quantity, _orders in totals.values()),
        "orders": listed(orders for _quantity, orders in totals.values()),
        "today": asking.day,
    }
    with connection.cursor() as cursor:
        cursor.execute(KNOWN_TO_COVER, values)
        return list(cursor.fetchall())


def planned_replacements() -> list[Replaced]:
    """Return what the current plan takes of substitutes, by day."""
    rows = PlanSubstitution.objects.order_by("day", "pk")
    return [Replaced(*row) for row in rows.values_list("item_id", "substitute_id", "day", "quantity", "used")]


def listed(values: Iterable[Any]) -> str:
    """Return values as the text of an array: thousands of them are sent much sooner than one by one."""
    return "{" + ",".join(map(str, values)) + "}"


def planned_quantities(item_ids: Iterable[int], run: PlanRun | None) -> dict[int, Decimal]:
    """Return how much of items is planned, by item; what only the safety stock asks for is left out."""
    if run is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(PLANNED, [run.slot, listed(sorted(item_ids))])
        return dict(cursor.fetchall())


def unseen_items(run: PlanRun | None) -> list[int]:
    """Return the made items that orders or planned orders want and that changed since the plan read its inputs."""
    with connection.cursor() as cursor:
        cursor.execute(UNSEEN, [run.slot if run else None])
        return [pk for (pk,) in cursor.fetchall()]

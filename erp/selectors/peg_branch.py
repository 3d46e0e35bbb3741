"""The part of the plan around some items, read afresh: what is needed of them, what covers that, and what it hangs on.

Down: the items and all that goes into them; their needs come from parents outside of the branch, too. Up: the items and
all they go into. Quantities are micro-units, days ordinals, as the engine has them.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from core.clock import today
from erp.engines import mrp
from erp.engines.mrp.exploding import outputs_of
from erp.engines.mrp.problem import NEVER, POOL, TO_STOCK
from erp.models import PlannedOrder, PlanningSettings
from erp.models.demand import DEFAULT_PRIORITY
from erp.selectors.plan import current_run
from erp.selectors.plan_inputs import step_of
from erp.selectors.plan_reading import columns
from erp.selectors.plan_sources import EXPECTED, ORDER_POLICIES, SET_ASIDE
from erp.selectors.repairs import Repair, left_out
from erp.selectors.supply_pegs import pegs_of_items
from erp.selectors.usable import PLANNED
from erp.states import ScrapConvention
from masterdata.engines.calendars import WorkingDays
from masterdata.errors import NoWorkCalendar
from masterdata.selectors.calendars import company_working_days

PASS_THROUGH, FOR_ONE_ORDER = 32, 64
"""Flags of planned orders: no proposal, only what its components are pegged through; made for one order line alone."""

OUTSIDE = 1_000_000_000
"""Groups of demands that are not in the branch are numbered from here by the key of the demand."""

OPEN_ORDERS = "('draft', 'released', 'in_progress')"
VALID = "b.state = 'released' AND (b.valid_to IS NULL OR b.valid_to > %(today)s)"
DAY = "({0} - DATE '0001-01-01' + 1)"
MICRO = "({0} * 1000000)::bigint"

EXPLODES = """COALESCE(
    (SELECT true FROM erp_plannedorder o WHERE o.slot = %(slot)s AND o.item_id = b.item_id LIMIT 1),
    (SELECT true FROM erp_supply s WHERE s.item_id = b.item_id AND s.material_source_id IS NOT NULL LIMIT 1), false)"""
"""Something hangs on what goes into an item by its bill: planned orders, or material sent out for what is expected."""

BELOW = f"""
    SELECT unnest(%(roots)s::bigint[])
  UNION
    SELECT e.component_id FROM part p JOIN LATERAL (
        SELECT l.component_id FROM erp_bom b JOIN erp_bomline l ON l.bom_id = b.id AND l.line_kind = 'component'
        WHERE b.item_id = p.item_id AND {VALID} AND {EXPLODES}
      UNION ALL
        SELECT m.item_id FROM erp_workorder w JOIN erp_workordermaterial m ON m.work_order_id = w.id
        WHERE w.item_id = p.item_id AND w.state IN {OPEN_ORDERS}
    ) e ON true
"""

ABOVE = f"""
    SELECT unnest(%(roots)s::bigint[])
  UNION
    SELECT e.item_id FROM part p JOIN LATERAL (
        SELECT b.item_id FROM erp_bomline l JOIN erp_bom b ON b.id = l.bom_id AND {VALID}
        WHERE l.component_id = p.item_id
      UNION ALL
        SELECT w.item_id FROM erp_workordermaterial m JOIN erp_workorder w ON w.id = m.work_order_id
        WHERE m.item_id = p.item_id AND w.state IN {OPEN_ORDERS}
    ) e ON true
"""

PARENTS = f"""
  UNION
    SELECT b.item_id FROM part p JOIN erp_bomline l ON l.component_id = p.item_id
    JOIN erp_bom b ON b.id = l.bom_id AND {VALID}
"""

ORDERS = f"""
WITH RECURSIVE part(item_id) AS ({{part}})
SELECT (SELECT array_agg(item_id ORDER BY item_id) FROM part),
       array_agg(item_id), array_agg(sequence), array_agg(need), array_agg(due), array_agg(start), array_agg(finish),
       array_agg(quantity), array_agg(flags), array_agg(demand_id), array_agg(is_moved)
FROM (
    SELECT p.item_id, p.sequence, {DAY.format("p.need_date")} AS need, {DAY.format("p.due_date")} AS due,
           {DAY.format("p.start_date")} AS start, {DAY.format("p.finish_date")} AS finish,
           {MICRO.format("p.quantity")} AS quantity, p.flags::int AS flags,
           CASE WHEN p.flags & {FOR_ONE_ORDER} <> 0 THEN COALESCE(p.demands[1], 0) ELSE 0 END AS demand_id,
           t.finish_date IS NOT NULL AS is_moved
    FROM erp_plannedorder p
    LEFT JOIN erp_plannedordertime t
      ON t.item_id = p.item_id AND t.due_date = p.due_date AND t.sequence = p.sequence AND t.quantity = p.quantity
    WHERE p.slot = %(slot)s AND p.item_id = ANY(ARRAY(SELECT item_id FROM part {{around}}))
    ORDER BY p.item_id, p.due_date, p.sequence
) planned
"""
"""All items on the way and the planned orders of these and, downwards, of all that go on from there."""

NO_SLOT = -1

UNSPOKEN = f"""
SELECT item_id, sum(quantity)::bigint AS free FROM (
    SELECT b.item_id, p.partner_id, {MICRO.format("(b.on_hand - b.reserved)")} AS quantity
    FROM erp_stockbalance b JOIN masterdata_location p ON p.id = b.location_id AND p.kind = 'at_supplier'
    WHERE b.item_id = ANY(%(items)s) AND b.owner_id IS NULL
  UNION ALL
    SELECT item_id, partner_id, -{MICRO.format("placed_quantity")} FROM erp_demand
    WHERE item_id = ANY(%(items)s) AND kind = 'subcontract' AND placed_quantity <> 0
) one GROUP BY item_id, partner_id HAVING sum(quantity) > 0
"""
"""What lies at subcontractors and no open order waits for: stock of this picture, for whoever needs it."""

ITEMS = f"""
SELECT array_agg(free), array_agg(safety), array_agg(lead), array_agg(decimals), array_agg(explodes), array_agg(good),
       array_agg(order_policy), array_agg(is_phantom)
FROM (
SELECT (COALESCE(f.free, 0) + COALESCE(o.free, 0))::bigint AS free, {MICRO.format("i.safety_stock")} AS safety,
       COALESCE(NULLIF(i.lead_time_days, 0), s.days, 0)::int AS lead, u.decimals::int AS decimals,
       i.supply_type <> 'buy' AS explodes, (i.yield_percent * 10000)::bigint AS good,
       {ORDER_POLICIES} AS order_policy, i.is_phantom
FROM masterdata_item i
JOIN masterdata_unitofmeasure u ON u.id = i.uom_id
LEFT JOIN LATERAL (
    SELECT max(lead_time_days) AS days FROM masterdata_supplieritem
    WHERE item_id = i.id AND is_preferred AND is_active
) s ON i.supply_type <> 'make'
LEFT JOIN (
    SELECT b.item_id, sum({MICRO.format("(b.on_hand - b.reserved)")})::bigint AS free
    FROM erp_stockbalance b
    JOIN masterdata_location p ON p.id = b.location_id
    LEFT JOIN erp_lot l ON l.id = b.lot_id
    WHERE b.item_id = ANY(%(items)s) AND b.on_hand > b.reserved AND {PLANNED}
    GROUP BY b.item_id
) f ON f.item_id = i.id
LEFT JOIN (SELECT item_id, sum(free)::bigint AS free FROM ({UNSPOKEN}) u GROUP BY item_id) o ON o.item_id = i.id
WHERE i.id = ANY(%(items)s) ORDER BY i.id
) item
"""

DEMANDS = f"""
SELECT d.id, d.item_id, {DAY.format("d.due_date")}, {MICRO.format("d.open_quantity")},
       COALESCE((SELECT sum({MICRO.format("r.quantity")}) FROM erp_reservation r WHERE r.demand_id = d.id), 0)::bigint,
       d.priority, d.kind, d.source_id, d.source_line_id, COALESCE(d.project_id, 0)
FROM erp_demand d
WHERE d.item_id = ANY(%(items)s) AND d.open_quantity > 0 AND d.kind NOT IN ('hold', 'project')
  AND NOT (d.kind = 'forecast' AND EXISTS (
      SELECT 1 FROM erp_demand m
      WHERE m.item_id = d.item_id AND m.kind = 'master' AND m.open_quantity > 0 AND m.due_date >= d.due_date))
ORDER BY d.id
"""

SUPPLIES = EXPECTED.format(among="s.item_id = ANY(%(items)s)")

KEPT = SET_ASIDE.format(of_demands="d.item_id = ANY(%(items)s)", of_arrivals="a.item_id = ANY(%(items)s)")

LINES = f"""
SELECT array_agg(bom_id), array_agg(item_id), array_agg(base), array_agg(bom_from), array_agg(bom_to),
       array_agg(component_id), array_agg(per), array_agg(scrap), array_agg(line_from), array_agg(line_to),
       array_agg(fixed), array_agg(is_level_skipped), array_agg(is_output), array_agg(has_substitutes)
FROM (
    SELECT l.bom_id, b.item_id, {MICRO.format("b.quantity")} AS base, {DAY.format("b.valid_from")} AS bom_from,
           COALESCE({DAY.format("b.valid_to")}, {NEVER}) AS bom_to, l.component_id,
           {MICRO.format("l.quantity")} AS per, (l.scrap_percent * 10000)::bigint AS scrap,
           COALESCE({DAY.format("l.valid_from")}, 0) AS line_from,
           COALESCE({DAY.format("l.valid_to")}, {NEVER}) AS line_to,
           {MICRO.format("l.fixed_scrap_quantity")} AS fixed, l.is_level_skipped,
           l.line_kind <> 'component' AS is_output,
           EXISTS (SELECT 1 FROM erp_bomsubstitute t WHERE t.bom_line_id = l.id) AS has_substitutes
    FROM erp_bom b JOIN erp_bomline l ON l.bom_id = b.id AND (l.valid_to IS NULL OR l.valid_to > %(today)s)
    WHERE b.item_id = ANY(%(items)s) AND {VALID} AND l.component_id = ANY(%(inside)s)
    ORDER BY b.id, l.line_no, l.id
) line
"""

Rows = list[tuple[Any, ...]]


def _less(row: tuple[Any, ...], quantity: int) -> tuple[Any, ...]:
    """A demand or a supply with less open: both have that in the fourth column."""
    return (*row[:3], row[3] - quantity, *row[4:])


@dataclass
class Branch:
    """A small planning problem with its pegging; ``index`` is the place of an item (by key) in it.

    within   places of the items whose needs and supplies are all here.   replaceable  components with substitutes.
    promised  of a demand (by key), what of expected supply is kept for it: key, day, quantity.
    """

    problem: mrp.Problem
    index: dict[int, int]
    item_ids: list[int]
    within: set[int]
    needs: list[list[mrp.Need]]
    orders: list[list[mrp.Order]]
    pegging: mrp.Pegging
    demand_index: dict[int, int]
    receipt_index: dict[int, int]
    replaceable: set[int] = field(default_factory=set)
    promised: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)

    def receipt_key(self, source: Any) -> int | None:
        """Return the key of the supply behind a source that is an expected receipt."""
        return self.receipt_keys.get(id(source))

    def __post_init__(self) -> None:
        self.receipt_keys = {
            id(source): self.problem.receipts[index].key for index, source in self.pegging.expected.items()
        }


def read_branch(item_ids: Iterable[int], *, upwards: bool = False) -> Branch:
    """Read the branch below items, or all that they go into, by the current run, and peg it."""
    run = current_run()
    day = run.as_of_date if run else today()
    statement = ORDERS.format(part=ABOVE, around="") if upwards else ORDERS.format(part=BELOW, around=PARENTS)
    slot = run.slot if run else NO_SLOT
    found = columns(statement, roots=sorted(set(item_ids)), today=day, slot=slot)
    inside, *orders = (column.tolist() for column in found)
    settings = PlanningSettings.objects.first() or PlanningSettings()
    reading = _Reading(day, sorted({*inside, *orders[0]}), inside, settings)
    reading.read_demands(inside)
    return reading.branch(set(inside), reading.orders(list(zip(*orders, strict=True))))


class _Reading:
    """Turns rows into a problem."""

    def __init__(self, day: dt.date, item_ids: list[int], inside: list[int], settings: PlanningSettings) -> None:
        self.day, self.item_ids, self.inside = day, item_ids, inside
        self.index = {item_id: place for place, item_id in enumerate(item_ids)}
        self.problem = mrp.Problem(
            today=day.toordinal(),
            items=self._items(settings.default_lead_days),
            rules=mrp.Rules(
                dependent_priority=DEFAULT_PRIORITY,
                yield_scrap=settings.scrap_convention == ScrapConvention.YIELD,
            ),
        )
        self.replaceable: set[int] = set()
        self.problem.boms = self._boms()
        self.demand_index: dict[int, int] = {}
        self.receipt_index: dict[int, int] = {}
        self.promised: dict[int, list[tuple[int, int, int]]] = {}
        self.shared: dict[int, int] = {}

    @staticmethod
    def _rows(sql: str, **values: Any) -> Rows:
        """The rows of a query of arrays."""
        return list(zip(*(column.tolist() for column in columns(sql, **values)), strict=True))

    def _items(self, default_lead: int) -> list[mrp.Item]:
        return [
            mrp.Item(
                free_stock=free,
                safety_stock=safety,
                lead_days=lead or default_lead,
                step=step_of(decimals),
                explodes=explodes,
                good=good,
                order_policy=policy,
                is_phantom=is_phantom,
            )
            for free, safety, lead, decimals, explodes, good, policy, is_phantom in self._rows(
                ITEMS, items=self.item_ids, today=self.day
            )
        ]

    def _boms(self) -> list[mrp.Bom]:
        found: dict[int, mrp.Bom] = {}
        rows = self._rows(LINES, items=self.item_ids, inside=self.inside, today=self.day)
        for bom_id, item_id, quantity, valid_from, valid_to, component_id, *line in rows:
            if bom_id not in found:
                found[bom_id] = mrp.Bom(self.index[item_id], quantity, [], valid_from, valid_to)
            component = self.index[component_id]
            per, scrap, first, end, fixed, is_skipped, is_output, has_substitutes = line
            if has_substitutes:
                self.replaceable.add(component)
            found[bom_id].lines.append(mrp.BomLine(component, per, scrap, first, end, fixed, is_skipped, is_output))
        return list(found.values())

    def read_demands(self, inside: list[int]) -> None:
        """Read what is needed and expected of the items inside."""
        with connection.cursor() as cursor:
            cursor.execute(DEMANDS, {"items": inside})
            demands = list(cursor.fetchall())
        demands, supplies = self._without_promised(demands, self._rows(SUPPLIES, items=inside), inside)
        demands, supplies = self._without_repaired(demands, supplies)
        supplies = [*self._set_aside(inside), *supplies]
        self.demand_index = {row[0]: place for place, row in enumerate(demands)}
        lines = {row[8]: place for place, row in enumerate(demands) if row[6] == "sales"}
        first: dict[int, int] = {}
        for place, row in enumerate(demands):
            if row[6] == "sales" and row[9]:
                self.shared[row[0]] = first.setdefault(row[9], place)
        makers: dict[tuple[str, int], int] = {}
        for place, (pk, item_id, day, quantity, fixed, work_order_id, line_id, material_of, own) in enumerate(supplies):
            item = self.index[item_id]
            project = own or (demands[lines[line_id]][9] if line_id in lines else 0)
            is_pooled = self.problem.items[item].order_policy == TO_STOCK or not (line_id or project)
            of_line = first.get(project, OUTSIDE) if project else lines.get(line_id, OUTSIDE)
            group = POOL if is_pooled else of_line
            self.problem.receipts.append(mrp.Receipt(pk, item, day, quantity, fixed, group))
            self.receipt_index[pk] = place
            makers[("work_order", work_order_id)] = makers[("subcontract", material_of)] = place
        self.problem.demands = [
            mrp.Demand(
                key=pk,
                item=self.index[item_id],
                day=day,
                quantity=max(0, quantity - held),
                priority=priority,
                reserved=min(held, quantity),
                receipt=makers.get((kind, source_id)) if source_id else None,
                is_forecast=kind in {"forecast", "master"},
                group=self.shared.get(pk),
            )
            for pk, item_id, day, quantity, held, priority, kind, source_id, _line, _project in demands
        ]
        days = [self.problem.today, *(one.day for one in self.problem.demands), *(r.day for r in self.problem.receipts)]
        self.problem.calendar = _calendar(min(days), max(days))

    def _set_aside(self, inside: list[int]) -> Rows:
        """What projects keep of items made to order, as supply of theirs."""
        rows = self._rows(KEPT, items=inside, day=self.day.toordinal())
        return [row for row in rows if self.problem.items[self.index[row[1]]].order_policy != TO_STOCK]

    def _without_promised(self, demands: Rows, supplies: Rows, inside: list[int]) -> tuple[Rows, Rows]:
        """Give demands what of expected supply they were promised, as the plan does."""
        demand_at = {row[0]: place for place, row in enumerate(demands)}
        supply_at = {row[0]: place for place, row in enumerate(supplies)}
        for one in pegs_of_items(inside):
            demand, supply = demand_at.get(one.demand_id), supply_at.get(one.supply_id or 0)
            if demand is not None and supply is not None and one.coming > 0 and one.is_in_time:
                quantity = int(one.coming * mrp.MICRO)
                row = demands[demand]
                demands[demand] = (*row[:4], row[4] + quantity, *row[5:])
                supplies[supply] = _less(supplies[supply], quantity)
                self.promised.setdefault(one.demand_id, []).append((supplies[supply][0], supplies[supply][2], quantity))
        return demands, supplies

    def _without_repaired(self, demands: Rows, supplies: Rows) -> tuple[Rows, Rows]:
        """Leave out what the plan leaves out of rework orders; the rows stay."""
        receipts = {row[5]: place for place, row in enumerate(supplies) if row[5]}
        repairs = []
        for place, (_pk, item_id, _day, quantity, held, _priority, kind, source_id, _l, _p) in enumerate(demands):
            receipt = receipts.get(source_id) if kind == "work_order" else None
            if receipt is not None and supplies[receipt][1] == item_id:
                expected = supplies[receipt][3]
                repairs.append(Repair(place, receipt, item_id, max(0, quantity - held), expected))
        free = {item_id: item.free_stock for item_id, item in zip(self.item_ids, self.problem.items, strict=True)}
        for one, quantity in left_out(repairs, free):
            demands[one.demand] = _less(demands[one.demand], quantity)
            supplies[one.receipt] = _less(supplies[one.receipt], quantity)
        return demands, supplies

    def orders(self, rows: list[tuple[Any, ...]]) -> list[list[mrp.Order]]:
        """The planned orders of all items around, by place."""
        found: list[list[mrp.Order]] = [[] for _ in self.item_ids]
        calendar = self.problem.calendar
        for item_id, sequence, need, due, start, finish, quantity, flags, demand_id, is_moved in rows:
            order = mrp.Order(
                self.index[item_id],
                sequence,
                need,
                due,
                start,
                quantity,
                bool(flags & PlannedOrder.PAST_DUE),
                bool(flags & PlannedOrder.FOR_SAFETY_STOCK),
                finish=finish,
                is_pass=bool(flags & PASS_THROUGH),
            )
            if is_moved:
                order.lead = calendar.between(order.start, order.finish)
            if demand_id:
                order.group = self.shared.get(demand_id, self.demand_index.get(demand_id, OUTSIDE + demand_id))
            found[order.item].append(order)
        return found

    def branch(self, inside: set[int], orders: list[list[mrp.Order]]) -> Branch:
        """Lay out the needs of the items inside, and peg them."""
        problem, within = self.problem, {self.index[item_id] for item_id in inside}
        size = len(self.item_ids)
        needs: list[list[mrp.Need]] = [[] for _ in range(size)]
        outputs: list[list[mrp.Output]] = [[] for _ in range(size)]
        boms = mrp.boms_by_item(problem)
        yielding = {bom.item for bom in problem.boms if any(line.is_output for line in bom.lines)}
        for order in (one for of_item in orders for one in of_item if boms[one.item]):
            order.components = mrp.component_needs(problem, boms, order) or []
            for need in order.components:
                needs[need.item].append(need)
            for output in outputs_of(problem, boms, order) if order.item in yielding else ():
                outputs[output.item].append(output)
        for place, demand in enumerate(problem.demands):
            if demand.quantity > 0:
                needs[demand.item].append(mrp.independent_need(problem, place))
        receipts: list[list[int]] = [[] for _ in range(size)]
        for place in sorted(range(len(problem.receipts)), key=self._by_day):
            receipts[problem.receipts[place].item].append(place)
        for of_item in needs:
            mrp.in_order(of_item)
        own = [of_item if place in within else [] for place, of_item in enumerate(orders)]
        pegging = mrp.Pegging(problem, needs, receipts, own, mrp.Extras(outputs))
        return Branch(
            problem,
            self.index,
            self.item_ids,
            within,
            needs,
            own,
            pegging,
            self.demand_index,
            self.receipt_index,
            self.replaceable,
            self.promised,
        )

    def _by_day(self, place: int) -> tuple[int, int]:
        receipt = self.problem.receipts[place]
        return receipt.day, receipt.key


def _calendar(first: int, last: int) -> mrp.WorkingDays:
    try:
        days: WorkingDays = company_working_days()
    except NoWorkCalendar:
        return mrp.WorkingDays.every_day()
    margin = 400
    start = max(1, first - margin)
    return mrp.WorkingDays(start, days.laid_out(start, last + margin - start))

"""The part of the plan around some items, read afresh: what is needed of them, what covers that, and what it hangs on.

Down: the items and all that goes into them; their needs come from parents outside of the branch, too. Up: the items and
all they go into. Quantities are micro-units, days ordinals, as the engine has them.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from core.clock import today
from erp.engines import mrp
from erp.engines.mrp.exploding import outputs_of
from erp.engines.mrp.problem import NEVER, POOL, TO_STOCK
from erp.models import PlannedOrder, PlanningSettings
from erp.models.demand import DEFAULT_PRIORITY
from erp.selectors.peg_sources import (
    ABOVE,
    ALONE,
    BELOW,
    DEMANDS,
    ITEMS,
    KEPT,
    LINES,
    ORDERS,
    PARENTS,
    PASS_THROUGH,
    SUPPLIES,
)
from erp.selectors.plan import current_run
from erp.selectors.plan_inputs import step_of
from erp.selectors.plan_reading import columns
from erp.selectors.repairs import Repair, left_out
from erp.selectors.supply_pegs import pegs_of_items
from erp.states import ScrapConvention
from masterdata.engines.calendars import WorkingDays
from masterdata.errors import NoWorkCalendar
from masterdata.selectors.calendars import company_working_days

OUTSIDE = 1_000_000_000
"""Groups of demands that are not in the branch are numbered from here by the key of the demand."""

NO_SLOT = -1

WHOLE = 5_000
"""A plan of up to so many orders is read whole."""

LATEST = dt.date.max

Rows = list[tuple[Any, ...]]


def _less(row: tuple[Any, ...], quantity: int) -> tuple[Any, ...]:
    """A demand or a supply with less open: both have that in the fourth column."""
    return (*row[:3], row[3] - quantity, *row[4:])


@dataclass
class Branch:
    """A small planning problem with its pegging; ``index`` is the place of an item (by key) in it.

    within   places of the items whose needs and supplies are all here.   replaceable  components with substitutes.
    promised  of a demand (by key), what of expected supply is kept for it: key, day, quantity.
    made     places of the receipts that material is issued for.   edges  by item and need, what `edges_of` found.
    until    the last day on which planned orders begin that are here.   below  whether what goes into them is here.
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
    made: set[int] = field(default_factory=set)
    until: int = NEVER
    below: bool = True
    edges: dict[int, dict[int, list[tuple[mrp.Edge, int]]]] = field(default_factory=dict)

    def receipt_key(self, source: Any) -> int | None:
        """Return the key of the supply behind a source that is an expected receipt."""
        return self.receipt_keys.get(id(source))

    def has_all_of(self, needs: Iterable[mrp.Need]) -> bool:
        """Return whether these needs are pegged here, down to the raw material, as they would be with all orders."""
        if self.below and self.until >= NEVER:
            return True
        if any(self.problem.items[place].order_policy != TO_STOCK for place in self.within):
            return False
        waiting, seen = list(needs), set()
        while waiting:
            need = waiting.pop()
            edges = self.edges_of(need)
            covered = sum(edge.quantity for edge, _before in edges)
            if self.until < NEVER and (need.day > self.until or covered < need.quantity):
                return False
            for edge, _before in edges:
                source = self.pegging.sources[need.item][edge.supply]
                if id(source) in seen:
                    continue
                seen.add(id(source))
                if not self._is_known(source):
                    return False
                waiting.extend(source.components if isinstance(source, mrp.Order | mrp.Expected) else ())
        return True

    def _is_known(self, source: Any) -> bool:
        if isinstance(source, mrp.Order):
            return self.below and source.due <= self.until
        if isinstance(source, mrp.Expected):
            return self.below or id(source) not in self.with_material
        return isinstance(source, mrp.Stock) or source.day <= self.until

    def loosen(self) -> None:
        """Part orders from what they need: what is in no circle ends at once, the collector need not look for it."""
        for sources in self.pegging.sources:
            for source in sources:
                if isinstance(source, mrp.Order | mrp.Expected):
                    source.components, source.blocker = [], None
        for need in (one for of_item in self.needs for one in of_item):
            need.order = need.worst = None

    def edges_of(self, need: mrp.Need) -> list[tuple[mrp.Edge, int]]:
        """The edges of a need, each with what of its source goes to others before."""
        if need.item not in self.edges:
            of_item = self.edges[need.item] = {}
            given: dict[int, int] = {}
            for edge in self.pegging.edges[need.item]:
                before = given.get(edge.supply, 0)
                given[edge.supply] = before + edge.quantity
                of_item.setdefault(id(self.needs[need.item][edge.need]), []).append((edge, before))
        return self.edges[need.item].get(id(need), [])

    def __post_init__(self) -> None:
        self.receipt_keys = {
            id(source): self.problem.receipts[index].key for index, source in self.pegging.expected.items()
        }
        self.with_material = {id(self.pegging.expected[index]) for index in self.made if index in self.pegging.expected}


def read_branch(item_ids: Iterable[int], *, upwards: bool = False) -> Branch:
    """Read the branch below items, or all that they go into, by the current run, and peg it."""
    part, around = (ABOVE, "") if upwards else (BELOW, PARENTS)
    return read_part(item_ids, ORDERS.format(part=part, around=around))


def read_little(item_ids: Iterable[int], until: dt.date) -> Iterator[Branch]:
    """Read as little as may do, and more each time it does not: the items alone; the branch below, of a large plan
    without orders that begin after ``until``; all of it.

    The pegging of items that are all made to stock is the same up to that day, and as far as it goes into items read.
    """
    alone = read_part(item_ids, ORDERS.format(part=ALONE, around=PARENTS))
    alone.below = False
    yield alone
    run = current_run()
    if run is not None and run.orders > WHOLE:
        near = read_part(item_ids, ORDERS.format(part=BELOW, around=PARENTS), until)
        near.until = until.toordinal()
        yield near
    yield read_branch(item_ids)


def read_part(item_ids: Iterable[int], statement: str, until: dt.date = LATEST) -> Branch:
    """Read and peg the items that ``statement`` finds from some, and what it finds around them."""
    run = current_run()
    day = run.as_of_date if run else today()
    slot = run.slot if run else NO_SLOT
    found = columns(statement, roots=sorted(set(item_ids)), today=day, slot=slot, until=until)
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
        self.made: set[int] = set()
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
                ITEMS, items=self.item_ids, inside=self.inside, today=self.day
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
            if work_order_id or material_of:
                self.made.add(place)
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
        rows = self._rows(KEPT, items=inside, day=self.day.toordinal(), today=self.day)
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
            self.made,
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

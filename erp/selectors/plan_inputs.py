"""Everything a plan follows from, read in one snapshot with one array query per source."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from erp.engines import mrp
from erp.engines.mrp.arrays import (
    ArrayProblem,
    BomColumns,
    DemandColumns,
    ItemColumns,
    LineColumns,
    MoveColumns,
    ReceiptColumns,
    SubstituteColumns,
    SupplierPlaces,
    problem_of,
)
from erp.engines.mrp.forecasts import Expectation, Ordered, consume, end_of_week, month_of, still_due, week_of
from erp.engines.mrp.problem import ORPHAN, OWN, POOL, TO_STOCK
from erp.models import PlanningSettings
from erp.models.demand import DEFAULT_PRIORITY
from erp.selectors.forecasts import demand_rules
from erp.selectors.plan_kept import KeptSources
from erp.selectors.plan_reading import Over, columns, one_snapshot
from erp.selectors.plan_sources import (
    ALL_SET_ASIDE,
    ALWAYS_STARTS,
    AS_SET,
    AT_SUPPLIERS,
    BESIDE,
    DEMAND_KINDS,
    MAKERS,
    MOVES,
    ORDERED,
    SOURCES,
    SUPPLY_TYPES,
)
from erp.selectors.repairs import Repair, left_out
from erp.selectors.supply_pegs import all_pegs
from erp.states import ScrapConvention
from masterdata.engines.calendars import WorkingDays
from masterdata.errors import NoWorkCalendar
from masterdata.selectors.calendars import company_working_days

MARGIN_DAYS = 1100
"""How far before the first and after the last date the working days are laid out."""

SPAN_DAYS = 366
"""The span they are laid out for is rounded out to as much, so that one more date hardly ever lays them out anew."""

SKIPPED = 8
"""Keys that take up to so many times their number are found by a table of all numbers between them."""

Array = NDArray[Any]
SALES, WORK_ORDER, FORECAST, SUBCONTRACT, MASTER = range(len(DEMAND_KINDS))


@dataclass
class Snapshot:
    """A planning problem with the keys of its rows: ``item_keys[i]`` is item i of the problem, and so on.

    kinds      place in SUPPLY_TYPES of each item.   supply_keys  of each receipt.   near_days  setting of the company.
    lines      sales order line of each demand, 0 where it is none.   events  keys of the planning events it has seen.
    promised   keys of supply of which a part is promised to a demand.
    """

    columns: ArrayProblem
    today: dt.date
    item_keys: Array
    kinds: Array
    supply_keys: Array
    lines: Array
    promised: frozenset[int]
    events: list[int]
    digest: str
    near_days: int

    @cached_property
    def problem(self) -> mrp.Problem:
        """Return the problem as objects."""
        return problem_of(self.columns)

    @cached_property
    def item_ids(self) -> list[int]:
        """Return the keys of the items, in the order of the problem."""
        return list(self.item_keys.tolist())

    @cached_property
    def item_index(self) -> dict[int, int]:
        """Return the place of each item in the problem."""
        return {item_id: number for number, item_id in enumerate(self.item_ids)}

    @cached_property
    def supply_ids(self) -> list[int]:
        """Return the keys of the receipts."""
        return list(self.supply_keys.tolist())

    @cached_property
    def order_lines(self) -> dict[int, int]:
        """Return the sales order line by index of its demand."""
        return {int(number): int(self.lines[number]) for number in np.nonzero(self.lines)[0]}


def read_snapshot(today: dt.date, kept: KeptSources | None = None) -> Snapshot:
    """Read all planning inputs as of ``today``, consistent with each other.

    ``kept``: what was read before, of which only changed rows are read again; not inside a caller's transaction, whose
    own changes the marks of rows do not show.
    """
    is_own = not connection.in_atomic_block
    with one_snapshot() as other:
        return _read(today, kept if kept is not None and is_own else KeptSources(keeps=False), other)


def _read(today: dt.date, kept: KeptSources, other: Over) -> Snapshot:
    settings = PlanningSettings.objects.first() or PlanningSettings()
    digest = hashlib.sha256(repr((today, settings.near_days, settings.default_lead_days, _rules(settings))).encode())
    parameters = {"today": today, "frozen": demand_rules().frozen_days}
    tables = []
    for found, own in _read_sources(kept, parameters, other):
        digest.update(own)
        tables.append(found)
    items, stock, supplies, demands, boms, lines, substitutes = tables
    demands, supplies, promised = _without_promised(demands, supplies, digest)
    demands, supplies = _with_set_aside(demands, supplies, items, today, digest)
    demands = _without_consumed(demands, items, today.toordinal(), digest)
    demands, supplies = _without_repaired(demands, supplies, stock)
    calendar, calendar_digest = _calendar(_span(demands[2], supplies[2], today.toordinal()))
    digest.update(calendar_digest)
    item_columns = _items(items, stock, settings)
    receipts = _receipts(supplies, items[0], item_columns, demands)
    return Snapshot(
        columns=ArrayProblem(
            today=today.toordinal(),
            items=item_columns,
            boms=BomColumns(_places(items[0], boms[1]), boms[2], boms[3], boms[4]),
            lines=kept.derived(_lines, lines, boms[0], items[0], settings.joint_orders),
            substitutes=_substitutes(substitutes, lines[0], items[0]),
            demands=_demands(demands, items[0], supplies),
            receipts=receipts,
            rules=_rules(settings, any_joint=bool((lines[11] == ALWAYS_STARTS).any())),
            calendar=calendar,
            places=_places_of_suppliers(items[0], demands, today, digest),
            moves=_moves(items[0], calendar, digest),
        ),
        today=today,
        item_keys=items[0],
        kinds=np.where(items[15].astype(np.bool_), SUPPLY_TYPES.index("phantom"), items[7]),
        supply_keys=supplies[0],
        lines=np.where(demands[6] == SALES, demands[8], 0),
        promised=promised,
        events=columns("SELECT array_agg(id) FROM erp_planningevent")[0].tolist(),
        digest=digest.hexdigest(),
        near_days=settings.near_days,
    )


def _read_sources(kept: KeptSources, parameters: dict[str, Any], other: Over) -> list[tuple[list[Array], bytes]]:
    """Read all sources, in order, their columns with a digest; some by the other connection, if there is one."""
    if other is None:
        return [kept.read(name, parameters) for name in SOURCES]
    with ThreadPoolExecutor(1) as thread:
        beside = {name: thread.submit(kept.read, name, parameters, other) for name in BESIDE}
        here = {name: kept.read(name, parameters) for name in SOURCES if name not in BESIDE}
        return [beside[name].result() if name in beside else here[name] for name in SOURCES]


def _places_of_suppliers(item_keys: Array, demands: list[Array], today: dt.date, digest: Any) -> SupplierPlaces | None:
    """What lies at subcontractors and is not spoken for; None: nothing does."""
    stock = columns(AT_SUPPLIERS, today=today)
    if not len(stock[0]):
        return None
    makers = columns(MAKERS)
    for column in (*stock, *makers):
        digest.update(np.ascontiguousarray(column).data)
    maker = np.zeros(len(item_keys), np.int64)
    maker[_places(item_keys, makers[0])] = makers[1]
    return SupplierPlaces(_places(item_keys, stock[0]), stock[1], stock[2], maker, demands[10])


def _moves(item_keys: Array, calendar: mrp.WorkingDays, digest: Any) -> MoveColumns | None:
    """Planned orders that somebody moved; None: nobody did."""
    item, due, sequence, quantity, start, finish = columns(MOVES)
    if not len(item):
        return None
    for column in (item, due, sequence, quantity, start, finish):
        digest.update(np.ascontiguousarray(column).data)
    lead = [calendar.between(first, last) for first, last in zip(start.tolist(), finish.tolist(), strict=True)]
    places = _places(item_keys, item)
    return MoveColumns(
        places,
        due.astype(np.int32),
        sequence.astype(np.int32),
        quantity,
        start.astype(np.int32),
        np.array(lead, np.int32),
    )


def _rules(settings: PlanningSettings, *, any_joint: bool = False) -> mrp.Rules:
    return mrp.Rules(
        dependent_priority=DEFAULT_PRIORITY,
        yield_scrap=settings.scrap_convention == ScrapConvention.YIELD,
        reschedule_days=settings.reschedule_days,
        dampener_days=settings.dampener_days,
        increase_days=-1 if settings.increase_days is None else settings.increase_days,
        net_phantoms=settings.net_phantoms,
        substitute_partly=settings.substitute_partly,
        joint_orders=settings.joint_orders or any_joint,
    )


def step_of(decimals: int) -> int:
    """Return the smallest quantity of a unit with so many decimals, in micro-units."""
    parts: int = 10 ** min(max(decimals, 0), 6)
    return mrp.MICRO // parts


def _places(keys: Array, wanted: Array) -> Array:
    """Return the places of ``wanted`` keys among sorted ``keys``, by a table of all numbers where few are skipped."""
    if not len(keys) or keys[-1] - keys[0] >= SKIPPED * len(keys):
        return np.searchsorted(keys, wanted).astype(np.int32)
    place = np.zeros(keys[-1] - keys[0] + 1, np.int32)
    place[keys - keys[0]] = np.arange(len(keys), dtype=np.int32)
    found: Array = place[np.clip(wanted - keys[0], 0, len(place) - 1)]
    return found


def _items(items: list[Array], stock: list[Array], settings: PlanningSettings) -> ItemColumns:
    free = np.zeros(len(items[0]), np.int64)
    free[_places(items[0], stock[0])] = stock[1]
    steps = np.array([step_of(decimals) for decimals in range(7)], np.int64)
    lead, kind, is_phantom = items[2], items[7], items[15].astype(np.bool_)
    return ItemColumns(
        free_stock=free,
        safety_stock=items[1],
        lead_days=np.where(is_phantom, 0, np.where(lead > 0, lead, settings.default_lead_days)).astype(np.int32),
        min_lot=items[3],
        lot_multiple=items[4],
        max_lot=items[5],
        step=steps[np.clip(items[6], 0, 6)],
        explodes=kind != SUPPLY_TYPES.index("buy"),
        lot_policy=items[8].astype(np.int32),
        fixed_lot=items[9],
        lot_days=items[10].astype(np.int32),
        max_stock=items[11],
        good=items[12],
        fence_days=items[13].astype(np.int32),
        order_policy=items[14].astype(np.int32),
        is_phantom=is_phantom,
    )


def _lines(lines: list[Array], bom_keys: Array, item_keys: Array, joint_orders: bool) -> LineColumns:
    """The lines of bills; a co-product that is short starts an order where its line or the company says so."""
    return LineColumns(
        bom=_places(bom_keys, lines[1]),
        component=_places(item_keys, lines[2]),
        quantity=lines[3],
        scrap=lines[4],
        valid_from=lines[5].astype(np.int32),
        valid_to=lines[6].astype(np.int32),
        fixed=lines[7],
        is_skipped=lines[8].astype(np.bool_),
        is_output=lines[9].astype(np.bool_),
        group=lines[10].astype(np.int32),
        is_joint=(lines[11] == ALWAYS_STARTS) | ((lines[11] == AS_SET) & joint_orders),
    )


def _substitutes(rows: list[Array], line_keys: Array, item_keys: Array) -> SubstituteColumns:
    by_key = np.argsort(line_keys)
    line = by_key[_places(line_keys[by_key], rows[0])] if len(rows[0]) else rows[0]
    return SubstituteColumns(
        line=line.astype(np.int32),
        item=_places(item_keys, rows[1]),
        ratio=rows[2],
        rank=rows[3].astype(np.int32),
        valid_from=rows[4].astype(np.int32),
        valid_to=rows[5].astype(np.int32),
    )


def _demands(demands: list[Array], item_keys: Array, supplies: list[Array]) -> DemandColumns:
    key, item, day, quantity, held, priority, kind, source = demands[:8]
    return DemandColumns(
        key=key,
        item=_places(item_keys, item),
        day=day.astype(np.int32),
        quantity=np.maximum(0, quantity - held),
        priority=priority.astype(np.int32),
        reserved=np.minimum(held, quantity),
        receipt=_made_of(kind, source, supplies).astype(np.int32),
        is_forecast=np.isin(kind, (FORECAST, MASTER)),
        group=np.where(kind == SALES, _first_of(demands, demands[11]), OWN).astype(np.int32),
    )


def _first_of(demands: list[Array], projects: Array) -> Array:
    """Return the first sales demand of each project (0 is none): all share that one's supply; OWN where it has none."""
    own = np.nonzero((demands[6] == SALES) & (demands[11] > 0))[0]
    known, first = np.unique(demands[11][own], return_index=True)
    found = _found(known, projects)
    return np.where(found >= 0, own[first][np.maximum(found, 0)] if len(own) else OWN, OWN)


def _made_of(kind: Array, source: Array, supplies: list[Array]) -> Array:
    """Return the receipt whose material each demand is: of a work order, of goods from a subcontractor; else -1."""
    made = np.where(kind == WORK_ORDER, _found(supplies[5], source), -1)
    return np.where(kind == SUBCONTRACT, _found(supplies[7], source), made)


def _found(keys: Array, wanted: Array) -> Array:
    """Return the place of each wanted key among ``keys`` (0 is no key), -1 where it is not there."""
    if not len(keys) or not len(wanted):
        return np.full(len(wanted), -1, np.int64)
    by_key = np.argsort(keys, kind="stable")
    place = np.minimum(np.searchsorted(keys[by_key], wanted), len(keys) - 1)
    found = by_key[place]
    return np.where((keys[found] == wanted) & (wanted > 0), found, -1)


def _receipts(supplies: list[Array], item_keys: Array, items: ItemColumns, demands: list[Array]) -> ReceiptColumns:
    """Receipts; of an item to order, those made or bought for an order line belong to that line's demand, be it for the
    item itself or for something made to order of it; where that is made to stock they are for everybody. Those of a
    project belong to the first demand of all its lines.
    """
    item = _places(item_keys, supplies[1])
    made_for = _found(np.where(demands[6] == SALES, demands[8], 0), supplies[6])
    group = np.where(supplies[6] == 0, POOL, np.where(made_for >= 0, made_for, ORPHAN))
    if len(demands[1]):
        to_stock = items.order_policy[_places(item_keys, demands[1][made_for])] == TO_STOCK
        group[(made_for >= 0) & to_stock] = POOL
    project = supplies[8].copy()
    if len(demands[1]):
        project = np.where((project == 0) & (made_for >= 0) & (group != POOL), demands[11][made_for], project)
    first = _first_of(demands, project)
    group = np.where(project > 0, np.where(first >= 0, first, ORPHAN), group)
    group[items.order_policy[item] == TO_STOCK] = POOL
    return ReceiptColumns(
        key=supplies[0],
        item=item,
        day=supplies[2].astype(np.int32),
        quantity=supplies[3],
        fixed=supplies[4].astype(np.bool_),
        group=group.astype(np.int32),
    )


def _without_promised(
    demands: list[Array], supplies: list[Array], digest: Any
) -> tuple[list[Array], list[Array], frozenset[int]]:
    """Give demands what of expected supply they were promised, and nobody else, where it comes in time.

    Returns both less that, and the keys of the supplies of which something is left.
    """
    pegs = [
        (one.demand_id, one.supply_id, int(one.coming * mrp.MICRO))
        for one in all_pegs()
        if one.coming > 0 and one.is_in_time
    ]
    if not pegs:
        return demands, supplies, frozenset()
    rows = np.array(pegs, np.int64)
    digest.update(rows.data)
    held, expected = demands[4].copy(), supplies[3].copy()
    demand, supply = _found(demands[0], rows[:, 0]), _found(supplies[0], rows[:, 1])
    known = (demand >= 0) & (supply >= 0)
    np.add.at(held, demand[known], rows[known, 2])
    np.subtract.at(expected, supply[known], rows[known, 2])
    comes = (expected > 0) | (supplies[3] == 0)
    partly = frozenset(supplies[0][(expected > 0) & (expected < supplies[3])].tolist())
    supplies = [*supplies[:3], expected, *supplies[4:]]
    return [*demands[:4], held, *demands[5:]], [column[comes] for column in supplies], partly


def _with_set_aside(
    demands: list[Array], supplies: list[Array], items: list[Array], today: dt.date, digest: Any
) -> tuple[list[Array], list[Array]]:
    """What projects keep in stock is supply of theirs; of items made to stock it is given to their demands at once."""
    kept = columns(ALL_SET_ASIDE, day=today.toordinal(), today=today)
    if not len(kept[0]):
        return demands, supplies
    for column in kept:
        digest.update(np.ascontiguousarray(column).data)
    to_stock = items[14][_places(items[0], kept[1])] == TO_STOCK
    held, project = demands[4].copy(), demands[11]
    for number in np.nonzero(to_stock)[0].tolist():
        mine = np.nonzero((project == kept[8][number]) & (demands[1] == kept[1][number]))[0]
        left = int(kept[3][number])
        for demand in mine[np.lexsort((demands[0][mine], demands[5][mine], demands[2][mine]))].tolist():
            given = min(left, max(0, int(demands[3][demand] - held[demand])))
            held[demand] += given
            left -= given
    joined = [np.concatenate([own[~to_stock], column]) for own, column in zip(kept, supplies, strict=True)]
    return [*demands[:4], held, *demands[5:]], joined


def _without_repaired(
    demands: list[Array], supplies: list[Array], stock: list[Array]
) -> tuple[list[Array], list[Array]]:
    """Leave out pieces that a rework order takes in and gives back and that do not lie in free stock."""
    made = np.where(demands[6] == WORK_ORDER, _found(supplies[5], demands[7]), -1)
    known = np.nonzero(made >= 0)[0]
    own = known[demands[1][known] == supplies[1][made[known]]].tolist()
    missing = np.maximum(0, demands[3] - demands[4])
    repairs = [
        Repair(int(n), int(made[n]), int(demands[1][n]), int(missing[n]), int(supplies[3][made[n]])) for n in own
    ]
    outside = left_out(repairs, dict(zip(stock[0].tolist(), stock[1].tolist(), strict=True))) if repairs else []
    if not outside:
        return demands, supplies
    needed, expected = demands[3].copy(), supplies[3].copy()
    for one, quantity in outside:
        needed[one.demand] -= quantity
        expected[one.receipt] -= quantity
    asked, comes = (needed > 0) | (demands[3] == 0), (expected > 0) | (supplies[3] == 0)
    demands, supplies = [*demands[:3], needed, *demands[4:]], [*supplies[:3], expected, *supplies[4:]]
    return [column[asked] for column in demands], [column[comes] for column in supplies]


def _without_consumed(demands: list[Array], items: list[Array], today: int, digest: Any) -> list[Array]:
    """Bring forecasts to what orders have not consumed of them; what is over or consumed is left out."""
    is_forecast = np.isin(demands[6], (FORECAST, MASTER))
    if not is_forecast.any():
        return demands
    forecast_items = np.unique(demands[1][is_forecast])
    ordered = columns(ORDERED, items=forecast_items.tolist())
    for column in ordered:
        digest.update(np.ascontiguousarray(column).data)
    orders: dict[int, list[Ordered]] = defaultdict(list)
    for item_id, day, quantity in zip(*(column.tolist() for column in ordered), strict=True):
        orders[item_id].append(Ordered(day, quantity))
    rows: dict[int, list[int]] = defaultdict(list)
    for number in np.nonzero(is_forecast)[0].tolist():
        rows[int(demands[1][number])].append(number)
    kept, days, open_quantity = ~is_forecast, demands[2].copy(), demands[3].copy()
    for place, item_id in zip(_places(items[0], forecast_items).tolist(), forecast_items.tolist(), strict=True):
        consumers = orders[item_id] if items[14][place] == TO_STOCK else []
        is_mastered = bool(items[18][place])
        for numbers, own in _by_source(rows[item_id], demands, consumers, is_mastered=is_mastered):
            period_of: Callable[[int], int] = week_of if demands[9][numbers[0]] else month_of
            expected = [Expectation(int(demands[2][number]), int(demands[3][number])) for number in numbers]
            left = consume(
                expected,
                own,
                backward=int(items[16][place]),
                forward=int(items[17][place]),
                period_of=period_of,
            )
            for number, quantity, one in zip(numbers, left, expected, strict=True):
                due = still_due(one.day, today, period_of)
                if quantity > 0 and due is not None:
                    kept[number], days[number], open_quantity[number] = True, due, quantity
    changed = [*demands[:2], days, open_quantity, *demands[4:]]
    return [column[kept] for column in changed]


def _by_source(
    numbers: list[int], demands: list[Array], orders: list[Ordered], *, is_mastered: bool
) -> list[tuple[list[int], list[Ordered]]]:
    """Part an item's rows into quantities of the master schedule and forecast, each with the orders that consume it.

    Of an item in the master schedule its quantities count, and forecast only after the last week that has one; of any
    other the forecast alone.
    """
    said = [number for number in numbers if is_mastered and demands[6][number] == MASTER]
    end = end_of_week(max((int(demands[2][number]) for number in said), default=0))
    rest = [number for number in numbers if demands[6][number] == FORECAST and int(demands[2][number]) > end]
    parts = [(said, [one for one in orders if one.day <= end]), (rest, [one for one in orders if one.day > end])]
    return [(own, consumers) for own, consumers in parts if own]


def _span(demand_days: Array, supply_days: Array, today: int) -> tuple[int, int]:
    days = np.concatenate([demand_days, supply_days, [today]])
    return int(days.min()) // SPAN_DAYS * SPAN_DAYS, -(int(-days.max()) // SPAN_DAYS) * SPAN_DAYS


def _calendar(span: tuple[int, int]) -> tuple[mrp.WorkingDays, bytes]:
    first, last = span
    try:
        days: WorkingDays = company_working_days()
    except NoWorkCalendar:
        return mrp.WorkingDays.every_day(), b""
    start = max(1, first - MARGIN_DAYS)
    working = days.laid_out(start, last + MARGIN_DAYS - start)
    return mrp.WorkingDays(start, working), bytes(working)

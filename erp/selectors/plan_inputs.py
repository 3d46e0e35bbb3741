"""Everything a plan follows from, read in one snapshot with one array query per source."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from erp.engines import mrp
from erp.engines.mrp.problem import NEVER
from erp.models import PlanningSettings
from erp.models.demand import DEFAULT_PRIORITY
from erp.selectors.usable import PLANNED
from erp.states import ScrapConvention
from masterdata.engines.calendars import WorkingDays
from masterdata.errors import NoWorkCalendar
from masterdata.selectors.calendars import company_working_days

MARGIN_DAYS = 1100
"""How far before the first and after the last date the working days are laid out."""

ORDINAL = "({0} - DATE '0001-01-01') + 1"
MICRO = "(({0}) * 1000000)::bigint"

ITEMS = f"""
SELECT array_agg(id), array_agg(safety), array_agg(lead), array_agg(low), array_agg(multiple), array_agg(high),
       array_agg(decimals), array_agg(supply_type)
FROM (
    SELECT i.id, {MICRO.format("i.safety_stock")} AS safety,
           COALESCE(NULLIF(i.lead_time_days, 0), s.lead_time_days, 0) AS lead, {MICRO.format("i.min_lot")} AS low,
           {MICRO.format("i.lot_multiple")} AS multiple, {MICRO.format("COALESCE(i.max_lot, 0)")} AS high,
           u.decimals, i.supply_type
    FROM masterdata_item i
    JOIN masterdata_unitofmeasure u ON u.id = i.uom_id
    LEFT JOIN (
        SELECT item_id, max(lead_time_days) AS lead_time_days FROM masterdata_supplieritem
        WHERE is_preferred AND is_active GROUP BY item_id
    ) s ON s.item_id = i.id AND i.supply_type <> 'make'
    ORDER BY i.id
) item
"""

STOCK = f"""
SELECT array_agg(item_id), array_agg(free) FROM (
    SELECT b.item_id, sum({MICRO.format("b.on_hand - b.reserved")})::bigint AS free
    FROM erp_stockbalance b
    JOIN masterdata_location p ON p.id = b.location_id
    LEFT JOIN erp_lot l ON l.id = b.lot_id
    WHERE b.on_hand > b.reserved AND {PLANNED}
    GROUP BY b.item_id ORDER BY b.item_id
) free
"""

DEMANDS = f"""
SELECT array_agg(id), array_agg(item_id), array_agg(day), array_agg(open), array_agg(held), array_agg(priority),
       array_agg(kind), array_agg(source_id), array_agg(line_id)
FROM (
    SELECT d.id, d.item_id, {ORDINAL.format("d.due_date")} AS day, {MICRO.format("d.open_quantity")} AS open,
           COALESCE(r.held, 0)::bigint AS held, d.priority, d.kind, d.source_id, d.source_line_id AS line_id
    FROM erp_demand d
    LEFT JOIN (SELECT demand_id, sum({MICRO.format("quantity")}) AS held FROM erp_reservation GROUP BY demand_id) r
      ON r.demand_id = d.id
    WHERE d.open_quantity > 0 AND d.kind <> 'hold' ORDER BY d.id
) open_demand
"""

SUPPLIES = f"""
SELECT array_agg(id), array_agg(item_id), array_agg(day), array_agg(open), array_agg(fixed), array_agg(work_order_id)
FROM (
    SELECT s.id, s.item_id, {ORDINAL.format("s.due_date")} AS day, {MICRO.format("s.open_quantity")} AS open,
           COALESCE(w.state = 'in_progress', false) AS fixed, w.id AS work_order_id
    FROM erp_supply s LEFT JOIN erp_workorder w ON s.source_label = 'erp.workorder' AND w.id = s.source_id
    ORDER BY s.id
) expected
"""

BOMS = f"""
SELECT array_agg(id), array_agg(item_id), array_agg({MICRO.format("quantity")}),
       array_agg({ORDINAL.format("valid_from")}), array_agg(COALESCE({ORDINAL.format("valid_to")}, {NEVER}))
FROM (SELECT * FROM erp_bom WHERE state = 'released' AND (valid_to IS NULL OR valid_to > %(today)s) ORDER BY id) b
"""

BOM_LINES = f"""
SELECT array_agg(bom_id), array_agg(component_id), array_agg({MICRO.format("quantity")}),
       array_agg((scrap_percent * 10000)::bigint),
       array_agg(COALESCE({ORDINAL.format("valid_from")}, 0)),
       array_agg(COALESCE({ORDINAL.format("valid_to")}, {NEVER}))
FROM (
    SELECT l.* FROM erp_bomline l JOIN erp_bom b ON b.id = l.bom_id
    WHERE b.state = 'released' AND l.line_kind = 'component' AND (b.valid_to IS NULL OR b.valid_to > %(today)s)
      AND (l.valid_to IS NULL OR l.valid_to > %(today)s)
    ORDER BY l.bom_id, l.line_no, l.id
) l
"""


@dataclass
class Snapshot:
    """A planning problem with the keys of its rows: ``item_ids[i]`` is item i of the problem, and so on.

    order_lines  sales order line by index of its demand.   events  keys of the planning events it has seen.
    """

    problem: mrp.Problem
    today: dt.date
    item_ids: list[int]
    supply_types: list[str]
    supply_ids: list[int]
    order_lines: dict[int, int]
    events: list[int]
    digest: str
    item_index: dict[int, int] = field(default_factory=dict)


def read_snapshot(today: dt.date) -> Snapshot:
    """Read all planning inputs as of ``today``, consistent with each other."""
    with _one_snapshot():
        return _read(today)


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """One REPEATABLE READ, READ ONLY transaction; inside a transaction of the caller, that one."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _columns(sql: str, today: dt.date | None = None) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"today": today} if today else None)
        return [column or [] for column in cursor.fetchone()]


def _read(today: dt.date) -> Snapshot:
    settings = PlanningSettings.objects.first() or PlanningSettings()
    digest = hashlib.sha256(repr((today, _rules(settings))).encode())
    tables = []
    for sql in (ITEMS, STOCK, SUPPLIES, DEMANDS, BOMS, BOM_LINES):
        columns = _columns(sql, today)
        digest.update(repr(columns).encode())
        tables.append(columns)
    items, stock, supplies, demands, boms, lines = tables
    index = {item_id: number for number, item_id in enumerate(items[0])}
    receipts, receipt_of_work_order = _receipts(supplies, index)
    days = [*demands[2], *supplies[2], today.toordinal()]
    calendar, calendar_digest = _calendar(min(days), max(days))
    digest.update(calendar_digest)
    problem = mrp.Problem(
        today=today.toordinal(),
        items=_items(items, stock, index, settings),
        boms=_boms(boms, lines, index),
        demands=_demands(demands, index, receipt_of_work_order),
        receipts=receipts,
        rules=_rules(settings),
        calendar=calendar,
    )
    return Snapshot(
        problem=problem,
        today=today,
        item_ids=items[0],
        supply_types=items[7],
        supply_ids=supplies[0],
        order_lines={
            i: line for i, (kind, line) in enumerate(zip(demands[6], demands[8], strict=True)) if kind == "sales"
        },
        events=_columns("SELECT array_agg(id) FROM erp_planningevent")[0],
        digest=digest.hexdigest(),
        item_index=index,
    )


def _rules(settings: PlanningSettings) -> mrp.Rules:
    return mrp.Rules(
        dependent_priority=DEFAULT_PRIORITY,
        yield_scrap=settings.scrap_convention == ScrapConvention.YIELD,
        reschedule_days=settings.reschedule_days,
        dampener_days=settings.dampener_days,
    )


def step_of(decimals: int) -> int:
    """Return the smallest quantity of a unit with so many decimals, in micro-units."""
    parts: int = 10 ** min(max(decimals, 0), 6)
    return mrp.MICRO // parts


def _items(
    items: list[list[Any]], stock: list[list[Any]], index: dict[int, int], settings: PlanningSettings
) -> list[mrp.Item]:
    found = [
        mrp.Item(0, safety, lead or settings.default_lead_days, low, multiple, high, step_of(decimals), kind != "buy")
        for _pk, safety, lead, low, multiple, high, decimals, kind in zip(*items, strict=True)
    ]
    for item_id, free in zip(*stock, strict=True):
        found[index[item_id]].free_stock = free
    return found


def _receipts(supplies: list[list[Any]], index: dict[int, int]) -> tuple[list[mrp.Receipt], dict[int, int]]:
    receipts, of_work_order = [], {}
    for number, (pk, item_id, day, quantity, fixed, work_order_id) in enumerate(zip(*supplies, strict=True)):
        receipts.append(mrp.Receipt(pk, index[item_id], day, quantity, fixed))
        if work_order_id is not None:
            of_work_order[work_order_id] = number
    return receipts, of_work_order


def _demands(demands: list[list[Any]], index: dict[int, int], receipts: dict[int, int]) -> list[mrp.Demand]:
    return [
        mrp.Demand(
            key=pk,
            item=index[item_id],
            day=day,
            quantity=max(0, quantity - held),
            priority=priority,
            reserved=min(held, quantity),
            receipt=receipts.get(source_id) if kind == "work_order" else None,
        )
        for pk, item_id, day, quantity, held, priority, kind, source_id, _line in zip(*demands, strict=True)
    ]


def _boms(boms: list[list[Any]], lines: list[list[Any]], index: dict[int, int]) -> list[mrp.Bom]:
    found = {
        pk: mrp.Bom(index[item_id], quantity, [], valid_from, valid_to)
        for pk, item_id, quantity, valid_from, valid_to in zip(*boms, strict=True)
    }
    for bom_id, component_id, quantity, scrap, valid_from, valid_to in zip(*lines, strict=True):
        found[bom_id].lines.append(mrp.BomLine(index[component_id], quantity, scrap, valid_from, valid_to))
    return list(found.values())


def _calendar(first: int, last: int) -> tuple[mrp.WorkingDays, bytes]:
    try:
        days: WorkingDays = company_working_days()
    except NoWorkCalendar:
        return mrp.WorkingDays.every_day(), b""
    start = max(1, first - MARGIN_DAYS)
    working = [days.is_working(dt.date.fromordinal(day)) for day in range(start, last + MARGIN_DAYS)]
    return mrp.WorkingDays(start, working), bytes(working)

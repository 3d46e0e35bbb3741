"""Which work orders have their material together: read in a few statements, checked by the engine."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from core.clock import today
from erp.engines import kitting, mrp
from erp.models import Supply, WorkOrder
from erp.selectors.boms import yield_scrap
from erp.selectors.collecting import uncollected
from erp.selectors.kit_substitutes import LineSubstitute, offer_substitutes, substitutes_by_line
from erp.selectors.plan_inputs import step_of
from erp.selectors.plan_reading import columns
from erp.selectors.usable import ISSUABLE
from erp.states import KitMode
from masterdata.engines.calendars import WorkingDays
from masterdata.errors import NoWorkCalendar
from masterdata.models import Item
from masterdata.selectors.calendars import company_working_days
from masterdata.selectors.places import default_warehouse

LAID_OUT_DAYS = 1100

ORDERS = """
SELECT array_agg(id), array_agg(warehouse_id), array_agg(quantity), array_agg(start), array_agg(priority),
       array_agg(decimals)
FROM (
    SELECT w.id, w.warehouse_id, (w.quantity * 1000000)::bigint AS quantity,
           w.start_date - DATE '0001-01-01' + 1 AS start, COALESCE(d.priority, 5)::int AS priority, u.decimals
    FROM erp_workorder w
    JOIN masterdata_item i ON i.id = w.item_id
    JOIN masterdata_unitofmeasure u ON u.id = i.uom_id
    LEFT JOIN erp_demand d ON d.source_label = 'crm.salesorder' AND d.source_line_id = w.sales_order_line_id
    WHERE w.state IN ('released', 'in_progress') ORDER BY w.id
) released
"""

MATERIALS = """
SELECT array_agg(id), array_agg(work_order_id), array_agg(item_id), array_agg(required), array_agg(issued),
       array_agg(held), array_agg(is_auxiliary), array_agg(operation)
FROM (
    SELECT m.id, m.work_order_id, m.item_id, (m.required_quantity * 1000000)::bigint AS required,
           (m.issued_quantity * 1000000)::bigint AS issued, COALESCE(h.held, 0)::bigint AS held,
           m.material_kind = 'auxiliary' AS is_auxiliary, COALESCE(m.operation_no, 0) AS operation
    FROM erp_workordermaterial m
    JOIN erp_workorder w ON w.id = m.work_order_id AND w.state IN ('released', 'in_progress')
    LEFT JOIN (
        SELECT d.source_line_id, sum((r.quantity * 1000000)::bigint) AS held
        FROM erp_reservation r JOIN erp_demand d ON d.id = r.demand_id
        WHERE d.source_label = 'erp.workorder' GROUP BY 1
    ) h ON h.source_line_id = m.id
    WHERE m.required_quantity > 0 ORDER BY m.work_order_id, m.line_no, m.id
) line
"""

DECIMALS = """
SELECT array_agg(i.id), array_agg(u.decimals)
FROM masterdata_item i JOIN masterdata_unitofmeasure u ON u.id = i.uom_id
WHERE i.id = ANY(%(items)s)
"""

STOCK = f"""
SELECT b.item_id, p.warehouse_id, sum((b.on_hand - b.reserved) * 1000000)::bigint
FROM erp_stockbalance b
JOIN masterdata_location p ON p.id = b.location_id
LEFT JOIN erp_lot l ON l.id = b.lot_id
WHERE b.on_hand > b.reserved AND b.item_id = ANY(%(items)s) AND {ISSUABLE}
GROUP BY 1, 2
"""

RECEIPTS = """
SELECT id, item_id, COALESCE(warehouse_id, %(warehouse)s), due_date - DATE '0001-01-01' + 1,
       (open_quantity * 1000000)::bigint
FROM erp_supply WHERE is_firm AND item_id = ANY(%(items)s)
"""


RECIPES = """
WITH RECURSIVE part(item_id) AS (
    SELECT b.item_id FROM erp_bom b
    WHERE b.item_id = ANY(%(roots)s) AND b.state = 'released'
     AND b.valid_from <= %(date)s AND (b.valid_to IS NULL OR b.valid_to > %(date)s)
  UNION
    SELECT l.component_id FROM part p
    JOIN erp_bom b ON b.item_id = p.item_id AND b.state = 'released'
     AND b.valid_from <= %(date)s AND (b.valid_to IS NULL OR b.valid_to > %(date)s)
    JOIN erp_bomline l ON l.bom_id = b.id AND l.line_kind = 'component'
     AND (l.valid_from IS NULL OR l.valid_from <= %(date)s) AND (l.valid_to IS NULL OR l.valid_to > %(date)s)
)
SELECT b.id, b.item_id, (b.quantity * 1000000)::bigint, i.lead_time_days, u.decimals, l.component_id,
       (l.quantity * 1000000)::bigint, (l.scrap_percent * 10000)::bigint, v.decimals
FROM part p
JOIN erp_bom b ON b.item_id = p.item_id AND b.state = 'released'
 AND b.valid_from <= %(date)s AND (b.valid_to IS NULL OR b.valid_to > %(date)s)
JOIN masterdata_item i ON i.id = b.item_id AND i.supply_type = 'make'
JOIN masterdata_unitofmeasure u ON u.id = i.uom_id
LEFT JOIN erp_bomline l ON l.bom_id = b.id AND l.line_kind = 'component'
 AND (l.valid_from IS NULL OR l.valid_from <= %(date)s) AND (l.valid_to IS NULL OR l.valid_to > %(date)s)
LEFT JOIN masterdata_item c ON c.id = l.component_id
LEFT JOIN masterdata_unitofmeasure v ON v.id = c.uom_id
ORDER BY b.id, l.line_no, l.id
"""
"""The items and all that goes into them, as far as it is made: each bill with its lines (none: a bill without).

Begun with those that have a bill: of thousands of roots PostgreSQL would expect millions of parts, and make room for
them.
"""


@dataclass(frozen=True)
class KitQuestion:
    """What counts as there: the mode, receipts until a day, who gets what is short, auxiliary material or not.

    operation  asked of the material of this operation alone.
    """

    mode: str = KitMode.ON_HAND
    until: dt.date | None = None
    policy: kitting.Policy = kitting.Policy.GREEDY
    with_auxiliaries: bool = False
    operation: int | None = None


@dataclass(frozen=True)
class KitLine:
    """What one material line of an order gets, in its stock unit; dates as days."""

    cover: kitting.Cover
    item: Item
    takings: list["LineTaking"] = field(default_factory=list)

    def _units(self, micro: int) -> Decimal:
        return Decimal(micro) / mrp.MICRO

    @property
    def required(self) -> Decimal:
        """Required in all."""
        return self._units(self.cover.component.required)

    @property
    def issued(self) -> Decimal:
        """Issued so far."""
        return self._units(self.cover.component.issued)

    @property
    def reserved(self) -> Decimal:
        """Kept in stock for this line."""
        return self._units(self.cover.component.reserved)

    @property
    def need(self) -> Decimal:
        """Still to be issued."""
        return self._units(self.cover.component.need)

    @property
    def ready(self) -> Decimal:
        """Of the need: there in time."""
        return self._units(self.cover.ready)

    @property
    def short(self) -> Decimal:
        """Of the need: not there in time, though nobody else had to be served first."""
        return max(Decimal(0), self._units(self.cover.component.need - self.cover.within))

    @property
    def date(self) -> dt.date | None:
        """The day on which all of it is there; None: no supply."""
        return None if self.cover.day is None else dt.date.fromordinal(self.cover.day)

    @property
    def counts(self) -> bool:
        """It counts for the kit."""
        return self.cover.component.is_critical


@dataclass(frozen=True)
class LineTaking:
    """A part that comes from one source: stock (``supply`` None) or an expected receipt; maybe another item."""

    quantity: Decimal
    item: Item
    supply: Supply | None
    date: dt.date


@dataclass(frozen=True)
class KitRow:
    """One work order in a list of the check."""

    order: WorkOrder
    kit: kitting.Kit
    blocking: Item | None

    @property
    def pk(self) -> int:
        """The key of the order."""
        return self.order.pk

    @property
    def quantity(self) -> Decimal:
        """How many kits there are in time."""
        return Decimal(self.kit.quantity) / mrp.MICRO

    @property
    def rate(self) -> int:
        """The kits in whole percent of the order."""
        return int(self.kit.quantity * 100 // self.kit.order.quantity)

    @property
    def full_lines(self) -> str:
        """Full lines of all that count."""
        full, count = self.kit.lines
        return f"{full}/{count}"

    @property
    def line_rate(self) -> int:
        """The full lines in whole percent."""
        full, count = self.kit.lines
        return full * 100 // count if count else 100

    @property
    def date(self) -> dt.date | None:
        """The day on which the kit is complete; None: something has no supply."""
        return None if self.kit.day is None else dt.date.fromordinal(self.kit.day)

    @property
    def status(self) -> str:
        """``complete``, ``partial`` or ``none``."""
        if self.kit.is_complete:
            return "complete"
        return "partial" if self.kit.quantity else "none"

    @property
    def is_late(self) -> bool:
        """The kit is complete only after the order should have started, or never."""
        return not self.kit.is_complete and (self.date is None or self.date > self.order.start_date)

    def get_absolute_url(self) -> str:
        """Return the order's own page."""
        return self.order.get_absolute_url()


@dataclass(frozen=True)
class UnlockedOrder:
    """A work order that gets something of a receipt; ``completes``: nothing else is missing then."""

    order: WorkOrder
    item: Item
    quantity: Decimal
    completes: bool


@dataclass(frozen=True)
class UnlockingReceipt:
    """An expected receipt and the orders that wait for it, those it completes first."""

    supply: Supply
    orders: list[UnlockedOrder]

    @property
    def pk(self) -> int:
        """The key of the supply."""
        return self.supply.pk

    @property
    def completed(self) -> int:
        """How many orders are complete with it."""
        return len({one.order.pk for one in self.orders if one.completes})

    @property
    def waiting(self) -> int:
        """How many orders get something of it."""
        return len({one.order.pk for one in self.orders})


class KitCheck:
    """The answer to one question for all released orders, as of the moment it was asked."""

    def __init__(self, question: KitQuestion, kits: list[kitting.Kit]) -> None:
        self.question = question
        self.kits = kits

    @cached_property
    def by_order(self) -> dict[int, kitting.Kit]:
        """The kits by work order."""
        return {kit.order.key: kit for kit in self.kits}

    def rows(self) -> list[KitRow]:
        """Return one row per order, in the order they are served."""
        orders = self._orders(self.by_order)
        names = _named({kit.blocking.component.item[0] for kit in self.kits if kit.blocking})
        return [
            KitRow(
                orders[kit.order.key],
                kit,
                names[kit.blocking.component.item[0]] if kit.blocking else None,
            )
            for kit in self.kits
            if kit.order.key in orders
        ]

    def lines_of(self, order_id: int) -> list[KitLine]:
        """Return the lines of one order with what each gets from where; none when it is not checked."""
        kit = self.by_order.get(order_id)
        if kit is None:
            return []
        items = {one.component.item[0] for one in kit.covers}
        items |= {taking.source.item[0] for one in kit.covers for taking in one.takings}
        names = _named(items)
        keys = {taking.source.key for one in kit.covers for taking in one.takings if taking.source.key}
        supplies = Supply.objects.in_bulk(keys)
        return [
            KitLine(cover, names[cover.component.item[0]], _takings(cover, names, supplies)) for cover in kit.covers
        ]

    def receipts(self) -> list[UnlockingReceipt]:
        """Return the expected receipts that orders wait for, by date."""
        found = kitting.unlocked_by(self.kits)
        orders = self._orders({row.order.key for rows in found.values() for row in rows})
        names = _named({row.component.item[0] for rows in found.values() for row in rows})
        supplies = Supply.objects.select_related("item__uom").filter(pk__in=found).order_by("due_date", "pk")
        return [
            UnlockingReceipt(
                supply,
                sorted(
                    (
                        UnlockedOrder(
                            orders[row.order.key],
                            names[row.component.item[0]],
                            Decimal(row.quantity) / mrp.MICRO,
                            row.completes,
                        )
                        for row in found[supply.pk]
                        if row.order.key in orders
                    ),
                    key=lambda one: not one.completes,
                ),
            )
            for supply in supplies
        ]

    @staticmethod
    def _orders(keys: Any) -> dict[int, WorkOrder]:
        return WorkOrder.objects.select_related("item__uom", "sales_order_line__order").in_bulk(list(keys))


def _named(item_ids: set[int]) -> dict[int, Item]:
    return Item.objects.select_related("uom").in_bulk(item_ids)


def _takings(cover: kitting.Cover, names: Mapping[int, Item], supplies: Mapping[int, Supply]) -> list[LineTaking]:
    """The parts of a cover, those of one source together."""
    sums: dict[int, tuple[kitting.Source, int]] = {}
    for taking in cover.takings:
        _source, before = sums.get(id(taking.source), (None, 0))
        sums[id(taking.source)] = (taking.source, before + taking.quantity)
    return [
        LineTaking(
            Decimal(quantity) / mrp.MICRO,
            names[source.item[0]],
            supplies.get(source.key or 0),
            dt.date.fromordinal(source.day),
        )
        for source, quantity in sums.values()
    ]


def check_orders(question: KitQuestion) -> KitCheck:
    """Check all released and running work orders against one pool, from what is stored now."""
    now = today().toordinal()
    orders, materials = _columns(ORDERS), _columns(MATERIALS)
    decimals = dict(zip(*_columns(DECIMALS, items=list(set(materials[2]))), strict=True))
    warehouses = dict(zip(orders[0], orders[1], strict=True))
    substitutes = substitutes_by_line()
    items = sorted({*materials[2], *(row.item for rows in substitutes.values() for row in rows if row.item)})
    with uncollected(has_circles=False):
        recipes = _recipes(items, set(orders[1])) if question.mode == KitMode.SUB_ASSEMBLIES else {}
        items = sorted({*items, *(part.item[0] for one in recipes.values() for part in one.parts)})
        stores = kitting.Stores(
            today=now,
            until=question.until.toordinal() if question.until and question.mode != KitMode.ON_HAND else now - 1,
            sources=_sources(items, now),
            recipes=recipes,
            calendar=_calendar(now) if recipes else mrp.WorkingDays.every_day(),
            yield_scrap=bool(recipes) and yield_scrap(),
        )
        lines = _components(materials, (warehouses, decimals), substitutes, question)
        asked = [
            kitting.Order(pk, quantity, start, lines[pk], priority, step_of(of_product))
            for pk, _place, quantity, start, priority, of_product in zip(*orders, strict=True)
        ]
        return KitCheck(question, kitting.check_kits(asked, stores, question.policy))


def open_requests(item_ids: Iterable[int]) -> dict[int, list[Supply]]:
    """Return what was asked for but not promised (requisitions, draft work orders) of items, by item."""
    found: dict[int, list[Supply]] = {}
    for supply in Supply.objects.filter(item_id__in=set(item_ids), is_firm=False).order_by("due_date", "pk"):
        found.setdefault(supply.item_id, []).append(supply)
    return found


def _columns(sql: str, **values: Any) -> list[list[Any]]:
    """The columns of tens of thousands of lines, by way of binary arrays: no text is parsed."""
    return [column.tolist() for column in columns(sql, **values)]


def _components(
    materials: list[list[Any]],
    known: tuple[Mapping[int, int], Mapping[int, int]],
    substitutes: Mapping[int, list[LineSubstitute]],
    question: KitQuestion,
) -> dict[int, list[kitting.Component]]:
    """The lines of each order; ``known``: the orders' warehouses, the decimals of the items' units."""
    warehouses, decimals = known
    found: dict[int, list[kitting.Component]] = {order_id: [] for order_id in warehouses}
    steps = {item_id: step_of(digits) for item_id, digits in decimals.items()}
    every, operation = question.with_auxiliaries, question.operation
    new = kitting.Component
    for pk, order_id, item_id, required, issued, held, is_auxiliary, number in zip(*materials, strict=True):
        if operation is not None and number != operation:
            continue
        place = warehouses[order_id]
        line = new(pk, (item_id, place), required, issued, held, steps[item_id], every or not is_auxiliary)
        if pk in substitutes:
            offer_substitutes(line, place, substitutes[pk])
        found[order_id].append(line)
    return found


def _sources(items: list[int], now: int) -> list[kitting.Source]:
    """Stock as of yesterday (it is there), receipts of the past as of today, later ones at their date."""
    own = default_warehouse()
    with connection.cursor() as cursor:
        cursor.execute(STOCK, {"items": items, "today": dt.date.fromordinal(now)})
        found = [kitting.Source((item, place), now - 1, quantity) for item, place, quantity in cursor.fetchall()]
        cursor.execute(RECEIPTS, {"items": items, "warehouse": own.pk if own else 0})
        found.extend(
            kitting.Source((item, place), max(day, now), quantity, key)
            for key, item, place, day, quantity in cursor.fetchall()
        )
    return found


def _recipes(items: list[int], warehouses: set[int]) -> dict[Any, kitting.Recipe]:
    """How the items that are made here are made, by item and warehouse."""
    with connection.cursor() as cursor:
        cursor.execute(RECIPES, {"roots": items, "date": today()})
        rows = cursor.fetchall()
    found: dict[Any, kitting.Recipe] = {}
    for _bom_id, of_bom in groupby(rows, key=itemgetter(0)):
        lines = list(of_bom)
        _pk, item_id, quantity, lead_days, decimals = lines[0][:5]
        for place in warehouses:
            parts = tuple(
                kitting.Part((line[5], place), line[6], line[7], step_of(line[8]))
                for line in lines
                if line[5] is not None
            )
            found[item_id, place] = kitting.Recipe(quantity, parts, lead_days, step_of(decimals))
    return found


def _calendar(first: int) -> mrp.WorkingDays:
    try:
        days: WorkingDays = company_working_days()
    except NoWorkCalendar:
        return mrp.WorkingDays.every_day()
    return mrp.WorkingDays(first, days.laid_out(first, LAID_OUT_DAYS))

"""Stock, demand and firm supply of items as promising needs them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from core.clock import today
from core.fields import ZERO
from erp.engines.outlook import Outlook, Part, Replacement, Room, Work
from erp.engines.promising import (
    MAX_DEPTH,
    AddDays,
    Answer,
    PartsUnknown,
    Rule,
    Step,
    Wish,
    promise,
)
from erp.engines.promising_lacks import lacking, lacks, unplanned
from erp.models import Demand, PlanningSettings
from erp.selectors.capacity import ALL, FIRM, free_minutes
from erp.selectors.plan import current_run
from erp.selectors.planned_needs import Asking, listed, planned_needs, planned_quantities, unseen_items
from erp.selectors.usable import USABLE
from erp.states import ScrapConvention
from masterdata.errors import NoWorkCalendar
from masterdata.models import Item
from masterdata.selectors.calendars import company_working_days

USABLE_STOCK = f"""
SELECT b.item_id, sum(b.on_hand) FROM erp_stockbalance b
JOIN masterdata_location p ON p.id = b.location_id
LEFT JOIN erp_lot l ON l.id = b.lot_id
WHERE b.item_id = ANY(%(items)s) AND b.on_hand > 0 AND {USABLE}
GROUP BY b.item_id
"""

CHANGES = """
WITH supply AS (
    SELECT s.item_id, s.due_date, s.open_quantity, CASE
        WHEN s.due_date < %(today)s THEN 0
        WHEN s.is_firm THEN s.open_quantity
        ELSE least(s.open_quantity, COALESCE((
            SELECT sum(g.quantity) FROM erp_supplypeg g
            WHERE g.source_label = s.source_label AND g.source_line_id = s.source_line_id), 0))
        END AS counted
    FROM erp_supply s WHERE s.item_id = ANY(%(items)s)
)
SELECT item_id, greatest(due_date, %(today)s), -sum(open_quantity) FROM erp_demand
WHERE item_id = ANY(%(items)s) AND open_quantity > 0 AND kind NOT IN ('forecast', 'master')
  AND NOT (source_label = 'crm.salesorder' AND source_id = %(order)s)
  AND NOT (source_label = 'crm.quotation' AND source_id = %(quotation)s)
  AND (expires_on IS NULL OR expires_on >= %(today)s)
GROUP BY 1, 2
UNION ALL
SELECT item_id, due_date, sum(counted) FROM supply WHERE counted > 0 GROUP BY 1, 2
UNION ALL
SELECT item_id, NULL, sum(open_quantity - counted) FROM supply
WHERE counted < open_quantity GROUP BY 1
"""
"""Demand and firm supply by day (of what is not firm, what is pegged to a demand), and without a day the supply that no
promise counts on, though the plan does."""

BELOW = """
WITH RECURSIVE part(item_id) AS (
    SELECT unnest(%(roots)s::bigint[])
  UNION
    SELECT l.component_id FROM part p
    JOIN masterdata_item i ON i.id = p.item_id AND i.supply_type <> 'buy'
    JOIN erp_bom b ON b.item_id = p.item_id AND b.state = 'released'
     AND b.valid_from <= %(today)s AND (b.valid_to IS NULL OR b.valid_to > %(today)s)
    JOIN erp_bomline l ON l.bom_id = b.id AND l.line_kind = 'component'
     AND (l.valid_from IS NULL OR l.valid_from <= %(today)s) AND (l.valid_to IS NULL OR l.valid_to > %(today)s)
)
SELECT item_id FROM part
"""

ITEMS = """
SELECT i.id, i.code, i.supply_type, COALESCE(NULLIF(i.lead_time_days, 0), s.days, 0), u.decimals, i.safety_stock,
       i.is_phantom
FROM masterdata_item i
JOIN masterdata_unitofmeasure u ON u.id = i.uom_id
LEFT JOIN LATERAL (
    SELECT max(lead_time_days) AS days FROM masterdata_supplieritem
    WHERE item_id = i.id AND is_preferred AND is_active
) s ON i.supply_type <> 'make'
WHERE i.id = ANY(%(items)s)
"""

COMPONENTS = """
SELECT b.item_id, l.component_id, u.decimals, l.quantity, b.quantity, l.scrap_percent, l.fixed_scrap_quantity,
       l.is_level_skipped, (
           SELECT array_agg(ARRAY[s.item_id, s.ratio, v.decimals, s.rank] ORDER BY s.rank, s.id)
           FROM erp_bomsubstitute s
           JOIN masterdata_item k ON k.id = s.item_id
           JOIN masterdata_unitofmeasure v ON v.id = k.uom_id
           WHERE s.bom_line_id = l.id
             AND (s.valid_from IS NULL OR s.valid_from <= %(today)s)
             AND (s.valid_to IS NULL OR s.valid_to > %(today)s) AND NOT EXISTS (
                 SELECT 1 FROM erp_bomline h JOIN erp_bomsubstitute o ON o.bom_line_id = h.id AND o.rank = s.rank
                 WHERE l.substitute_group <> '' AND h.bom_id = l.bom_id AND h.substitute_group = l.substitute_group
                   AND (o.valid_from > %(today)s OR o.valid_to <= %(today)s))
       ), NULLIF(l.substitute_group, '')
FROM erp_bom b
JOIN erp_bomline l ON l.bom_id = b.id AND l.line_kind = 'component'
 AND (l.valid_from IS NULL OR l.valid_from <= %(today)s) AND (l.valid_to IS NULL OR l.valid_to > %(today)s)
JOIN masterdata_item i ON i.id = l.component_id
JOIN masterdata_unitofmeasure u ON u.id = i.uom_id
WHERE b.item_id = ANY(%(items)s) AND b.state = 'released' AND EXISTS (
    SELECT 1 FROM masterdata_item m WHERE m.id = b.item_id AND m.supply_type <> 'buy')
  AND b.valid_from <= %(today)s AND (b.valid_to IS NULL OR b.valid_to > %(today)s)
ORDER BY b.item_id, l.line_no, l.id
"""

OPERATIONS = """
SELECT r.item_id, CASE WHEN c.is_finite THEN c.id ELSE 0 END, c.code, o.setup_minutes, o.run_minutes / o.base_quantity,
       c.hours_per_day * 60 * c.machines * c.efficiency_percent / 100
FROM erp_routing r
JOIN erp_routingoperation o ON o.routing_id = r.id
JOIN erp_workcenter c ON c.id = o.work_center_id
WHERE r.item_id = ANY(%(items)s) AND r.state = 'released'
  AND r.valid_from <= %(today)s AND (r.valid_to IS NULL OR r.valid_to > %(today)s)
ORDER BY r.item_id, o.number
"""


ROOM_DAYS = 180
"""So far ahead the free time of work centres that limit the plan is looked at."""

Line = tuple[Decimal, Decimal, Decimal, Decimal, bool]
"""Quantity of a component, quantity of its bill of material, scrap in percent, fixed scrap, its level is skipped."""


@dataclass(frozen=True)
class Promised:
    """One answer with the stock it was given on; ``why`` and ``parts`` as in erp.engines.promising.Answer.

    codes   of the items that ``why`` names, by key.
    spoken  how much of the stock of each of them is needed to make what was ordered.
    """

    on_hand: Decimal
    available: Decimal
    day: dt.date | None
    short: Decimal
    why: tuple[Step, ...] = ()
    parts: tuple[tuple[Decimal, dt.date | None], ...] = ()
    codes: tuple[tuple[int, str], ...] = ()
    spoken: tuple[tuple[int, Decimal], ...] = ()


def promise_lines(
    wishes: Sequence[Wish],
    exclude_order_id: int | None = None,
    exclude_quotation_id: int | None = None,
    *,
    parts_of: int | None = None,
) -> list[Promised]:
    """Answer wishes for items in line order, from stock, open demand, firm supply and the items' bills of material.

    The demand of ``exclude_order_id`` and the hold of ``exclude_quotation_id`` do not count against themselves.
    """
    items: list[Any] = [wish.item for wish in wishes]
    rules = PlanningSettings.objects.first() or PlanningSettings()
    reading = _Reading(today(), rules, exclude_order_id, exclude_quotation_id)
    reading.read_unplanned()
    reading.read_short(wishes)
    try:
        answers = reading.promise(wishes, parts_of)
    except PartsUnknown:  # each line rounds its whole parts up for itself: together a little more than was looked for
        reading = _Reading(today(), rules, exclude_order_id, exclude_quotation_id)
        reading.read_unplanned()
        reading.read_all(set(items))
        answers = reading.promise(wishes, parts_of)
    return [
        Promised(
            reading.on_hand.get(item, ZERO),
            one.available,
            one.day,
            max(ZERO, wish.quantity - one.available),
            one.why,
            one.parts,
            tuple((step.item, reading.codes[step.item]) for step in one.why),
            tuple((step.item, reading.spoken_of(step.item)) for step in one.why),
        )
        for item, wish, one in zip(items, wishes, answers, strict=True)
    ]


def available_to_promise(item_ids: Iterable[int], day: dt.date | None = None) -> dict[int, Decimal]:
    """Return what of each item may be promised on ``day`` (today) without breaking a later promise."""
    now = today()
    wanted = set(item_ids)
    on_hand, changes, _uncounted = _read(wanted, now, None)
    outlooks = {item_id: Outlook(on_hand.get(item_id, ZERO)) for item_id in wanted}
    for item_id, at, quantity in changes:
        outlooks[item_id].add(at, quantity)
    for item_id, at, quantity in planned_needs(wanted, Asking(now, current_run())):
        outlooks[item_id].add(at, -quantity)
    return {item_id: outlook.available(day or now) for item_id, outlook in outlooks.items()}


def promisable(item_ids: Iterable[int], day: dt.date, *, exclude_demand_ids: Iterable[int]) -> dict[int, Outlook]:
    """Return what of items may be promised from ``day`` on by stock and firm supply, as if some demands were none."""
    wanted = sorted(set(item_ids))
    on_hand, changes, _uncounted = _read(wanted, day, None)
    rules = PlanningSettings.objects.first() or PlanningSettings()
    kept = dict(Item.objects.filter(pk__in=wanted).values_list("pk", "safety_stock"))
    outlooks = {
        pk: Outlook(on_hand.get(pk, ZERO) - (kept[pk] if rules.promise_keeps_safety_stock else ZERO)) for pk in wanted
    }
    for item_id, at, quantity in changes:
        outlooks[item_id].add(at, quantity)
    keys = tuple(exclude_demand_ids)
    for item_id, at, quantity in planned_needs(wanted, Asking(day, current_run(), demand_ids=keys)):
        outlooks[item_id].add(at, -quantity)
    own = Demand.objects.filter(pk__in=keys, open_quantity__gt=0)
    for item_id, due, quantity in own.values_list("item_id", "due_date", "open_quantity"):
        outlooks[item_id].add(max(due, day), quantity)
    return outlooks


class _Reading:
    """Outlooks of items and of what goes into them, by the bills valid on a day, as far down as something is short."""

    def __init__(
        self, day: dt.date, rules: PlanningSettings, exclude_order_id: int | None, exclude_quotation_id: int | None
    ) -> None:
        self.day = day
        self.rules = rules
        self.rule = Rule(rules.promise_rule)
        self.excluded = (exclude_order_id, exclude_quotation_id)
        self.asking = Asking(day, current_run(), exclude_order_id or 0)
        self.outlooks: dict[Any, Outlook] = {}
        self.on_hand: dict[int, Decimal] = {}
        self.codes: dict[int, str] = {}
        self.steps: dict[Any, Decimal] = {}
        self.rooms: dict[int, Room] = {}
        self.short: dict[int, Decimal] = {}
        self.uncounted: dict[int, Decimal] = {}
        self.spoken: dict[int, Decimal] = {}
        self.add_days = _add_days()

    def promise(self, wishes: Sequence[Wish], parts_of: int | None) -> list[Answer]:
        """Answer the wishes; takes from the outlooks."""
        whole = [Wish(wish.item, wish.quantity, wish.day, self.steps[wish.item]) for wish in wishes]
        return promise(whole, self.outlooks, self.day, self.add_days, rule=self.rule, parts_of=parts_of)

    def spoken_of(self, item_id: int) -> Decimal:
        """Return how much of the stock of an item is needed to make what was ordered."""
        return min(self.on_hand.get(item_id, ZERO), self.spoken.get(item_id, ZERO))

    def read_short(self, wishes: Sequence[Wish]) -> None:
        """Read the wished items, then, level by level, the parts of those of which more may be needed than is there."""
        needs: dict[Any, Decimal] = {}
        for wish in wishes:
            needs[wish.item] = needs.get(wish.item, ZERO) + wish.quantity
        if self.rule is Rule.RLT:
            self.read_all(set(needs))
            return
        self.read(needs.keys() - self.outlooks.keys())
        asked: dict[Any, Decimal] = {}
        touched = set(needs) if self.rule is Rule.CTP else set()
        for _wave in range(MAX_DEPTH):
            missing = {pk: needs[pk] - self.outlooks[pk].available(self.day) for pk in sorted(touched)}
            missing = {pk: lack for pk, lack in missing.items() if lack > asked.get(pk, ZERO)}
            self.open({pk for pk in missing if not self.outlooks[pk].is_open})
            touched = set()
            for pk, lack in missing.items():
                for part in self.outlooks[pk].parts:
                    needs[part.item] = needs.get(part.item, ZERO) + part.needed(lack - asked.get(pk, ZERO))
                    touched.add(part.item)
                asked[pk] = lack
            if not touched:
                return
            self.read(touched - self.outlooks.keys())

    def read_unplanned(self) -> None:
        """Let what was ordered since the plan was made take its components, level by level, before anybody asks."""
        pending: set[Any] = set(unseen_items())
        counted: dict[Any, Decimal] = {}
        for _level in range(MAX_DEPTH):
            self.read(pending - self.outlooks.keys())
            short = [pk for pk in sorted(pending) if self.short.get(pk)]
            if not short:
                return
            known = planned_quantities(short, self.asking.run)
            for pk in short:
                known[pk] = known.get(pk, ZERO) + counted.get(pk, ZERO) + self.uncounted.get(pk, ZERO)
            more = {pk: unplanned(lacks(self.outlooks[pk]), known[pk]) for pk in short}
            self.open({pk for pk, rows in more.items() if rows and not self.outlooks[pk].is_open})
            pending = {part.item for pk, rows in more.items() if rows for part in self.outlooks[pk].parts}
            self.read(pending - self.outlooks.keys())
            for pk, rows in more.items():
                counted[pk] = counted.get(pk, ZERO) + sum((quantity for _day, quantity in rows), ZERO)
                self._need_parts(pk, rows)

    def _need_parts(self, pk: Any, rows: Iterable[tuple[dt.date, Decimal]]) -> None:
        """Count the components of an item that is to be there on some days, from the day its making begins."""
        outlook = self.outlooks[pk]
        for day, quantity in rows:
            start = self.add_days(day, -outlook.lead_days) if outlook.lead_days else day
            for part in outlook.parts:
                self._spend(part.item, max(start, self.day), part.needed(quantity))

    def _spend(self, item_id: Any, day: dt.date, quantity: Decimal) -> None:
        """Count what is needed of an item to make what is ordered."""
        self.outlooks[item_id].add(day, -quantity)
        if item_id in self.short:
            self.short[item_id] = self._lacking(item_id)
        self.spoken[item_id] = self.spoken.get(item_id, ZERO) + quantity

    def read_all(self, item_ids: set[Any]) -> None:
        """Read items and all that goes into them."""
        with connection.cursor() as cursor:
            cursor.execute(BELOW, {"roots": listed(sorted(item_ids)), "today": self.day})
            below = {pk for (pk,) in cursor.fetchall()}
        self.read(below - self.outlooks.keys())
        self.open({pk for pk in below if not self.outlooks[pk].is_open})

    def read(self, item_ids: Iterable[int]) -> None:
        """Read items, their stock and what changes it; what they are made of only when they are opened."""
        wanted = sorted(item_ids)
        if not wanted:
            return
        with connection.cursor() as cursor:
            cursor.execute(ITEMS, {"items": listed(wanted)})
            rows = cursor.fetchall()
        on_hand, changes, uncounted = _read(wanted, self.day, *self.excluded)
        spoken = planned_needs(wanted, self.asking, short=self.short)
        self.on_hand |= on_hand
        self.uncounted |= uncounted
        for pk, code, supply_type, lead, decimals, safety, is_phantom in rows:
            self.codes[pk], self.steps[pk] = code, Decimal(1).scaleb(-decimals)
            kept = safety if self.rules.promise_keeps_safety_stock else ZERO
            self.outlooks[pk] = Outlook(
                on_hand=on_hand.get(pk, ZERO) - kept,
                lead_days=0 if is_phantom else lead or self.rules.default_lead_days,
                can_get=supply_type != "make",
                is_open=supply_type == "buy",
            )
        for item_id, at, quantity in changes:
            self.outlooks[item_id].add(at, quantity)
        for item_id, at, quantity in spoken:
            self._spend(item_id, at, quantity)
        self.short |= {pk: self._lacking(pk) for pk, _code, supply_type, *_rest in rows if supply_type != "buy"}

    def _lacking(self, item_id: int) -> Decimal:
        """What is wanted of an item beyond stock and all that is expected of it."""
        return max(ZERO, lacking(self.outlooks[item_id]) - self.uncounted.get(item_id, ZERO))

    def open(self, item_ids: set[Any]) -> None:
        """Read what items are made of, and by which operations; the parts themselves come with the next reading."""
        if not item_ids:
            return
        values: dict[str, Any] = {"items": listed(sorted(item_ids)), "today": self.day}
        parts: dict[int, list[Part]] = {}
        work: dict[int, list[Work]] = {}
        by_yield = self.rules.scrap_convention == ScrapConvention.YIELD
        with connection.cursor() as cursor:
            cursor.execute(COMPONENTS, values)
            for item_id, component_id, decimals, *line, others, group in cursor.fetchall():
                step, stand_ins = Decimal(1).scaleb(-decimals), (_replacements(others), group)
                part = _part(component_id, tuple(line), step, stand_ins, by_yield=by_yield)
                parts.setdefault(item_id, []).append(part)
            cursor.execute(OPERATIONS, values)
            operations = cursor.fetchall()
        others = {one.item for rows in parts.values() for part in rows for one in part.replacements}
        self.read(others - self.outlooks.keys())
        self._find_room({row[1] for row in operations} - {0})
        for item_id, center_id, *operation in operations:
            work.setdefault(item_id, []).append(Work(*operation, room=self.rooms.get(center_id)))
        for item_id in item_ids:
            outlook = self.outlooks[item_id]
            outlook.parts, outlook.work = parts.get(item_id, ()), work.get(item_id, ())
            outlook.can_get = outlook.can_get or item_id in parts
            outlook.is_open = True

    def _find_room(self, center_ids: set[int]) -> None:
        """Read what open orders (and, of a document not yet in the plan, planned ones) leave of work centres.

        Only of those that limit the plan.
        """
        unknown = center_ids - self.rooms.keys()
        if unknown:
            show = FIRM if self.excluded[0] else ALL
            self.rooms |= {
                key: Room(self.day, minutes)
                for key, minutes in free_minutes(unknown, self.day, ROOM_DAYS, show=show).items()
            }


def _replacements(rows: list[list[Decimal]] | None) -> tuple[Replacement, ...]:
    """The substitutes of a component by rank, from rows of item, ratio, decimals of its unit and rank."""
    return tuple(
        Replacement(int(item_id), ratio, Decimal(1).scaleb(-int(decimals)), int(rank))
        for item_id, ratio, decimals, rank in rows or ()
    )


def _part(
    component_id: int, line: Line, step: Decimal, stand_ins: tuple[tuple[Replacement, ...], Any], *, by_yield: bool
) -> Part:
    """A component with its scrap, by usage or by yield, as the planner counts it, and what stands in for it."""
    per, base, scrap, fixed, is_skipped = line
    if by_yield:
        return Part(component_id, per, step, base * (1 - scrap / 100), fixed, is_skipped, *stand_ins)
    return Part(component_id, per * (1 + scrap / 100), step, base, fixed, is_skipped, *stand_ins)


def usable_stock(item_ids: Iterable[int], day: dt.date) -> dict[int, Decimal]:
    """Return what is ours, in usable storage and not expired, by item."""
    with connection.cursor() as cursor:
        cursor.execute(USABLE_STOCK, {"items": listed(sorted(item_ids)), "today": day})
        return dict(cursor.fetchall())


def _read(
    item_ids: Iterable[int], day: dt.date, exclude_order_id: int | None, exclude_quotation_id: int | None = None
) -> tuple[dict[int, Decimal], list[tuple[int, dt.date, Decimal]], dict[int, Decimal]]:
    """Return stock of items, what changes it by day, and expected supply that no promise counts on."""
    values: dict[str, Any] = {"items": listed(sorted(item_ids)), "today": day, "order": exclude_order_id or 0}
    values["quotation"] = exclude_quotation_id or 0
    on_hand = usable_stock(item_ids, day)
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, values)
        rows = cursor.fetchall()
    return on_hand, [row for row in rows if row[1]], {row[0]: row[2] for row in rows if not row[1]}


def _add_days() -> AddDays:
    try:
        return company_working_days().add
    except NoWorkCalendar:
        return lambda day, days: day + dt.timedelta(days=days)

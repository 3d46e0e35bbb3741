"""Outlooks of items and of what goes into them, less what the plan needs of them for what customers ordered."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection

from core.fields import ZERO
from erp.engines.outlook import Outlook, Part, Room, Work
from erp.engines.promising import AddDays
from erp.engines.promising_lacks import lacks, unplanned
from erp.models import PlanningSettings
from erp.selectors.capacity import ALL, FIRM, free_minutes
from erp.selectors.outlook_sources import (
    BELOW,
    COMPONENTS,
    OPERATIONS,
    Facts,
    facts_of,
    part_of,
    replacements_of,
)
from erp.selectors.planned_needs import (
    Asking,
    Lack,
    Limit,
    Need,
    Replaced,
    Total,
    covered_needs,
    listed,
    parents_of,
    planned_needs,
    planned_replacements,
)
from erp.states import ScrapConvention
from masterdata.errors import NoWorkCalendar
from masterdata.selectors.calendars import company_working_days

ROOM_DAYS = 180
"""So far ahead the free time of work centres that limit the plan is looked at."""


class Reading:
    """Outlooks of items and of what goes into them, by the bills valid on a day; nothing is read twice.

    short      of each item that is made, when and how much of it stock and all expected supply leave short of real
               demand: the days its making begins.
    uncounted  expected supply that no promise counts on.
    below      items that go into what changed since the plan was made.
    """

    def __init__(self, asking: Asking, rules: PlanningSettings) -> None:
        self.asking = asking
        self.day = asking.day
        self.rules = rules
        self.outlooks: dict[Any, Outlook] = {}
        self.on_hand: dict[int, Decimal] = {}
        self.codes: dict[int, str] = {}
        self.steps: dict[Any, Decimal] = {}
        self.short: dict[int, list[Lack]] = {}
        self.uncounted: dict[int, Decimal] = {}
        self.below: frozenset[int] = frozenset()
        self.add_days = _add_days()
        self._spoken: dict[int, Decimal] = {}
        self._totals: dict[int, Total] = {}
        self._rooms: dict[int, Room] = {}
        self._taken: dict[int, list[tuple[dt.date, Decimal]]] = defaultdict(list)
        self._replaced = planned_replacements() if asking.run else []

    def spoken_of(self, item_id: int) -> Decimal:
        """Return how much of the stock of an item is needed to make what was ordered."""
        return min(self.on_hand.get(item_id, ZERO), self._spoken.get(item_id, ZERO))

    def spend(self, item_id: Any, day: dt.date, quantity: Decimal) -> None:
        """Count what is needed of an item to make what is ordered."""
        self.outlooks[item_id].add(day, -quantity)
        if item_id in self.short:
            self.short[item_id] = self.lacks_of(item_id)
        self._spoken[item_id] = self._spoken.get(item_id, ZERO) + quantity

    def read(self, item_ids: Iterable[int], waiting: frozenset[int] = frozenset()) -> None:
        """Read items, their stock and what changes it; what they are made of only when they are opened.

        What decides how much the plan really needs of them is read before: what they go into, where its planned
        orders may be for forecasts, too, and what they stand in for. ``waiting`` are those it is read for.
        """
        wanted = set(item_ids) - self.outlooks.keys()
        if not wanted:
            return
        found = facts_of(wanted, self.asking)
        limits = self._limits(found)
        needs = covered_needs(limits, self.asking, self._totals)
        limits = {pk: one for pk, one in limits.items() if pk not in {need[0] for need in needs}}
        parents = parents_of(limits) if self.asking.run and limits else set()
        known = self.short.keys() & parents
        more, unsure = self._planned(limits, parents)
        before = unsure | {one.item_id for one in self._replaced if one.substitute_id in wanted}
        before -= waiting | self.outlooks.keys()
        if before and before != wanted:  # else they stand in for each other
            self.read(before, waiting | (wanted - before))
            wanted -= self.outlooks.keys()
        if unsure and (self.short.keys() & parents) - known <= unsure:
            more += self._planned(limits, unsure, is_final=True)[0]
        elif unsure:  # on the way others were looked at, of which all that is pegged to real demand counted
            more, _unsure = self._planned(limits, parents, is_final=True)
        self._lay_out(wanted, found)
        for item_id, at, quantity in needs + more:
            if item_id in wanted:
                self.spend(item_id, at, quantity)
        for item_id in wanted:
            for at, quantity in self._taken.pop(item_id, ()):
                self.spend(item_id, at, quantity)
        for one in (one for one in self._replaced if one.item_id in wanted):
            self._stand_in(one)
        self._totals = {pk: one for pk, one in self._totals.items() if pk not in wanted}  # it counts by its lacks now
        self.short |= {pk: self.lacks_of(pk) for pk in wanted if found.items[pk].supply_type != "buy"}

    def _limits(self, found: Facts) -> dict[int, Limit]:
        """Return the items of which it matters what the plan needs of them, and how exactly.

        What is bought is promised from stock and supply alone: what is needed after the last of it lowers all that may
        be promised before alike, where all is needed that is there and comes nothing may be, and where nothing is
        there or comes no need changes an answer.
        """
        limits = {pk: Limit(self.day, there) for pk, there in found.on_hand.items() if there > 0}
        for item_id, at, quantity in found.changes:
            if quantity > 0:
                until, cover = limits.get(item_id, (at, ZERO))
                limits[item_id] = Limit(max(at, until), (cover or ZERO) + quantity)
        lacking = {one.item_id for one in self._replaced}
        exactly = (pk for pk, one in found.items.items() if one.supply_type != "buy" or pk in lacking)
        return limits | dict.fromkeys(exactly, Limit())

    def _planned(
        self, limits: Mapping[int, Limit], parents: set[int], *, is_final: bool = False
    ) -> tuple[list[Need], set[int]]:
        found = planned_needs(limits, self.asking, parents, short=self.short, below=self.below, is_final=is_final)
        self._totals |= found.totals
        return found.needs, found.unsure

    def _lay_out(self, item_ids: Iterable[int], found: Facts) -> None:
        """Make the outlooks of items out of stock, demand and supply."""
        for pk in item_ids:
            one, there = found.items[pk], found.on_hand.get(pk, ZERO)
            self.codes[pk], self.steps[pk] = one.code, Decimal(1).scaleb(-one.decimals)
            self.on_hand[pk], self.uncounted[pk] = there, found.uncounted.get(pk, ZERO)
            self.outlooks[pk] = Outlook(
                on_hand=there - (one.safety_stock if self.rules.promise_keeps_safety_stock else ZERO),
                lead_days=0 if one.is_phantom else one.lead_days or self.rules.default_lead_days,
                can_get=one.supply_type != "make",
                is_open=one.supply_type == "buy",
            )
        for item_id, at, quantity in found.changes:
            if item_id in item_ids:
                self.outlooks[item_id].add(at, quantity)

    def _stand_in(self, one: Replaced) -> None:
        """Let the plan's substitute cover what real demand lacks of an item by then; it is gone for others."""
        at = max(one.day, self.day)
        part = min(one.quantity, sum((lack for day, lack in lacks(self.outlooks[one.item_id]) if day <= at), ZERO))
        self.outlooks[one.item_id].add(at, part)
        used = one.used * part / one.quantity if one.quantity else one.used
        if one.substitute_id in self.outlooks:
            self.spend(one.substitute_id, at, used)
        else:
            self._taken[one.substitute_id].append((at, used))

    def lacks_of(self, item_id: int, planned: Decimal = ZERO) -> list[Lack]:
        """Return when the making of an item begins that is wanted beyond stock, all that is expected and planned."""
        outlook = self.outlooks[item_id]
        rows = unplanned(lacks(outlook), planned + self.uncounted.get(item_id, ZERO))
        lead = outlook.lead_days
        return [(max(self.add_days(day, -lead) if lead else day, self.day), quantity) for day, quantity in rows]

    def read_all(self, item_ids: set[Any]) -> None:
        """Read items and all that goes into them."""
        with connection.cursor() as cursor:
            cursor.execute(BELOW, {"roots": listed(sorted(item_ids)), "today": self.day})
            below = {pk for (pk,) in cursor.fetchall()}
        self.read(below)
        self.open(below)
        self.read_substitutes(below)

    def read_substitutes(self, item_ids: Iterable[Any]) -> None:
        """Read what may stand in for the parts of opened items."""
        parts = (part for pk in item_ids for part in self.outlooks[pk].parts)
        self.read({one.item for part in parts for one in part.replacements})

    def open(self, item_ids: Iterable[Any]) -> None:
        """Read what items are made of, and by which operations; the parts themselves come with the next reading."""
        closed = {pk for pk in item_ids if not self.outlooks[pk].is_open}
        if not closed:
            return
        values: dict[str, Any] = {"items": listed(sorted(closed)), "today": self.day}
        parts: dict[int, list[Part]] = {}
        work: dict[int, list[Work]] = {}
        by_yield = self.rules.scrap_convention == ScrapConvention.YIELD
        with connection.cursor() as cursor:
            cursor.execute(COMPONENTS, values)
            for item_id, component_id, decimals, *line, others, group in cursor.fetchall():
                step, stand_ins = Decimal(1).scaleb(-decimals), (replacements_of(others), group)
                part = part_of(component_id, tuple(line), step, stand_ins, by_yield=by_yield)
                parts.setdefault(item_id, []).append(part)
            cursor.execute(OPERATIONS, values)
            operations = cursor.fetchall()
        self._find_room({row[1] for row in operations} - {0})
        for item_id, center_id, *operation in operations:
            work.setdefault(item_id, []).append(Work(*operation, room=self._rooms.get(center_id)))
        for item_id in closed:
            outlook = self.outlooks[item_id]
            outlook.parts, outlook.work = parts.get(item_id, ()), work.get(item_id, ())
            outlook.can_get = outlook.can_get or item_id in parts
            outlook.is_open = True

    def _find_room(self, center_ids: set[int]) -> None:
        """Read what open orders (and, of a document not yet in the plan, planned ones) leave of work centres.

        Only of those that limit the plan.
        """
        unknown = center_ids - self._rooms.keys()
        if unknown:
            show = FIRM if self.asking.order_id else ALL
            self._rooms |= {
                key: Room(self.day, minutes)
                for key, minutes in free_minutes(unknown, self.day, ROOM_DAYS, show=show).items()
            }


def _add_days() -> AddDays:
    try:
        return cache(company_working_days().add)  # thousands of questions of one reading are about the same few days
    except NoWorkCalendar:
        return lambda day, days: day + dt.timedelta(days=days)

"""Outlooks of items and of what goes into them, less what the plan needs of them for what customers ordered."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
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
    ITEMS,
    OPERATIONS,
    part_of,
    replacements_of,
    stock_and_changes,
)
from erp.selectors.planned_needs import (
    Asking,
    Lack,
    Replaced,
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
        parents = parents_of(wanted) if self.asking.run else set()
        known = self.short.keys() & parents
        needs, unsure = self._planned(wanted, parents)
        before = unsure | {one.item_id for one in self._replaced if one.substitute_id in wanted}
        before -= waiting | self.outlooks.keys()
        if before and before != wanted:  # else they stand in for each other
            self.read(before, waiting | (wanted - before))
            wanted -= self.outlooks.keys()
        if unsure and (self.short.keys() & parents) - known <= unsure:
            needs += self._planned(wanted, unsure, is_final=True)[0]
        elif unsure:  # on the way others were looked at, of which all that is pegged to real demand counted
            needs, _unsure = self._planned(wanted, parents, is_final=True)
        made = self._read_rows(wanted)
        for item_id, at, quantity in needs:
            if item_id in wanted:
                self.spend(item_id, at, quantity)
        for item_id in wanted:
            for at, quantity in self._taken.pop(item_id, ()):
                self.spend(item_id, at, quantity)
        for one in (one for one in self._replaced if one.item_id in wanted):
            self._stand_in(one)
        self.short |= {pk: self.lacks_of(pk) for pk in made}

    def _planned(
        self, item_ids: set[int], parents: set[int], *, is_final: bool = False
    ) -> tuple[list[tuple[int, dt.date, Decimal]], set[int]]:
        return planned_needs(item_ids, self.asking, parents, short=self.short, below=self.below, is_final=is_final)

    def _read_rows(self, item_ids: Iterable[int]) -> list[int]:
        """Make the outlooks of items out of stock, demand and supply; return which of them are made."""
        wanted = sorted(item_ids)
        with connection.cursor() as cursor:
            cursor.execute(ITEMS, {"items": listed(wanted)})
            rows = cursor.fetchall()
        on_hand, changes, uncounted = stock_and_changes(wanted, self.asking)
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
        return [pk for pk, _code, supply_type, *_rest in rows if supply_type != "buy"]

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
        return company_working_days().add
    except NoWorkCalendar:
        return lambda day, days: day + dt.timedelta(days=days)

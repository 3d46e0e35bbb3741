"""The bicycle maker's plan worked out plainly from his files: tree, stock, receipts, lead times; no engine of ours."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import cache
from itertools import groupby
from typing import Any

from django.db.models import Sum

from erp.models import Demand, Reservation
from erp.selectors.plan import planned_orders
from finance.takeover.source import CUT_OVER, Source, day, number
from masterdata.models import CalendarDay, Item

D = Decimal
Needs = list[tuple[dt.date, Decimal]]
WHOLE = frozenset({"EA"})
THOUSANDTH = D("0.001")
PULL_IN_DAYS = 30
FOREVER = dt.date.max


@dataclass(frozen=True)
class Use:
    """A component of one parent, valid from the first to the last day."""

    component: str
    quantity: Decimal
    first: dt.date
    last: dt.date


@dataclass
class PlainPlan:
    """The company as its files say. ``lead`` in working days, ``reserved`` of the stock; dates without work apart."""

    source: Source
    today: dt.date
    lead: Mapping[str, int]
    holidays: frozenset[dt.date]
    stock: dict[str, Decimal] = field(init=False)
    uses: dict[str, list[Use]] = field(init=False)

    def __post_init__(self) -> None:
        self.items = {row["code"]: row for row in self.source.rows("items")}
        self.stock = defaultdict(Decimal)
        for row in self.source.rows("stock"):
            self.stock[row["item_code"]] += number(row["qty"])
        self.uses = defaultdict(list)
        for row in self.source.rows("bom_lines"):
            last = day(row["end_date"]) if row["end_date"] else FOREVER
            use = Use(row["component_code"], number(row["qty_per"]), day(row["start_date"]), last)
            self.uses[row["parent_code"]].append(use)
        self.receipts: dict[str, Needs] = defaultdict(list)
        lines = self.source.lines("purchase_order_lines", "po_no")
        for order in self.source.open_purchases():
            for line in lines[order["po_no"]]:
                self.receipts[line["item_code"]].append((day(line["due_date"]), number(line["ordered_qty"])))
        self.level = cache(self._level)

    def open_lines(self) -> int:
        """How many lines of all trees are valid without an end."""
        return sum(use.last == FOREVER for uses in self.uses.values() for use in uses)

    def _level(self, code: str) -> int:
        """The longest way down: whoever is made of nothing stands at zero."""
        return max((self.level(use.component) + 1 for use in self.uses.get(code, [])), default=0)

    def orders(
        self, demands: Iterable[tuple[str, dt.date, Decimal]], reserved: Mapping[str, Decimal]
    ) -> dict[tuple[str, dt.date, dt.date], Decimal]:
        """Return what is to be made or bought: {(item, start, due): quantity}, parents before their components."""
        needs: dict[str, Needs] = defaultdict(list)
        for code, due, quantity in demands:
            needs[code].append((due, quantity))
        found: dict[tuple[str, dt.date, dt.date], Decimal] = defaultdict(Decimal)
        for code in sorted(self.items, key=lambda one: -self.level(one)):
            for due, quantity in self._missing(code, needs[code], reserved.get(code, D(0))):
                start = self.work_days_before(due, self.lead[code])
                found[code, start, due] += quantity
                for use in self.uses.get(code, []):
                    if use.first <= max(start, self.today) <= use.last:
                        needs[use.component].append((start, self.in_units(use.component, quantity * use.quantity)))
        return dict(found)

    def _missing(self, code: str, needs: Needs, reserved: Decimal) -> Needs:
        """The quantities to order, each with the working day it must be there."""
        safety = number(self.items[code]["safety_stock"])
        free, waiting = self.stock[code] - reserved, sorted(self.receipts[code])
        window = dt.timedelta(days=max(PULL_IN_DAYS, self.lead[code]))
        past = [need for need in needs if need[0] <= self.today]
        ahead = [need for need in needs if need[0] > self.today]
        steps = [*_by_day(past), (self.today, safety), *_by_day(ahead)]
        orders = []
        for when, quantity in steps:
            free -= quantity
            while free < 0 and waiting and waiting[0][0] <= max(when, self.today) + window:
                free += waiting.pop(0)[1]
            if free < 0:
                lot = -free if self.items[code]["unit"] not in WHOLE else (-free).to_integral_value(ROUND_CEILING)
                orders.append((self.work_day(when), lot))
                free += lot
        return orders

    def in_units(self, code: str, quantity: Decimal) -> Decimal:
        """Whole pieces are rounded up, measures to the third decimal."""
        if self.items[code]["unit"] in WHOLE:
            return quantity.to_integral_value(ROUND_CEILING)
        return quantity.quantize(THOUSANDTH, ROUND_HALF_UP)

    def works(self, date: dt.date) -> bool:
        return date.weekday() < 5 and date not in self.holidays

    def work_day(self, date: dt.date) -> dt.date:
        """The day itself, or the working day before it."""
        while not self.works(date):
            date -= dt.timedelta(days=1)
        return date

    def work_days_before(self, date: dt.date, days: int) -> dt.date:
        for _ in range(days):
            date = self.work_day(date - dt.timedelta(days=1))
        return date


def _by_day(needs: Needs) -> Needs:
    ordered = sorted(needs)
    return [(when, sum((one[1] for one in of_day), D(0))) for when, of_day in groupby(ordered, key=lambda one: one[0])]


def plain_plan(source: Source) -> PlainPlan:
    """The files, and of the company only its lead times and free days."""
    free_days = CalendarDay.objects.filter(calendar__is_company=True, is_working=False)
    leads = dict(Item.objects.values_list("code", "lead_time_days"))
    return PlainPlan(source, CUT_OVER, leads, frozenset(free_days.values_list("date", flat=True)))


def wanted() -> tuple[list[tuple[str, dt.date, Decimal]], dict[str, Decimal]]:
    """What is open and not held in stock already, by item and day; and what is held of each item."""
    held = dict(Reservation.objects.values_list("demand").annotate(total=Sum("quantity")))
    rows = Demand.objects.filter(open_quantity__gt=0).values_list("pk", "item__code", "due_date", "open_quantity")
    open_rows = [(code, due, quantity - held.get(pk, D(0))) for pk, code, due, quantity in rows]
    by_item = Reservation.objects.values_list("balance__item__code").annotate(total=Sum("quantity"))
    return [row for row in open_rows if row[2]], dict(by_item)


def planned() -> dict[tuple[str, dt.date, dt.date], Decimal]:
    rows = planned_orders().values_list("item__code", "start_date", "due_date").annotate(total=Sum("quantity"))
    return {(code, start, due): quantity for code, start, due, quantity in rows.order_by()}


def differences(found: Mapping[Any, Decimal], expected: Mapping[Any, Decimal]) -> list[Any]:
    keys = found.keys() | expected.keys()
    return sorted((key, found.get(key), expected.get(key)) for key in keys if found.get(key) != expected.get(key))[:20]

"""Random business that moves value: receipts, issues, returns, transfers, backdating, price corrections, late costs."""

import datetime as dt
import random
from collections import Counter
from decimal import Decimal

from core.clock import forget_company, on_day
from core.models import Company
from core.operations import operation, perform
from erp.errors import ReversedTooMuch, ShortStock, ShortStockLater, ShortStockWithinDay
from erp.models import StockDocument, StockMove
from erp.services.late_costs import LateCost, follow_late_costs
from erp.services.stock import MoveInput, post_moves, reversal_of
from erp.services.valuation.month_average import run_month_average
from erp.states import EntryKind, ValueCounter
from masterdata.models import Item, ItemCategory, Location, UnitOfMeasure
from masterdata.selectors.places import virtual_location
from tests.factories import erp

D = Decimal
REFUSED = (ShortStock, ShortStockLater, ShortStockWithinDay, ReversedTooMuch)


@operation(permission=None)
def post(*, moves, kind, date, actor, at):
    """Post moves for the one document all of this is booked under."""
    return post_moves(moves=moves, source=StockDocument.objects.get(), kind=kind, date=date, actor=actor, at=at)


@operation(permission=None)
def cost_more(*, costs, kind, date, actor, at):
    """Let received goods cost more or less."""
    return follow_late_costs(
        costs=costs,
        kind=kind,
        counter=ValueCounter.PRICE_DIFFERENCE,
        source=StockDocument.objects.get(),
        date=date,
        actor=actor,
        at=at,
    )


OFTEN_BACK = (0, 0, 0, 0, 1, 2, 5)


class Business:
    """A seeded company that posts ``count`` valued moves of ``items`` items under one method.

    days  over how many days, the last of them TODAY.   back  by how many days a posting is dated back, one of these.
    """

    def __init__(self, method, *, decimals=2, items=8, seed=1, days=1, back=OFTEN_BACK):
        self.chance = random.Random(seed)
        self.days, self.back = days, back
        self.today = erp.TODAY
        self.step = D(1).scaleb(-decimals)
        self.method = method
        warehouse = erp.place()
        Company.objects.update(base_decimals=decimals)
        forget_company()
        category = ItemCategory.objects.create(code=method.upper(), name=method, valuation_method=method)
        uom = UnitOfMeasure.objects.create(code="kg", name="kilogram", decimals=3)
        self.items = [
            Item.objects.create(code=f"V{n}", name=f"V{n}", uom=uom, category=category, standard_cost=D("3.3337"))
            for n in range(items)
        ]
        self.shelf = erp.shelf(warehouse)
        self.rack = Location.objects.create(warehouse=warehouse, code="R2", name="Rack 2")
        self.supplier = virtual_location(Location.Kind.SUPPLIER)
        self.outside = virtual_location(Location.Kind.COUNT)
        StockDocument.objects.create(
            number="RANDOM-1",
            kind="count",
            warehouse=warehouse,
            document_date=erp.TODAY,
            created_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
        )
        self.moves = 0
        self.done = Counter()

    def run(self, count, *, lines=6):
        while self.moves < count:
            gone = min(self.moves * self.days // count, self.days - 1)
            self.today = erp.TODAY - dt.timedelta(days=self.days - 1 - gone)
            with on_day(self.today):
                self.something(lines)
        if self.method == "month_average":
            self.first_day = erp.TODAY - dt.timedelta(days=self.days - 1 + max(self.back))
            perform(run_month_average, actor=None, month=self.first_day)
        return self

    def something(self, lines):
        kind = self.chance.choices(("receive", "issue", "come_back", "transfer", "correct"), (30, 35, 12, 8, 10), k=1)[
            0
        ]
        try:
            getattr(self, kind)(lines)
            self.done[kind] += 1
        except REFUSED:
            self.done["refused"] += 1

    def day(self):
        return self.today - dt.timedelta(days=self.chance.choice(self.back))

    def amount(self):
        return D(self.chance.randint(0, 20000)) * self.step * (100 if self.step == 1 else 1)

    def quantity(self, most=30000):
        return D(self.chance.randint(1, most)) / 1000

    def _post(self, kind, moves):
        perform(post, actor=None, moves=moves, kind=kind, date=self.day())
        self.moves += len(moves)

    def receive(self, lines):
        self._post(
            "misc_receipt",
            [
                MoveInput(
                    self.chance.choice(self.items).pk,
                    self.supplier.pk,
                    self.shelf.pk,
                    self.quantity(),
                    amount=self.amount(),
                )
                for _ in range(lines)
            ],
        )

    def issue(self, lines):
        chosen = self.chance.sample(self.items, min(lines, len(self.items)) // 2 or 1)
        self._post(
            "misc_issue", [MoveInput(item.pk, self.shelf.pk, self.outside.pk, self.quantity(15000)) for item in chosen]
        )

    def come_back(self, lines):
        kind = self.chance.choice(("misc_issue", "misc_issue", "misc_receipt"))
        found = list(StockMove.objects.filter(kind=kind, reverses__isnull=True).order_by("-pk")[:40])
        for one in self.chance.sample(found, min(2, len(found))):
            perform(post, actor=None, moves=reversal_of([one]), kind=kind, date=self.today)
            self.moves += 1

    def transfer(self, lines):
        item = self.chance.choice(self.items)
        there = MoveInput(item.pk, self.shelf.pk, self.rack.pk, D(1))
        self._post("transfer", [there])
        perform(
            post,
            actor=None,
            moves=[MoveInput(item.pk, self.rack.pk, self.shelf.pk, D(1))],
            kind="transfer",
            date=self.today,
        )
        self.moves += 1

    def correct(self, lines):
        found = list(StockMove.objects.filter(kind="misc_receipt", reverses__isnull=True).order_by("-pk")[:40])
        chosen = self.chance.sample(found, min(2, len(found)))
        sign = self.chance.choice((1, 1, -1))
        kind = EntryKind.LATE_COST if sign > 0 else EntryKind.PRICE_CORRECTION
        costs = [LateCost(one.pk, sign * self.amount() / 10 // self.step * self.step) for one in chosen]
        costs = [one for one in costs if one.amount]
        if costs:
            perform(cost_more, actor=None, costs=costs, kind=kind, date=self.today)

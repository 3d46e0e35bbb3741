"""Whatever is asked, accepted, cancelled and planned: nothing is promised twice, what was accepted keeps its day."""

import datetime as dt
import itertools
import os
from collections import defaultdict
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from core.operations import perform
from crm import ports
from crm.models import SalesOrder
from crm.ports import PromiseRequest
from crm.services import sales_orders
from erp.models import Demand, PlanVerdict, Reservation, StockBalance, Supply, SupplyAdvice
from erp.selectors.outlooks import available_to_promise
from erp.selectors.supply_pegs import pegs_of_items
from erp.services.demand import DemandRow, set_demand
from erp.services.planning import run_plan
from erp.services.supply import ExpectedSupply, set_expected
from masterdata.models import Item
from masterdata.selectors.calendars import add_working_days
from tests.factories import crm, erp, erp_make, masterdata

D = Decimal
pytestmark = pytest.mark.django_db
BELOW = {"T0": ("S0", "S1", "C0"), "T1": ("S0", "C1"), "S0": ("C0", "C1"), "S1": ("C0",)}
"""What may go into what; bought are C0 and C1."""
LEAD_DAYS = {"T0": 2, "T1": 1, "S0": 3, "S1": 1, "C0": 5, "C1": 9}
EXAMPLES = int(os.environ.get("PROMISE_EXAMPLES", "5"))
_serial = itertools.count(1)


class Step(NamedTuple):
    """``kind`` of thing that happens: an item is asked for and ordered, an order (``place``) cancelled, a plan made."""

    kind: str
    code: str = ""
    quantity: int = 0
    day: int = 0
    place: int = 0


class Company(NamedTuple):
    """Bills (parent, component → quantity), stock, what is to come of bought items, forecasts of T0.

    lot  of S0, made in lots of so many.   stands_in  two C1 may stand in for a C0 in S1.
    """

    bills: dict[str, dict[str, int]]
    stock: dict[str, int]
    coming: dict[str, tuple[int, int]]
    forecast: int
    lot: int
    stands_in: bool


QUANTITIES = some.integers(1, 12)
STEPS = some.one_of(
    some.builds(Step, some.just("order"), some.sampled_from(sorted(LEAD_DAYS)), QUANTITIES, some.integers(0, 20)),
    some.builds(Step, some.just("order"), some.sampled_from(["T0", "T1"]), QUANTITIES, some.integers(0, 20)),
    some.builds(Step, some.just("cancel"), place=some.integers(0, 3)),
    some.just(Step("plan")),
)
COMPANIES = some.builds(
    Company,
    some.fixed_dictionaries(
        {
            parent: some.dictionaries(some.sampled_from(parts), some.integers(1, 3), min_size=1)
            for parent, parts in BELOW.items()
        }
    ),
    some.fixed_dictionaries({code: some.integers(0, 30) for code in LEAD_DAYS}),
    some.dictionaries(some.sampled_from(["C0", "C1"]), some.tuples(some.integers(1, 20), some.integers(1, 20))),
    some.sampled_from([0, 40]),
    some.sampled_from([0, 0, 25]),
    some.booleans(),
)


class World:
    """One company, lived through step by step; its items are its own, so that many stand beside each other."""

    def __init__(self, company: Company) -> None:
        self.company, self.number = company, next(_serial)
        self.warehouse = erp.place()
        self.items: dict[str, Item] = {}
        for code, days in LEAD_DAYS.items():
            kind = "buy" if code.startswith("C") else "make"
            name = f"{code}-{self.number}"
            self.items[code] = masterdata.item(name, supply_type=kind, lead_time_days=days)
        if company.lot:
            Item.objects.filter(pk=self.items["S0"].pk).update(lot_policy="fixed", fixed_lot=D(company.lot))
        for parent, parts in company.bills.items():
            replaced = [{"item_id": self.items["C1"].pk, "ratio": D(2)}] if company.stands_in and parent == "S1" else []
            more = {"substitutes": replaced}
            erp_make.bom(self.items[parent], *((self.items[code], str(per), more) for code, per in parts.items()))
        for code, quantity in company.stock.items():
            if quantity:
                erp.opening(self.items[code], str(quantity))
        self.coming = {code: (D(quantity), self.day(number)) for code, (quantity, number) in company.coming.items()}
        self.expect()
        if company.forecast:
            wanted = D(company.forecast)
            rows = [DemandRow(self.number, self.items["T0"].pk, wanted, wanted, self.day(25))]
            named = {"source_label": "erp.forecastline", "source_id": self.number, "kind": "forecast"}
            perform(set_demand, actor=None, rows=rows, **named)
        self.orders: list[SalesOrder] = []

    def expect(self) -> None:
        rows = [
            ExpectedSupply(self.number * 10 + line, self.items[code].pk, quantity, day)
            for line, (code, (quantity, day)) in enumerate(sorted(self.coming.items()))
        ]
        named = {"source_label": "scm.purchaseorder", "source_id": self.number, "kind": "purchase"}
        perform(set_expected, actor=None, rows=rows, **named)

    def pulled_in(self) -> bool:
        """Let suppliers deliver earlier what the plan rather pulls in than orders again; return whether any does."""
        advice = SupplyAdvice.objects.filter(supply__item__in=self.items.values(), kind="expedite")
        days = dict(advice.values_list("supply__item__code", "advised_date"))
        wanted = {
            code: days[item.code] for code, item in self.items.items() if item.code in days and code in self.coming
        }
        self.coming |= {code: (self.coming[code][0], day) for code, day in wanted.items()}
        self.expect()
        return bool(wanted)

    @staticmethod
    def day(number: int) -> dt.date:
        return erp.TODAY + dt.timedelta(days=number)

    def live(self, step: Step) -> None:
        if step.kind == "order":
            self.order(step)
        elif step.kind == "cancel" and step.place < len(self.orders):
            order = self.orders.pop(step.place)
            perform(sales_orders.cancel_sales_order, actor=None, order_id=order.pk, reason="x")
        elif step.kind == "plan":
            run_plan()
            if self.pulled_in():
                run_plan()
            self.everybody_gets_it_in_time()
        self.nothing_is_kept_twice()
        self.nothing_is_free_that_is_needed()

    def order(self, step: Step) -> None:
        """Order an item for the day, or in the parts, that were promised."""
        item = self.items[step.code]
        [answer] = ports.promise([PromiseRequest(item.pk, D(step.quantity), self.day(step.day))], parts_of=0)
        parts = [(str(quantity), day) for quantity, day in answer.parts]
        if len(parts) > 1:
            order = crm.accepted_in_parts(item, *parts, warehouse_id=self.warehouse.pk)
            order = perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)
        else:
            order = erp.confirmed(item, str(step.quantity), ship_date=answer.promise_date)
        self.orders.append(order)

    def everybody_gets_it_in_time(self) -> None:
        late = PlanVerdict.objects.filter(order_line__order__in=self.orders, days_late__gt=0)
        if self.company.lot:  # whole lots are planned for the others, and need more than was promised of
            late = late.filter(order_line__is_promised=True)
        found = [
            (one.order_line.item.code, one.due_date, one.planned_date) for one in late.select_related("order_line")
        ]
        assert not found

    def nothing_is_kept_twice(self) -> None:
        """Of no stock and no supply more than there is; for no demand more than it asks for."""
        keys = [item.pk for item in self.items.values()]
        stock = {row.item_id: row for row in StockBalance.objects.filter(item__in=keys)}
        kept = Reservation.objects.filter(balance__item__in=keys)
        for item_id, quantity in kept.values_list("balance__item").annotate(Sum("quantity")):
            assert quantity <= stock[item_id].on_hand
        of_demand = defaultdict(Decimal, kept.values_list("demand").annotate(Sum("quantity")))
        of_line: dict[Any, Decimal] = defaultdict(Decimal)
        for peg in pegs_of_items(keys):
            assert peg.is_in_time
            of_line[peg.supply_id] += peg.coming
            of_demand[peg.demand_id] += peg.coming + peg.arrived
        assert all(of_line[row.pk] <= row.open_quantity for row in Supply.objects.filter(pk__in=of_line))
        assert all(of_demand[row.pk] <= row.open_quantity for row in Demand.objects.filter(pk__in=of_demand))

    def nothing_is_free_that_is_needed(self) -> None:
        """What may be promised today is what all orders leave, worked out from the products down; of what is made in
        lots no more."""
        free = self.left_over()
        said = available_to_promise([item.pk for item in self.items.values()])
        promised = {code: said[item.pk] for code, item in self.items.items()}
        if self.company.stands_in:  # what stands in for what is the plan's own choice
            promised, free = ({**one, "C0": D(0), "C1": D(0)} for one in (promised, free))
        if self.company.lot:
            assert all(promised[code] <= free[code] for code in free), (promised, free)
        else:
            assert promised == free

    def left_over(self) -> dict[str, Decimal]:
        """Plainly: from the products down, what is there and comes beyond what all orders need of it, at its least."""
        needs: dict[str, dict[dt.date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        free = {}
        for code, lead_days in LEAD_DAYS.items():
            item = self.items[code]
            for row in Demand.objects.filter(item=item).exclude(kind="forecast"):
                needs[code][max(row.due_date, erp.TODAY)] += row.open_quantity
            comes: dict[dt.date, Decimal] = defaultdict(Decimal)
            pegged = defaultdict(Decimal)
            for peg in pegs_of_items([item.pk]):
                pegged[peg.supply_id] += peg.coming
            nobodys = D(0)
            for row in Supply.objects.filter(item=item):
                sure = row.open_quantity if row.is_firm else pegged[row.pk]
                comes[row.due_date] += sure
                nobodys += row.open_quantity - sure
            level = sum((row.on_hand for row in StockBalance.objects.filter(item=item)), D(0))
            levels, lacks, lowest = [level], {}, min(level, D(0))
            for day in sorted({*needs[code], *comes}):
                level += comes[day] - needs[code][day]
                levels.append(level)
                if level < lowest:
                    lacks[day], lowest = lowest - level, level
            free[code] = max(D(0), min(levels))
            made = nobodys
            for day, lack in lacks.items():
                more, made = max(D(0), lack - made), max(D(0), made - lack)
                start = max(erp.TODAY, add_working_days(day, -lead_days))
                for part, per in self.company.bills.get(code, {}).items():
                    needs[part][start] += more * per
        return free


@settings(
    max_examples=EXAMPLES,
    phases=[p for p in Phase if p.name in ("generate", "reuse")],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(COMPANIES, some.lists(STEPS, min_size=4, max_size=8))
def test_promises_never_exceed_supply_and_are_kept(company, steps):
    world = World(company)
    for step in [*steps, Step("plan")]:
        world.live(step)

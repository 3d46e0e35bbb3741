"""Random business of one item in two units beside exact fractions: no posting is off by more than what is rounded."""

import datetime as dt
import itertools
import os
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from core.operations import perform
from erp.errors import RevaluedSince, ShortStock, ShortStockLater, ShortStockWithinDay
from erp.models import CostLayer, ItemCost, StockBalance, ValueEntry
from erp.services.late_costs import LateCost, follow_late_costs
from erp.services.stock import reversal_of
from erp.services.valuation import Revaluation, revalue
from erp.states import EntryKind, ValueCounter
from finance.selectors.invariants import LAYERS, STOCK, violations
from masterdata.models import Location, UnitOfMeasure

from .conftest import TODAY, move
from .exact_books import ExactBooks
from .test_layers import item_of

D = Decimal
NUMBERS = itertools.count()
AMOUNTS = st.integers(0, 50000).map(lambda cents: D(cents) / 100)
DAYS = st.integers(0, 4).map(lambda back: TODAY - dt.timedelta(days=back))
CENT = D("0.01")
EXAMPLES, STEPS = int(os.environ.get("EXACT_EXAMPLES", "4")), int(os.environ.get("EXACT_STEPS", "12"))
"""A few in the suite; thousands, once a night or at a desk, by these variables."""


def decimal(exact):
    return D(exact.numerator) / exact.denominator


class Business(RuleBasedStateMachine):
    """One item of a store, kept in pieces and kg, and its exact books."""

    def __init__(self, store, method):
        super().__init__()
        self.store = store
        code = f"X{next(NUMBERS)}"
        weight, _new = UnitOfMeasure.objects.get_or_create(code="kg", defaults={"name": "kilogram", "decimals": 3})
        self.item = item_of(store, method, code, second_uom=weight, second_factor=D("0.4"))
        self.way, _new = Location.objects.get_or_create(
            code="WAY", defaults={"name": "On the way", "kind": "transit", "warehouse": store.warehouse}
        )
        self.books = ExactBooks(method)
        self.moves, self.out, self.on_the_way, self.is_revalued = {}, {}, 0, False

    def note(self, posted, day, quantity, amount=None, back_of=None):
        number = self.books.post(day, quantity, amount, back_of, is_past=day < TODAY)
        self.moves[number] = posted.moves[0]
        return number

    def tried(self, quantity, source, target, **values):
        """Move goods; None when there are too few, or when they were revalued since."""
        try:
            return self.store.move(self.item, quantity, source, target, **values)
        except (ShortStock, ShortStockLater, ShortStockWithinDay):
            return None
        except RevaluedSince:
            assert self.is_revalued
            return None

    @rule(quantity=st.integers(1, 20), amount=AMOUNTS, day=DAYS, kg=st.none() | st.integers(1, 9000))
    def receive(self, quantity, amount, day, kg):
        second = None if kg is None else D(kg) / 1000
        values = {"kind": "receipt", "date": day, "amount": amount, "second_quantity": second}
        posted = self.tried(quantity, self.store.supplier, self.store.shelf, **values)
        if posted:
            self.note(posted, day, quantity, amount)

    @rule(quantity=st.integers(1, 20), day=DAYS)
    def issue(self, quantity, day):
        posted = self.tried(quantity, self.store.shelf, self.store.customer, kind="shipment", date=day)
        if posted:
            self.out[self.note(posted, day, -quantity)] = quantity

    @precondition(lambda self: any(self.out.values()))
    @rule(data=st.data())
    def come_back(self, data):
        number = data.draw(st.sampled_from(sorted(key for key, left in self.out.items() if left)))
        quantity = data.draw(st.integers(1, self.out[number]))
        issued = self.moves[number]
        inputs = reversal_of([issued], quantities={issued.pk: D(quantity)})
        posted = perform(move, actor=None, moves=inputs, kind="customer_return", source=self.store.source)
        self.out[number] -= quantity
        self.note(posted, TODAY, quantity, None, number)

    @rule(quantity=st.integers(1, 6), day=DAYS)
    def send(self, quantity, day):
        if self.tried(quantity, self.store.shelf, self.way, kind="transfer", date=day):
            self.on_the_way += quantity

    @precondition(lambda self: self.on_the_way)
    @rule(data=st.data(), is_lost=st.booleans())
    def arrive(self, data, is_lost):
        quantity = data.draw(st.integers(1, self.on_the_way))
        target, kind = (self.store.count, "misc_issue") if is_lost else (self.store.shelf, "transfer")
        posted = self.store.move(self.item, quantity, self.way, target, kind=kind)
        self.on_the_way -= quantity
        if is_lost:
            self.note(posted, TODAY, -quantity)

    def bought(self):
        """What came from outside: no document brings a later cost to goods that only came back."""
        return sorted(number for number in self.books.left if self.books.given[number] is not None)

    @precondition(lambda self: self.bought())
    @rule(data=st.data(), share=st.integers(-40, 150).filter(bool))
    def cost_more(self, data, share):
        number = data.draw(st.sampled_from(self.bought()))
        amount = (D(share) * max(decimal(self.books.value[number]), D(0)) / 100).quantize(CENT)
        if not amount or (self.is_revalued and amount < 0):
            return
        self.store.call(
            follow_late_costs,
            costs=[LateCost(self.moves[number].pk, amount)],
            kind=EntryKind.LATE_COST,
            counter=ValueCounter.PRICE_DIFFERENCE,
            source=self.store.source,
            date=TODAY,
        )
        self.books.cost_more(number, amount)

    @precondition(lambda self: self.books.quantity() > 0)
    @rule(cents=st.integers(1, 5000))
    def revalue(self, cents):
        new = Revaluation(self.item.pk, D(cents) / 100)
        self.store.call(revalue, revaluations=[new], source=self.store.source, date=TODAY)
        self.books.revalue(new.unit_cost)
        self.is_revalued = True

    @invariant()
    def compare(self):
        cost = ItemCost.objects.filter(item=self.item).first()
        if cost is None:
            return
        steps = CENT * (2 + ValueEntry.objects.filter(item=self.item).count())
        worth = dict.fromkeys((one.pk for one in self.moves.values()), D(0))
        for entry in ValueEntry.objects.filter(item=self.item):
            if entry.move_id is None:
                assert abs(entry.amount) <= steps
            else:
                worth[entry.move_id] += entry.amount
        for number, one in self.moves.items():
            exact = self.books.value[number]
            assert abs(worth[one.pk] - decimal(exact)) <= steps, number
        total = self.books.total()
        assert cost.quantity == self.books.quantity()
        assert abs(cost.value - decimal(total)) <= steps
        left = {one.move_id: one.remaining_quantity for one in CostLayer.objects.filter(item=self.item)}
        assert left == {self.moves[number].pk: quantity for number, quantity in self.books.left.items()}
        if self.books.is_fifo:
            rest = CostLayer.objects.filter(item=self.item).aggregate(value=Sum("remaining_value", default=D(0)))
            assert rest["value"] == cost.value
        on_way = StockBalance.objects.filter(item=self.item, location=self.way).first()
        assert (on_way.on_hand if on_way else 0) == self.on_the_way


@pytest.mark.parametrize("method", ["moving_average", "fifo"])
def test_no_posting_is_off_by_more_than_what_is_rounded(store, method):
    run_state_machine_as_test(
        lambda: Business(store, method),
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert violations(STOCK + LAYERS) == []

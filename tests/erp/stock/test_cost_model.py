"""Random postings of one item, and the plain model beside them: every move is worth the same in both."""

import datetime as dt
import itertools
import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from core.operations import perform
from erp.errors import ShortStock, ShortStockLater, ShortStockWithinDay
from erp.models import CostLayer, ItemCost, ValueEntry
from erp.services.stock import reversal_of
from erp.services.valuation.month_average import run_month_average

from .conftest import TODAY, move
from .cost_model import CostModel
from .test_layers import item_of

D = Decimal
NUMBERS = itertools.count()
AMOUNTS = st.integers(0, 50000).map(lambda cents: D(cents) / 100)
DAYS = st.integers(0, 4).map(lambda back: TODAY - dt.timedelta(days=back))


class Costing(RuleBasedStateMachine):
    """One item of a store and its model."""

    def __init__(self, store, method):
        super().__init__()
        self.store = store
        self.item = item_of(store, method, f"{method}-{next(NUMBERS)}", standard_cost=D("3.337"))
        self.model = CostModel(method, standard=D("3.337"))
        self.moves = {}
        self.left = {}

    def note(self, posted, day, quantity, amount=None, back_of=None):
        number = self.model.post(day, quantity, amount, back_of, backdated=day < TODAY)
        self.moves[number] = posted.moves[0]
        return number

    @rule(quantity=st.integers(1, 20), amount=AMOUNTS, day=DAYS)
    def receive(self, quantity, amount, day):
        self.note(self.store.receive(self.item, quantity, amount, date=day), day, quantity, amount)

    @rule(quantity=st.integers(1, 20), day=DAYS)
    def issue(self, quantity, day):
        try:
            posted = self.store.move(
                self.item, quantity, self.store.shelf, self.store.customer, kind="shipment", date=day
            )
        except (ShortStock, ShortStockLater, ShortStockWithinDay):
            return
        self.left[self.note(posted, day, -quantity)] = quantity

    @precondition(lambda self: any(self.left.values()))
    @rule(data=st.data())
    def come_back(self, data):
        number = data.draw(st.sampled_from(sorted(key for key, left in self.left.items() if left)))
        quantity = data.draw(st.integers(1, self.left[number]))
        issued = self.moves[number]
        inputs = reversal_of([issued], quantities={issued.pk: D(quantity)})
        posted = perform(move, actor=None, moves=inputs, kind="customer_return", source=self.store.source)
        self.left[number] -= quantity
        self.note(posted, TODAY, quantity, None, number)

    @rule(quantity=st.integers(1, 5))
    def transfer(self, quantity):
        try:
            self.store.move(self.item, quantity, self.store.shelf, self.store.rack, kind="transfer")
            self.store.move(self.item, quantity, self.store.rack, self.store.shelf, kind="transfer")
        except ShortStock:
            return

    @precondition(
        lambda self: self.model.method == "month_average" and any(one.quantity < 0 for one in self.model.postings)
    )
    @rule()
    def run(self):
        perform(run_month_average, actor=None, month=TODAY)
        self.compare()

    @precondition(lambda self: self.model.method != "month_average")
    @invariant()
    def compare(self):
        cost = ItemCost.objects.filter(item=self.item).first()
        if cost is None:
            return
        expected = self.model.values()
        worth = {pk: D(0) for pk in (one.pk for one in self.moves.values())}
        for entry in ValueEntry.objects.filter(item=self.item, move__isnull=False):
            worth[entry.move_id] += entry.amount
        found = {number: worth[one.pk] for number, one in self.moves.items()}
        assert found == expected
        assert (cost.quantity, cost.value) == (self.model.quantity(), self.model.value())
        layers = CostLayer.objects.filter(item=self.item)
        assert sum((layer.remaining_quantity for layer in layers), D(0)) == cost.quantity
        if self.model.method == "fifo":
            assert sum((layer.remaining_value for layer in layers), D(0)) == cost.value


@pytest.mark.parametrize("method", ["moving_average", "fifo", "standard", "month_average"])
def test_every_move_is_worth_what_the_model_says(store, method):
    run_state_machine_as_test(
        lambda: Costing(store, method),
        settings=settings(
            max_examples=4, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.parametrize("method", ["moving_average", "fifo"])
def test_a_rounded_unit_cost_drifts_and_this_does_not(method):
    """The control: rounding the unit cost leaves value without goods, working on from what is left does not."""
    exact, rounding = CostModel(method), CostModel(method, rounds_unit_cost=True)
    for model in (exact, rounding):
        chance = random.Random(20260310)
        for _ in range(200):
            model.post(TODAY, 7, D(chance.randint(1, 9999)) / 100)
            for part in (2, 2, 3):
                model.post(TODAY, -part)
    assert (exact.quantity(), exact.value()) == (0, 0)
    assert method == "fifo" or rounding.value() != 0

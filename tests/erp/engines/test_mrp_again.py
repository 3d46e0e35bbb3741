"""Planning only what may differ gives the very plan that planning everything gives, array by array."""

import dataclasses
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erp.engines import mrp
from erp.engines.mrp import compiled
from erp.engines.mrp.around import plan_around
from erp.engines.mrp.arrays import ArrayPlan, ArrayProblem, columns_of
from erp.engines.mrp.compiled import waves
from tests.bench.mrp_planning import columns_of_generated, with_all_rules
from tests.erp.engines.mrp_changes import with_a_move, with_changes, with_other_bills
from tests.erp.engines.mrp_problems import everything
from tests.erp.engines.test_mrp_around import with_groups_and_places
from tests.erp.engines.test_mrp_compiled import EXAMPLES, shape

ALWAYS = 2.0
"""However many items may differ, they are planned again by themselves."""


def require_same(found: ArrayPlan, wanted: ArrayPlan) -> None:
    for field in dataclasses.fields(ArrayPlan):
        one, other = getattr(found, field.name), getattr(wanted, field.name)
        pairs = zip(one, other, strict=True) if isinstance(one, tuple) else [(one, other)]
        assert all(np.array_equal(a, b) for a, b in pairs), field.name


@settings(max_examples=EXAMPLES)
@given(everything(), st.integers(0, 2**32))
def test_plans_after_random_changes_are_those_of_planning_all(problem: mrp.Problem, seed: int) -> None:
    dice, planner, columns = random.Random(seed), compiled.KeptPlanner(ALWAYS), columns_of(problem)
    for turn in range(5):
        planner.begin()
        plan = planner(columns)
        require_same(plan, compiled.plan(columns))
        assert planner.changed is None or turn > 0
        columns = with_a_move(columns, plan, dice) if dice.random() < 0.5 else columns
        columns = with_changes(columns, dice)


@settings(max_examples=EXAMPLES // 2)
@given(with_groups_and_places(), st.integers(0, 2**32))
def test_plans_with_groups_and_suppliers_after_random_changes(problem: ArrayProblem, seed: int) -> None:
    dice, planner = random.Random(seed), compiled.KeptPlanner(ALWAYS)
    for _turn in range(4):
        planner.begin()
        require_same(plan_around(problem, planner), plan_around(problem, compiled.plan))
        problem = with_changes(problem, dice)


@pytest.mark.parametrize("rules", [False, True])
def test_a_large_plan_after_changes(rules: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waves, "IN_TWO", 40)
    problem = columns_of_generated(2_000, 8.34, 6)
    problem = with_all_rules(problem) if rules else problem
    dice, planner = random.Random(11), compiled.KeptPlanner()
    again = []
    for turn in range(20):
        planner.begin()
        found, wanted = planner(problem), compiled.plan(problem)
        assert shape(found) == shape(wanted)
        again.append(planner.changed)
        problem = with_a_move(problem, found, dice) if turn % 3 == 0 else problem
        problem = with_other_bills(problem, dice) if turn == 9 else with_changes(problem, dice)

    assert again[0] is None
    assert again[10] is None, "bills of material changed: everything is planned"
    few = [count for turn, count in enumerate(again) if count is not None and turn not in (0, 10)]
    assert len(few) == 18
    assert max(few) < 1_000


def test_material_of_a_work_order_follows_what_the_order_is_for() -> None:
    """A further demand for the product changes nothing of its material but for whom it is bought."""
    demands = [
        mrp.Demand(1, 0, 10, 5 * mrp.MICRO),
        mrp.Demand(2, 1, 3, 4 * mrp.MICRO, receipt=0),
    ]
    problem = mrp.Problem(0, [mrp.Item(), mrp.Item()], [], demands, [mrp.Receipt(1, 0, 5, 10 * mrp.MICRO)])
    planner = compiled.KeptPlanner(ALWAYS)
    planner(columns_of(problem))
    demands.append(mrp.Demand(3, 0, 8, 5 * mrp.MICRO))
    planner.begin()
    found = planner(columns_of(problem))

    assert planner.changed == 2
    assert found.by_rank[found.tops[found.first[1]]][:2].tolist() == [2, 0]
    require_same(found, compiled.plan(columns_of(problem)))


def test_nothing_is_kept_of_a_run_that_is_to_be_made_anew() -> None:
    problem, planner = columns_of_generated(100), compiled.KeptPlanner()
    again = []
    for anew in (False, False, True):
        planner.begin(anew=anew)
        planner(problem)
        again.append(planner.changed)

    assert again == [None, 0, None]


def test_orders_split_among_two_threads_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = with_all_rules(columns_of_generated(1_000, 8.34, 6))
    alone = shape(compiled.plan(problem))
    monkeypatch.setattr(waves, "IN_TWO", 10)
    assert shape(compiled.plan(problem)) == alone

"""The compiled planner equals the plain one, order by order, advice by advice, verdict by verdict."""

import os
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erp.engines import mrp
from erp.engines.mrp import compiled
from erp.engines.mrp.arrays import ArrayPlan, arrays_of, columns_of, problem_of
from erp.engines.mrp.compiled import arithmetic
from erp.engines.mrp.compiled.encoding import CompiledRows
from erp.engines.mrp.lots import DOWN, HALF_UP, UP, scaled
from erp.engines.mrp.rows import StoredRows
from tests.bench.mrp_planning import columns_of_generated, with_all_rules
from tests.erp.engines.mrp_cases import NAMES, load
from tests.erp.engines.mrp_problems import everything

EXAMPLES = int(os.environ.get("MRP_EXAMPLES", "150"))
FIELDS = ("due", "start", "need", "finish", "quantity", "sequence", "flags", "group", "tops", "more")


def shape(plan: ArrayPlan) -> dict[str, Any]:
    """All a plan says, by item, independent of the order in which it was made."""
    found: dict[str, Any] = {}
    for name in FIELDS:
        column = getattr(plan, name)
        found[name] = [column[a:b].tolist() for a, b in zip(plan.first, plan.last, strict=True)]
    found["advice"] = sorted(zip(*(one.tolist() for one in plan.advice), strict=True))
    found["verdict"] = [one.tolist() for one in plan.verdict]
    found["without_bom"] = plan.without_bom.tolist()
    found["substitutions"] = sorted(zip(*(one.tolist() for one in plan.substitutions), strict=True))
    return found


def require_equal(problem: mrp.Problem) -> None:
    plain = shape(arrays_of(problem, mrp.make_plan(problem)))
    fast = shape(compiled.plan(columns_of(problem)))
    for name, values in plain.items():
        assert fast[name] == values, name


@pytest.mark.parametrize("name", NAMES)
def test_the_compiled_planner_agrees_on_the_worked_case(name: str) -> None:
    require_equal(load(name)[0])


@settings(max_examples=EXAMPLES)
@given(everything())
def test_the_compiled_planner_agrees_on_random_problems_with_all_rules(problem: mrp.Problem) -> None:
    require_equal(problem)


@settings(max_examples=60)
@given(everything(), st.data())
def test_the_compiled_planner_agrees_where_orders_were_moved(problem: mrp.Problem, data: st.DataObject) -> None:
    orders = [one for one in mrp.make_plan(problem).all_orders() if not one.is_pass]
    for order in data.draw(st.lists(st.sampled_from(orders), max_size=3, unique_by=id)) if orders else []:
        start, lead = data.draw(st.integers(-3, 45)), data.draw(st.integers(0, 9))
        problem.moves.append(mrp.Move(order.item, order.due, order.sequence, order.quantity, start, lead))

    require_equal(problem)


def test_components_of_a_moved_order_are_needed_when_it_starts() -> None:
    """Ten tops due on day 20, five days before: moved to day 9 and three days long, whose legs take four days."""
    items = [mrp.Item(lead_days=5, explodes=True), mrp.Item(lead_days=4)]
    bom = mrp.Bom(0, mrp.MICRO, [mrp.BomLine(1, 4 * mrp.MICRO)])
    demands = [mrp.Demand(1, 0, 20, 10 * mrp.MICRO), mrp.Demand(2, 0, 30, 10 * mrp.MICRO)]
    moves = [mrp.Move(0, 20, 1, 10 * mrp.MICRO, 9, 3), mrp.Move(0, 30, 1, 9 * mrp.MICRO, 2, 1)]
    problem = mrp.Problem(0, items, [bom], demands, moves=moves)

    require_equal(problem)
    top, leg = mrp.make_plan(problem).orders
    assert [(one.start, one.finish) for one in top] == [(9, 12), (25, 30)]  # the second is not what was moved
    assert [(one.need, one.start, one.quantity) for one in leg] == [
        (9, 5, 40 * mrp.MICRO),
        (25, 21, 40 * mrp.MICRO),
    ]


@settings(max_examples=50)
@given(everything())
def test_a_problem_survives_the_way_into_columns_and_back(problem: mrp.Problem) -> None:
    again = problem_of(columns_of(problem))

    assert (again.items, again.boms, again.receipts) == (problem.items, problem.boms, problem.receipts)
    assert (again.demands, again.rules) == (problem.demands, problem.rules)


def test_stored_rows_are_the_same_by_machine_code() -> None:
    problem = with_all_rules(columns_of_generated(100))
    demands = problem.demands
    given = {
        "plan": compiled.plan(problem),
        "item_keys": np.arange(500, 600),
        "kinds": np.zeros(100, np.int64),
        "demand_keys": demands.key + 7_000,
        "near_until": problem.today + 40,
        "kind_names": ("buy", "phantom"),
    }
    plain, fast = StoredRows(**given), CompiledRows(**given)

    assert 0 < plain.is_near.sum() < len(plain.is_near)
    for name in ("item", "is_near", "detail", "first_demand", "digests"):
        assert np.array_equal(getattr(plain, name), getattr(fast, name)), name


def test_a_circle_is_named_by_the_compiled_planner_too() -> None:
    boms = [mrp.Bom(a, mrp.MICRO, [mrp.BomLine(b, mrp.MICRO)]) for a, b in ((0, 1), (1, 2), (2, 1))]
    problem = mrp.Problem(today=0, items=[mrp.Item() for _ in range(3)], boms=boms)

    with pytest.raises(mrp.BomCycle) as caught:
        compiled.plan(columns_of(problem))

    assert sorted(set(caught.value.path)) == [1, 2]


@pytest.mark.parametrize("mode", [UP, HALF_UP, DOWN])
def test_products_wider_than_64_bits_are_exact(mode: int) -> None:
    random = np.random.default_rng(7)
    for quantity, number, divisor in random.integers(1, 1 << 61, (300, 3)).tolist():
        wanted = scaled(quantity % 10**15, number, divisor | (1 << 58), mode)
        assert arithmetic.scaled(quantity % 10**15, number, divisor | (1 << 58), mode) == wanted

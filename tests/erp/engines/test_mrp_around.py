"""The rules planned round the netting: groups of substitutes, and what lies at subcontractors."""

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erp.engines import mrp
from erp.engines.mrp import compiled
from erp.engines.mrp.around import plan_around
from erp.engines.mrp.arrays import REASONS, ArrayProblem, SupplierPlaces, columns_of
from tests.erp.engines.mrp_cases import load, micro
from tests.erp.engines.mrp_problems import everything
from tests.erp.engines.test_mrp_compiled import shape

CASES = Path(__file__).resolve().parents[2] / "golden" / "mrp_around"
NAMES = sorted(path.name for path in CASES.iterdir())
EXAMPLES = int(os.environ.get("MRP_EXAMPLES", "150"))


def read(name: str) -> tuple[ArrayProblem, list[str], dict[str, Any]]:
    """A worked case, with what lies at suppliers."""
    problem, codes, expected = load(name, CASES)
    columns, given = columns_of(problem), json.loads((CASES / name / "problem.json").read_text())
    places = given.get("places")
    if places is None:
        return columns, codes, expected
    stock = [(codes.index(code), supplier, micro(free)) for code, supplier, free in places["stock"]]
    item, supplier, free = (np.array(column) for column in zip(*stock, strict=True))
    maker = np.array([places["makers"].get(code, 0) for code in codes])
    at = np.array([one.get("at", 0) for one in given["demands"]])
    return dataclasses.replace(columns, places=SupplierPlaces(item, supplier, free, maker, at)), codes, expected


@pytest.mark.parametrize("name", NAMES)
def test_orders_verdicts_and_substitutions_of_the_worked_case(name: str) -> None:
    problem, codes, expected = read(name)

    plan = plan_around(problem)

    orders = [
        [codes[item], int(plan.due[n]), int(plan.start[n]), int(plan.quantity[n])]
        for item in range(len(codes))
        for n in range(plan.first[item], plan.last[item])
    ]
    assert sorted(orders) == sorted([code, due, start, micro(q)] for code, due, start, q in expected["orders"])
    verdicts = {
        str(key): [day, REASONS[reason], codes[blocking] if blocking >= 0 else None]
        for key, day, reason, blocking in zip(
            problem.demands.key.tolist(), *(one.tolist() for one in plan.verdict[:3]), strict=True
        )
    }
    assert verdicts == expected["verdicts"]
    replaced = [
        [codes[item], codes[by], day, quantity, used]
        for item, by, day, quantity, used in zip(*(one.tolist() for one in plan.substitutions), strict=True)
    ]
    assert replaced == [[item, by, day, micro(a), micro(b)] for item, by, day, a, b in expected["replaced"]]
    assert shape(plan_around(problem, compiled.plan)) == shape(plan)


@st.composite
def with_groups_and_places(draw) -> ArrayProblem:
    """A random problem some of whose lines are replaced together, with stock at two suppliers."""
    problem: mrp.Problem = draw(everything())
    size = len(problem.items)
    for bom in problem.boms:
        for line in bom.lines:
            if not line.is_output and line.substitutes and draw(st.booleans()):
                line.group = 1
            line.is_joint = line.is_output and draw(st.booleans())
    problem.rules.joint_orders = draw(st.booleans())
    columns = columns_of(problem)
    pairs = draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(1, 2)), max_size=3, unique=True))
    at = [draw(st.integers(0, 2)) for _ in problem.demands]
    places = SupplierPlaces(
        np.array([item for item, _supplier in pairs], np.int64),
        np.array([supplier for _item, supplier in pairs], np.int64),
        np.array([draw(st.integers(1, 40)) * mrp.MICRO for _ in pairs], np.int64),
        np.array([draw(st.integers(0, 2)) for _ in range(size)], np.int64),
        np.array(at, np.int64),
    )
    return dataclasses.replace(columns, places=places)


@settings(max_examples=EXAMPLES)
@given(with_groups_and_places())
def test_both_planners_agree_with_groups_and_suppliers(problem: ArrayProblem) -> None:
    plain, fast = shape(plan_around(problem)), shape(plan_around(problem, compiled.plan))
    for name, values in plain.items():
        assert fast[name] == values, name


@dataclasses.dataclass
class Simple:
    """Orders for one parent, each on its day; of each component usage and stock, and by rank what stands for each of
    them: any number of (ratio, stock), at least one in all."""

    wanted: list[int]
    usage: list[int]
    stock: list[int]
    ranks: list[list[list[tuple[int, int]]]]
    is_mixed: bool

    def numbered(self) -> list[list[list[tuple[int, int, int]]]]:
        """The ranks with the item of each substitute: the parent is 0, then its components, then they."""
        number, found = len(self.usage), []
        for rank in self.ranks:
            found.append([])
            for some in rank:
                found[-1].append([])
                for ratio, stock in some:
                    number += 1
                    found[-1][-1].append((number, ratio, stock))
        return found


@st.composite
def simple(draw) -> Simple:
    components, ranks = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    several = st.lists(st.integers(1, 3), min_size=components, max_size=components)
    one = st.tuples(st.integers(1, 3), st.integers(0, 40))
    rank = st.lists(st.lists(one, max_size=2), min_size=components, max_size=components).filter(any)
    return Simple(
        draw(st.lists(st.integers(1, 20), min_size=1, max_size=4)),
        draw(several),
        [draw(st.integers(0, 60)) for _ in range(components)],
        [draw(rank) for _ in range(ranks)],
        draw(st.booleans()),
    )


def by_hand(one: Simple) -> tuple[list[list[int]], list[int]]:
    """The reference: one order after the other; return how much of each rank takes, and what is bought of each part."""
    pool, left = (
        list(one.stock),
        {number: stock for rank in one.numbered() for some in rank for number, _r, stock in some},
    )
    taken = []
    for quantity in one.wanted:
        short = 0
        for part, usage in enumerate(one.usage):
            covered = min(pool[part], usage * quantity)
            pool[part] -= covered
            short = max(short, -(-(usage * quantity - covered) // usage))
        row = []
        for rank in one.numbered():
            needs = [(n, usage * ratio) for usage, some in zip(one.usage, rank, strict=True) for n, ratio, _s in some]
            most = min(left[number] // need for number, need in needs)
            swapped = min(most, short) if one.is_mixed or most >= short else 0
            for number, need in needs:
                left[number] -= need * swapped
            short -= swapped
            row.append(swapped)
        taken.append(row)
    bought, pool = [0] * len(one.usage), list(one.stock)
    for quantity, row in zip(one.wanted, taken, strict=True):
        for part, usage in enumerate(one.usage):
            pool[part] += usage * (sum(row) - quantity)
            bought[part] += max(0, -pool[part])
            pool[part] = max(0, pool[part])
    return taken, bought


def as_problem(one: Simple) -> mrp.Problem:
    """Items: the parent, its components, then the substitutes of each rank."""
    items = [mrp.Item(explodes=True, lead_days=1), *(mrp.Item(free_stock=q * mrp.MICRO) for q in one.stock)]
    items += [mrp.Item(free_stock=stock * mrp.MICRO) for rank in one.ranks for some in rank for _ratio, stock in some]
    lines = [
        mrp.BomLine(
            1 + part,
            usage * mrp.MICRO,
            group=1,
            substitutes=tuple(
                mrp.Substitute(number, ratio * mrp.MICRO, place)
                for place, rank in enumerate(one.numbered(), start=1)
                for number, ratio, _stock in rank[part]
            ),
        )
        for part, usage in enumerate(one.usage)
    ]
    demands = [mrp.Demand(n, 0, 5 + 2 * n, quantity * mrp.MICRO) for n, quantity in enumerate(one.wanted)]
    rules = mrp.Rules(substitute_partly=one.is_mixed)
    return mrp.Problem(0, items, [mrp.Bom(0, mrp.MICRO, lines)], demands, rules=rules)


@settings(max_examples=EXAMPLES)
@given(simple())
def test_groups_are_replaced_as_by_hand(one: Simple) -> None:
    """One for several, several for one: what has none of a rank is replaced for nothing, the first takes its place."""
    taken, bought = by_hand(one)
    plan = plan_around(columns_of(as_problem(one)))

    found = {
        (int(item), int(by), int(day)): (int(quantity) // mrp.MICRO, int(used) // mrp.MICRO)
        for item, by, day, quantity, used in zip(*plan.substitutions, strict=True)
    }
    wanted = {}
    for number, row in enumerate(taken):
        for rank, swapped in zip(one.numbered(), row, strict=True):
            first = next(some[0][0] for some in rank if some)
            for part, usage in enumerate(one.usage):
                for place, (by, ratio) in enumerate([some[:2] for some in rank[part]] or [(first, 0)]):
                    if swapped:
                        replaced = 0 if place else usage * swapped
                        wanted[1 + part, by, 4 + 2 * number] = (replaced, usage * swapped * ratio)
    assert found == wanted
    planned = [int(plan.quantity[a:b].sum()) // mrp.MICRO for a, b in zip(plan.first, plan.last, strict=True)]
    assert planned == [sum(one.wanted), *bought, *([0] * (len(planned) - 1 - len(bought)))]

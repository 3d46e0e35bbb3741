"""Variances and joint costs: the worked cases, and that parts always add up to the whole."""

import json
import random
from decimal import Decimal
from pathlib import Path

import pytest

from erp.engines.joint_costs import JointOutput, split_joint_cost
from erp.engines.order_variances import Actual, Planned, analyse, projected

D = Decimal
GOLDEN = Path(__file__).resolve().parents[2] / "golden"
JOINT = json.loads((GOLDEN / "joint_costs" / "cases.json").read_text())
COSTS = json.loads((GOLDEN / "order_costs" / "cases.json").read_text())


def output(place: int, row: list[str]) -> JointOutput:
    _name, quantity, method, figure = row
    names = {"weight": "weight", "percent": "percent", "fixed_amount": "unit_amount"}
    return JointOutput(place, D(quantity), method, **{names[method]: D(figure)})


@pytest.mark.parametrize("case", JOINT, ids=lambda case: case["name"])
def test_joint_cost_is_shared_as_worked_by_hand(case):
    outputs = [output(place, row) for place, row in enumerate(case["outputs"])]
    found = split_joint_cost(material=D(case["material"]), conversion=D(case["conversion"]), outputs=outputs)
    named = {row[0]: found.amounts[place] for place, row in enumerate(case["outputs"])}
    assert named == {name: D(amount) for name, amount in case["expected"].items()}
    assert (found.joint, found.capped) == (D(case["joint"]), D(case["capped"]))


def test_material_and_conversion_go_by_their_own_weights():
    outputs = [JointOutput(1, D(10), weight=D(1), conversion_weight=D(3)), JointOutput(2, D(10), weight=D(1))]
    found = split_joint_cost(material=D(100), conversion=D(80), outputs=outputs)
    assert found.amounts == {1: D(110), 2: D(70)}


def test_shares_sum_to_the_whole_and_percentages_above_100_are_refused():
    for seed in range(200):
        chance = random.Random(seed)
        outputs = [
            JointOutput(
                key,
                D(chance.randint(0, 50)),
                chance.choice(["weight", "fixed_amount"]),
                weight=D(chance.randint(1, 9)),
                unit_amount=D(chance.randint(0, 30)),
            )
            for key in range(chance.randint(1, 6))
        ]
        material, conversion = D(chance.randint(0, 99999)) / 100, D(chance.randint(0, 99999)) / 100
        found = split_joint_cost(material=material, conversion=conversion, outputs=outputs)
        came = any(one.quantity for one in outputs)
        assert sum(found.amounts.values(), D(0)) == (material + conversion if came else 0), seed
        assert min(found.amounts.values()) >= 0, seed
    too_much = [JointOutput(1, D(1)), JointOutput(2, D(1), "percent", percent=D(101))]
    with pytest.raises(ValueError, match="100"):
        split_joint_cost(material=D(1), conversion=D(0), outputs=too_much)


def planned(row: list) -> Planned:
    element, key, per_unit, price, fixed = row
    return Planned(element, key, D(per_unit), D(price), D(fixed))


def actual(row: list) -> Actual:
    element, key, quantity, amount, *instead = row
    replaces, price = instead or (0, "0")
    return Actual(element, key, D(quantity), D(amount), replaces, D(price))


@pytest.mark.parametrize("case", COSTS, ids=lambda case: case["name"])
def test_variances_as_worked_by_hand(case):
    found = analyse(
        [planned(row) for row in case["baseline"]],
        [actual(row) for row in case["actual"]],
        ordered=D(case["ordered"]),
        good=D(case["good"]),
        scrapped=D(case["scrapped"]),
    )
    assert found.variances == {name: D(amount) for name, amount in case["variances"].items()}
    assert sum(found.target.values()) == D(case["target"])
    assert sum(found.actual.values()) == D(case["total"])
    assert sum(found.variances.values()) == found.difference


def test_variances_add_up_to_actual_less_target_whatever_happened():
    elements = ["material", "sub_assembly", "labour", "machine", "overhead", "subcontract", "by_product"]
    for seed in range(300):
        chance = random.Random(seed)

        def figure(most: int, chance=chance) -> Decimal:
            return D(chance.randint(0, most)) / 7

        baseline = [
            Planned(chance.choice(elements), chance.randint(1, 4), figure(30), figure(90), figure(9)) for _ in range(6)
        ]
        done = [
            Actual(chance.choice(elements), chance.randint(1, 6), figure(900), figure(9000), chance.randint(0, 4))
            for _ in range(6)
        ]
        found = analyse(baseline, done, ordered=D(40), good=D(chance.randint(0, 50)), scrapped=D(chance.randint(0, 5)))
        assert sum(found.variances.values(), D(0)) == found.difference, seed
        assert abs(found.variances.get("rounding", D(0))) < 1, seed


def test_projected_is_actual_plus_what_the_baseline_still_asks_for():
    baseline = [Planned("material", 1, D(2), D(5)), Planned("labour", 10, D("0.5"), D(20), D(1))]
    assert projected(baseline, [], ordered=D(10), made=D(0)) == D(220)
    half = [Actual("material", 1, D(20), D(110)), Actual("labour", 10, D(4), D(80))]
    assert projected(baseline, half, ordered=D(10), made=D(5)) == D(110 + 80 + 50)

"""The planner against worked cases: textbook, house rules, public defects of other planners."""

import pytest

from erp.engines import mrp
from tests.erp.engines.mrp_cases import NAMES, load, micro


@pytest.mark.parametrize("name", NAMES)
def test_planned_orders_advice_and_verdicts_of_the_worked_case(name: str) -> None:
    problem, codes, expected = load(name)

    plan = mrp.make_plan(problem)

    orders = [
        [codes[order.item], order.due, order.start, order.quantity, *flags_of(problem, order)]
        for order in plan.all_orders()
    ]
    wanted = [[code, due, start, micro(quantity), *flags] for code, due, start, quantity, *flags in expected["orders"]]
    assert sorted(orders) == sorted(wanted)
    advice = [[one.kind, problem.receipts[one.receipt].key, one.day, one.surplus] for one in plan.advice]
    assert advice == [[kind, key, day, micro(surplus)] for kind, key, day, surplus in expected["advice"]]
    verdicts = {
        str(demand.key): [verdict.day, verdict.reason, None if verdict.item is None else codes[verdict.item]]
        for demand, verdict in zip(problem.demands, plan.verdicts, strict=True)
        if verdict is not None
    }
    assert verdicts == expected["verdicts"]
    replaced = [[codes[one.item], codes[one.substitute], one.day, one.quantity, one.used] for one in plan.substitutions]
    assert replaced == [[item, by, day, micro(a), micro(b)] for item, by, day, a, b in expected.get("replaced", [])]


def flags_of(problem: mrp.Problem, order: mrp.Order) -> list[str]:
    flags = ["past_due"] * order.past_due + ["safety"] * order.for_safety
    flags += ["fenced"] * order.is_fenced + ["pass"] * order.is_pass
    return [*flags, f"for {problem.demands[order.group].key}"] if order.group >= 0 else flags


def test_pegs_of_the_textbook_case_name_the_direct_line_as_the_short_one() -> None:
    problem, codes, expected = load("level_by_level")
    plan = mrp.make_plan(problem)
    component = codes.index("C")
    needs = sorted(
        (need for orders in plan.orders for order in orders for need in order.components if need.item == component),
        key=lambda need: need.day,
    )
    supplies = [
        ("stock", problem.items[component].free_stock),
        *((f"receipt {one.key}", one.quantity) for one in problem.receipts),
        *((f"order {one.due}", one.quantity) for one in plan.orders[component]),
    ]

    edges = mrp.peg([need.quantity for need in needs], [quantity for _name, quantity in supplies])

    found = [
        [codes[needs[edge.need].order.item], needs[edge.need].day, supplies[edge.supply][0], edge.quantity]
        for edge in edges
    ]
    assert found == [[parent, day, supply, micro(q)] for parent, day, supply, q in expected["pegs"]["C"]]


def test_an_order_says_which_demands_it_is_for() -> None:
    problem, _codes, _expected = load("level_by_level")

    plan = mrp.make_plan(problem)

    assert {order.tops for order in plan.all_orders()} == {((6, 1),)}


def test_a_make_item_without_a_valid_bom_is_named() -> None:
    problem = mrp.Problem(
        today=5,
        items=[mrp.Item(explodes=True), mrp.Item()],
        boms=[mrp.Bom(0, mrp.MICRO, [mrp.BomLine(1, mrp.MICRO)], valid_from=0, valid_to=5)],
        demands=[mrp.Demand(1, 0, 6, mrp.MICRO)],
    )

    plan = mrp.make_plan(problem)

    assert plan.without_bom == [0]
    assert [order.has_bom for order in plan.all_orders()] == [False]


def test_a_circle_of_boms_is_named() -> None:
    def bom(item: int, *components: int) -> mrp.Bom:
        return mrp.Bom(item, mrp.MICRO, [mrp.BomLine(component, mrp.MICRO) for component in components])

    problem = mrp.Problem(
        today=0, items=[mrp.Item() for _ in range(5)], boms=[bom(0, 1), bom(1, 2, 4), bom(2, 3), bom(3, 1)]
    )

    with pytest.raises(mrp.BomCycle) as caught:
        mrp.make_plan(problem)

    assert caught.value.path[0] == caught.value.path[-1]
    assert sorted(set(caught.value.path)) == [1, 2, 3]
    edges = {(bom.item, line.component) for bom in problem.boms for line in bom.lines}
    assert all(edge in edges for edge in zip(caught.value.path, caught.value.path[1:], strict=False))


def test_low_level_code_is_the_longest_path() -> None:
    assert mrp.low_level_codes([{1, 2}, {2}, set(), {2}]) == [[0, 3], [1], [2]]


@pytest.mark.parametrize(
    ("net", "rules", "lots"),
    [
        (130, {"minimum": 50, "multiple": 30, "maximum": 100}, [90, 60]),
        (100, {"maximum": 100}, [100]),
        (101, {"maximum": 100, "minimum": 20}, [100, 20]),
        (1, {"multiple": 7}, [7]),
        (50, {"minimum": 80, "maximum": 60}, [60]),
        (5, {"multiple": 30, "maximum": 20}, [30]),
    ],
)
def test_lot_sizes(net: int, rules: dict[str, int], lots: list[int]) -> None:
    in_micro = {name: value * mrp.MICRO for name, value in rules.items()}

    assert mrp.lot_sizes(net * mrp.MICRO, **in_micro) == [lot * mrp.MICRO for lot in lots]


def test_pieces_round_up_and_measures_round_half_up() -> None:
    third = {"per": mrp.MICRO, "base": 3 * mrp.MICRO}

    assert mrp.requirement(100 * mrp.MICRO, **third) == 34 * mrp.MICRO
    assert mrp.requirement(100 * mrp.MICRO, **third, step=1000) == 33_333_000
    assert mrp.requirement(200 * mrp.MICRO, **third, step=1000) == 66_667_000

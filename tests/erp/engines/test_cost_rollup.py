"""The roll-up by element: worked examples of the rules, skipped levels, circles, credits that are too high."""

from dataclasses import replace
from decimal import Decimal

import pytest

from erp.engines.cost_rollup import CostCycle, Elements, Output, Part, Recipe, RollUp, Step

D = Decimal
P, S, A, B, WASTE = 1, 2, 3, 4, 5


def test_a_unit_costs_its_material_and_its_hours() -> None:
    """HARD_RULES §9: 2 kg x 5 + 0.5 h x 20 + 0.5 h x 10 = 25."""
    step = Step(run_hours=D("0.5"), labour_rate=D(20), overhead_rate=D(10))
    cost = RollUp({P: Recipe(parts=(Part(A, D(2)),), steps=(step,))}, {A: D(5)}).cost(P)

    assert cost.elements == Elements(material=D(10), labour=D(10), overhead=D(5))
    assert cost.elements.total == 25


def test_elements_keep_apart_through_the_levels_and_lots_carry_set_up_and_fixed_scrap() -> None:
    sub = Recipe(
        parts=(Part(A, D(3), fixed=D(20)),),
        steps=(Step(setup_hours=D(1), run_hours=D("0.1"), machine_rate=D(50)),),
        lot=D(10),
    )
    top = Recipe(parts=(Part(S, D(4)), Part(B, D("0.5"))), base=D(2), steps=(Step(unit_price=D(7)),), fee=D(1))
    cost = RollUp({P: top, S: sub}, {A: D(2), B: D(8)}).cost(P)

    # S: (3 + 20 / 10) x 2 = 10 material, (1 / 10 + 0.1) x 50 = 10 machine; P: two S and a quarter of B
    assert cost.elements == Elements(material=D(22), machine=D(20), subcontract=D(8))
    assert [(part.item, quantity, one.total) for part, quantity, one in cost.parts] == [
        (S, D(2), D(40)),
        (B, D("0.25"), D(2)),
    ]


def test_joint_cost_is_shared_after_the_by_product_is_credited() -> None:
    """HARD_RULES §8: cost 10 000, by-product 200, the rest by weights 80 : 20 = 7 840 and 1 960."""
    recipe = Recipe(
        parts=(Part(S, D(80)),),
        base=D(80),
        outputs=(
            Output(B, D(40), "weight", D("0.5"), D("0.5")),
            Output(WASTE, D(10), "fixed_amount", fixed_amount=D(20), is_co_product=False),
        ),
    )
    costs = RollUp({P: recipe}, {S: D(125), WASTE: D(99)})

    assert costs.cost(P).elements.total == D(98)
    assert costs.cost(B).elements.total == D(49)
    assert (costs.cost(P).credits, costs.cost(P).shared) == (D("2.5"), D("24.5"))
    assert costs.cost(WASTE).elements.total == D(99)  # a by-product's value is no share of today's order


def test_credits_never_make_a_product_cost_less_than_nothing() -> None:
    """HARD_RULES §8: a by-product at 1 200 would be 12 000 of 10 000."""
    waste = Output(WASTE, D(10), "fixed_amount", fixed_amount=D(1200), is_co_product=False)
    cost = RollUp({P: Recipe(parts=(Part(S, D(80)),), base=D(80), outputs=(waste,))}, {S: D(125)}).cost(P)

    assert (cost.elements.total, cost.is_capped, cost.credits) == (0, True, D(125))


@pytest.mark.parametrize(("method", "main", "beside"), [("percent", D(60), D(80)), ("fixed_amount", D(90), D(20))])
def test_co_products_by_percentage_and_by_fixed_amount(method: str, main: Decimal, beside: Decimal) -> None:
    output = Output(B, D("0.5"), method, percent=D(40), fixed_amount=D(20))
    costs = RollUp({P: Recipe(parts=(Part(A, D(1)),), outputs=(output,))}, {A: D(100)})

    assert (costs.cost(P).elements.total, costs.cost(B).elements.total) == (main, beside)


def test_separate_weights_for_material_and_conversion() -> None:
    output = Output(B, D(1), "weight", material_weight=D(1), conversion_weight=D(3))
    step = Step(run_hours=D(1), labour_rate=D(40))
    costs = RollUp({P: Recipe(parts=(Part(A, D(1)),), steps=(step,), outputs=(output,))}, {A: D(10)})

    assert costs.cost(P).elements == Elements(material=D(5), labour=D(10))
    assert costs.cost(B).elements == Elements(material=D(5), labour=D(30))


def test_a_skipped_level_gives_its_components_and_none_of_its_operations() -> None:
    sub = Recipe(parts=(Part(B, D(3)), Part(A, D(1))), steps=(Step(run_hours=D(1), labour_rate=D(30)),))
    real = Recipe(parts=(Part(S, D(2)), Part(A, D(1))))
    skipping = replace(real, parts=(Part(S, D(2), is_skipped=True), Part(A, D(1))))
    own = {A: D(1), B: D(2)}

    assert RollUp({P: real, S: sub}, own).cost(P).elements == Elements(material=D(15), labour=D(60))
    assert RollUp({P: skipping, S: sub}, own).cost(P).elements == Elements(material=D(15))


def test_what_nobody_knows_is_named_and_a_circle_refused() -> None:
    recipes = {P: Recipe(parts=(Part(S, D(1)), Part(A, D(1)))), S: Recipe(parts=(Part(B, D(1)),))}
    cost = RollUp(recipes, {A: D(4)}).cost(P)

    assert (cost.elements.total, cost.missing) == (D(4), frozenset({B}))
    with pytest.raises(CostCycle) as circle:
        RollUp(recipes | {B: Recipe(parts=(Part(P, D(1)),))}, {}).cost(P)
    assert circle.value.path == (P, S, B, P)

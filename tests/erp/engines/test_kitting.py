"""The kit check: the worked example of the rule book, and what follows from its rules."""

from erp.engines.kitting import (
    Component,
    Order,
    Part,
    Policy,
    Recipe,
    Source,
    Stores,
    Substitute,
    check_kits,
    unlocked_by,
)
from erp.engines.mrp import MICRO

TODAY = 1000


def units(quantity: float) -> int:
    return round(quantity * MICRO)


def product(key: int, quantity: int = 10, **fields) -> Order:
    """An order of P, made of 2 A and 1 B."""
    lines = [Component((key, "A"), "A", units(2 * quantity)), Component((key, "B"), "B", units(quantity))]
    return Order(key, units(quantity), TODAY, lines, **fields)


def stores(*sources: tuple, until: int = TODAY, **fields) -> Stores:
    """Sources as (item, quantity) on hand or (item, quantity, day, key) expected."""
    rows = [Source(one[0], one[2] if len(one) > 2 else TODAY, units(one[1]), *one[3:]) for one in sources]
    return Stores(TODAY, until, rows, **fields)


def shape(kits) -> list[tuple]:
    return [
        (kit.order.key, kit.quantity / MICRO, kit.blocking.component.item if kit.blocking else None) for kit in kits
    ]


def test_the_worked_example_two_orders_share_one_pool():
    """Stock A 30, B 12: alone each order reads 100 %; together the second gets two kits, blocked by B."""
    pool = stores(("A", 30), ("B", 12))
    for alone in (product(1), product(2)):
        assert shape(check_kits([alone], pool)) == [(alone.key, 10, None)]
    assert shape(check_kits([product(1), product(2)], pool)) == [(1, 10, None), (2, 2, "B")]


def test_the_worked_example_without_hoarding_six_a_are_left_for_the_third():
    third = Order(3, units(6), TODAY, [Component((3, "A"), "A", units(6))])
    orders, pool = [product(1), product(2), third], stores(("A", 30), ("B", 12))
    assert shape(check_kits(orders, pool)) == [(1, 10, None), (2, 2, "B"), (3, 0, "A")]
    assert shape(check_kits(orders, pool, Policy.NO_HOARDING)) == [(1, 10, None), (2, 2, "B"), (3, 6, None)]


def test_priority_goes_before_start_and_start_before_number():
    urgent = product(9, priority=1)
    early = Order(8, units(10), TODAY - 5, product(8).components, priority=5)
    late = product(1, priority=5)
    kits = check_kits([late, early, urgent], stores(("A", 20), ("B", 30)))
    assert shape(kits) == [(9, 10, None), (8, 0, "A"), (1, 0, "A")]


def test_issued_and_kept_material_counts_as_covered():
    lines = [
        Component("a", "A", units(20), issued=units(8)),
        Component("b", "B", units(10), issued=units(2), reserved=units(5)),
    ]
    [kit] = check_kits([Order(1, units(10), TODAY, lines)], stores(("A", 2)))
    assert (kit.quantity, kit.blocking.component.key) == (units(5), "a")
    assert [(one.ready, one.missing) for one in kit.covers] == [(units(2), units(10)), (units(5), units(3))]


def test_receipts_count_until_the_day_and_the_last_one_is_the_kit_date():
    sources = (("A", 20), ("B", 4), ("B", 4, TODAY + 3, 71), ("B", 9, TODAY + 8, 72))
    [now] = check_kits([product(1)], stores(*sources))
    [then] = check_kits([product(1)], stores(*sources, until=TODAY + 5))
    assert (now.quantity, now.day, now.lines) == (units(4), TODAY + 8, (1, 2))
    assert (then.quantity, then.day) == (units(8), TODAY + 8)
    assert now.blocking.component.item == "B"


def test_without_any_supply_there_is_no_kit_date_and_that_line_blocks():
    [kit] = check_kits([product(1)], stores(("A", 5), ("A", 15, TODAY + 2, 7)))
    assert (kit.quantity, kit.day, kit.blocking.component.item) == (0, None, "B")


def test_a_receipt_unlocks_the_orders_that_wait_for_it_last():
    sources = (("A", 40), ("B", 5), ("B", 8, TODAY + 3, 71), ("B", 7, TODAY + 9, 72))
    found = unlocked_by(check_kits([product(1), product(2)], stores(*sources)))
    shown = {
        key: [(row.order.key, row.quantity // MICRO, row.completes) for row in rows] for key, rows in found.items()
    }
    assert shown == {71: [(1, 5, True), (2, 3, False)], 72: [(2, 7, True)]}


def test_a_substitute_steps_in_after_the_main_item_by_its_ratio():
    """1.5 X stand for one A; after 12 A, 8 more need 12 X."""
    line = Component("a", "A", units(20), substitutes=(Substitute("X", units(1.5)),))
    order = Order(1, units(10), TODAY, [line])
    [kit] = check_kits([order], stores(("A", 12), ("X", 12)))
    assert (kit.quantity, kit.covers[0].from_substitutes) == (units(10), units(8))
    [kit] = check_kits([order], stores(("A", 12), ("X", 9)))
    assert (kit.quantity, kit.covers[0].ready) == (units(9), units(18))


def test_sub_assemblies_are_made_from_the_same_pool():
    """P = 1 S + 1 C, S = 3 C: 2 S and 13 C make 4 P, the C that come on day 4 the fifth."""
    lines = [Component("s", "S", units(5)), Component("c", "C", units(5))]
    order = Order(1, units(5), TODAY, lines)
    recipes = {"S": Recipe(units(1), (Part("C", units(3)),), lead_days=2)}
    assert check_kits([order], stores(("S", 2), ("C", 13)))[0].quantity == units(2)
    [kit] = check_kits([order], stores(("S", 2), ("C", 13), ("C", 1, TODAY + 4, 9), recipes=recipes))
    assert (kit.quantity, kit.covers[0].from_making, kit.day) == (units(4), units(3), TODAY + 4)
    [kit] = check_kits([order], stores(("S", 2), ("C", 13), recipes=recipes), Policy.NO_HOARDING)
    assert (kit.quantity, kit.covers[0].from_making, kit.day) == (units(4), units(2), None)


def test_parts_that_make_just_so_many_sub_assemblies_make_no_fewer():
    order = Order(1, units(5), TODAY, [Component("s", "S", units(5))])
    recipes = {"S": Recipe(units(1), (Part("C", units(3)),))}
    [kit] = check_kits([order], stores(("C", 12), recipes=recipes))
    assert (kit.quantity, kit.covers[0].from_making) == (units(4), units(4))


def test_sub_assemblies_that_contain_each_other_end_nowhere():
    recipes = {
        "S": Recipe(units(1), (Part("T", units(1)),)),
        "T": Recipe(units(1), (Part("S", units(1)),)),
    }
    order = Order(1, units(2), TODAY, [Component("s", "S", units(2))])
    assert check_kits([order], stores(("S", 1), recipes=recipes))[0].quantity == units(1)


def test_two_lines_of_one_item_share_what_there_is_evenly():
    lines = [Component("one", "A", units(10)), Component("two", "A", units(10))]
    [kit] = check_kits([Order(1, units(10), TODAY, lines)], stores(("A", 10)))
    assert kit.quantity == units(5)


def test_auxiliary_material_does_not_hold_up_a_kit():
    lines = [Component("a", "A", units(10)), Component("g", "G", units(1), is_critical=False)]
    [kit] = check_kits([Order(1, units(10), TODAY, lines)], stores(("A", 10)))
    assert (kit.is_complete, kit.lines, kit.covers[1].missing) == (True, (1, 1), units(1))


def test_auxiliary_material_that_is_kept_is_there_whether_or_not_a_kit_is():
    for stock in (20, 0):
        lines = [Component("a", "A", units(10)), Component("g", "G", units(1), reserved=units(1), is_critical=False)]
        [kit] = check_kits([Order(1, units(10), TODAY, lines)], stores(("A", stock)))
        assert [(one.ready, one.day) for one in kit.covers if one.component.item == "G"] == [(units(1), TODAY)]


def test_measured_quantities_make_kits_of_their_own_step():
    lines = [Component("a", "A", units(3), step=1000)]
    [kit] = check_kits([Order(1, units(2), TODAY, lines, step=MICRO // 2)], stores(("A", 2.5)))
    assert kit.quantity == units(1.5)


def grouped(key: str, per: int, *substitutes: tuple[str, float]) -> Component:
    """A component of 10 products that is replaced with the others of its group; substitutes by rank."""
    together = tuple(
        Substitute(item, units(ratio), rank=rank) for rank, (item, ratio) in enumerate(substitutes, 1) if item
    )
    return Component(key, key, units(10 * per), group="G", together=together)


def test_lines_of_a_group_are_replaced_together_for_the_kits_that_lack_one_of_them():
    """A allows 6 kits, B all; the other four take X and Y, so that B is left for whoever comes next."""
    order = Order(1, units(10), TODAY, [grouped("A", 2, ("X", 2)), grouped("B", 1, ("Y", 0.5))])
    [kit] = check_kits([order], stores(("A", 13), ("B", 30), ("X", 16), ("Y", 2)))
    assert shape([kit]) == [(1, 10, None)]
    a, b = kit.covers
    assert (a.from_stock, a.from_substitutes, b.from_stock, b.from_substitutes) == (
        units(12),
        units(8),
        units(6),
        units(4),
    )


def test_a_group_is_not_replaced_by_half():
    """Y is there for one kit only: X alone does not help, the rest waits for A."""
    order = Order(1, units(10), TODAY, [grouped("A", 2, ("X", 2)), grouped("B", 1, ("Y", 1))])
    kits = check_kits([order], stores(("A", 12), ("B", 30), ("X", 99), ("Y", 1)))
    assert shape(kits) == [(1, 7, "A")]
    assert shape(check_kits([order], stores(("A", 12), ("B", 30), ("X", 99)))) == [(1, 6, "A")]


def together(*substitutes: tuple[str, float]) -> tuple[Substitute, ...]:
    return tuple(Substitute(item, units(ratio), rank=1) for item, ratio in substitutes)


def test_one_stands_for_several_and_several_for_one():
    """AB is A and B in one; U, V and W are C in parts. What the first order took is not there for the second."""
    lines = [
        Component("A", "A", units(20), group="G", together=together(("AB", 0.5))),
        Component("B", "B", units(10), group="G"),
        Component("C", "C", units(10), group="H", together=together(("U", 1), ("V", 2), ("W", 1))),
    ]
    orders = [Order(key, units(10), TODAY, lines) for key in (1, 2)]
    kits = check_kits(orders, stores(("A", 40), ("B", 6), ("AB", 9), ("C", 10), ("U", 9), ("V", 16), ("W", 9)))
    assert [kit.quantity for kit in kits] == [units(10), units(5)]
    a, b, _c = kits[0].covers
    assert (a.from_stock, a.from_substitutes, b.from_stock, b.from_substitutes) == (
        units(12),
        units(8),
        units(6),
        units(4),
    )
    assert (kits[1].covers[0].from_substitutes, kits[1].covers[1].from_substitutes) == (units(10), units(5))
    assert check_kits(orders, stores(("A", 40), ("B", 6), ("AB", 9), ("C", 10)))[1].quantity == 0


def test_what_is_issued_of_one_is_of_no_use_when_one_stands_for_both():
    """Five of A are issued, none of B is there: AB is needed whole for every kit."""
    lines = [
        Component("A", "A", units(10), issued=units(5), group="G", together=together(("AB", 1))),
        Component("B", "B", units(10), group="G"),
    ]
    [kit] = check_kits([Order(1, units(10), TODAY, lines)], stores(("A", 9), ("AB", 3)))
    assert kit.quantity == units(3)


def test_ranks_of_a_group_take_turns():
    order = Order(1, units(10), TODAY, [grouped("A", 1, ("X", 1), ("V", 1)), grouped("B", 1, ("Y", 1), ("W", 1))])
    [kit] = check_kits([order], stores(("A", 3), ("B", 3), ("X", 4), ("Y", 9), ("V", 9), ("W", 2)))
    assert kit.quantity == units(9)
    assert [one.from_substitutes for one in kit.covers] == [units(6), units(6)]

"""Available to promise and promise dates: the worked examples of the rule book, and what follows from them."""

import datetime as dt
from decimal import Decimal

from erp.engines.outlook import Outlook, Part, Replacement, Room, Work
from erp.engines.promising import (
    Answer,
    Cause,
    Rule,
    Wish,
    promise,
)

TODAY = dt.date(2026, 3, 1)
D = Decimal


def day(number):
    return TODAY + dt.timedelta(days=number)


def calendar_days(start, days):
    return start + dt.timedelta(days=days)


def worked_example(**values):
    """Stock 100; 50 come on day 15, 40 on day 30; 80 are ordered for day 20."""
    outlook = Outlook(D(100), can_get=False, **values)
    outlook.add(day(15), D(50))
    outlook.add(day(30), D(40))
    outlook.add(day(20), D(-80))
    return outlook


def test_a_later_order_is_protected():
    outlook = worked_example()
    assert [outlook.available(day(n)) for n in (5, 15, 20, 30)] == [70, 70, 70, 110]


def test_ninety_on_day_five_are_seventy_then_all_on_day_thirty():
    [answer] = promise([Wish("A", D(90), day(5))], {"A": worked_example()}, TODAY, calendar_days)
    assert answer == Answer(D(70), day(30))


def test_replenishment_beats_a_late_supply():
    outlook = worked_example()
    outlook.can_get, outlook.lead_days = True, 12
    [answer] = promise([Wish("A", D(90), day(5))], {"A": outlook}, TODAY, calendar_days)
    assert answer == Answer(D(70), day(12))


def test_what_is_made_waits_for_its_longest_path():
    """20 P, P = 2 S (2 days), S = 3 C (3 days), C is bought in 7 days; 10 S are free: all at once on day 12."""
    outlooks = {
        "P": Outlook(D(0), lead_days=2, parts=[Part("S", D(2))]),
        "S": Outlook(D(10), lead_days=3, parts=[Part("C", D(3))]),
        "C": Outlook(D(0), lead_days=7),
    }
    [answer] = promise([Wish("P", D(20), TODAY)], outlooks, TODAY, calendar_days)
    assert answer == Answer(D(0), day(12))


def test_lines_of_one_document_share_what_there_is():
    wishes = [Wish("A", D(60), day(5)), Wish("A", D(20), day(5))]
    answers = promise(wishes, {"A": worked_example()}, TODAY, calendar_days)
    assert answers == [Answer(D(70), day(5)), Answer(D(10), day(30))]


def test_lines_share_the_parts_they_are_made_of():
    outlooks = {
        "P": Outlook(D(0), lead_days=2, parts=[Part("C", D(1))]),
        "Q": Outlook(D(0), lead_days=2, parts=[Part("C", D(1))]),
        "C": Outlook(D(10), lead_days=7),
    }
    answers = promise([Wish("P", D(10), TODAY), Wish("Q", D(10), TODAY)], outlooks, TODAY, calendar_days)
    assert [one.day for one in answers] == [day(2), day(9)]


def test_an_item_that_nobody_can_make_has_no_date():
    outlooks = {"P": Outlook(D(3), can_get=False)}
    assert promise([Wish("P", D(5), TODAY)], outlooks, TODAY, calendar_days) == [Answer(D(3), None)]


def test_a_wish_in_the_past_is_answered_for_today():
    outlooks = {"P": Outlook(D(5))}
    assert promise([Wish("P", D(5), day(-3))], outlooks, TODAY, calendar_days) == [Answer(D(5), TODAY)]


def test_parts_that_go_round_in_a_circle_have_no_date():
    outlooks = {
        "P": Outlook(D(0), parts=[Part("Q", D(1))]),
        "Q": Outlook(D(0), parts=[Part("P", D(1))]),
    }
    assert promise([Wish("P", D(1), TODAY)], outlooks, TODAY, calendar_days)[0].day is None


def ctp_example():
    """20 P, P = 2 S (2 days), S = 3 C (3 days), C is bought in 7 days; 10 S are free."""
    return {
        "P": Outlook(D(0), lead_days=2, parts=[Part("S", D(2))]),
        "S": Outlook(D(10), lead_days=3, parts=[Part("C", D(3))]),
        "C": Outlook(D(0), lead_days=7),
    }


def test_the_answer_names_the_chain_down_to_the_bottleneck():
    [answer] = promise([Wish("P", D(20), TODAY)], ctp_example(), TODAY, calendar_days)
    assert [(step.item, step.cause, step.day, step.days) for step in answer.why] == [
        ("P", Cause.MAKE, day(12), 2),
        ("S", Cause.MAKE, day(10), 3),
        ("C", Cause.BUY, day(7), 7),
    ]


def test_what_is_made_before_the_day_wished_for_names_how_not_a_delivery_nobody_expects():
    [answer] = promise([Wish("P", D(20), day(20))], ctp_example(), TODAY, calendar_days)
    assert (answer.day, [step.cause for step in answer.why]) == (day(20), [Cause.MAKE, Cause.MAKE, Cause.BUY])


def test_the_worked_example_of_a_split_five_on_day_two_fifteen_on_day_twelve():
    outlooks = ctp_example()
    [answer] = promise([Wish("P", D(20), TODAY)], outlooks, TODAY, calendar_days, parts_of=0)
    assert answer.parts == ((D(5), day(2)), (D(15), day(12)))
    assert answer == Answer(D(0), day(12))


def test_the_worked_example_seventy_on_day_five_twenty_on_day_thirty():
    [answer] = promise([Wish("A", D(90), day(5))], {"A": worked_example()}, TODAY, calendar_days, parts_of=0)
    assert answer.parts == ((D(70), day(5)), (D(20), day(30)))
    assert answer.why[-1].cause == Cause.SUPPLY


def test_looking_for_parts_takes_nothing():
    tried, plain = ctp_example(), ctp_example()
    wishes = [Wish("P", D(20), TODAY), Wish("S", D(3), TODAY)]
    answers = promise(wishes, tried, TODAY, calendar_days, parts_of=0)
    assert answers == promise(wishes, plain, TODAY, calendar_days)
    assert {name: one.available(TODAY) for name, one in tried.items()} == {
        name: one.available(TODAY) for name, one in plain.items()
    }


def test_supply_and_making_together_are_earlier_than_either():
    """10 wanted; 6 arrive on day 3, all of them on day 30; ten take 8 days to make, for the parts of four are there."""
    outlooks = {
        "P": Outlook(D(0), lead_days=1, parts=[Part("C", D(1))]),
        "C": Outlook(D(4), lead_days=7),
    }
    outlooks["P"].add(day(3), D(6))
    outlooks["P"].add(day(30), D(20))
    [answer] = promise([Wish("P", D(10), TODAY)], outlooks, TODAY, calendar_days)
    assert answer.day == day(3)


def test_parts_of_one_product_that_share_a_component_do_not_count_it_twice():
    """P = 1 S + 1 C, S = 1 C: five P need ten C, and there are five."""
    outlooks = {
        "P": Outlook(D(0), lead_days=1, parts=[Part("S", D(1)), Part("C", D(1))]),
        "S": Outlook(D(0), lead_days=1, parts=[Part("C", D(1))]),
        "C": Outlook(D(5), lead_days=7),
    }
    [answer] = promise([Wish("P", D(5), TODAY)], outlooks, TODAY, calendar_days)
    assert answer.day == day(8)


def test_the_rule_says_how_far_a_promise_goes():
    """12 working days replenish P from nothing; stock and firm supply alone never cover it."""
    wish = [Wish("P", D(20), TODAY)]
    days = {rule: promise(wish, ctp_example(), TODAY, calendar_days, rule=rule)[0].day for rule in (Rule.ATP, Rule.RLT)}
    assert days == {Rule.ATP: None, Rule.RLT: day(12)}
    late = {"A": worked_example(lead_days=12)}
    late["A"].can_get = True
    asked = [Wish("A", D(90), day(5))]
    assert promise(asked, late, TODAY, calendar_days, rule=Rule.RLT)[0].day == day(12)


def test_the_time_of_operations_replaces_the_lead_time_and_the_slowest_resource_is_named():
    """100 pieces: 30 + 400 minutes of milling and 900 of assembly at 480 a day are 2.77: three days."""
    work = [Work("MILL", D(30), D(4), D(480)), Work("ASSEMBLY", D(0), D(9), D(480))]
    outlooks = {"P": Outlook(D(0), lead_days=9, parts=[Part("C", D(1))], work=work), "C": Outlook(D(100))}
    [answer] = promise([Wish("P", D(100), TODAY)], outlooks, TODAY, calendar_days)
    assert answer.day == day(3)
    assert (answer.why[-1].cause, answer.why[-1].resource) == (Cause.RESOURCE, "ASSEMBLY")


def test_what_has_no_source_is_named():
    outlooks = {
        "P": Outlook(D(0), parts=[Part("C", D(1))]),
        "C": Outlook(D(1), can_get=False),
    }
    [answer] = promise([Wish("P", D(5), TODAY)], outlooks, TODAY, calendar_days, parts_of=0)
    assert (answer.day, answer.why[-1].item, answer.why[-1].cause) == (None, "C", Cause.NO_SOURCE)
    assert answer.parts == ((D(1), TODAY), (D(4), None))


def test_whole_pieces_of_a_part_are_rounded_up():
    outlooks = {"P": Outlook(D(0), parts=[Part("C", D("0.3"), D(1))]), "C": Outlook(D(1), lead_days=7)}
    [answer] = promise([Wish("P", D(4), TODAY)], outlooks, TODAY, calendar_days)
    assert answer.day == day(7)


def busy(*minutes):
    """A machine that limits the plan with so many free minutes on each day from today on."""
    return Room(TODAY, [D(one) for one in minutes])


def test_a_resource_that_limits_the_plan_gives_only_what_is_free():
    """300 minutes of work: nothing is free on two days, then 120 a day; a second line takes what the first left."""
    room = busy(0, 0, *[120] * 10)
    outlook = Outlook(D(0), work=[Work("MILL", D(0), D(30), D(480), room)])
    answers = promise([Wish("P", D(10), TODAY), Wish("P", D(2), TODAY)], {"P": outlook}, TODAY, calendar_days)
    assert [one.day for one in answers] == [day(5), day(5)]
    [step] = answers[0].why
    assert (step.cause, step.resource, step.days) == (Cause.RESOURCE, "MILL", 5)
    assert room.minutes[2:5] == [0, 0, 0]
    [late] = promise([Wish("P", D(100), TODAY)], {"P": outlook}, TODAY, calendar_days)
    assert (late.day, late.why[-1].resource) == (None, "MILL")
    assert sum(room.minutes) == 10 * 120 - 360  # what was only tried is given back


def test_operations_on_limited_and_other_resources_follow_each_other():
    """Half a day of sawing, then 120 minutes of milling of which 60 are free a day, then half a day of packing."""
    work = [
        Work("SAW", D(240), D(0), D(480)),
        Work("MILL", D(120), D(0), D(480), busy(60, 60, 60)),
        Work("PACK", D(240), D(0), D(480)),
    ]
    [answer] = promise([Wish("P", D(1), TODAY)], {"P": Outlook(D(0), work=work)}, TODAY, calendar_days)
    assert (answer.day, answer.why[0].resource) == (day(2), "MILL")


def test_substitutes_in_stock_are_used_where_a_component_is_short():
    """20 C are needed, 5 are there, of X (two for one) 20: they stand for 10, and only 5 C are bought, in 7 days."""
    part = Part("C", D(2), D(1), replacements=(Replacement("X", D(2), D(1)),))
    outlooks = {
        "P": Outlook(D(0), lead_days=1, parts=[part]),
        "C": Outlook(D(5), lead_days=7),
        "X": Outlook(D(20), lead_days=9),
    }
    [few] = promise([Wish("P", D(7), TODAY)], outlooks, TODAY, calendar_days)
    assert few.day == day(1)
    assert outlooks["X"].available(TODAY) == 2  # nine were short: eighteen of X
    [rest] = promise([Wish("P", D(3), TODAY)], outlooks, TODAY, calendar_days)
    assert (rest.day, rest.why[-1].item) == (day(8), "C")


def test_a_group_is_replaced_for_what_one_of_its_components_is_short_of():
    """Of ten P, A allows six; four take X and Y, so that B keeps four: today's parts, made in a day."""
    parts = [
        Part("A", D(2), D(1), replacements=(Replacement("X", D(2), D(1)),), group="G"),
        Part("B", D(1), D(1), replacements=(Replacement("Y", D("0.5"), D(1)),), group="G"),
    ]
    outlooks = {
        "P": Outlook(D(0), lead_days=1, parts=parts),
        "A": Outlook(D(13), lead_days=7),
        "B": Outlook(D(10), lead_days=8),
        "X": Outlook(D(17), lead_days=9),
        "Y": Outlook(D(2), lead_days=9),
    }
    [ten] = promise([Wish("P", D(10), TODAY)], outlooks, TODAY, calendar_days)
    assert ten.day == day(1)
    assert {name: outlooks[name].available(TODAY) for name in "ABXY"} == {"A": 1, "B": 4, "X": 1, "Y": 0}
    [one] = promise([Wish("P", D(1), TODAY)], outlooks, TODAY, calendar_days)
    assert (one.day, one.why[-1].item) == (day(8), "A")  # a quarter of the group would not do


def test_one_replacement_stands_for_a_whole_group_and_two_for_one_component():
    parts = [
        Part("A", D(2), D(1), replacements=(Replacement("AB", D("0.5"), D(1)),), group="G"),
        Part("B", D(1), D(1), group="G"),
        Part("C", D(1), D(1), replacements=(Replacement("U", D(1), D(1)), Replacement("V", D(2), D(1))), group="H"),
    ]
    outlooks = {
        "P": Outlook(D(0), lead_days=1, parts=parts),
        **{name: Outlook(D(stock), lead_days=7) for name, stock in zip(("A", "B", "C"), (20, 6, 8), strict=True)},
        **{name: Outlook(D(stock), lead_days=9) for name, stock in zip(("AB", "U", "V"), (5, 9, 5), strict=True)},
    }
    [ten] = promise([Wish("P", D(10), TODAY)], outlooks, TODAY, calendar_days)
    assert ten.day == day(1)
    left = {name: outlooks[name].available(TODAY) for name in ("A", "B", "C", "AB", "U", "V")}
    assert left == {"A": 8, "B": 0, "C": 0, "AB": 1, "U": 7, "V": 1}

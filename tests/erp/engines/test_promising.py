"""Available to promise and promise dates: the worked examples of the rule book, and what follows from them."""

import datetime as dt
from decimal import Decimal

from erp.engines.promising import Answer, Outlook, Part, Wish, promise

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

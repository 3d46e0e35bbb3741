"""Account ranges and formulas of statement rows."""

from decimal import Decimal

import pytest

from finance.engines.statements import (
    Span,
    UnreadableAccounts,
    UnreadableFormula,
    circle,
    covered,
    evaluate,
    overlaps,
    read_accounts,
    read_formula,
)

D = Decimal
CHART = {1: ("1122", None), 2: ("112201", 1), 3: ("1401", None), 4: ("1421", None), 5: ("142101", 4), 6: ("1501", None)}


@pytest.mark.parametrize(
    ("text", "keys"),
    [("1122", {1, 2}), ("112201", {2}), ("1401..1421", {3, 4, 5}), ("1122, 1501", {1, 2, 6}), ("9999", set())],
)
def test_ranges_hold_the_accounts_and_those_below_them(text, keys):
    assert covered(CHART, read_accounts(text)) == keys


def test_what_is_no_range_is_refused():
    assert read_accounts("") == []
    assert read_accounts("1401..1421") == [Span("1401", "1421")]
    for text in ("14-01", "1401..", "a b+c"):
        with pytest.raises(UnreadableAccounts):
            read_accounts(text)


def test_formulas_are_sums_of_rows():
    assert read_formula("1+2 - 3") == [(1, "1"), (1, "2"), (-1, "3")]
    assert read_formula("-R + 2R") == [(-1, "R"), (1, "2R")]
    for text in ("1 2", "1*2", "1+", "(1)"):
        with pytest.raises(UnreadableFormula):
            read_formula(text)
    formulas = {"4": read_formula("3+1"), "3": read_formula("1-2")}
    figures = evaluate(formulas, {"1": [D(10), D(1)], "2": [D(4), D(2)]}, 2)
    assert figures == {"1": [10, 1], "2": [4, 2], "3": [6, -1], "4": [16, 0]}
    assert circle(formulas) == ""
    looping = {"1": read_formula("2"), "2": read_formula("3+1")}
    assert circle(looping) == "1"
    with pytest.raises(UnreadableFormula):
        evaluate(looping, {}, 1)


def test_accounts_in_two_rows_are_named():
    assert overlaps([("a", {1, 2}), ("b", {2, 3})]) == {2: ["a", "b"]}

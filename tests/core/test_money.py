"""Rounding and splitting."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import round_amount, round_quantity, split_amount

D = Decimal


@pytest.mark.parametrize(
    ("amount", "decimals", "expected"),
    [("2.345", 2, "2.35"), ("-2.345", 2, "-2.35"), ("2.5", 0, "3"), ("1.0005", 3, "1.001")],
)
def test_round_amount_is_half_up(amount, decimals, expected):
    assert round_amount(D(amount), decimals) == D(expected)


def test_round_quantity_keeps_six_decimals():
    assert round_quantity(D("1.23456789")) == D("1.234568")


def test_split_amount_gives_the_largest_remainders_the_missing_cents():
    assert split_amount(D("460.00"), [D(23), D(15), D(7)]) == [D("235.11"), D("153.33"), D("71.56")]


def test_split_amount_prefers_the_first_of_equal_remainders():
    assert split_amount(D("0.01"), [D(1), D(1)]) == [D("0.01"), D("0.00")]


def test_split_amount_of_nothing_to_split_over_is_refused():
    with pytest.raises(ValueError, match="weights"):
        split_amount(D(1), [])


def test_split_amount_refuses_a_negative_weight():
    with pytest.raises(ValueError, match="weights"):
        split_amount(D(1), [D(1), D(-1)])


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    st.lists(st.decimals(min_value=0, max_value=10**6, places=3), min_size=1, max_size=30),
    st.sampled_from([0, 2, 3]),
)
def test_split_amount_parts_sum_to_the_rounded_whole(total, weights, decimals):
    parts = split_amount(total, weights, decimals)
    sign = -1 if total < 0 else 1
    assert sum(parts) == sign * round_amount(abs(total), decimals)
    assert all(part * sign >= 0 for part in parts)

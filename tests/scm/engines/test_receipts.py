"""Shares of an order line's amount, and how much may still come."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scm.engines.receipts import part_amount, receivable_quantity

D = Decimal


def test_three_thirds_of_ten_sum_to_ten():
    shares = [part_amount(D("10.00"), D(3), D(n), D(1), 2) for n in range(3)]
    assert shares == [D("3.33"), D("3.34"), D("3.33")]


@given(
    total=st.decimals(min_value=0, max_value=100000, places=2),
    parts=st.lists(st.integers(min_value=1, max_value=50), min_size=1, max_size=12),
)
def test_however_a_line_is_cut_its_parts_sum_to_its_amount(total, parts):
    whole, before, shares = D(sum(parts)), D(0), []
    for part in parts:
        shares.append(part_amount(total, whole, before, D(part), 2))
        before += part
    assert sum(shares) == total


def test_what_goes_beyond_the_order_costs_the_same_per_unit():
    assert part_amount(D("100.00"), D(10), D(10), D(1), 2) == D("10.00")


@pytest.mark.parametrize(
    ("received", "to_replace", "percent", "allowed"),
    [
        ("0", "0", "0", "10"),
        ("10", "0", "0", "0"),
        ("10", "2", "0", "2"),
        ("9", "0", "5", "1.5"),
        ("12", "0", "10", "0"),
    ],
)
def test_receivable_quantity(received, to_replace, percent, allowed):
    assert receivable_quantity(D(10), D(received), D(to_replace), D(percent)) == D(allowed)

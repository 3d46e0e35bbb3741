"""A late cost is split over what is in stock and what was taken, and nothing of it is lost."""

from decimal import Decimal

import pytest

from erp.engines.tracing import follow_goods

D = Decimal


def test_the_cost_follows_the_goods_by_quantity():
    """HARD_RULES §7: 100 received, 40 sold, 10 in process; 50.00 more."""
    found = follow_goods(D(50), D(50), [D(40), D(10)])
    assert (found.stays, found.follows) == (D("25.00"), [D("20.00"), D("5.00")])


def test_nothing_is_lost_by_rounding_and_a_cheaper_cost_follows_too():
    assert follow_goods(D("0.05"), D(1), [D(1), D(1)]).follows == [D("0.02"), D("0.01")]
    cheaper = follow_goods(D(-10), D(0), [D(1), D(2)])
    assert (cheaper.stays, cheaper.follows) == (D(0), [D("-3.33"), D("-6.67")])


def test_a_receipt_without_quantity_is_a_defect():
    with pytest.raises(ValueError, match="without quantity"):
        follow_goods(D(1), D(0), [])

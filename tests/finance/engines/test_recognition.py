"""How much revenue and cost a delivery has earned."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finance.engines.recognition import Delivery, earned_cost, earned_quantity, revenue_increase, share

D = Decimal
CENTS = st.integers(1, 10_000_000).map(lambda cents: D(cents) / 100)


def delivery(point: str, **values) -> Delivery:
    fields = {
        "shipped": D(10),
        "lost": D(0),
        "returned": D(0),
        "invoiced": D(0),
        "is_signed": False,
        "shipped_cost": D(100),
        "lost_cost": D(0),
        "returned_cost": D(0),
    }
    return Delivery(revenue_point=point, **fields | values)


@pytest.mark.parametrize(
    ("point", "values", "quantity", "cost"),
    [
        ("shipment", {}, 10, 100),
        ("shipment", {"lost": D(3), "lost_cost": D(30)}, 7, 70),
        ("sign_off", {}, 0, 0),
        ("sign_off", {"is_signed": True, "returned": D(4), "returned_cost": D(40)}, 6, 60),
        ("invoice", {"is_signed": True}, 0, 0),
        ("invoice", {"invoiced": D(4)}, 4, 40),
        ("invoice", {"invoiced": D(10), "returned": D(2), "returned_cost": D(20)}, 8, 80),
        ("invoice", {"invoiced": D(-1)}, 0, 0),
    ],
)
def test_what_is_earned_at_each_revenue_point(point, values, quantity, cost):
    found = delivery(point, **values)
    assert earned_quantity(found) == quantity
    assert earned_cost(found, earned_quantity(found), 2) == cost


@given(net=CENTS, parts=st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_an_order_cut_into_deliveries_earns_its_net_amount(net, parts):
    ordered, before, earned = D(sum(parts)), D(0), D(0)
    for part in parts:
        earned += revenue_increase(net, ordered, before, D(part), 2)
        before += part
    assert earned == net


@given(amount=CENTS, parts=st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_the_last_part_takes_what_is_left(amount, parts):
    left, whole = amount, D(sum(parts))
    for part in parts:
        left -= share(left, D(part), whole, 2)
        whole -= part
    assert left == 0

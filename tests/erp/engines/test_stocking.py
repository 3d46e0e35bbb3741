"""Stocking: the textbook's cases. Heizer and Render, Operations Management, 12th ed., chapter 12."""

from decimal import Decimal

import pytest

from erp.engines.stocking import (
    LotRules,
    Spread,
    advise,
    deviation_over_lead_time,
    economic_lot,
    fitted_lot,
    service_factor,
    spread_of,
    yearly_cost,
)

D = Decimal
FINE = LotRules(step=D("0.01"))


@pytest.mark.parametrize(
    ("demand", "lead", "percent", "reorder_point"),
    [
        (Spread(D(15), D(5)), Spread(D(2), D(0)), 90, 39.02),  # example 14: variable demand
        (Spread(D(10), D(0)), Spread(D(6), D(3)), 98, 121.65),  # example 15: variable lead time
        (Spread(D(150), D(16)), Spread(D(5), D(1)), 95, 1003.6),  # example 16: both (the book rounds 154.2 to 154)
    ],
)
def test_reorder_points(demand, lead, percent, reorder_point):
    made = advise(demand, lead, service_percent=D(percent), order_cost=D(0), holding=D(0), rules=FINE)
    assert made.reorder_point == pytest.approx(D(str(reorder_point)), abs=D("0.1"))
    assert made.safety_stock == made.reorder_point - demand.mean * lead.mean


def test_the_economic_lot_of_needles():
    """Examples 3 to 5: Sharp, Inc.: 1,000 a year, 10 per order, 0.50 to keep one: 200, 100 a year in all."""
    assert economic_lot(D(1000), D(10), D("0.50")) == 200
    assert yearly_cost(D(0), D(200), yearly=D(1000), order_cost=D(10), holding=D("0.50")) == 100
    assert economic_lot(D(1000), D(10), D(0)) == 0


def test_a_lot_obeys_its_rules():
    rules = LotRules(minimum=D(50), multiple=D(12), maximum=D(100), most_days=10)
    assert fitted_lot(D(70), D(100), rules) == 72
    assert fitted_lot(D(20), D(100), rules) == 60  # raised to the minimum, then rounded up
    assert fitted_lot(D(500), D(100), rules) == 96  # never above the maximum
    assert fitted_lot(D(90), D(6), rules) == 60  # ten days of demand


def test_service_and_spread():
    assert service_factor(D(95)) == D("1.6449")
    assert service_factor(D(40)) == 0  # no negative safety stock
    assert spread_of([D(2), D(4), D(6)]) == Spread(D(4), D(2), 3)
    assert (spread_of([D(5)]).deviation, spread_of([]).count) == (0, 0)
    assert deviation_over_lead_time(Spread(D(150), D(16)), Spread(D(5), D(1))) == pytest.approx(
        D("154.2"), abs=D("0.1")
    )

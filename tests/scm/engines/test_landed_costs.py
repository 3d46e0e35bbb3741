"""Charges spread over goods: the shares sum to the charge, whatever it is spread by."""

from decimal import Decimal

import pytest

from scm.engines.landed_costs import Charge, Goods, Share, spread

D = Decimal


def goods(line_id: int, quantity: str, value: str, weight: str = "0") -> Goods:
    return Goods(line_id, {"quantity": D(quantity), "value": D(value), "weight": D(weight), "volume": D(0)})


def test_each_charge_is_spread_by_its_own_basis():
    lines = [goods(1, "10", "300", "5"), goods(2, "20", "100", "45")]
    charges = [Charge(7, "value", D(100)), Charge(8, "quantity", D(100)), Charge(9, "weight", D(10))]
    assert spread(charges, lines) == [
        Share(7, 1, D(300), D("75.00")),
        Share(7, 2, D(100), D("25.00")),
        Share(8, 1, D(10), D("33.33")),
        Share(8, 2, D(20), D("66.67")),
        Share(9, 1, D(5), D("1.00")),
        Share(9, 2, D(45), D("9.00")),
    ]


def test_a_charge_without_anything_to_spread_by_is_named():
    with pytest.raises(ValueError, match="9"):
        spread([Charge(9, "volume", D(10))], [goods(1, "10", "300")])


@pytest.mark.parametrize("decimals", [0, 2, 3])
def test_shares_sum_to_the_charge(decimals):
    lines = [goods(n, str(n), "1") for n in range(1, 8)]
    shares = spread([Charge(1, "quantity", D(100))], lines, decimals)
    assert sum(share.amount for share in shares) == D(100)

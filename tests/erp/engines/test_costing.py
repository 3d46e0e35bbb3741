"""Moving average: each issue from what is left, reversals at their own value."""

from decimal import Decimal

import pytest

from erp.engines.costing import FIFO, MOVING_AVERAGE, Flow, ItemValue, OpenLayer, share_of

D = Decimal


def test_ten_over_three_issues():
    state = ItemValue(MOVING_AVERAGE, D(3), D("10.00"))
    valued = state.apply([Flow(D(-1))] * 3)
    assert [one.amount for one in valued] == [D("-3.33"), D("-3.34"), D("-3.33")]
    assert (state.quantity, state.value) == (0, 0)


def test_the_average_moves_with_receipts_only():
    state = ItemValue(MOVING_AVERAGE, D(10), D("100"))
    valued = state.apply([Flow(D(10), D("150")), Flow(D(-5)), Flow(D(5))])
    assert [one.amount for one in valued] == [D("150.00"), D("-62.50"), D("62.50")]
    assert state.value / state.quantity == D("12.5")


def test_a_receipt_at_unit_cost_is_rounded_once():
    state = ItemValue(MOVING_AVERAGE, D(0), D(0))
    [valued] = state.apply([Flow(D(3), unit_cost=D("0.335"))])
    assert valued.amount == D("1.01")


def test_goods_of_no_cost_exist():
    state = ItemValue(MOVING_AVERAGE, D(0), D(0))
    valued = state.apply([Flow(D(2)), Flow(D(-2))])
    assert [one.amount for one in valued] == [0, 0]
    assert (state.quantity, state.value) == (0, 0)


@pytest.mark.parametrize(("amount", "adjustment", "left"), [("90", "-10", "0"), ("100", "0", "0"), ("110", "10", "0")])
def test_what_a_reversal_leaves_at_zero_quantity_is_adjusted(amount, adjustment, left):
    state = ItemValue(MOVING_AVERAGE, D(10), D("100"))
    [valued] = state.apply([Flow(D(-10), D(amount))])
    assert (valued.amount, valued.adjustment, state.value) == (-D(amount), D(adjustment), D(left))


def test_value_never_falls_below_nothing():
    state = ItemValue(MOVING_AVERAGE, D(10), D("100"))
    [valued] = state.apply([Flow(D(-5), D("120"))])
    assert (valued.adjustment, state.quantity, state.value) == (D("20"), D(5), D(0))


def test_a_currency_without_cents():
    state = ItemValue(MOVING_AVERAGE, D(3), D(10))
    valued = state.apply([Flow(D(-1)), Flow(D(-1)), Flow(D(-1))], decimals=0)
    assert [one.amount for one in valued] == [-3, -4, -3]


def test_the_last_share_takes_what_is_left():
    first = share_of(D("10.00"), D(3), D(1))
    assert (first, share_of(D("10.00") - first, D(2), D(2))) == (D("3.33"), D("6.67"))


def test_where_nobody_asks_for_receipts_the_values_are_the_same():
    flows = [Flow(D(10), D("100")), Flow(D(-3)), Flow(D(7), D("91.30")), Flow(D(-6), layer_key=1), Flow(D(-8))]
    known, unknown = (ItemValue(MOVING_AVERAGE, D(0), D(0), keeps_layers=keeps) for keeps in (True, False))
    assert [one.amount for one in unknown.apply(flows)] == [one.amount for one in known.apply(flows)]
    assert (unknown.value, unknown.layers) == (known.value, [])


def test_an_issue_takes_the_receipt_it_gives_back_and_then_the_oldest():
    layers = [OpenLayer(key, D(4), D(4 * key)) for key in (1, 2, 3)]
    state = ItemValue(FIFO, D(12), D(24), list(layers))
    [back, rest] = state.apply([Flow(D(-6), layer_key=2), Flow(D(-4))])
    assert [(one.layer.key, one.quantity, one.amount) for one in back.takes] == [(2, 4, 8), (1, 2, 2)]
    assert [(one.layer.key, one.quantity, one.amount) for one in rest.takes] == [(1, 2, 2), (3, 2, 6)]
    assert [(layer.key, layer.quantity, layer.value) for layer in state.layers] == [(3, 2, 6)]

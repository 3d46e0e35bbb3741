"""The master schedule: projected balance and discrete available-to-promise."""

from decimal import Decimal

from erp.engines.master_schedule import discrete_promise, projected_balances

D = Decimal


def numbers(*values):
    return [D(one) for one in values]


def test_the_example_of_the_house():
    """Stock 100; 50 come on day 15, 40 on day 30; 80 are ordered for day 20 (buckets of five days). HARD_RULES §2."""
    orders, receipts = numbers(0, 0, 0, 80, 0, 0), numbers(0, 0, 50, 0, 0, 40)
    assert projected_balances(D(100), orders, receipts) == [100, 100, 150, 70, 70, 110]
    assert discrete_promise(D(100), orders, receipts) == [70, 0, 0, 0, 0, 40]


def test_discrete_promise_up_to_the_next_receipt():
    """On hand 54, lots of 50 in buckets 3 and 5: promised between two receipts counts against the first of them."""
    orders, receipts = numbers(21, 9, 5, 12, 60, 3), numbers(0, 0, 50, 0, 50, 0)
    assert discrete_promise(D(54), orders, receipts) == [24, 0, 20, 0, 0, 0]  # 13 of bucket 5 are taken from bucket 3


def test_too_much_is_promised():
    assert discrete_promise(D(5), numbers(20, 0), numbers(0, 10)) == [0, 10]
    assert projected_balances(D(5), numbers(20, 0), numbers(0, 10)) == [-15, -5]
    assert discrete_promise(D(5), [], []) == []

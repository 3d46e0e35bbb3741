"""Overselling at full size: 64 processes, 10 items of 100 pieces, 6,400 tries of four kinds."""

import random

from core.operations import perform
from crm.models import SalesOrder
from crm.services import sales_orders
from finance.selectors.invariants import STOCK, violations
from tests.races.test_claims import claimed, race

ITEMS, PIECES, TRIES, PROCESSES = 10, 100, 160, 64
SEED = 20260310


def test_ten_items_are_sold_out_exactly(committed):
    outcomes = race(PIECES, TRIES, PROCESSES, locks_off=False, items=ITEMS)
    assert len(outcomes) == 4 * TRIES * ITEMS
    assert set(outcomes) <= {"done", "short_stock", "busy"}
    assert claimed() == ITEMS * PIECES
    assert not violations(STOCK)
    confirmed = list(SalesOrder.objects.filter(state="confirmed").values_list("pk", flat=True))
    for pk in random.Random(SEED).sample(confirmed, len(confirmed) // 2):
        perform(sales_orders.cancel_sales_order, actor=None, order_id=pk, reason="Half of them")
    assert claimed() <= ITEMS * PIECES
    assert not violations(STOCK)

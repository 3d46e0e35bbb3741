"""100,000 random valued moves under each method: the ledger's value less the stock's is 0.00, and how long it takes."""

import os
import time

import pytest
from django.db import connection

from finance.selectors.invariants import GOODS, LAYERS, STOCK, violations
from tests.bench.valued_moves import Business

COUNT = int(os.environ.get("VALUED_MOVES", "100000"))
ITEMS = max(40, COUNT // 100)
DAYS = 60
BACK = (*[0] * 17, 1, 2, 5)
"""Three postings in twenty are backdated; each values the days after it anew."""
DECIMALS = {"moving_average": 2, "fifo": 3, "standard": 0, "month_average": 2}


@pytest.mark.parametrize("method", DECIMALS)
def test_random_valued_moves(committed, method):
    started = time.monotonic()
    business = Business(method, decimals=DECIMALS[method], items=ITEMS, seed=7, days=DAYS, back=BACK)
    business.run(COUNT, lines=40)
    seconds = time.monotonic() - started
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT coalesce(sum(amount), 0) FROM finance_journalline line JOIN finance_accountmapping mapping"
            " ON mapping.account_id = line.account_id AND mapping.role = 'stock')"
            " - (SELECT sum(value) FROM erp_itemcost), (SELECT count(*) FROM erp_valueentry)"
        )
        difference, entries = cursor.fetchone()
    print(f"\n{method}: {business.moves} moves, {entries} value entries, {seconds:.0f} s, {dict(business.done)}")
    print(f"{method}: ledger less stock {difference}")
    assert difference == 0
    assert violations(GOODS + STOCK + LAYERS) == []

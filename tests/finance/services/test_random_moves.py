"""Random business under each method and in currencies of 0, 2 and 3 decimals: no invariant of goods, stock, layers."""

import pytest

from tests.bench.valued_moves import Business


@pytest.mark.parametrize(
    ("method", "decimals"), [("moving_average", 2), ("fifo", 3), ("standard", 0), ("month_average", 2)]
)
def test_the_ledger_is_worth_what_the_stock_is(books, method, decimals):
    business = Business(method, decimals=decimals, seed=3).run(60)
    assert business.moves >= 60
    assert {"receive", "issue"} <= business.done.keys()

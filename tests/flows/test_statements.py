"""How much the chain from quotation to cash asks of the database: as much for two lines as for many."""

import pytest

from tests.flows.chain import Chain

pytestmark = pytest.mark.django_db

MOST_IN_ONE_STEP = 26
MOST_IN_ALL = 150


def test_no_step_asks_more_for_more_lines():
    few, many = Chain(2).run().counts(), Chain(9).run().counts()
    assert few == many, {k: (few[k], many[k]) for k in few if few[k] != many[k]}
    assert max(many.values()) <= MOST_IN_ONE_STEP, many
    assert sum(many.values()) <= MOST_IN_ALL, many

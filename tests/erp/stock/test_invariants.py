"""What must always hold of stock, after many random operations; and each break of it is found."""

import random
from decimal import Decimal

import pytest
from django.db import connection

from core.errors import DomainError
from core.operations import perform
from erp.models import ItemCost, Reservation, StockBalance, StockDocument
from erp.services import stock_documents
from finance.selectors.invariants import STOCK, violations
from tests.factories import erp, masterdata

D = Decimal
pytestmark = pytest.mark.django_db
SEED = 20260310


def one_step(dice, items, places):
    """Do one random thing that a clerk may try; refusals are part of it."""
    item = dice.choice(items)
    quantity = D(dice.randint(1, 9))
    kind = dice.choice(["misc_receipt", "misc_issue", "transfer", "count", "reverse", "order"])
    line = {"item_id": item.pk, "quantity": quantity, "location_id": dice.choice(places).pk}
    if kind == "order":
        erp.confirmed(item, str(quantity))
    elif kind == "reverse":
        posted = list(StockDocument.objects.filter(state="posted").values_list("pk", flat=True))
        perform(stock_documents.reverse_stock_document, actor=None, document_id=dice.choice(posted))
    else:
        if kind == "misc_receipt":
            line["unit_cost"] = D(dice.randint(1, 2000)) / 300
        if kind == "transfer":
            line["to_location_id"] = dice.choice(places).pk
        erp.posted(erp.draft(kind, line))


def test_random_work_never_breaks_an_invariant():
    warehouse = erp.place()
    places = [erp.shelf(), masterdata.location(warehouse)]
    items = [masterdata.item(code) for code in ("A", "B")]
    for item in items:
        erp.opening(item, "10", "3.33")
    dice = random.Random(SEED)
    refused = done = 0
    for _ in range(40):
        try:
            one_step(dice, items, places)
        except DomainError:
            refused += 1
        else:
            done += 1
        assert not violations(STOCK)
    assert done > 15
    assert refused


@pytest.fixture
def reserved():
    erp.place()
    item = masterdata.item("A")
    erp.opening(item, "10", "3.33")
    erp.confirmed(item, "4")
    assert not violations(STOCK)
    return item


CORRUPTORS = {
    "stock_balances": lambda: StockBalance.objects.update(on_hand=11),
    "stock_reserved": lambda: Reservation.objects.update(quantity=3),
    "item_value": lambda: ItemCost.objects.update(value=1),
}


@pytest.mark.parametrize("code", CORRUPTORS)
def test_each_break_is_found_and_named(reserved, code):
    CORRUPTORS[code]()
    assert [one.invariant.code for one in violations(STOCK)] == [code]


CHECKS = [
    "UPDATE erp_stockbalance SET on_hand = -1, reserved = 0",
    "UPDATE erp_stockbalance SET reserved = on_hand + 1",
    "UPDATE erp_itemcost SET quantity = 0",
    "UPDATE erp_demand SET open_quantity = quantity + 1",
    "UPDATE erp_reservation SET quantity = 0",
]


@pytest.mark.parametrize("statement", CHECKS)
def test_the_database_refuses_what_must_never_be(reserved, statement):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

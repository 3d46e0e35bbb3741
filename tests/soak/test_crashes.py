"""Crashes in full size: kill -9 at random moments, and the database server killed again and again during posting."""

import itertools
import random
from decimal import Decimal

from core.failpoints import FAILPOINTS
from erp.services import stock_documents
from finance.selectors.invariants import violations
from finance.services import invoices
from tests.crash.test_failpoints import killed_and_repeated
from tests.crash.test_server import crash
from tests.factories import erp, masterdata
from tests.factories.core import superuser
from tests.factories.finance import free_invoice

KILLS, SERVER_KILLS, DOCUMENTS, SEED = 200, 50, 10_000, 20261125


def test_200_posters_killed_at_random_failpoints(committed):
    erp.place()
    clerk = superuser("clerk")
    item = masterdata.item("PART")
    erp.opening(item, "1000", "3.33")
    customer = masterdata.customer()
    dice = random.Random(SEED)
    wrong: list[str] = []
    for turn in range(KILLS):
        point = dice.choice(FAILPOINTS)
        if point == "number.taken" or (not point.startswith("stock.") and dice.random() < 0.5):
            draft = free_invoice(customer, "70")
            arguments = {"service": invoices.post_invoice, "invoice_id": draft.pk}
        else:
            issue = erp.draft("misc_issue", {"item_id": item.pk, "quantity": Decimal(1)})
            arguments = {"service": stock_documents.post_stock_document, "document_id": issue.pk}
        wrong += killed_and_repeated(point, f"turn {turn}", actor=clerk, **arguments)
    assert wrong == [], f"seed {SEED}"
    assert violations() == []


def test_50_kills_of_the_server_lose_none_of_10000_acknowledgements(committed, tmp_path):
    ways = list(itertools.islice(itertools.cycle(["kill", "immediate"]), SERVER_KILLS))
    crash(committed, tmp_path, documents=DOCUMENTS, clerks=4, ways=ways)

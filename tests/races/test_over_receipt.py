"""Several clerks receive the same deliveries at once: an order takes in no more than it asked for."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from typing import Any

from scm.models import GoodsReceiptLine, PurchaseOrderLine
from scm.states import GoodsReceiptState
from tests.databases import ROOT
from tests.factories import scm as make
from tests.factories.finance import open_books

ORDERS = 6
CLERKS = 4


def race(*, locks_off: bool) -> list[str]:
    """Each clerk posts a receipt of 6 on each of the orders for 10; return every outcome."""
    made = make.buying_company()
    open_books()
    orders = [make.approved_order(made) for _ in range(ORDERS)]
    shares = [[make.draft_receipt(made, order, "6").pk for order in orders] for _ in range(CLERKS)]
    runners = [start({"locks_off": locks_off, "receipts": share}) for share in shares]
    for runner in runners:
        assert runner.stdout.readline() == "ready\n", runner.stderr.read()
    for runner in runners:
        runner.stdin.write("go\n")
        runner.stdin.flush()
    outcomes: list[str] = []
    for runner in runners:
        out, err = runner.communicate(timeout=300)
        assert runner.returncode == 0, err
        outcomes += json.loads(out.strip().splitlines()[-1])
    return outcomes


def start(share: dict[str, Any]) -> Any:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.races.receiver", json.dumps(share)],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(ROOT), "LOG_LEVEL": "ERROR"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def received() -> dict[int, Decimal]:
    """What posted receipts took in, by order line."""
    posted = GoodsReceiptLine.objects.filter(receipt__state=GoodsReceiptState.POSTED)
    sums: dict[int, Decimal] = {}
    for line in posted:
        sums[line.order_line_id] = sums.get(line.order_line_id, Decimal(0)) + line.stock_quantity
    return sums


def test_no_order_takes_in_more_than_it_asked_for(committed):
    outcomes = race(locks_off=False)
    assert outcomes.count("done") == ORDERS
    assert set(outcomes) == {"done", "over_receipt"}
    assert set(received().values()) == {Decimal(6)}
    assert {line.received_quantity for line in PurchaseOrderLine.objects.all()} == {Decimal(6)}


def test_without_locks_the_same_race_goes_wrong(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = race(locks_off=True)
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    assert stopped_by_database or max(received().values()) > 10

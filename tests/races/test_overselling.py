"""Many processes want the same few pieces: issued by hand and reserved by orders, never more than there are."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from typing import Any

from core.operations import perform
from crm.services import sales_orders
from erp.models import StockBalance, StockMove
from finance.selectors.invariants import STOCK, violations
from tests.databases import ROOT
from tests.factories import crm, erp, masterdata

PIECES = 12
PROCESSES = 4


def race(*, locks_off: bool) -> list[str]:
    """Let the processes claim one piece a try, half by issue, half by order; return every outcome."""
    item = masterdata.item("HOT")
    erp.opening(item, str(PIECES), "3.33")
    issues = [erp.draft("misc_issue", {"item_id": item.pk, "quantity": Decimal(1)}).pk for _ in range(12)]
    customer = masterdata.customer()
    orders = [
        crm.sales_order(customer, crm.line(item, "1", ship_date=erp.TODAY), warehouse_id=erp.place().pk).pk
        for _ in range(12)
    ]
    shares = [
        {"locks_off": locks_off, "post": issues[n::PROCESSES], "confirm": orders[n::PROCESSES]}
        for n in range(PROCESSES)
    ]
    return run(shares)


def run(shares: list[dict[str, Any]]) -> list[str]:
    """Start one process for each share, let all of them go at once; return every outcome."""
    runners = [start(share) for share in shares]
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
        [sys.executable, "-m", "tests.races.claimant", json.dumps(share)],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(ROOT), "LOG_LEVEL": "ERROR"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def claimed() -> tuple[Decimal, Decimal]:
    """What left the shelf by the issues, and what is reserved on it."""
    issued = sum((move.quantity for move in StockMove.objects.filter(kind="misc_issue")), Decimal(0))
    return issued, sum((one.reserved for one in StockBalance.objects.all()), Decimal(0))


def test_no_piece_is_promised_twice(committed):
    erp.place()
    outcomes = race(locks_off=False)
    issued, reserved = claimed()
    assert set(outcomes) <= {"done", "short_stock"}
    assert issued + reserved == PIECES
    assert outcomes.count("short_stock") == 12 - issued
    assert not violations(STOCK)


def test_without_locks_the_same_race_goes_wrong(committed):
    """The control: a test that cannot fail proves nothing."""
    erp.place()
    outcomes = race(locks_off=True)
    issued, reserved = claimed()
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    assert stopped_by_database or issued + reserved != PIECES or violations(STOCK)


def test_two_orders_confirmed_one_after_the_other_share_what_there_is(db):
    erp.place()
    item = masterdata.item("HOT")
    erp.opening(item, "3")
    customer = masterdata.customer()
    for quantity in ("2", "2"):
        line = crm.line(item, quantity, ship_date=erp.TODAY)
        order = crm.sales_order(customer, line, warehouse_id=erp.place().pk)
        perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)
    assert claimed() == (0, 3)

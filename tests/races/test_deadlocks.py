"""Random documents of many lines over a few hot items, by many processes at once: nobody waits in a circle.

The control locks the same rows in any order, and PostgreSQL has to end circles; the long runs are in tests/soak.
"""

import multiprocessing
from typing import Any

from django.db import connection

from finance.selectors.invariants import violations
from tests.factories import erp, masterdata
from tests.races.mixer import mix_documents
from tests.races.runners import run_tasks, together


def deadlocks() -> int:
    """How many the server has counted in this database; sessions report when they end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def mix(*, processes: int, items: int, lines: int, unsorted: bool = False, **limit: Any) -> tuple[list[str], int]:
    """Let the processes write and post until ``documents`` each or ``seconds``; return outcomes and deadlocks."""
    warehouse = erp.place()
    hot = [masterdata.item(f"HOT-{n:02}") for n in range(items)]
    for item in hot:
        erp.opening(item, "1000000", "3")
    task = {
        "items": [item.pk for item in hot],
        "lines": lines,
        "warehouse": warehouse.pk,
        "shelf": masterdata.location(warehouse, "SHELF-2").pk,
        "customer": masterdata.customer(credit_limit="1000000000").pk,
        "circle": multiprocessing.get_context("fork").Event() if unsorted else None,
        "pause": 0,
        "documents": None,
        "seconds": None,
    }
    before = deadlocks()
    tasks = [task | limit | {"seed": seed} for seed in range(processes)]
    outcomes = together(run_tasks(mix_documents, tasks, timeout=1200))
    return outcomes, deadlocks() - before


def test_documents_over_the_same_items_never_deadlock(committed):
    outcomes, found = mix(processes=3, items=12, lines=8, documents=4)
    assert found == 0
    assert outcomes == ["done"] * 12
    assert violations() == []


def test_rows_locked_in_any_order_do_deadlock(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes, found = mix(processes=3, items=5, lines=5, documents=100, unsorted=True, pause=0.03)
    assert found > 0
    assert set(outcomes) <= {"done", "busy"}
    assert violations() == []

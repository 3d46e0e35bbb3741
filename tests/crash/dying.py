"""A process that dies at a failpoint while it performs an operation, and what its death left in the database."""

import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

from core import failpoints
from core.operations import perform
from tests.races.runners import own_connections

LEDGERS = (
    *("erp_stockmove", "erp_valueentry", "erp_layeruse", "finance_journalentry", "finance_journalline"),
    *("core_auditevent", "core_idempotencyrecord", "core_outboxevent"),
)
KILLED, DONE, REFUSED = -9, 0, 1


def die_at(point: str, service: Callable[..., Any], **arguments: Any) -> int:
    """Perform in a process of its own that is killed with signal 9 at ``point``; returns how it ended."""
    connections.close_all()
    connection.close_pool()  # the child makes connections of its own
    child = os.fork()
    if not child:
        _perform_and_leave(point, service, arguments)
    _pid, status = os.waitpid(child, 0)
    _wait_for_its_session()
    return os.waitstatus_to_exitcode(status)


def _perform_and_leave(point: str, service: Callable[..., Any], arguments: dict[str, Any]) -> None:
    """Never comes back: nothing of the test run may happen twice."""
    code = REFUSED
    try:
        own_connections()
        failpoints.deadly = point
        perform(service, **arguments)
        code = DONE
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _wait_for_its_session() -> None:
    """The server notices a dead client in its own time, and rolls back then."""
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
            )
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("the session of the killed process is still there")


def traces() -> dict[str, Any]:
    """How much stands in every ledger, what lies on the shelves, which legal numbers were taken."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table in LEDGERS:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
        for name, sql in (
            ("on_hand", "SELECT coalesce(sum(on_hand), 0) FROM erp_stockbalance"),
            ("value", "SELECT coalesce(sum(value), 0) FROM erp_itemcost"),
            ("numbers", "SELECT coalesce(sum(last_number), 0) FROM core_legalsequence"),
            ("posted", "SELECT count(*) FROM erp_stockdocument WHERE state = 'posted'"),
            ("invoices", "SELECT count(*) FROM finance_invoice WHERE state = 'posted'"),
        ):
            cursor.execute(sql)
            found[name] = cursor.fetchone()[0]
    return found

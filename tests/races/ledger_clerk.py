"""One process of the races at the ledger: posts vouchers, types entries, or closes a period.

A task is {"vouchers": [ids], "fail_every": n}, {"entries": [account ids], "count": n,
"date": ISO date} or {"close": period id}. Every n-th voucher fails after its number was taken. Entries hold their
transaction open for a moment, and are typed until the period is found closed, ``count`` at most; the close begins
when the first of them is in the books (in a control at once: there all meet before their first commit anyway).
"""

import datetime as dt
import time
from decimal import Decimal
from typing import Any

from tests.races.claimant import tried
from tests.races.runners import Task


class Accident(RuntimeError):
    """What happens to a poster between taking a number and the end of his transaction."""


def work(task: Task) -> list[str]:
    """Do what the task names."""
    doing = post_vouchers if "vouchers" in task else close if "close" in task else type_entries
    return doing(task)


def post_vouchers(task: dict[str, Any]) -> list[str]:
    from finance.services import vouchers
    from finance.services.vouchers import posting

    sealing = posting._seal
    outcomes = []
    for place, pk in enumerate(task["vouchers"], 1):
        fails = task["fail_every"] and place % task["fail_every"] == 0
        posting._seal = _break if fails else sealing
        outcomes.append(_tried(vouchers.post_vouchers, voucher_ids=[pk]))
    return outcomes


def type_entries(task: dict[str, Any]) -> list[str]:
    from finance.services import manual_entries, posting

    passing = posting.failpoint

    def slowly(name: str) -> None:
        passing(name)  # the lines are written
        time.sleep(0.05)

    posting.failpoint = slowly
    debit, credit = task["entries"]
    lines = [{"account_id": debit, "debit": Decimal(1)}, {"account_id": credit, "credit": Decimal(1)}]
    date = dt.date.fromisoformat(task["date"])
    outcomes: list[str] = []
    while len(outcomes) < task["count"] and "period_closed" not in outcomes:
        outcomes.append(_tried(manual_entries.record_manual_entry, lines=lines, document_date=date))
    return outcomes


def close(task: dict[str, Any]) -> list[str]:
    from finance.models import JournalEntry
    from finance.services import periods

    while not task["locks_off"] and not JournalEntry.objects.exists():
        time.sleep(0.02)
    return [_tried(periods.close_period, period_id=task["close"])]


def _break(*_arguments: Any) -> None:
    raise Accident


def _tried(service: Any, **arguments: Any) -> str:
    try:
        return tried(service, **arguments)
    except Accident:
        return "accident"

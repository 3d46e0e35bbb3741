"""The trial balance over a million journal lines: kept sums and the newer lines, against all lines."""

import datetime as dt
import os
import time
from decimal import Decimal
from typing import Any

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.operations import perform
from finance.models import AccountBalance, FiscalPeriod, JournalLine
from finance.selectors.balances import balance_sums
from finance.selectors.ledger import TrialBalance, trial_balance
from finance.services import balances
from tests.factories import masterdata
from tests.factories.finance import open_books

ENTRIES = int(os.environ.get("BENCH_ENTRIES", "500000"))
FIRST, LAST = dt.date(2026, 12, 1), dt.date(2026, 12, 31)

LINES = """
INSERT INTO finance_journalentry (source_label, source_id, event, event_ref, round, source_number, entry_date,
  period_id, journal, description, created_at, posted_at)
SELECT 'finance.bench', n, 'manual', 0, 1, 'B' || n, period.d0 + (n %% 28)::integer, period.id, 'general', 'Bench',
  now(), now()
FROM generate_series(1, %(entries)s) n
JOIN (SELECT id, d0, row_number() OVER (ORDER BY d0) - 1 AS place, count(*) OVER () AS periods
      FROM finance_fiscalperiod WHERE year IN (2025, 2026)) period ON period.place = n %% period.periods;

INSERT INTO finance_journalline (entry_id, line_no, account_id, description, amount, currency_id, currency_amount, rate,
  is_exchange_difference, partner_id, tax_code)
SELECT entry.id, side.no, account.id, '', side.sign * (1 + entry.source_id %% 997), currency.id,
  side.sign * (1 + entry.source_id %% 997), 1, false, CASE WHEN side.no = 1 THEN partner.id END, ''
FROM finance_journalentry entry
CROSS JOIN (VALUES (1, 1), (2, -1)) AS side (no, sign)
JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS accounts
      FROM finance_account WHERE id NOT IN (SELECT parent_id FROM finance_account WHERE parent_id IS NOT NULL)
     ) account ON account.place = (entry.source_id * side.no * 7) %% account.accounts
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS partners
      FROM masterdata_partner) partner ON partner.place = entry.source_id %% partner.partners
CROSS JOIN (SELECT id FROM masterdata_currency WHERE code = 'CNY') currency
WHERE entry.source_label = 'finance.bench';
"""


def million(owner_url: str) -> None:
    """Write the lines set by set, with the triggers off: this is about reading."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        for table in ("finance_journalentry", "finance_journalline"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in LINES.split(";\n\n"):
            owner.execute(statement, {"entries": ENTRIES})
        for table in ("finance_journalentry", "finance_journalline"):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        owner.execute("ANALYZE finance_journalentry")
        owner.execute("ANALYZE finance_journalline")


def timed(what: str, work: Any, *arguments: Any, **options: Any) -> Any:
    work(*arguments, **options)
    with CaptureQueriesContext(connection) as queries:
        begun = time.perf_counter()
        found = work(*arguments, **options)
        seconds = time.perf_counter() - begun
    print(f"{what:<60}{len(queries):>4} statements{seconds * 1000:>9.1f} ms")
    return found


def closings(balance: TrialBalance) -> list[tuple[str, Decimal]]:
    return [(one.account.code, one.closing) for one in balance.rows]


def test_trial_balance(committed):
    open_books()
    for number in range(50):
        masterdata.customer(f"C{number}")
    million(committed.owner_url)
    print(f"\nTrial balance over {JournalLine.objects.count():,} lines")
    slow = timed("all lines, nothing summed up", trial_balance, FIRST, LAST)
    begun = time.perf_counter()
    for period in FiscalPeriod.objects.filter(year__in=[2025, 2026]):
        perform(balances.sum_period, actor=None, period_id=period.pk)
    print(f"summing up {AccountBalance.objects.count():,} sums: {time.perf_counter() - begun:.1f} s")
    with psycopg.connect(committed.owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE finance_accountbalance")
    fast = timed("kept sums, a whole month", trial_balance, FIRST, LAST)
    timed("kept sums, up to the middle of the month", trial_balance, FIRST, dt.date(2026, 12, 15))
    timed("by partner, the two years", balance_sums, dt.date(2025, 1, 1), LAST, by=("account_id", "partner_id"))
    assert [(one.account.code, one.closing) for one in fast.rows] == [
        (one.account.code, one.closing) for one in slow.rows
    ]
    assert fast.debit == fast.credit

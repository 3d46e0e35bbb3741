"""All invariants, and how they are run."""

from collections.abc import Iterable

from django.db import connection

from finance.selectors.invariants.base import Invariant, Violation
from finance.selectors.invariants.counts import COUNTS
from finance.selectors.invariants.goods import GOODS
from finance.selectors.invariants.layers import LAYERS
from finance.selectors.invariants.ledger import LEDGER
from finance.selectors.invariants.receivables import RECEIVABLES_AND_PAYABLES
from finance.selectors.invariants.reports import REPORTS
from finance.selectors.invariants.stock import STOCK
from finance.selectors.invariants.subcontracting import SUBCONTRACTING
from finance.selectors.invariants.touched import Floors, narrowed

INVARIANTS: tuple[Invariant, ...] = (
    LEDGER + RECEIVABLES_AND_PAYABLES + GOODS + STOCK + LAYERS + COUNTS + SUBCONTRACTING + REPORTS
)


def violations(
    invariants: Iterable[Invariant] = INVARIANTS, *, limit: int = 20, since: Floors | None = None
) -> list[Violation]:
    """Run the queries and return those that found something, each with its first ``limit`` rows.

    since  floors of a mark: big ledgers are checked only where they were touched since then. None: everything.
    """
    found = []
    with connection.cursor() as cursor:
        for one in invariants:
            sql = one.sql if since is None else narrowed(one.code, one.sql, since)
            cursor.execute(f"SELECT * FROM ({sql}) broken LIMIT %s", [limit])
            columns = [column.name for column in cursor.description or ()]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            if rows:
                found.append(Violation(one, rows))
    return found

"""Stock of all items as of a date over a million moves: milliseconds and statements, beside PostgreSQL's own limits."""

import datetime as dt
import time
from decimal import Decimal

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.operations import perform
from erp.selectors.stock_as_of import quantities_as_of, values_as_of
from erp.services import snapshots
from finance.selectors.invariants import violations
from finance.selectors.invariants.counts import COUNTS
from tests.bench.limits import measure
from tests.factories import erp, masterdata

MOVES = 1_000_000
ITEMS, PLACES, MONTHS = 2_000, 20, 36

FILL = """
INSERT INTO erp_stockmove (item_id, from_location_id, to_location_id, quantity, kind, source_label, source_id,
  source_number, reason, moved_on, created_at {more})
SELECT items.ids[1 + n %% %(items)s],
       CASE WHEN n %% 4 = 3 THEN places.ids[1 + (n / 7) %% %(places)s] ELSE %(outside)s END,
       CASE WHEN n %% 4 = 3 THEN %(outside)s ELSE places.ids[1 + (n / 7) %% %(places)s] END,
       1 + n %% 9, 'count', 'erp.stockdocument', 1, 'B', '', %(first)s::date + (n * %(days)s::bigint / %(moves)s)::int,
       now()
       {defaults}
FROM generate_series(0, %(moves)s - 1) AS n,
     (SELECT array_agg(id ORDER BY id) AS ids FROM masterdata_item) items,
     (SELECT array_agg(id ORDER BY id) AS ids FROM masterdata_location WHERE kind = 'storage') places
"""

VALUE = """
INSERT INTO erp_valueentry (move_id, item_id, kind, quantity, amount, source_label, source_id, booked_on, created_at
  {more})
SELECT id, item_id, 'count', quantity * CASE WHEN id %% 4 = 3 THEN -1 ELSE 1 END,
       quantity * 10 * CASE WHEN id %% 4 = 3 THEN -1 ELSE 1 END, source_label, source_id, moved_on, created_at
       {defaults}
FROM erp_stockmove
"""


def _fill() -> dt.date:
    place = erp.place()
    item, shelf = masterdata.item("B0"), erp.shelf()
    first = dt.date(erp.TODAY.year - 3, erp.TODAY.month, 1)
    with connection.cursor() as cursor:
        for table, one, count in (("masterdata_item", item, ITEMS), ("masterdata_location", shelf, PLACES)):
            _copies(cursor, table, one.pk, count)
        outside = masterdata.Location.objects.get(kind="count").pk
        values = {"items": ITEMS, "places": PLACES, "outside": outside, "moves": MOVES, "first": first}
        cursor.execute(_filled(cursor, FILL, "erp_stockmove"), values | {"days": (erp.TODAY - first).days})
        cursor.execute(_filled(cursor, VALUE, "erp_valueentry"), {})
    assert place
    return first


def _copies(cursor, table: str, pk: int, count: int) -> None:
    """Make the table hold ``count`` rows like the given one, each with a code of its own."""
    cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    names = [row[0] for row in cursor.fetchall() if row[0] not in {"id", "code", "is_default"}]
    listed = ", ".join(names)
    extra = ", is_default" if table == "masterdata_location" else ""
    default = ", false" if extra else ""
    cursor.execute(
        f"INSERT INTO {table} (code, {listed}{extra}) SELECT 'B' || n, {listed}{default} FROM {table}, "
        "generate_series(1, %s) AS n WHERE id = %s",
        [count - 1, pk],
    )


def _filled(cursor, sql: str, table: str) -> str:
    """The statement with the table's other columns that may not be empty set to no, or to an empty text."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO' "
        "AND column_default IS NULL AND data_type IN ('boolean', 'character varying', 'text')",
        [table],
    )
    columns = [(name, kind) for name, kind in cursor.fetchall() if name not in sql]
    more = "".join(f", {name}" for name, _kind in columns)
    return sql.format(
        more=more, defaults="".join(", false" if kind == "boolean" else ", ''" for _name, kind in columns)
    )


def _measured(read, *arguments, **named) -> tuple[float, int, list]:
    best, rows = 9e9, []
    for _ in range(5):
        with CaptureQueriesContext(connection) as asked:
            start = time.perf_counter()
            rows = read(*arguments, **named)
            best = min(best, time.perf_counter() - start)
    return best * 1000, len(asked), rows


def _analyse(url: str) -> None:
    """What the server does by itself in the minutes after such a load."""
    with psycopg.connect(url, autocommit=True) as owner:
        for table in ("erp_stockmove", "erp_valueentry", "erp_stocksnapshot", "erp_valuesnapshot"):
            owner.execute(f"ANALYZE {table}")


def test_stock_as_of_any_date_over_a_million_moves(committed):
    first = _fill()
    days = [first + dt.timedelta(days=n) for n in (400, 800)] + [erp.TODAY]
    plain = {day: _measured(quantities_as_of, day)[2] for day in days}
    _analyse(committed.owner_url)
    start = time.perf_counter()
    marks = snapshots.settled_marks()
    assert marks is not None
    ends = perform(snapshots.extend_snapshots, actor=None, move_id=marks[0], entry_id=marks[1])
    print(f"\nStock as of a date, {MOVES} moves, {ends} month ends summed up in {time.perf_counter() - start:.1f} s")
    start = time.perf_counter()
    perform(snapshots.extend_snapshots, actor=None, move_id=marks[0], entry_id=marks[1])
    _analyse(committed.owner_url)
    print(f"summing up again with nothing new: {(time.perf_counter() - start) * 1000:.0f} ms")
    print(f"{'read':<28}{'day':<12}{'rows':>8}{'statements':>12}{'ms':>8}")
    for day in days:
        for group in ("item", "warehouse", "place", "lot"):
            ms, asked, rows = _measured(quantities_as_of, day, group=group)
            print(f"{'quantity by ' + group:<28}{day.isoformat():<12}{len(rows):>8}{asked:>12}{ms:>8.0f}")
            if group == "item":
                assert sorted(rows) == sorted(plain[day])
        ms, asked, worth = _measured(values_as_of, day)
        print(f"{'value by item':<28}{day.isoformat():<12}{len(worth):>8}{asked:>12}{ms:>8.0f}")
        quantity = {row[0]: row[4] for row in plain[day]}
        assert all(worth[pk][1] == quantity[pk] * 10 for pk in quantity) or worth
    assert not violations(COUNTS)
    assert sum((row[4] for row in plain[days[-1]]), Decimal(0)) > 0
    print(measure(committed.owner_url))

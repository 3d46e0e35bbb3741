"""What nearly every test needs is made once by the services and laid down again from memory afterwards.

A test process keeps the rows that a build wrote into an untouched database (units, taxes, chart of accounts, periods)
and puts the same rows into the next test's database by a few INSERTs. Where anything of that kind is there already,
the build itself runs: nothing is guessed.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection, transaction

Counts = dict[str, int]


@dataclass(frozen=True)
class _Kept:
    """The rows of one build: statements that lay them down, and how many rows each table held before."""

    statements: str
    before: Counts


_kept: dict[Hashable, _Kept] = {}


def furnish(key: Hashable, build: Callable[[], None]) -> None:
    """Call ``build``, or lay down what it wrote before for the same ``key`` (all that its outcome depends on)."""
    kept = _kept.get(key)
    if kept is None:
        _build_and_keep(key, build)
    elif _counts(kept.before) != kept.before:
        build()
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(kept.statements)
        cache.clear()


def _build_and_keep(key: Hashable, build: Callable[[], None]) -> None:
    if not connection.in_atomic_block:  # a database of its own: nothing tells the rows of the build from others
        build()
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        [first] = cursor.fetchone()
    tables = connection.introspection.table_names()
    used, before, written = _newer(tables, first), _counts(tables), _written()
    build()
    mine = [table for table, rows in _written().items() if table in before and rows > written.get(table, 0)]
    if not set(mine) & set(used):
        statements = [statement for table in mine for statement in _laid_down(table, first)]
        _kept[key] = _Kept(";".join(statements), {table: before[table] for table in mine})


def _counts(tables: Iterable[str]) -> Counts:
    """How many rows each table holds."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))
        return dict(cursor.fetchall())


def _newer(tables: Iterable[str], first: int) -> set[str]:
    """The tables with rows that this transaction wrote: those carry its number, or a later one of a savepoint."""
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"(SELECT '{table}' FROM {table} WHERE xmin::text::bigint >= {first} LIMIT 1)" for table in tables
            )
        )
        return {table for (table,) in cursor.fetchall()}


def _written() -> Counts:
    """How many rows of each table this session wrote since the server last took its statistics."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())


def _laid_down(table: str, first: int) -> Iterator[str]:
    """The INSERT of the rows this transaction wrote into ``table``, and its sequence moved past them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.attname, pg_get_serial_sequence(%s, a.attname), coalesce(i.indisprimary, false)"
            " FROM pg_attribute a LEFT JOIN pg_index i"
            " ON i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY(i.indkey)"
            " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
            " ORDER BY a.attnum",
            [table, table],
        )
        columns = cursor.fetchall()
        names = ", ".join(f'"{name}"' for name, _sequence, _key in columns)
        keys = ", ".join(f'"{name}"' for name, _sequence, key in columns if key)
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name, _sequence, key in columns if not key)
        cursor.execute(
            f"SELECT json_agg(t ORDER BY xmin::text::bigint, {keys})::text FROM {table} t"
            f" WHERE xmin::text::bigint >= {first}"
        )
        [rows] = cursor.fetchone()
    if rows is None:
        return
    literal = "E'" + rows.replace("\\", "\\\\").replace("'", "''") + "'"
    yield (
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE"
        f" SELECT {names} FROM json_populate_recordset(null::{table}, {literal}) ON CONFLICT ({keys})"
        + (f" DO UPDATE SET {changes}" if changes else " DO NOTHING")
    )
    for name, sequence, _key in columns:
        if sequence:
            yield (  # only the owner may set a sequence: it is drawn on until it has passed the rows
                f"SELECT count(nextval('{sequence}'))"
                f" FROM generate_series(coalesce(pg_sequence_last_value('{sequence}'), 0) + 1,"
                f" (SELECT max({name}) FROM {table}))"
            )

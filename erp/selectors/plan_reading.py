"""How the queries of a plan are read: arrays without a Python object a number, in one snapshot, by two connections if
there is much to read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import structlog
from django.db import DatabaseError, InterfaceError, connection, transaction
from numpy.typing import NDArray
from psycopg import Connection, Cursor
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format

log = structlog.get_logger(__name__)
Array = NDArray[Any]
Over = Connection[Any] | None

AMONG = "(1 = 1)"
"""Stands in a query for which of its rows are asked for: all."""

LARGE = 32 * 2**20
"""From so many bytes of items, bill lines and demands on two connections read at the same time."""

EXPORT = """
SELECT CASE WHEN pg_relation_size('masterdata_item') + pg_relation_size('erp_bomline') + pg_relation_size('erp_demand')
    >= %s THEN pg_export_snapshot() END
"""


@contextmanager
def one_snapshot() -> Iterator[Over]:
    """One REPEATABLE READ, READ ONLY transaction; gives a second connection that sees the same, where that is worth it.

    Inside a transaction of the caller it is that one, alone: no other connection sees what it has changed so far.
    """
    if connection.in_atomic_block:
        yield None
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(EXPORT, [LARGE])
            snapshot = cursor.fetchone()[0]
        other = _join(snapshot) if snapshot else None
        try:
            yield other.connection if other else None
        finally:
            if other:
                other.close()


def _join(snapshot: str) -> Any:
    """Return a connection of its own in a snapshot; None: there is none to be had, one connection reads everything."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
    except (DatabaseError, InterfaceError) as error:  # no connection is free, or a pool has led to another server
        log.warning("plan_is_read_by_one_connection", error=str(error).strip())
        other.close()
        return None
    return other


class _NumbersLoader(Loader):
    """An array of numbers without NULL, from the binary format, as it is: no Python object a number."""

    format = Format.BINARY
    TYPES = {16: "?", 20: ">i8", 21: ">i2", 23: ">i4"}

    def load(self, data: Buffer) -> Array:
        if int.from_bytes(data[:4], "big") == 0:
            return np.zeros(0, np.int64)
        if int.from_bytes(data[4:8], "big"):
            raise ValueError("a source of planning holds NULL")
        kind = self.TYPES[int.from_bytes(data[8:12], "big")]
        pairs = np.frombuffer(data, dtype=[("length", ">i4"), ("value", kind)], offset=20)
        return pairs["value"].astype(np.bool_ if kind == "?" else kind.replace(">", "="))


ARRAY_OIDS = (1000, 1005, 1007, 1016)


def columns(sql: str, over: Over = None, **parameters: Any) -> list[Array]:
    """Return the arrays of a query's one row; empty ones where there are no rows. ``over``: another connection."""
    if over is None:
        connection.ensure_connection()
    own = over or connection.connection
    with connection.wrap_database_errors, Cursor(own) as cursor:  # Django's own knows no binary answers
        for oid in ARRAY_OIDS:
            cursor.adapters.register_loader(oid, _NumbersLoader)
        cursor.execute(sql, parameters or None, binary=True)
        return [np.zeros(0, np.int64) if column is None else column for column in cursor.fetchone() or ()]


@dataclass(frozen=True)
class Watched:
    """A table that a source is read from, and the column that says which block of the source a row belongs to.

    key  empty: a change of any row may change all of the source.
    """

    table: str
    key: str = ""


@dataclass(frozen=True)
class Special:
    """What only some rows of a source say: a query of their ids, the first column of the source, and of their columns;
    of each column its place among those of the source, its type, and what it is in all other rows.
    """

    sql: str
    columns: tuple[tuple[int, type, int], ...]


@dataclass(frozen=True)
class Source:
    """A query, and how its rows are told apart by blocks of keys.

    key  SQL of the key, by which its rows are in order; ``place`` of it among the columns; ``block``: keys of a block.
    watched  all tables it is read from; none: it is read anew each time.
    order  places of the columns by which the rows are brought in order here, the first one counts first (the server
    would sort them several times slower); a last one beyond those of the source, of its own, is left out then.
    """

    sql: str
    watched: tuple[Watched, ...] = ()
    key: str = ""
    place: int = 0
    block: int = 64
    order: tuple[int, ...] = ()
    is_order_own: bool = False
    special: Special | None = None

    def read(self, over: Over = None, *, among: str = AMONG, **parameters: Any) -> list[Array]:
        """Return the columns of all rows, or of those that a condition names."""
        found = columns(self.sql.replace(AMONG, among), over, **parameters)
        if self.order:
            found = _in_order(found, self.order)
        if self.is_order_own:
            found.pop()
        if self.special is not None:
            said = columns(self.special.sql.replace(AMONG, among), over, **parameters)
            _add_special(found, said, self.special)
        return found


def _in_order(found: list[Array], order: tuple[int, ...]) -> list[Array]:
    by = np.lexsort([found[place] for place in reversed(order)])
    if (by[1:] > by[:-1]).all():
        return found
    return [column[by] for column in found]


def _add_special(found: list[Array], said: list[Array], special: Special) -> None:
    """Put the columns in their places that only some rows have a say in."""
    ids = found[0]
    by_id = np.argsort(ids, kind="stable")
    rows = by_id[np.searchsorted(ids[by_id], said[0])] if len(said[0]) else said[0]
    for (place, kind, usual), values in zip(special.columns, said[1:], strict=True):
        column: Array = np.full(len(ids), usual, kind)
        column[rows] = values
        found.insert(place, column)

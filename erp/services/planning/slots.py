"""A slot of the ring: a plan written whole, by two connections where it is large, or what differs exchanged."""

import datetime as dt
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib import import_module
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from erp.engines.mrp.arrays import PASS, ArrayPlan
from erp.engines.mrp.rows import StoredRows, near_text, series_text
from erp.selectors.plan_inputs import Snapshot
from erp.selectors.plan_sources import SUPPLY_TYPES

COMPILED = "erp.engines.mrp.compiled"

IN_TWO = 200_000
"""From so many orders on near and later ones are written at the same time."""

LOGGED = "16MB"
"""Up to this size a table written whole goes into the log, which is flushed once; a larger one is flushed by itself."""

NEAR = (
    "slot, item_id, due_date, sequence, start_date, need_date, finish_date, quantity, supply_type, flags, "
    "more_demands, demands"
)
SERIES = "slot, item_id, supply_type, digest, due, quantity, detail, demand"
Chosen = NDArray[np.bool_]


@dataclass(frozen=True)
class StoredPlan:
    """A plan and what it was made from; ``is_compiled``: by the compiled planner, which also writes it out.

    in_two  a second connection may write, and commit, half of the slot that nobody reads before the run is current.
    """

    snapshot: Snapshot
    plan: ArrayPlan
    started_at: dt.datetime
    milliseconds: int
    is_compiled: bool
    near_until: int
    in_two: bool = False

    @cached_property
    def rows(self) -> StoredRows:
        """Return the plan as it is stored."""
        snapshot = self.snapshot
        rows: type[StoredRows] = StoredRows
        if self.is_compiled:
            rows = import_module(f"{COMPILED}.encoding").CompiledRows
        return rows(
            plan=self.plan,
            item_keys=snapshot.item_keys,
            kinds=snapshot.kinds,
            demand_keys=snapshot.columns.demands.key,
            near_until=self.near_until,
            kind_names=SUPPLY_TYPES,
        )

    @property
    def digest(self) -> str:
        """Return a text that is equal for equal plans."""
        held = self.rows.digests != 0
        return sha256(self.snapshot.item_keys[held].tobytes() + self.rows.digests[held].tobytes()).hexdigest()

    @property
    def orders(self) -> int:
        """Return how many orders are planned, phantoms and skipped levels left out."""
        return int((self.plan.flags & PASS == 0).sum())


def write_slot(slot: int, stored: StoredPlan) -> None:
    """Write a plan into a slot, in place of what was there."""
    everything = np.ones(len(stored.snapshot.item_keys), np.bool_)
    with connection.cursor() as cursor:
        if not stored.in_two:
            _empty(cursor, f"erp_plannedrow_{slot}, erp_plannedseries_{slot}")
            _fill_near(cursor, slot, stored, everything)
            _fill_series(cursor, slot, stored, everything)
            return
        _empty(cursor, f"erp_plannedrow_{slot}")
        _ = stored.rows.digests  # described once, before two threads need it
        with ThreadPoolExecutor(1) as beside:
            other = beside.submit(_write_beside, slot, stored, everything)
            _fill_near(cursor, slot, stored, everything)
            other.result()


def _write_beside(slot: int, stored: StoredPlan, chosen: Chosen) -> None:
    """Write the later orders by a connection of its own. Until the run is current nobody reads them."""
    own = connection.copy()
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            _empty(cursor, f"erp_plannedseries_{slot}")
            _fill_series(cursor, slot, stored, chosen)
        own.commit()
    finally:
        own.close()


def _empty(cursor: Any, tables: str) -> None:
    """Empty tables of the oldest slot; its last readers are waited for 200 ms."""
    cursor.execute("SELECT current_setting('lock_timeout')")
    patience = cursor.fetchone()[0]
    cursor.execute("SELECT set_config('lock_timeout', '200ms', true)")
    cursor.execute(f"TRUNCATE {tables}")
    cursor.execute(
        "SELECT set_config('lock_timeout', %s, true), set_config('wal_skip_threshold', %s, true)", [patience, LOGGED]
    )


def _fill_near(cursor: Any, slot: int, stored: StoredPlan, chosen: Chosen) -> None:
    _copy(cursor, f"erp_plannedrow_{slot} ({NEAR})", near_chunks(slot, stored, chosen), stored, freeze=True)
    cursor.execute(f"ANALYZE erp_plannedrow_{slot}")


def _fill_series(cursor: Any, slot: int, stored: StoredPlan, chosen: Chosen) -> None:
    _copy(cursor, f"erp_plannedseries_{slot} ({SERIES})", series_chunks(slot, stored, chosen), stored, freeze=True)
    cursor.execute(f"ANALYZE erp_plannedseries_{slot}")


def near_chunks(slot: int, stored: StoredPlan, chosen: Chosen) -> Iterable[Any]:
    """Return the near orders of the chosen items as COPY takes them."""
    if stored.is_compiled:
        chunks: Iterable[Any] = import_module(f"{COMPILED}.encoding").near_chunks(slot, stored.rows, chosen)
        return chunks
    return near_text(slot, stored.rows, chosen)


def series_chunks(slot: int, stored: StoredPlan, chosen: Chosen) -> Iterable[Any]:
    """Return the later orders of the chosen items as COPY takes them."""
    if stored.is_compiled:
        chunks: Iterable[Any] = import_module(f"{COMPILED}.encoding").series_chunks(slot, stored.rows, chosen)
        return chunks
    return series_text(slot, stored.rows, chosen)


def _copy(cursor: Any, into: str, chunks: Iterable[Any], stored: StoredPlan, *, freeze: bool) -> None:
    options = (["FREEZE"] if freeze else []) + (["FORMAT binary"] if stored.is_compiled else [])
    how = f" WITH ({', '.join(options)})" if options else ""
    with cursor.copy(f"COPY {into} FROM STDIN{how}") as copy:
        for chunk in chunks:
            copy.write(chunk)


def difference(slot: int, stored: StoredPlan) -> tuple[Chosen, list[int]]:
    """Return which items (a mask) have other orders than the slot says, and keys of items that have none any more."""
    keys, digests = stored.snapshot.item_keys, stored.rows.digests
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(item_id), array_agg(COALESCE(digest, 0)) FROM erp_plannedseries WHERE slot = %s", [slot]
        )
        known_keys, known = (np.array(column or [], np.int64) for column in cursor.fetchone())
    place = np.minimum(np.searchsorted(keys, known_keys), max(len(keys) - 1, 0))
    is_there = keys[place] == known_keys if len(keys) else np.zeros(len(known_keys), np.bool_)
    before = np.zeros(len(keys), np.int64)
    before[place[is_there]] = known[is_there]
    had = np.zeros(len(keys), np.bool_)
    had[place[is_there]] = True
    changed: Chosen = (digests != before) | (had & (before == 0))
    return changed, known_keys[~is_there].tolist()


def exchange(slot: int, stored: StoredPlan, changed: Chosen, gone: list[int]) -> None:
    """Write the orders of changed items anew, and take those of items away that have none any more."""
    ids = [*stored.snapshot.item_keys[changed].tolist(), *gone]
    with connection.cursor() as cursor:
        for table in (f"erp_plannedrow_{slot}", f"erp_plannedseries_{slot}"):
            cursor.execute(f"DELETE FROM {table} WHERE slot = %s AND item_id = ANY(%s::bigint[])", [slot, ids])
        _copy(cursor, f"erp_plannedrow_{slot} ({NEAR})", near_chunks(slot, stored, changed), stored, freeze=False)
        _copy(
            cursor, f"erp_plannedseries_{slot} ({SERIES})", series_chunks(slot, stored, changed), stored, freeze=False
        )

"""The stored form of a plan in PostgreSQL's binary COPY format, written by compiled code."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from erp.engines.mrp.arrays import PASS, TOPS, Array
from erp.engines.mrp.compiled.layout import lean
from erp.engines.mrp.problem import MICRO
from erp.engines.mrp.rows import FINISH, FLAGS, MORE, NEED, NEED_BIAS, ODD, OTHER_ODD, SEQUENCE, START, StoredRows

SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
EPOCH = 730_120
"""The ordinal of 2000-01-01."""

NEAR_AT_ONCE, SERIES_AT_ONCE = 16_384, 65_536
"""Orders written out at once: their bytes stay in the processor's cache while the server reads those before."""

IN_TWO = 200_000
"""From so many orders on two threads describe them."""

INT8, DATE = 20, 1082
NEAR_BYTES, SERIES_BYTES, ORDER_BYTES = 2 + 12 + 8 * 12 + 40 + 4 + 20 + 12 * TOPS + 20, 220, 44
TEN_THOUSAND = 10_000


class Rows(NamedTuple):
    """Columns of orders, of their items and of the names of kinds; the last name is that of what is passed through."""

    item: Array
    due: Array
    sequence: Array
    start: Array
    need: Array
    finish: Array
    quantity: Array
    flags: Array
    more: Array
    detail: Array
    first_demand: Array
    near: Array
    item_keys: Array
    item_kind: Array
    digests: Array
    first: Array
    last: Array
    names: Array
    lengths: Array


class Described(NamedTuple):
    """Of each order its item, whether it is near, what the arrays keep of it, its first demand; of items the digest."""

    item: Array
    is_near: Array
    detail: Array
    first_demand: Array
    digests: Array


class PlanColumns(NamedTuple):
    """What a digest is made of."""

    first: Array
    last: Array
    due: Array
    start: Array
    need: Array
    finish: Array
    quantity: Array
    sequence: Array
    flags: Array
    tops: Array
    more: Array


@lean
def _kept(value: int, most: int) -> int:
    return min(max(value, 0), most)


@lean
def _detail(plan: PlanColumns, order: int) -> int:
    """Return what `StoredRows.detail` says of an order."""
    due, more = np.int64(plan.due[order]), plan.more[order] or plan.tops[order, 1] >= 0
    detail: Any = _kept(due - plan.start[order], 16383) << START
    detail |= _kept(plan.need[order] - due + NEED_BIAS, 8191) << NEED
    detail |= _kept(plan.finish[order] - due, 16383) << FINISH
    detail |= np.int64(plan.flags[order]) << FLAGS
    detail |= np.int64(1 if more else 0) << MORE
    return detail | np.int64(plan.sequence[order]) << SEQUENCE


@lean
def _mixed(plan: PlanColumns, keys: Array, order: int, known: tuple[int, int, bool]) -> int:
    """Return an order's part of the digest of its item; ``known``: its detail, its first demand, whether it is near."""
    detail, first_demand, is_near = known
    mixed = np.uint64(detail) * ODD
    mixed = (mixed ^ (mixed >> np.uint64(29)) ^ np.uint64(plan.due[order])) * OTHER_ODD
    mixed = (mixed ^ (mixed >> np.uint64(29)) ^ np.uint64(plan.quantity[order])) * OTHER_ODD
    mixed = (mixed ^ (mixed >> np.uint64(29)) ^ np.uint64(first_demand)) * OTHER_ODD
    if is_near:
        rest = np.uint64(0)
        for place in range(TOPS):
            top = plan.tops[order, place]
            rest = (rest ^ (rest >> np.uint64(31)) ^ np.uint64(keys[top] if top >= 0 else 0)) * ODD
        mixed += rest
    return mixed ^ (mixed >> np.uint64(32))  # type: ignore[return-value]  # compiled, it is the same


@lean
def describe(plan: PlanColumns, keys: Array, own: tuple[int, int, int], into: Described) -> None:
    """Fill in what is stored of a plan; ``keys`` of the demands by rank.

    own  the last day listed, and from which item to which.
    """
    near_until, begin, end = own
    for item in range(begin, end):
        total = np.uint64(0)
        for order in range(plan.first[item], plan.last[item]):
            top, detail = plan.tops[order, 0], _detail(plan, order)
            is_near = min(plan.start[order], plan.need[order]) <= near_until
            demand = keys[top] if top >= 0 else 0
            into.item[order], into.detail[order] = item, detail
            into.is_near[order], into.first_demand[order] = is_near, demand
            total += np.uint64(_mixed(plan, keys, order, (detail, demand, is_near)))
        into.digests[item] = np.int64(total)
        if total == np.uint64(0) and plan.last[item] > plan.first[item]:
            into.digests[item] = 1


class CompiledRows(StoredRows):
    """The same of a large plan, in one pass."""

    @cached_property
    def _described(self) -> Described:
        plan, orders = self.plan, len(self.plan.due)
        found = Described(
            np.empty(orders, np.int32),
            np.empty(orders, np.bool_),
            np.empty(orders, np.int64),
            np.empty(orders, np.int64),
            np.zeros(len(plan.first), np.int64),
        )
        keys = self.demand_keys[plan.by_rank] if len(self.demand_keys) else np.zeros(1, np.int64)
        columns = PlanColumns(*(getattr(plan, name) for name in PlanColumns._fields))
        items = len(plan.first)
        if orders < IN_TWO:
            describe(columns, keys, (self.near_until, 0, items), found)
            return found
        with ThreadPoolExecutor(1) as beside:  # compiled code runs without the interpreter's lock
            other = beside.submit(describe, columns, keys, (self.near_until, 0, items // 2), found)
            describe(columns, keys, (self.near_until, items // 2, items), found)
            other.result()
        return found

    @cached_property
    def item(self) -> Array:
        return self._described.item

    @cached_property
    def is_near(self) -> Array:
        return self._described.is_near

    @cached_property
    def first_demand(self) -> Array:
        return self._described.first_demand

    @cached_property
    def detail(self) -> Array:
        return self._described.detail

    @cached_property
    def digests(self) -> Array:
        return self._described.digests


@lean
def _put(buffer: Array, at: int, value: int, size: int) -> int:
    """Write a number of ``size`` bytes, the highest first."""
    for place in range(size - 1, -1, -1):
        buffer[at + place] = value & 255
        value >>= 8
    return at + size


@lean
def _field(buffer: Array, at: int, value: int, size: int) -> int:
    at = _put(buffer, at, size, 4)
    return _put(buffer, at, value, size)


@lean
def _name(buffer: Array, at: int, rows: Rows, kind: int) -> int:
    length = rows.lengths[kind]
    at = _put(buffer, at, length, 4)
    for place in range(length):
        buffer[at + place] = rows.names[kind, place]
    return at + length


@lean
def _decimal(buffer: Array, at: int, micro: int) -> int:
    """Write numeric: four digits to the base of 10,000 before the point, two after it, six decimals shown."""
    at = _put(buffer, at, 20, 4)
    for value in (6, 3, 0, 6):
        at = _put(buffer, at, value, 2)
    whole, part = micro // MICRO, (micro % MICRO) * 100
    divisor = TEN_THOUSAND * TEN_THOUSAND * TEN_THOUSAND
    for _place in range(4):
        at = _put(buffer, at, whole // divisor % TEN_THOUSAND, 2)
        divisor //= TEN_THOUSAND
    at = _put(buffer, at, part // TEN_THOUSAND, 2)
    return _put(buffer, at, part % TEN_THOUSAND, 2)


@lean
def _array_head(buffer: Array, at: int, kind: int, shape: tuple[int, int]) -> int:
    """Begin an array of (how many, bytes each)."""
    count, size = shape
    at = _put(buffer, at, (20 if count else 12) + count * (size + 4), 4)
    at = _put(buffer, at, 1 if count else 0, 4)
    at = _put(buffer, at, 0, 4)
    at = _put(buffer, at, kind, 4)
    if count:
        at = _put(buffer, at, count, 4)
        at = _put(buffer, at, 1, 4)
    return at


@lean
def write_near(buffer: Array, rows: Rows, orders: Array, demands: Array, slot: int) -> int:
    """Write the near orders; return how many bytes that took."""
    at = 0
    for number in range(len(orders)):
        order = orders[number]
        at = _put(buffer, at, 12, 2)
        at = _field(buffer, at, slot, 2)
        at = _field(buffer, at, rows.item_keys[rows.item[order]], 8)
        at = _field(buffer, at, rows.due[order] - EPOCH, 4)
        at = _field(buffer, at, rows.sequence[order], 4)
        at = _field(buffer, at, rows.start[order] - EPOCH, 4)
        at = _field(buffer, at, rows.need[order] - EPOCH, 4)
        at = _field(buffer, at, rows.finish[order] - EPOCH, 4)
        at = _decimal(buffer, at, rows.quantity[order])
        is_pass = rows.flags[order] & PASS
        at = _name(buffer, at, rows, len(rows.lengths) - 1 if is_pass else rows.item_kind[rows.item[order]])
        at = _field(buffer, at, rows.flags[order], 2)
        at = _field(buffer, at, 1 if rows.more[order] else 0, 1)
        count = 0
        while count < TOPS and demands[number, count] != 0:
            count += 1
        at = _array_head(buffer, at, INT8, (count, 8))
        for place in range(count):
            at = _field(buffer, at, demands[number, place], 8)
    return at


@lean
def _write_numbers(buffer: Array, at: int, rows: Rows, span: tuple[int, int, int], column: Array) -> int:
    first, last, count = span
    at = _array_head(buffer, at, INT8, (count, 8))
    for order in range(first, last):
        if not rows.near[order]:
            at = _field(buffer, at, column[order], 8)
    return at


@lean
def write_series(buffer: Array, rows: Rows, items: Array, slot: int) -> int:
    """Write the later orders of items; return how many bytes that took."""
    at = 0
    for number in range(len(items)):
        item = items[number]
        first, last, count = rows.first[item], rows.last[item], 0
        for order in range(first, last):
            count += 0 if rows.near[order] else 1
        at = _put(buffer, at, 8, 2)
        at = _field(buffer, at, slot, 2)
        at = _field(buffer, at, rows.item_keys[item], 8)
        at = _name(buffer, at, rows, rows.item_kind[item])
        at = _field(buffer, at, rows.digests[item], 8)
        at = _array_head(buffer, at, DATE, (count, 4))
        for order in range(first, last):
            if not rows.near[order]:
                at = _field(buffer, at, rows.due[order] - EPOCH, 4)
        at = _write_numbers(buffer, at, rows, (first, last, count), rows.quantity)
        at = _write_numbers(buffer, at, rows, (first, last, count), rows.detail)
        at = _write_numbers(buffer, at, rows, (first, last, count), rows.first_demand)
    return at


def _rows(stored: StoredRows) -> Rows:
    plan = stored.plan
    names = np.zeros((len(stored.kind_names), 12), np.uint8)
    for number, name in enumerate(stored.kind_names):
        names[number, : len(name)] = list(name.encode())
    return Rows(
        stored.item,
        plan.due,
        plan.sequence,
        plan.start,
        plan.need,
        plan.finish,
        plan.quantity,
        plan.flags,
        plan.more,
        stored.detail,
        stored.first_demand,
        stored.is_near,
        stored.item_keys,
        stored.kinds.astype(np.int32),
        stored.digests,
        plan.first,
        plan.last,
        names,
        np.array([len(name) for name in stored.kind_names], np.int32),
    )


def near_chunks(slot: int, stored: StoredRows, chosen: Array) -> Iterator[memoryview]:
    """Return near orders of the chosen items (a mask) as the bytes that COPY takes; each chunk ends with the next."""
    rows = _rows(stored)
    orders = stored.near(chosen)
    buffer = np.empty(min(len(orders), NEAR_AT_ONCE) * NEAR_BYTES, np.uint8)
    yield memoryview(SIGNATURE)
    for at in range(0, len(orders), NEAR_AT_ONCE):
        part = orders[at : at + NEAR_AT_ONCE]
        yield buffer[: write_near(buffer, rows, part, stored.demands(part), slot)].data
    yield memoryview(TRAILER)


def series_chunks(slot: int, stored: StoredRows, chosen: Array) -> Iterator[memoryview]:
    """Return later orders of the chosen items as the bytes that COPY takes; each chunk ends with the next."""
    rows, plan = _rows(stored), stored.plan
    items = np.nonzero(chosen & (plan.last > plan.first))[0]
    most = SERIES_BYTES + (plan.last - plan.first)[items] * ORDER_BYTES
    ends = np.cumsum(most)
    yield memoryview(SIGNATURE)
    at, room, buffer = 0, SERIES_AT_ONCE * ORDER_BYTES, np.empty(0, np.uint8)
    while at < len(items):
        end = max(at + 1, int(np.searchsorted(ends, ends[at] - most[at] + room, side="right")))
        size = int(ends[end - 1] - ends[at] + most[at])
        if size > len(buffer):
            buffer = np.empty(size, np.uint8)
        yield buffer[: write_series(buffer, rows, items[at:end], slot)].data
        at = end
    yield memoryview(TRAILER)

"""A plan as it is stored: near orders as rows, later ones in arrays by item, and a digest of each item."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from erp.engines.mrp.arrays import PASS, TOPS, Array, ArrayPlan
from erp.engines.mrp.problem import MICRO

START, NEED, FINISH, FLAGS, MORE, SEQUENCE = 0, 14, 27, 41, 48, 49
"""Places of the bits in the detail of a later order (see the comment of erp_plannedseries.detail)."""

NEED_BIAS = 4096
ODD = np.uint64(0x9E3779B97F4A7C15)
OTHER_ODD = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True)
class StoredRows:
    """A plan with the keys of its rows, cut at the last release day that is listed order by order.

    kinds  place of each item's supply type in ``kind_names``, whose last is that of a phantom or skipped level.
    """

    plan: ArrayPlan
    item_keys: Array
    kinds: Array
    demand_keys: Array
    near_until: int
    kind_names: tuple[str, ...]

    @cached_property
    def item(self) -> Array:
        """Return the item of each order."""
        by_first = np.argsort(self.plan.first, kind="stable")
        return np.repeat(by_first, (self.plan.last - self.plan.first)[by_first]).astype(np.int32)

    @cached_property
    def is_near(self) -> Array:
        """Return whether each order is listed as a row: it is to be released, or needed, by the last day listed."""
        near: Array = np.minimum(self.plan.start, self.plan.need) <= self.near_until
        return near

    def near(self, chosen: Array) -> Array:
        """Return the near orders of the chosen items (a mask), item by item: so their index grows at its end."""
        orders = np.nonzero(self.is_near & chosen[self.item])[0]
        by_item: Array = orders[np.argsort(self.item[orders], kind="stable")]
        return by_item

    @cached_property
    def kind(self) -> Array:
        """Return the kind of each order."""
        return np.where(self.plan.flags & PASS, len(self.kind_names) - 1, self.kinds[self.item])

    @cached_property
    def first_demand(self) -> Array:
        """Return the key of the first demand of each order, 0: none."""
        return self.demands(slice(None), 1)[:, 0]

    def demands(self, orders: slice | Array, count: int = TOPS) -> Array:
        """Return the keys of the first demands of orders, 0: no more."""
        tops = self.plan.tops[orders, :count]
        if not len(self.demand_keys):
            return np.zeros(tops.shape, np.int64)
        return np.where(tops >= 0, self.demand_keys[self.plan.by_rank][np.maximum(tops, 0)], 0)

    @cached_property
    def detail(self) -> Array:
        """Return what the arrays of an item keep of an order beside due day, quantity and first demand."""
        plan, due = self.plan, self.plan.due.astype(np.int64)
        more: Array = plan.more | (plan.tops[:, 1] >= 0)
        return (
            (np.clip(due - plan.start, 0, 16383) << START)
            | (np.clip(plan.need - due + NEED_BIAS, 0, 8191) << NEED)
            | (np.clip(plan.finish - due, 0, 16383) << FINISH)
            | (plan.flags.astype(np.int64) << FLAGS)
            | (more.astype(np.int64) << MORE)
            | (plan.sequence.astype(np.int64) << SEQUENCE)
        )

    @cached_property
    def digests(self) -> Array:
        """Return a number for each item that differs when its orders do; 0: it has none."""
        plan = self.plan
        mixed = self.detail.astype(np.uint64) * ODD
        for column in (plan.due, plan.quantity, self.first_demand):
            mixed = (mixed ^ (mixed >> np.uint64(29)) ^ column.astype(np.uint64)) * OTHER_ODD
        near = np.nonzero(self.is_near)[0]
        rest = np.zeros(len(near), np.uint64)
        for column in self.demands(near).T:
            rest = (rest ^ (rest >> np.uint64(31)) ^ column.astype(np.uint64)) * ODD
        mixed[near] += rest
        mixed ^= mixed >> np.uint64(32)
        running = np.zeros(len(mixed) + 1, np.uint64)
        np.cumsum(mixed, out=running[1:])
        digests: Array = (running[plan.last] - running[plan.first]).astype(np.int64)
        digests[(digests == 0) & (plan.last > plan.first)] = 1
        return digests


class _Days(dict[int, str]):
    """ISO dates by ordinal, each made once."""

    def __missing__(self, day: int) -> str:
        self[day] = text = dt.date.fromordinal(min(max(day, 1), dt.date.max.toordinal())).isoformat()
        return text


def near_text(slot: int, stored: StoredRows, chosen: Array) -> Iterator[str]:
    """Return the near orders of the chosen items (a mask) as COPY's text, a line an order."""
    iso, plan = _Days(), stored.plan
    orders = stored.near(chosen)
    keys, demands = stored.item_keys.tolist(), stored.demands(orders).tolist()
    columns = (stored.item, stored.kind, plan.due, plan.sequence, plan.start, plan.need, plan.finish, plan.quantity)
    rows = zip(*(one[orders].tolist() for one in (*columns, plan.flags, plan.more)), demands, strict=True)
    for item, kind, due, sequence, start, need, finish, quantity, flags, more, tops in rows:
        names = ",".join(str(key) for key in tops if key)
        yield (
            f"{slot}\t{keys[item]}\t{iso[due]}\t{sequence}\t{iso[start]}\t{iso[need]}\t{iso[finish]}\t"
            f"{quantity // MICRO}.{quantity % MICRO:06d}\t{stored.kind_names[kind]}\t{flags}\t"
            f"{'t' if more else 'f'}\t{{{names}}}\n"
        )


def series_text(slot: int, stored: StoredRows, chosen: Array) -> Iterator[str]:
    """Return the later orders of the chosen items that have any order, as COPY's text, a line an item."""
    iso, plan = _Days(), stored.plan
    is_far = ~stored.is_near
    for item in np.nonzero(chosen & (plan.last > plan.first))[0].tolist():
        span = slice(int(plan.first[item]), int(plan.last[item]))
        far = is_far[span]
        due = ",".join(iso[day] for day in plan.due[span][far].tolist())
        numbers = [
            ",".join(str(one) for one in column[span][far].tolist())
            for column in (plan.quantity, stored.detail, stored.first_demand)
        ]
        arrays = "\t".join(f"{{{text}}}" for text in (due, *numbers))
        kind = stored.kind_names[int(stored.kinds[item])]
        yield f"{slot}\t{int(stored.item_keys[item])}\t{kind}\t{int(stored.digests[item])}\t{arrays}\n"

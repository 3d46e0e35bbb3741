"""What differs between two problems, and which items another plan may follow for: for planning only those again."""

from typing import Any, NamedTuple

import numpy as np

from erp.engines.mrp.arrays import Array, ArrayProblem
from erp.engines.mrp.compiled.carrying import spread
from erp.engines.mrp.compiled.layout import NO_RANK
from erp.engines.mrp.compiled.preparing import starts

FIXED = ("step", "explodes", "good", "is_phantom")
"""Columns of items that the layout of bill lines follows from."""


class Differing(NamedTuple):
    """Whether each item has other inputs of its own; of each demand its place before, -1: it is new."""

    items: Array
    demands: Array


class Tree(NamedTuple):
    """Of each item its components, as `low_levels` has them, and pairs of items that share what may replace them."""

    first: Array
    below: Array
    replaced: Array
    substitute: Array


def tree_of(problem: ArrayProblem) -> Tree:
    """Return what goes from item to item by bills of material, which stay the same."""
    lines, own = problem.lines, problem.substitutes
    above = problem.boms.item[lines.bom]
    below = lines.component[np.argsort(above, kind="stable")].astype(np.int64)
    return Tree(starts(above, len(problem.items.step)), below, lines.component[own.line], own.item)


def differing(before: ArrayProblem, now: ArrayProblem) -> Differing | None:
    """Say what differs; None: more than items, demands and receipts, or these in another order."""
    if not _is_alike(before, now):
        return None
    demands = _places_before(before.demands.key, now.demands.key)
    receipts = _places_before(before.receipts.key, now.receipts.key)
    if demands is None or receipts is None:
        return None
    items = np.zeros(len(now.items.step), np.bool_)
    for then, column in zip(before.items, now.items, strict=True):
        items |= then != column
    _mark(items, demands, _described_demands(before), _described_demands(now))
    _mark(items, receipts, _described_receipts(before), _described_receipts(now))
    then_moved, moved = _moves(before), _moves(now)
    items[[item for item in {**then_moved, **moved} if then_moved.get(item) != moved.get(item)]] = True
    return Differing(items, demands)


def reached(tree: Tree, now: ArrayProblem, items: Array) -> Array:
    """Return which items may be planned otherwise when some are: their components and the material of their work
    orders, what they may replace and whatever else may draw on the same substitute.
    """
    found, queue = items.copy(), np.empty(len(items), np.int64)
    material = np.nonzero(now.demands.receipt >= 0)[0]
    above = np.concatenate([tree.replaced, tree.substitute, now.receipts.item[now.demands.receipt[material]]])
    below = np.concatenate([tree.substitute, tree.replaced, now.demands.item[material]])
    while True:
        spread(tree.first, tree.below, found, queue)
        fresh = below[found[above] & ~found[below]]
        if not len(fresh):
            return found
        found[fresh] = True


def new_ranks(rank_before: Array, rank: Array, places_before: Array) -> Array:
    """Return the present rank of each former rank; of demands that are no more, none."""
    found = np.full(len(rank_before) + 1, NO_RANK, np.int32)
    stayed = np.nonzero(places_before >= 0)[0]
    found[rank_before[places_before[stayed]]] = rank[stayed]
    return found


def _is_alike(before: ArrayProblem, now: ArrayProblem) -> bool:
    """Return whether day, rules, calendar, bills of material and what they are laid out from are the same."""
    days, others = before.calendar, now.calendar
    return (
        before.today == now.today
        and before.rules == now.rules
        and (days is others or (days.first, days.end, days.days) == (others.first, others.end, others.days))
        and all(_is_same(getattr(before, name), getattr(now, name)) for name in ("boms", "lines", "substitutes"))
        and all(np.array_equal(getattr(before.items, name), getattr(now.items, name)) for name in FIXED)
    )


def _is_same(before: Any, now: Any) -> bool:
    return before is now or all(
        then is column or np.array_equal(then, column) for then, column in zip(before, now, strict=True)
    )


def _places_before(before: Array, now: Array) -> Array | None:
    """Return the former place of each key, -1: it is new; None: keys do not tell rows apart, or change their order."""
    if not len(before):
        return np.full(len(now), -1, np.int64)
    by_key = np.arange(len(before)) if _is_rising(before) else np.argsort(before, kind="stable")
    place = by_key[np.minimum(np.searchsorted(before[by_key], now), len(before) - 1)]
    found = np.where(before[place] == now, place, -1)
    stayed = found[found >= 0]
    is_unique = _is_rising(before[by_key]) and (_is_rising(now) or len(np.unique(now)) == len(now))
    return found if is_unique and _is_rising(stayed) else None


def _is_rising(column: Array) -> bool:
    return bool((column[1:] > column[:-1]).all())


def _described_demands(problem: ArrayProblem) -> tuple[Array, ...]:
    """Of demands the item and all that a plan depends on, rows of other tables by their keys."""
    own = problem.demands
    material, keys = own.receipt >= 0, problem.receipts.key
    receipt = np.where(material, keys[np.maximum(own.receipt, 0)] if len(keys) else 0, 0)
    shared = np.where(own.group >= 0, problem.demands.key[np.maximum(own.group, 0)] if len(own.key) else 0, 0)
    return own.item, own.day, own.quantity, own.priority, own.is_forecast, material, receipt, shared


def _described_receipts(problem: ArrayProblem) -> tuple[Array, ...]:
    own = problem.receipts
    bound, keys = own.group >= 0, problem.demands.key
    group = np.where(bound, keys[np.maximum(own.group, 0)] if len(keys) else 0, own.group)
    return own.item, own.day, own.quantity, own.fixed, bound, group


def _moves(problem: ArrayProblem) -> dict[int, list[tuple[int, ...]]]:
    """Return what somebody moved of each item that has something moved, which are few."""
    found: dict[int, list[tuple[int, ...]]] = {}
    for item, *move in zip(*(column.tolist() for column in problem.moves or ()), strict=True):
        found.setdefault(item, []).append(tuple(move))
    return found


def _mark(items: Array, places: Array, before: tuple[Array, ...], now: tuple[Array, ...]) -> None:
    """Mark the items of rows that are new, gone or changed; the first column is the item."""
    stayed = np.nonzero(places >= 0)[0]
    former = places[stayed]
    differs = np.zeros(len(stayed), np.bool_)
    for then, column in zip(before, now, strict=True):
        differs |= then[former] != column[stayed]
    gone = np.ones(len(before[0]), np.bool_)
    gone[former] = False
    gone[former[differs]] = True
    fresh = places < 0
    fresh[stayed[differs]] = True
    items[before[0][gone]] = True
    items[now[0][fresh]] = True

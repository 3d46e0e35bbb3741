"""Units that a plan knows for one run only: added to a problem before it is planned, taken out of the plan again."""

import dataclasses
from typing import Any

import numpy as np

from erp.engines.mrp.arrays import Array, ArrayPlan, ArrayProblem, columns_of
from erp.engines.mrp.problem import Bom, Demand, Item, Problem

LAST = 1 << 30
"""A rank behind all others."""


class Extension:
    """A problem with more items, bills and demands; the places of what it had stay as they were."""

    def __init__(self, problem: ArrayProblem) -> None:
        self.problem = problem
        self.first = len(problem.items.step)
        self.added = Problem(problem.today, [])
        self.stands_for: list[int] = []
        self.ours: dict[int, tuple[int, ...]] = {}

    def add_item(self, item: Item, stands_for: int) -> int:
        """Add an item and return its place; where it stands in somebody's way, ``stands_for`` is named."""
        self.added.items.append(item)
        self.stands_for.append(stands_for)
        return self.first + len(self.added.items) - 1

    def add_order(self, item: Item, main: int, demands: tuple[int, ...]) -> int:
        """Add an item whose orders are orders of ``main`` in the plan, for these demands; return its place."""
        place = self.add_item(item, main)
        self.ours[place] = demands
        return place

    def add_bom(self, bom: Bom) -> None:
        """Add a bill of material; items by their places in the whole problem."""
        self.added.boms.append(bom)

    def add_demand(self, item: int, day: int, quantity: int) -> None:
        """Add a demand that no row of the database has."""
        self.added.demands.append(Demand(-1 - len(self.added.demands), item, day, quantity))

    def extended(self) -> ArrayProblem:
        """Return the problem with all that was added."""
        given, more = self.problem, columns_of(self.added)
        lines = more.lines._replace(bom=more.lines.bom + len(given.boms.item))
        substitutes = more.substitutes._replace(line=more.substitutes.line + len(given.lines.bom))
        return dataclasses.replace(
            given,
            items=_joined(given.items, more.items),
            boms=_joined(given.boms, more.boms),
            lines=_joined(given.lines, lines),
            substitutes=_joined(given.substitutes, substitutes),
            demands=_joined(given.demands, more.demands),
        )

    def reduced(self, plan: ArrayPlan) -> ArrayPlan:
        """Return a plan of the extended problem as one of the problem itself."""
        name = np.append(np.arange(self.first), np.array([*self.stands_for, -1], np.int64))
        item_of, kept = self._kept(plan)
        first = np.searchsorted(item_of, np.arange(self.first + 1))
        tops, by_rank = self._ranks(plan)
        orders = {one: getattr(plan, one)[kept] for one in ORDERS}
        if self.ours:
            orders["sequence"] = _sequence(item_of, orders["due"])
        day, reason, blocking, from_stock = (column[: len(self.problem.demands.key)] for column in plan.verdict)
        item, substitute, on_day, quantity, used = plan.substitutions
        return dataclasses.replace(
            plan,
            **orders,
            first=first[:-1],
            last=first[1:],
            tops=tops[kept],
            by_rank=by_rank,
            verdict=(day, reason, name[blocking].astype(np.int32), from_stock),
            without_bom=plan.without_bom[plan.without_bom < self.first],
            substitutions=(name[item].astype(np.int32), name[substitute].astype(np.int32), on_day, quantity, used),
        )

    def named(self, path: list[int]) -> list[int]:
        """Return a path of items, those that were added left out."""
        return [item for item in path if item < self.first] or self.stands_for[:1]

    def _kept(self, plan: ArrayPlan) -> tuple[Array, Array]:
        """Return the item of each order that stays, and which those are, by item and due day."""
        by_first = np.argsort(plan.first, kind="stable")
        unit = np.repeat(by_first, (plan.last - plan.first)[by_first])
        becomes = np.append(np.arange(self.first), np.full(len(self.stands_for), -1))
        for place in self.ours:
            becomes[place] = self.stands_for[place - self.first]
        item = becomes[unit]
        kept = np.lexsort((unit, plan.due, item))
        kept = kept[item[kept] >= 0]
        return item[kept], kept

    def _ranks(self, plan: ArrayPlan) -> tuple[Array, Array]:
        """Return the ranks that orders are for, and the demands by rank, those that were added left out."""
        is_ours = plan.by_rank < len(self.problem.demands.key)
        rank = np.append(np.where(is_ours, np.cumsum(is_ours) - 1, LAST), LAST)
        tops = np.sort(rank[plan.tops], axis=1)
        place = np.empty(len(self.problem.demands.key), np.int64)
        place[plan.by_rank[is_ours]] = np.arange(len(place))
        for unit, demands in self.ours.items():
            named = sorted(int(place[one]) for one in demands)[: tops.shape[1]]
            tops[plan.first[unit] : plan.last[unit]] = [*named, *([LAST] * (tops.shape[1] - len(named)))]
        return np.where(tops == LAST, -1, tops).astype(np.int32), plan.by_rank[is_ours]


ORDERS = ("due", "start", "need", "finish", "quantity", "sequence", "flags", "group", "more")


def _joined(given: Any, more: Any) -> Any:
    return type(given)(*(np.concatenate(pair) for pair in zip(given, more, strict=True)))


def _sequence(item: Array, due: Array) -> Array:
    """Number the orders of each item and due day, which stand together."""
    starts = np.concatenate([[True], (item[1:] != item[:-1]) | (due[1:] != due[:-1])])[: len(item)]
    places = np.arange(len(item))
    numbers: Array = places - np.maximum.accumulate(np.where(starts, places, 0)) + 1
    return numbers.astype(np.int32)

"""Lines that are replaced together 整组替代: which orders take the substitutes of a group, and for how much.

When a component of a group is short for an order, so much of the order as is short takes all of the group's substitutes
of one rank, from stock that nobody needs in the whole horizon; ranks in turn, orders by start. There may be more or
fewer substitutes than components: one stands for several where the others have none of its rank, several stand for one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from erp.engines.mrp.arrays import PASS, Array, ArrayPlan, ArrayProblem
from erp.engines.mrp.exploding import boms_by_item, component_needs, in_order, outputs_of
from erp.engines.mrp.pegging import Extras, Pegging
from erp.engines.mrp.problem import (
    MICRO,
    TO_STOCK,
    Bom,
    BomLine,
    Demand,
    Item,
    Need,
    Order,
    Output,
    Problem,
    Receipt,
    Substitute,
    Substitution,
)
from erp.engines.mrp.run import independent_need


@dataclass(frozen=True, slots=True)
class Part:
    """``used`` of ``substitute`` stands in for ``quantity`` of ``item``; either may be 0 where the numbers differ."""

    item: int
    substitute: int
    quantity: int
    used: int


@dataclass(frozen=True, slots=True)
class Swap:
    """What an order of ``parent`` that begins on ``day`` takes instead of a group of its components."""

    parent: int
    day: int
    parts: tuple[Part, ...]


@dataclass(slots=True)
class _Line:
    """A component of an order: what it needs in all, what of that is short, its substitutes (of a rank any number)."""

    need: Need
    short: int
    substitutes: tuple[Substitute, ...]

    def of(self, rank: int) -> list[Substitute]:
        """Return its substitutes of a rank."""
        return [one for one in self.substitutes if one.rank == rank]


@dataclass
class _Extract:
    """The items that groups are about, with their parents, as a problem of their own; ``keys`` are their places."""

    keys: list[int]
    problem: Problem
    orders: list[list[Order]]
    substitutions: list[list[Substitution]]
    components: set[int]
    boms: list[list[Bom]] = field(default_factory=list)


def swaps(problem: ArrayProblem, plan: ArrayPlan) -> list[Swap]:
    """Return what groups of substitutes replace, given a plan that replaces nothing by them."""
    extract = _extract(problem, plan)
    extract.boms = boms_by_item(extract.problem)
    needs, outputs = _needs(extract)
    surplus = _surplus(extract, needs)
    short = _short(extract, needs, outputs)
    found = []
    orders = [one for of_item in extract.orders for one in of_item]
    for order in sorted(orders, key=lambda one: (one.start, one.item, one.due, one.sequence)):
        for lines in _groups(extract, order, short):
            parts = _Group(extract.problem, order, lines, surplus).parts()
            if parts:
                own = tuple(
                    Part(extract.keys[one.item], extract.keys[one.substitute], one.quantity, one.used) for one in parts
                )
                found.append(Swap(extract.keys[order.item], order.start, own))
    return found


def _needs(extract: _Extract) -> tuple[list[list[Need]], list[list[Output]]]:
    problem, size = extract.problem, len(extract.keys)
    needs: list[list[Need]] = [[] for _ in range(size)]
    outputs: list[list[Output]] = [[] for _ in range(size)]
    for order in (one for of_item in extract.orders for one in of_item):
        if not (problem.items[order.item].explodes or order.is_pass):
            continue
        order.components = component_needs(problem, extract.boms, order) or []
        for need in order.components:
            needs[need.item].append(need)
        for output in outputs_of(problem, extract.boms, order):
            outputs[output.item].append(output)
    for place, demand in enumerate(problem.demands):
        if demand.quantity > 0:
            needs[demand.item].append(independent_need(problem, place))
    for of_item in needs:
        in_order(of_item)
    return needs, outputs


def _surplus(extract: _Extract, needs: Sequence[Sequence[Need]]) -> list[int]:
    """Of each item the free stock that nobody needs in the whole horizon."""
    left = [
        max(0, item.free_stock - item.safety_stock - sum(need.quantity for need in needs[place]))
        for place, item in enumerate(extract.problem.items)
    ]
    for one in (one for of_item in extract.substitutions for one in of_item):
        left[one.substitute] -= one.used
    return left


def _short(extract: _Extract, needs: list[list[Need]], outputs: list[list[Output]]) -> dict[int, int]:
    """By identity of a need how much of it waits for a planned order."""
    problem = extract.problem
    receipts: list[list[int]] = [[] for _ in extract.keys]
    for place in sorted(range(len(problem.receipts)), key=lambda at: (problem.receipts[at].day, at)):
        receipts[problem.receipts[place].item].append(place)
    own = [of_item if place in extract.components else [] for place, of_item in enumerate(extract.orders)]
    asked = [of_item if place in extract.components else [] for place, of_item in enumerate(needs)]
    pegging = Pegging(problem, asked, receipts, own, Extras(outputs, extract.substitutions))
    found: dict[int, int] = defaultdict(int)
    for item in extract.components:
        for edge in pegging.edges[item]:
            if isinstance(pegging.sources[item][edge.supply], Order):
                found[id(asked[item][edge.need])] += edge.quantity
    return found


def _groups(extract: _Extract, order: Order, short: dict[int, int]) -> Iterator[list[_Line]]:
    """The groups of an order's components of which something is short and all can be replaced."""
    lines = {line.number: line for bom in extract.boms[order.item] for line in bom.lines if line.group}
    by_group: dict[int, list[_Line]] = defaultdict(list)
    for need in order.components:
        line = lines.get(need.rank[1])
        if line is not None:
            by_group[line.group].append(_Line(need, short.get(id(need), 0), line.substitutes))
    for of_group in by_group.values():
        policies = {extract.problem.items[line.need.item].order_policy for line in of_group}
        is_whole = not any(line.need.is_skip for line in of_group) and policies == {TO_STOCK}
        if is_whole and any(line.short for line in of_group):
            yield of_group


class _Group:
    """One group of one order: how much of the order can do with its substitutes."""

    def __init__(self, problem: Problem, order: Order, lines: list[_Line], surplus: list[int]) -> None:
        self.problem, self.order, self.lines, self.surplus = problem, order, lines, surplus
        self.step = problem.items[order.item].step

    def parts(self) -> list[Part]:
        """Return what is replaced, and take it from the surplus."""
        share = [-(-self.order.quantity * one.short // one.need.quantity) for one in self.lines if one.short]
        left = min(_up(max(share), self.step), self.order.quantity)
        done, found = 0, []
        for rank in self._ranks():
            possible = self._possible(rank, done, left)
            if possible <= 0 or (possible < left and not self.problem.rules.substitute_partly):
                continue
            found += self._take(rank, done, possible)
            done, left = done + possible, left - possible
            if left <= 0:
                break
        return found

    def _replaced(self, line: _Line, quantity: int) -> int:
        """What so much of the order needs of a line."""
        step = self.problem.items[line.need.item].step
        return min(line.need.quantity, _up(-(-line.need.quantity * quantity // self.order.quantity), step))

    def _ranks(self) -> list[int]:
        """The ranks of which every substitute is valid when the order starts."""
        day = max(self.order.start, self.problem.today)
        every = [one for line in self.lines for one in line.substitutes]
        return sorted(
            {one.rank for one in every} - {one.rank for one in every if not one.valid_from <= day < one.valid_to}
        )

    def _used(self, rank: int, done: int, quantity: int) -> list[tuple[_Line, int, list[tuple[int, int]]]]:
        """Of each line what is replaced when, beyond ``done``, so much more of the order is; what is used for it."""
        rows = []
        for line in self.lines:
            replaced = self._replaced(line, done + quantity) - self._replaced(line, done)
            by = [
                (one.item, _up(-(-replaced * one.ratio // MICRO), self.problem.items[one.item].step))
                for one in line.of(rank)
            ]
            rows.append((line, replaced, by))
        return rows

    def _fits(self, rank: int, done: int, quantity: int) -> bool:
        wanted: dict[int, int] = defaultdict(int)
        for _line, _replaced, by in self._used(rank, done, quantity):
            for item, used in by:
                wanted[item] += used
        return all(used <= self.surplus[item] for item, used in wanted.items())

    def _possible(self, rank: int, done: int, most: int) -> int:
        """The greatest quantity of the order, of its own step, that the surplus of a rank covers."""
        low, high = 0, -(-most // self.step)
        while low < high:
            trial = (low + high + 1) // 2
            if self._fits(rank, done, min(trial * self.step, most)):
                low = trial
            else:
                high = trial - 1
        return min(low * self.step, most)

    def _take(self, rank: int, done: int, quantity: int) -> list[Part]:
        """Take what stands in from the surplus; what has no substitute of its own is replaced by the first of all."""
        rows = self._used(rank, done, quantity)
        first = next(item for _line, _replaced, by in rows for item, _used in by)
        found = []
        for line, replaced, by in rows:
            for place, (item, used) in enumerate(by or [(first, 0)]):
                self.surplus[item] -= used
                stands_for = 0 if place else replaced
                if stands_for or used:
                    found.append(Part(line.need.item, item, stands_for, used))
        return found


def _up(quantity: int, step: int) -> int:
    return -(-quantity // step) * step


def _extract(problem: ArrayProblem, plan: ArrayPlan) -> _Extract:
    """Take the components and substitutes of all groups out of a problem, with the parents of each."""
    lines, given = problem.lines, problem.substitutes
    grouped = lines.group[given.line] > 0
    names = lines.bom.astype(np.int64) * (int(lines.group.max()) + 1) + lines.group
    is_in_one = (lines.group > 0) & np.isin(names, names[given.line[grouped]])
    components = np.unique(lines.component[is_in_one])
    watched = np.union1d(components, given.item[grouped])
    is_use = np.isin(lines.component, watched)
    keys = np.union1d(watched, problem.boms.item[lines.bom[is_use]])
    place = {int(key): at for at, key in enumerate(keys)}
    return _Extract(
        [int(key) for key in keys],
        Problem(
            problem.today,
            _rows(Item, problem.items, keys),
            _boms(problem, keys, place, is_use),
            _demands(problem, watched, place),
            _receipts(problem, watched, place),
            problem.rules,
            problem.calendar,
        ),
        [_orders(plan, int(key), at) for at, key in enumerate(keys)],
        _substitutions(plan, place),
        {place[int(key)] for key in components},
    )


def _rows(kind: Any, columns: Any, chosen: Array) -> list[Any]:
    return [kind(*row) for row in zip(*(column[chosen].tolist() for column in columns), strict=True)]


def _boms(problem: ArrayProblem, keys: Array, place: dict[int, int], is_use: Array) -> list[Bom]:
    chosen = np.nonzero(np.isin(problem.boms.item, keys))[0]
    boms = {int(number): row for number, row in zip(chosen, _columns(problem.boms, chosen), strict=True)}
    found = {number: Bom(place[row[0]], row[1], [], *row[2:]) for number, row in boms.items()}
    substitutes: dict[int, list[Substitute]] = defaultdict(list)
    for line, item, *rest in _columns(problem.substitutes, problem.lines.group[problem.substitutes.line] > 0):
        substitutes[line].append(Substitute(place[item], *rest))
    used = np.nonzero(is_use)[0]
    for number, (bom, component, *rest) in zip(used.tolist(), _columns(problem.lines, used), strict=True):
        found[bom].lines.append(BomLine(place[component], *rest, substitutes=tuple(substitutes[number])))
    return list(found.values())


def _columns(columns: Any, chosen: Array) -> list[tuple[Any, ...]]:
    return list(zip(*(column[chosen].tolist() for column in columns), strict=True))


def _demands(problem: ArrayProblem, watched: Array, place: dict[int, int]) -> list[Demand]:
    rows = _rows(Demand, problem.demands, np.isin(problem.demands.item, watched))
    for one in rows:
        one.item, one.receipt, one.group = place[one.item], None, None
    return rows


def _receipts(problem: ArrayProblem, watched: Array, place: dict[int, int]) -> list[Receipt]:
    columns = problem.receipts
    chosen = np.nonzero(np.isin(columns.item, watched) & (columns.quantity > 0))[0]
    rows = _rows(Receipt, columns, chosen[np.lexsort((columns.key[chosen], columns.day[chosen]))])
    for one in rows:
        one.item = place[one.item]
    return rows


def _orders(plan: ArrayPlan, item: int, place: int) -> list[Order]:
    span = slice(int(plan.first[item]), int(plan.last[item]))
    names = ("sequence", "need", "due", "start", "quantity", "flags")
    return [
        Order(place, sequence, need, due, start, quantity, False, False, is_pass=bool(flags & PASS))
        for sequence, need, due, start, quantity, flags in zip(
            *(getattr(plan, name)[span].tolist() for name in names), strict=True
        )
    ]


def _substitutions(plan: ArrayPlan, place: dict[int, int]) -> list[list[Substitution]]:
    """Of each item what substitutes of single lines replace."""
    found: list[list[Substitution]] = [[] for _ in place]
    for item, substitute, *rest in zip(*(column.tolist() for column in plan.substitutions), strict=True):
        if item in place and substitute in place:
            found[place[item]].append(Substitution(place[item], place[substitute], *rest))
    return found

"""The run through all items: wave after wave of those that do not need each other, the halves of a large one at once.

Both halves write into the same tables, the second further up; it is moved down behind the first when both are done.
"""

from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from erp.engines.mrp.compiled.driving import halve, plan_items
from erp.engines.mrp.compiled.layout import (
    ADVICE,
    ADVISED,
    COUNTERS,
    EDGE,
    EDGES,
    NEEDS,
    ORDER,
    ORDERS,
    PULL,
    REPLACEMENT,
    REPLACEMENTS,
    SPAN,
    WIDTH,
    Array,
    Given,
    Made,
    Scratch,
    State,
    room,
    room_for_needs,
)

OF_ORDERS = ((ORDERS, "orders", ORDER), (ORDERS, "pulls", PULL))
BESIDES = ((ADVICE, "advice", ADVISED), (EDGES, "edges", EDGE), (REPLACEMENTS, "replaced", REPLACEMENT))
TABLES = (*OF_ORDERS, *BESIDES)

IN_TWO = 2_000
"""From so many items on a wave is planned by two threads."""


class Levels(NamedTuple):
    """Items by low-level code; where each wave of them ends, and how many at its beginning have to keep their order as
    they may share a substitute. No waves: one after the other.
    """

    items: Array
    ends: list[int]
    in_order: list[int]


class Work:
    """The tables of a run, which give way to larger ones when they are full."""

    def __init__(self, given: Given, made: Made, state: State, scratch: Scratch | None = None) -> None:
        self.given, self.made, self.state = given, made, state
        self.scratch = scratch or room_for_needs(10_000, 4_000)

    def go_on(self, items: Array, at: int, *, with_pegs: bool) -> int:
        """Plan items from one on; return where it had to stop for want of room, or their number."""
        return int(plan_items(self.given, self.made, self.state, self.scratch, (items, at, with_pegs)))

    def plan(self, items: Array, *, with_pegs: bool) -> None:
        """Plan items one after the other."""
        at = 0
        while (at := self.go_on(items, at, with_pegs=with_pegs)) < len(items):
            self.make_room()

    def make_room(self) -> None:
        """Make the room that the item asked for which had to wait."""
        asked = self.state.count[COUNTERS:].tolist()
        grown = self.made._asdict()
        for counter, name, kind in TABLES:
            if asked[counter] > len(grown[name]):
                used = int(self.state.count[counter])
                fresh = room(max(asked[counter], 2 * len(grown[name])), kind)
                fresh.view(np.uint8)[: used * fresh.itemsize] = grown[name].view(np.uint8)[: used * fresh.itemsize]
                grown[name] = fresh
        receipts = len(self.given.receipts)
        places = (receipts + len(grown["orders"])) * WIDTH
        if 0 < len(self.made.goals) < places:
            used = (receipts + int(self.state.count[ORDERS])) * WIDTH
            grown["goals"] = room(places, np.int32)
            grown["goals"][:used] = self.made.goals[:used]
        self.made = Made(**grown)
        needs, days = (
            len(self.scratch.needs),
            len(self.scratch.days),
        )  # kept: earlier items are judged in it
        if asked[NEEDS] > needs or asked[SPAN] > days:
            self.scratch = room_for_needs(max(2 * asked[NEEDS], needs), max(2 * asked[SPAN], days))


def plan_waves(work: Work, levels: Levels, *, with_pegs: bool) -> None:
    """Plan all items."""
    begin, other = 0, None
    with ThreadPoolExecutor(1) as beside:
        for end, in_order in zip(levels.ends, levels.in_order, strict=True):
            items = levels.items[begin:end]
            if len(items) >= IN_TWO:
                other = other or _beside(work)
                items = _plan_halves(work, other, beside, (items, in_order, with_pegs))
            work.plan(items, with_pegs=with_pegs)
            begin = end
    work.plan(levels.items[begin:], with_pegs=with_pegs)
    if other is not None:  # whoever judges goes through the items of both
        mine, others = work.scratch, other.scratch
        work.scratch = room_for_needs(max(len(mine.needs), len(others.needs)), max(len(mine.days), len(others.days)))


def _beside(work: Work) -> Work:
    """Return a second run over the same tables but for what is there beside orders."""
    besides: dict[str, Any] = {name: room(1_000, kind) for _counter, name, kind in BESIDES}
    state = work.state._replace(count=np.zeros(2 * COUNTERS, np.int64))
    return Work(work.given, work.made._replace(**besides), state)


def _plan_halves(work: Work, other: Work, beside: Executor, own: tuple[Array, int, bool]) -> Array:
    """Plan items of a wave as far as there is room, return those left; ``own``: items, how many first ones in order."""
    items, in_order, with_pegs = own
    while len(items) >= IN_TWO:
        whole, used, size = work.made, int(work.state.count[ORDERS]), len(work.made.orders)
        middle, base = int(halve(work.given, items, in_order)), max(size // 2, used + (size - used) // 2)
        other.made = whole._replace(**{name: getattr(other.made, name) for _counter, name, _kind in BESIDES})
        other.state.count[:] = 0
        other.state.count[ORDERS] = base
        task = beside.submit(other.go_on, items[middle:], 0, with_pegs=with_pegs)
        work.made = _below(whole, base, len(work.given.receipts))
        at = work.go_on(items[:middle], 0, with_pegs=with_pegs)
        done = task.result()
        work.made = whole
        is_short = work.state.count[COUNTERS + ORDERS] > base or other.state.count[COUNTERS + ORDERS] > size
        _join(work, other, items[middle : middle + done], base)
        if at + done == 0:
            return items
        items, in_order = np.concatenate([items[at:middle], items[middle + done :]]), max(in_order - at, 0)
        if len(items):
            work.state.count[COUNTERS + ORDERS] = 2 * size if is_short else 0
            other.state.count[COUNTERS + ORDERS] = 0
            work.make_room()
            other.make_room()
    return items


def _below(made: Made, base: int, receipts: int) -> Made:
    """Return tables with no more room than there is below the second half."""
    goals = made.goals[: (receipts + base) * WIDTH]
    return made._replace(orders=made.orders[:base], pulls=made.pulls[:base], goals=goals)


def _join(work: Work, other: Work, items: Array, base: int) -> None:
    """Move what the second half made of some items behind what the first has made."""
    made, count, used = work.made, other.state.count, int(work.state.count[ORDERS])
    records, receipts, size = work.given.items, len(work.given.receipts), int(count[ORDERS]) - base
    for column in (made.orders, made.pulls):
        _move(column, base, used, size)
    if len(made.goals):
        _move(made.goals, (receipts + base) * WIDTH, (receipts + used) * WIDTH, size * WIDTH)
    edges = other.made.edges[: count[EDGES]]
    edges["source"] -= np.where(edges["source"] >= base, base - used, 0).astype(np.int32)
    for first, last, moved in (
        ("first", "last", used - base),
        ("edge_first", "edge_last", int(work.state.count[EDGES])),
        ("advice_first", "advice_last", int(work.state.count[ADVICE])),
    ):
        records[first][items] += moved
        records[last][items] += moved
    work.state.count[ORDERS] = work.state.count[COUNTERS + ORDERS] = used + size
    for counter, name, _kind in BESIDES:
        begin, end = int(work.state.count[counter]), int(work.state.count[counter] + count[counter])
        work.state.count[COUNTERS + counter] = max(end, int(work.state.count[COUNTERS + counter]))
        work.make_room()
        getattr(work.made, name)[begin:end] = getattr(other.made, name)[: end - begin]
        work.state.count[counter] = end


def _move(column: Array, source: int, to: int, size: int) -> None:
    """Move part of a column down, as much at once as does not overlap."""
    plain, wide = column.view(np.uint8), column.itemsize
    source, to, size = source * wide, to * wide, size * wide
    step = max(source - to, 1)
    for at in range(0, size, step):
        count = min(step, size - at)
        plain[to + at : to + at + count] = plain[source + at : source + at + count]

"""A planner that keeps its last plan and plans only those items again for which another one may follow.

The orders of an item follow from its own inputs and from what its parents' orders ask, and so do the demands they are
for: whatever cannot be reached from a changed input downwards stays as it was. When orders can be there, and how each
demand fares, goes upwards and is worked out anew for all.
"""

from typing import NamedTuple

import numpy as np

from erp.engines.mrp.arrays import Array, ArrayPlan, ArrayProblem
from erp.engines.mrp.compiled.carrying import Before, plan_some
from erp.engines.mrp.compiled.differing import Tree, differing, new_ranks, reached, tree_of
from erp.engines.mrp.compiled.layout import ORDERS
from erp.engines.mrp.compiled.planning import (
    Netted,
    Prepared,
    judged,
    make_ready,
    net,
    plan,
    ready_again,
    work_for,
)
from erp.engines.mrp.compiled.waves import Work

SHARE = 0.5


class Kept(NamedTuple):
    """A problem, what was made of it, and what leads from item to item."""

    problem: ArrayProblem
    netted: Netted
    tree: Tree


class Again(Work):
    """A run that plans some items again and carries the others over."""

    again: Array
    before: Before

    def go_on(self, items: Array, at: int, *, with_pegs: bool) -> int:
        """Plan or carry over items from one on; return where it had to stop for want of room, or their number."""
        return int(plan_some(self.given, self.made, self.state, self.scratch, (items, at, self.again, self.before)))


class KeptPlanner:
    """Plans like `plan`, sooner where a problem hardly differs from that before.

    share    where more of the items than this would be planned again, all are.
    changed  how many items were planned again last time; None: all of them.
    """

    def __init__(self, share: float = SHARE) -> None:
        self.share = share
        self.changed: int | None = None
        self._kept: Kept | None = None
        self._has_planned = False

    def begin(self, *, anew: bool = False) -> None:
        """Begin a run: its first plan is kept for the next one, further ones (of rules planned round it) are not."""
        self._has_planned = False
        if anew:
            self._kept = None

    def __call__(self, problem: ArrayProblem) -> ArrayPlan:
        """Plan a problem.

        Raises:
            BomCycle: the bills of material contain a circle.
        """
        if self._has_planned:
            return plan(problem)
        self._has_planned = True
        kept, self._kept = self._kept, None
        some = _some_again(kept, problem, self.share) if kept else None
        tree = kept.tree if kept and some else tree_of(problem)
        del kept  # its room is wanted
        netted, self.changed = some or (net(make_ready(problem)), None)
        found = judged(problem, netted)
        self._kept = Kept(problem, netted, tree)
        return found


def _some_again(kept: Kept, problem: ArrayProblem, share: float) -> tuple[Netted, int] | None:
    """Plan what may differ, and how many items that is; None: that is too much, or cannot be told."""
    found = differing(kept.problem, problem)
    if found is None:
        return None
    former = kept.netted
    ready = ready_again(problem, kept.problem, former)
    again = reached(kept.tree, problem, found.items) | ~former.given.items["daily"][:-1]
    again[kept.tree.replaced] = True
    if ready is None or again.sum() > share * len(again):
        return None
    return _carried(former, ready, (problem.demands.item, found.demands), again), int(again.sum())


def _carried(former: Netted, ready: Prepared, demands: tuple[Array, Array], again: Array) -> Netted:
    """Plan some items again; ``demands``: the item of each, and its place before."""
    (demand_items, places), made = demands, former.made
    given, levels, rank, _owner = ready
    work = work_for(ready, int(former.state.count[ORDERS]) * 5 // 4 + 1000, Again)
    work.scratch = former.scratch
    work.again = again
    work.before = Before(
        former.given.items,
        former.given.receipts,
        made.orders,
        made.pulls,
        made.advice,
        made.goals,
        new_ranks(former.state.rank, rank, places),
    )
    stayed = np.nonzero((places >= 0) & ~again[demand_items])[0]
    work.state.from_stock[stayed] = former.state.from_stock[places[stayed]]
    work.plan(levels.items, with_pegs=True)
    return Netted(given, levels, work.made, work.state, work.scratch)

"""All of the planner's machine code compiled, or loaded, before somebody waits for it."""

import dataclasses

import numpy as np

from erp.engines.mrp.arrays import ArrayProblem, columns_of
from erp.engines.mrp.compiled.again import KeptPlanner
from erp.engines.mrp.compiled.driving import halve
from erp.engines.mrp.compiled.encoding import CompiledRows, near_chunks, series_chunks
from erp.engines.mrp.compiled.planning import make_ready
from erp.engines.mrp.problem import MICRO, NEVER, Bom, BomLine, Demand, Item, Problem, Receipt
from erp.engines.mrp.workdays import WorkingDays

DAY = 738_000
ALWAYS = 2.0


def warm() -> None:
    """Plan two items, plan one of them again after a change, and write both plans out: the ways every plan goes.

    A function is compiled for all its branches at once, so that the smallest plan is enough; only how a large one is
    halved is asked apart.
    """
    planner, problem = KeptPlanner(ALWAYS), _problem()
    ready = make_ready(problem)
    halve(ready.given, ready.levels.items, 0)
    for _turn in range(2):
        planner.begin()
        plan = planner(problem)
        problem = _changed(problem)
        for near_until in (NEVER, DAY):
            rows = CompiledRows(
                plan=plan,
                item_keys=np.array([1, 2], np.int64),
                kinds=np.zeros(2, np.int32),
                demand_keys=problem.demands.key,
                near_until=near_until,
                kind_names=("make", "phantom"),
            )
            every = np.ones(2, np.bool_)
            for chunks in (near_chunks(0, rows, every), series_chunks(0, rows, every)):
                for _chunk in chunks:
                    pass


def _problem() -> ArrayProblem:
    bom = Bom(0, MICRO, [BomLine(1, MICRO)])
    demands = [Demand(1, 0, DAY + 40, 5 * MICRO), Demand(2, 1, DAY + 30, 5 * MICRO)]
    items = [Item(lead_days=2), Item(lead_days=2)]
    calendar = WorkingDays(DAY - 10, [True] * 100)
    return columns_of(Problem(DAY, items, [bom], demands, [Receipt(1, 1, DAY + 5, MICRO)], calendar=calendar))


def _changed(problem: ArrayProblem) -> ArrayProblem:
    more = problem.demands._replace(quantity=problem.demands.quantity + np.array([0, MICRO]))
    return dataclasses.replace(problem, demands=more)

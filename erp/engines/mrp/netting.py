"""Netting level by level: an item is planned only when all of its parents are.

Source: J. Orlicky, Material Requirements Planning, ch. 4-6; regenerative run, time-phased, infinite capacity.
"""

from erp.engines.mrp.exploding import in_order
from erp.engines.mrp.pegged import serve_groups
from erp.engines.mrp.pegging import judge
from erp.engines.mrp.pooling import Pool
from erp.engines.mrp.problem import MIXED, POOL, TO_STOCK, Plan, Problem
from erp.engines.mrp.run import Run, begin


def make_plan(problem: Problem) -> Plan:
    """Plan all items of ``problem``; the same problem always gives the same plan.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    run = begin(problem)
    for level in run.levels:
        for item in level:
            _plan_item(run, item)
    verdicts = judge(run)
    substitutions = [one for of_item in run.substitutions for one in of_item]
    return Plan(run.orders, run.advice, verdicts, run.levels, sorted(set(run.without_bom)), substitutions)


def _plan_item(run: Run, item: int) -> None:
    own, needs, receipts = run.problem.items[item], run.needs[item], run.problem.receipts
    in_order(needs)
    free = own.free_stock
    waiting = [(index, receipts[index].quantity) for index in run.receipts[item]]
    pooled = needs
    if own.order_policy != TO_STOCK:
        shared = serve_groups(run, item, needs)
        waiting = shared.receipts
        free = shared.free if own.order_policy == MIXED else own.free_stock
        pooled = [need for need in needs if need.group == POOL]
    if pooled or waiting or own.safety_stock or run.outputs[item]:
        Pool(run, item, pooled, waiting, free).serve()
    run.surplus[item] = max(0, free - own.safety_stock - sum(need.quantity for need in pooled))
    run.close(item)

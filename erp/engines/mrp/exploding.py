"""What a planned order needs of its components."""

from erp.engines.mrp.lots import requirement
from erp.engines.mrp.problem import Bom, Need, Order, Problem


def boms_by_item(problem: Problem) -> list[list[Bom]]:
    """Return the bills of material of each item."""
    boms: list[list[Bom]] = [[] for _ in problem.items]
    for bom in problem.boms:
        boms[bom.item].append(bom)
    return boms


def component_needs(problem: Problem, boms: list[list[Bom]], order: Order) -> list[Need] | None:
    """Return the needs of an order on the day it starts, by the bill and lines valid then (today at the earliest).

    None: no bill of material is valid then.
    """
    effective = max(order.start, problem.today)
    bom = next((one for one in boms[order.item] if one.valid_from <= effective < one.valid_to), None)
    if bom is None:
        return None
    rank = (1, order.item, order.due, order.sequence)
    rules = problem.rules
    return [
        Need(
            line.component,
            order.start,
            requirement(
                order.quantity,
                per=line.quantity,
                base=bom.quantity,
                scrap=line.scrap,
                yield_scrap=rules.yield_scrap,
                step=problem.items[line.component].step,
            ),
            rules.dependent_priority,
            rank,
            order=order,
        )
        for line in bom.lines
        if line.valid_from <= effective < line.valid_to
    ]


def in_order(needs: list[Need]) -> None:
    """Sort needs as they are served: by day, priority, key."""
    needs.sort(key=lambda need: (need.day, need.priority, need.rank))

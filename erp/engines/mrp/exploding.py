"""What a planned order needs of its components, and what comes out beside it."""

from erp.engines.mrp.lots import DOWN, requirement, scaled, usage_ratio
from erp.engines.mrp.problem import POOL, TO_STOCK, Bom, BomLine, Need, Order, Output, Problem


def boms_by_item(problem: Problem) -> list[list[Bom]]:
    """Return the bills of material of each item, their lines numbered in that order."""
    boms: list[list[Bom]] = [[] for _ in problem.items]
    for bom in problem.boms:
        boms[bom.item].append(bom)
    number = 0
    for of_item in boms:
        for bom in of_item:
            for line in bom.lines:
                line.number = number
                number += 1
    return boms


def bom_of(problem: Problem, boms: list[list[Bom]], order: Order) -> tuple[Bom | None, int]:
    """Return the bill valid on the day an order starts (today at the earliest), and that day."""
    effective = max(order.start, problem.today)
    return next((one for one in boms[order.item] if one.valid_from <= effective < one.valid_to), None), effective


def component_needs(problem: Problem, boms: list[list[Bom]], order: Order) -> list[Need] | None:
    """Return the needs of an order on the day it starts, by the bill and lines valid then (today at the earliest).

    None: no bill of material is valid then.
    """
    bom, effective = bom_of(problem, boms, order)
    if bom is None:
        return None
    lines = [line for line in bom.lines if not line.is_output and line.valid_from <= effective < line.valid_to]
    return [_need(problem, bom, line, order) for line in lines]


def _need(problem: Problem, bom: Bom, line: BomLine, order: Order) -> Need:
    rules, component = problem.rules, problem.items[line.component]
    quantity = requirement(
        order.quantity,
        per=line.quantity,
        base=bom.quantity,
        scrap=line.scrap,
        yield_scrap=rules.yield_scrap,
        step=component.step,
        good=problem.items[order.item].good,
        fixed=line.fixed,
    )
    return Need(
        line.component,
        order.start,
        quantity,
        rules.dependent_priority,
        (1, line.number, order.due, order.sequence),
        order=order,
        group=POOL if component.order_policy == TO_STOCK else order.group,
        is_skip=line.is_skipped or component.is_phantom,
        substitutes=line.substitutes,
    )


def outputs_of(problem: Problem, boms: list[list[Bom]], order: Order) -> list[Output]:
    """Return what comes out beside the main product on the day the order is due."""
    bom, effective = bom_of(problem, boms, order)
    if bom is None:
        return []
    found = []
    for line in bom.lines:
        if line.is_output and line.valid_from <= effective < line.valid_to:
            step = problem.items[line.component].step
            number, divisor = usage_ratio(line.quantity, bom.quantity, step=step)
            quantity = scaled(order.quantity, number, divisor, DOWN) * step
            if quantity:
                rank = (line.number, order.due, order.sequence)
                finish = max(order.due, problem.today)
                found.append(Output(line.component, quantity, order.due, order, rank, finish=finish))
    return found


def in_order(needs: list[Need]) -> None:
    """Sort needs as they are served: by day, forecasts last, then priority and key."""
    needs.sort(key=lambda need: (need.day, need.is_forecast, need.priority, need.rank))

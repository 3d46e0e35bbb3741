"""Whose orders wait for the goods of a work order."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db.models import Sum

from core.clock import today
from core.fields import ZERO
from erp.models import Demand, Supply, WorkOrder
from erp.selectors.usable import usable_balances

DEEPEST = 25
WORK_ORDER = "erp.workorder"


def lines_waiting_for(work_order_ids: Iterable[int]) -> dict[int, set[int]]:
    """Return {work order: sales order lines that wait for its goods}: made for them, or served by it in turn.

    Of each item, what is on hand goes to the earliest demands, then each expected supply in the order of its day. Where
    goods go into another work order, the lines that wait for that one wait for this one too. Four statements a level.
    """
    roots = set(work_order_ids)
    waiting: dict[int, set[int]] = defaultdict(set)
    parents: dict[int, set[int]] = defaultdict(set)
    level, seen = set(roots), set(roots)
    for _depth in range(DEEPEST):
        if not level:
            break
        orders = WorkOrder.objects.filter(pk__in=level).values_list("pk", "item_id", "sales_order_line_id")
        items, above = set(), set()
        for pk, item_id, line_id in orders:
            items.add(item_id)
            if line_id is not None:
                waiting[pk].add(line_id)
        for pk, demand in _served(items):
            if pk not in level or waiting_for_its_own(pk, waiting):
                continue
            if demand.source_label == WORK_ORDER:
                parents[pk].add(demand.source_id)
                above.add(demand.source_id)
            elif demand.source_label == "crm.salesorder":
                parents[pk].add(-demand.source_line_id)
        level = above - seen
        seen |= above
    return {root: _collect(root, parents, waiting) for root in roots}


def waiting_for_its_own(pk: int, waiting: dict[int, set[int]]) -> bool:
    """Return whether a work order is made for a line of its own: then nobody else waits for it."""
    return bool(waiting.get(pk))


def _collect(root: int, parents: dict[int, set[int]], waiting: dict[int, set[int]]) -> set[int]:
    found, open_orders, seen = set(), [root], set()
    while open_orders:
        pk = open_orders.pop()
        if pk in seen:
            continue
        seen.add(pk)
        found |= waiting.get(pk, set())
        for one in parents.get(pk, ()):
            if one < 0:
                found.add(-one)
            else:
                open_orders.append(one)
    return found


def _served(items: set[int]) -> Iterator[tuple[int, Demand]]:
    """Yield (work order, demand that it serves) of the items."""
    day = today()
    demands: dict[int, list[Demand]] = defaultdict(list)
    for one in Demand.objects.filter(item__in=items, open_quantity__gt=0).order_by("due_date", "priority", "pk"):
        demands[one.item_id].append(one)
    supplies: dict[int, list[tuple[dt.date, int | None, Decimal]]] = defaultdict(list)
    rows = Supply.objects.filter(item__in=items).order_by("due_date", "pk")
    for item_id, due, label, key, quantity in rows.values_list(
        "item_id", "due_date", "source_label", "source_id", "open_quantity"
    ):
        supplies[item_id].append((due, key if label == WORK_ORDER else None, quantity))
    stock = dict(
        usable_balances(day).filter(item__in=items).order_by().values_list("item_id").annotate(there=Sum("on_hand"))
    )
    for item_id in items:
        sources = [(day, None, stock.get(item_id, ZERO)), *supplies[item_id]]
        yield from _allocated(sources, demands[item_id])


def _allocated(
    sources: list[tuple[dt.date, int | None, Decimal]], demands: list[Demand]
) -> Iterator[tuple[int, Demand]]:
    waiting = iter(demands)
    demand = next(waiting, None)
    left = demand.open_quantity if demand else ZERO
    for _due, order_id, quantity in sources:
        there = quantity
        while demand is not None and there > 0:
            if order_id is not None:
                yield order_id, demand
            taken = min(there, left)
            there -= taken
            left -= taken
            if left <= 0:
                demand = next(waiting, None)
                left = demand.open_quantity if demand else ZERO

"""Work orders for what was promised by making: made with the order's confirmation, with their material kept."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from core import audit
from core.audit import label_of
from core.clock import business_date
from core.locks import lock_rows
from core.operations import operation
from erp.engines.promising import MAX_DEPTH, Rule
from erp.models import Demand, PlanningSettings, StockBalance, WorkOrder
from erp.selectors.boms import items_below, released_boms
from erp.selectors.work_days import start_for
from erp.services.reservations import keep_promises, lock_promises, peg_whole
from erp.services.sales_demand import record_order_demand
from erp.services.stock.locking import BALANCE_KEY
from erp.services.work_orders.planning import create_work_order
from masterdata.models import Item
from masterdata.selectors.places import default_warehouse


@operation(permission=None)
def lock_promised(*, order: Any, actor: Any, at: dt.datetime) -> frozenset[int]:
    """Lock the promises of all items that an order's promised lines reach, before its demand and any balance.

    Returns these items: those of the lines, and all that they are made of where they are to be made at once.
    """
    items = {line.item_id for line in order.lines.all() if line.is_promised and line.item_id}
    reached = frozenset(items_below(items, business_date(at)) if items and _makes_orders() else items)
    lock_promises(reached)
    return reached


@operation(permission=None)
def keep_order(
    *, order: Any, reached: frozenset[int], known: Sequence[Demand] | None = None, actor: Any, at: dt.datetime
) -> list[WorkOrder]:
    """Record the demand of a confirmed order and keep what its promised lines were promised.

    reached  what `lock_promised` locked.   known  the order's demand, where it is locked and read already.

    What stock and firm supply do not cover of a promised line is made: its work order is written at once, pegged to
    the line, and its material is kept in the same way, down to what has to be bought. Returns these work orders.
    """
    lines = [line for line in order.lines.all() if line.item_id]
    promised = {line.pk for line in lines if line.is_promised}
    makes = bool(promised) and _makes_orders()
    if makes:
        items = reached.union(line.item_id for line in lines)
        stock = StockBalance.objects.filter(item_id__in=items, on_hand__gt=0, owner__isnull=True)
        lock_rows(stock, order_by=BALANCE_KEY)  # all at once, in the one order of balances
    demands = record_order_demand(order=order, known=known, actor=actor, at=at)
    wanted = [one for one in demands if one.source_line_id in promised and one.open_quantity > 0]
    waiting = {one.pk for one in demands}
    missing = keep_promises(wanted, beside=waiting, actor=actor, at=at)
    found: list[WorkOrder] = []
    for demand in sorted(wanted, key=lambda one: (one.due_date, one.pk)) if makes else ():
        making = _Making(demand.source_line_id, reached, waiting, actor, at)
        making.make(demand, missing[demand.pk])
        found += making.orders
        if making.orders:
            first = making.orders[0]
            text = f"{first.number}: {first.item.code} × {first.quantity.normalize():f}"
            audit.record(order, "promise_made_good", actor=actor, at=at, reason=text, work_order=first.number)
    return found


def _makes_orders() -> bool:
    settings = PlanningSettings.objects.first() or PlanningSettings()
    return settings.promise_makes_orders and settings.promise_rule == Rule.CTP


@dataclass
class _Making:
    """The work orders for one promised line, the product's first.

    waiting  keys of the order's demands, and of its work orders', that nothing was made for yet.
    """

    line_id: int
    reached: frozenset[int]
    waiting: set[int]
    actor: Any
    at: dt.datetime

    def __post_init__(self) -> None:
        self.orders: list[WorkOrder] = []

    def make(self, demand: Demand, quantity: Decimal, depth: int = 0) -> None:
        """Have made what a demand lacks, and what the material for it lacks; what is bought is left to the plan."""
        self.waiting.discard(demand.pk)
        work_order = self._work_order(demand, quantity) if quantity > 0 and depth < MAX_DEPTH else None
        if work_order is None:
            return
        self.orders.append(work_order)
        peg_whole(demand, label_of(work_order), work_order.pk, quantity, self.at)
        material = Demand.objects.filter(source_label=label_of(work_order), source_id=work_order.pk)
        material = material.filter(open_quantity__gt=0, item_id__in=self.reached).select_related("item")
        rows = list(material.order_by("pk"))
        self.waiting |= {row.pk for row in rows}
        missing = keep_promises(rows, beside=self.waiting, actor=self.actor, at=self.at)
        for row in rows:
            self.make(row, missing[row.pk], depth + 1)

    def _work_order(self, demand: Demand, quantity: Decimal) -> WorkOrder | None:
        """Write the work order for a quantity; None where it cannot be made: the plan says what is to be done."""
        item = Item.objects.select_related("uom").get(pk=demand.item_id)
        today = business_date(self.at)
        due = max(demand.due_date, today)
        start = min(max(start_for(item, due), today), due)
        if item.supply_type != Item.SupplyType.MAKE or item.is_phantom or not item.is_active or item.merged_into_id:
            return None
        warehouse_id = demand.warehouse_id or getattr(default_warehouse(), "pk", None)
        if warehouse_id is None or item.pk not in released_boms([item.pk], start):
            return None
        return create_work_order(
            item_id=item.pk,
            quantity=quantity.quantize(Decimal(1).scaleb(-item.uom.decimals), ROUND_CEILING),
            start_date=start,
            due_date=due,
            warehouse_id=warehouse_id,
            sales_order_line_id=self.line_id,
            priority=demand.priority,
            actor=self.actor,
            at=self.at,
        )

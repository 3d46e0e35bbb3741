"""What the goods of sales order lines will have cost: from the orders that make them, as they stand this moment."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from core.fields import ZERO
from erp.models import WorkOrder
from erp.selectors.costs import unit_costs
from erp.selectors.order_costs import ENDED, CostCard, cost_cards
from erp.selectors.pegging import pegs_of
from erp.states import WorkOrderState
from erp.states.engineering import BomLineKind
from erp.states.making import WorkOrderKind

IDLE = (WorkOrderState.DRAFT, WorkOrderState.CANCELLED)


@dataclass(frozen=True)
class ProjectedUnit:
    """What a stock unit for one order line will have cost, base currency.

    planned  the same by the baselines (None: no order makes it, or none has a baseline).
    extra    what orders for its parts will cost above their plan on pieces they have not delivered yet (below zero:
             less): it comes with the parts.   numbers  of the orders it was found from; none: the present unit cost.

    Rework of what the orders made is in ``unit``: what it adds, on the pieces it leaves; nothing of it was planned.
    """

    unit: Decimal
    planned: Decimal | None = None
    extra: Decimal = ZERO
    numbers: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Return whether it will cost more than was planned."""
        return self.planned is not None and (self.unit > self.planned or self.extra > 0)


def projected_units(
    lines: Mapping[int, int], pegged: Mapping[int, Collection[str]] | None = None
) -> dict[int, ProjectedUnit]:
    """Return the projected unit cost by sales order line.

    lines   {sales order line: its item}.   pegged  {item: numbers of work orders that serve it by the plan}, for lines
    that no order is made for.
    Of an item that nothing makes it is the present cost; an item that nothing is known of is left out (9 statements).
    """
    served = pegged or {}
    numbers = {number for one in served.values() for number in one}
    named = Q(sales_order_line__in=list(lines)) | Q(number__in=numbers)
    again = named | Q(origin__sales_order_line__in=list(lines)) | Q(origin__number__in=numbers)
    orders = WorkOrder.objects.exclude(state__in=IDLE).filter(
        named & Q(kind=WorkOrderKind.STANDARD) | again & Q(kind=WorkOrderKind.REWORK)
    )
    known = cost_cards(list(orders.select_related("origin").order_by("pk").prefetch_related("outputs")))
    cards = [card for card in known if card.work_order.kind == WorkOrderKind.STANDARD]
    reworked = [card for card in known if card.work_order.kind == WorkOrderKind.REWORK]
    by_line: dict[int, list[CostCard]] = defaultdict(list)
    by_number = {card.work_order.number: card for card in cards}
    for card in cards:
        if card.work_order.sales_order_line_id:
            by_line[card.work_order.sales_order_line_id].append(card)
    present = unit_costs(set(lines.values()))
    found = {}
    for line_id, item_id in lines.items():
        own = [card for card in by_line[line_id] if card.work_order.item_id == item_id]
        pegs = [by_number[number] for number in sorted(served.get(item_id, ())) if number in by_number]
        parts = [card for card in by_line[line_id] if card.work_order.item_id != item_id]
        again_made = [card for card in reworked if _is_rework_of(card.work_order, line_id, item_id, own or pegs)]
        made = _made(own or pegs, sum((_extra(card) for card in parts), ZERO), again_made)
        if made is not None:
            found[line_id] = made
        elif item_id in present:
            found[line_id] = ProjectedUnit(present[item_id])
    return found


def pegged_orders(sales_order_id: int) -> dict[int, set[str]]:
    """Return {item: numbers of the existing orders that serve the open demand of a sales order} by the current plan."""
    pegs = pegs_of("crm.salesorder", source_id=sales_order_id)
    found: dict[int, set[str]] = defaultdict(set)
    for node in pegs.roots if pegs else ():
        if node.source == "supply" and node.number:
            found[node.item.pk].add(node.number)
    return dict(found)


def _is_rework_of(order: WorkOrder, line_id: int, item_id: int, makers: Sequence[CostCard]) -> bool:
    """Whether goods of an order line are reworked: the order is for it, or for what its makers made."""
    if order.item_id != item_id:
        return False
    return order.sales_order_line_id == line_id or order.origin_id in {card.work_order.pk for card in makers}


def _made(cards: Sequence[CostCard], extra: Decimal, reworked: Sequence[CostCard]) -> ProjectedUnit | None:
    """The unit cost of what some orders bring together, rework included; None where they say nothing of it."""
    telling = [card for card in cards if (card.has_baseline or card.work_order.state in ENDED) and _good(card) > 0]
    if not telling:
        return None
    good = sum((_good(card) for card in telling), ZERO)
    lost = sum((card.work_order.scrapped_quantity for card in reworked), ZERO)
    whole = sum((card.projected - _elsewhere(card.work_order) for card in telling), ZERO)
    whole += sum((card.added for card in reworked), ZERO)
    good = good - lost if good > lost else good
    planned = None
    if all(card.has_baseline for card in telling):
        ordered = sum((card.work_order.quantity for card in telling), ZERO)
        planned = sum((card.planned for card in telling), ZERO) / ordered
    return ProjectedUnit(whole / good, planned, extra, tuple(card.work_order.number for card in (*telling, *reworked)))


def _good(card: CostCard) -> Decimal:
    """Pieces an order will have brought."""
    order = card.work_order
    return order.completed_quantity if order.state in ENDED else order.quantity - order.scrapped_quantity


def _elsewhere(order: WorkOrder) -> Decimal:
    """What co-products that came took of the cost; by-products are on the card."""
    co_products = [one for one in order.outputs.all() if one.line_kind == BomLineKind.CO_PRODUCT]
    return sum((one.received_cost for one in co_products), ZERO)


def _extra(card: CostCard) -> Decimal:
    order = card.work_order
    if order.state in ENDED or not card.has_baseline:
        return ZERO
    return (card.projected - card.planned) * order.open_quantity / order.quantity

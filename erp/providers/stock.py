"""Answers to sales (what can be promised, what a unit costs) and to master data (which items have moved)."""

from collections.abc import Sequence
from decimal import Decimal

from core.clock import today
from crm.models import SalesOrder
from crm.ports import Promise, PromiseRequest, PromiseStep
from erp.engines.promising import Wish
from erp.models import ItemCost, StockBalance, StockMove, ValueEntry
from erp.selectors import costs
from erp.selectors.outlooks import Promised, promise_lines


def promise(
    lines: Sequence[PromiseRequest],
    exclude_order_id: int | None = None,
    exclude_quotation_id: int | None = None,
    parts_of: int | None = None,
    project_id: int | None = None,
) -> list[Promise]:
    """Answer crm.ports.promise from stock, demand, holds of other quotations and firm supply.

    The hold of an order's own quotation is going to be the order's: it does not count against it.
    """
    wishes = [Wish(line.item_id, line.quantity, line.date) for line in lines]
    if exclude_order_id and not exclude_quotation_id:
        orders = SalesOrder.objects.filter(pk=exclude_order_id)
        exclude_quotation_id = orders.values_list("quotation_id", flat=True).first()
    answers = promise_lines(wishes, exclude_order_id, exclude_quotation_id, parts_of=parts_of, project_id=project_id)
    return [
        Promise(one.on_hand, one.available, one.day, one.short, why=_steps(one), parts=one.parts) for one in answers
    ]


def _steps(answer: Promised) -> tuple[PromiseStep, ...]:
    codes, spoken = dict(answer.codes), dict(answer.spoken)
    return tuple(
        PromiseStep(one.item, codes[one.item], one.cause.value, one.day, one.days, one.resource, spoken[one.item])
        for one in answer.why
    )


def unit_costs(item_ids: Sequence[int]) -> dict[int, Decimal]:
    """Answer crm.ports.unit_costs: moving average, else last receipt, else standard cost."""
    return costs.unit_costs(item_ids)


def items_with_moves(item_ids: Sequence[int]) -> set[int]:
    """Answer masterdata.ports.items_with_moves."""
    return set(StockMove.objects.filter(item_id__in=item_ids).values_list("item_id", flat=True).distinct())


def items_bound_to_method(item_ids: Sequence[int]) -> set[int]:
    """Answer masterdata.ports.items_bound_to_method."""
    stocked = ItemCost.objects.filter(item_id__in=item_ids, quantity__gt=0).values_list("item_id", flat=True)
    provisional = ValueEntry.objects.filter(
        is_provisional=True, booked_on__gte=today().replace(day=1), item_id__in=item_ids
    ).values_list("item_id", flat=True)
    return set(stocked) | set(provisional)


def places_with_stock(location_ids: Sequence[int]) -> set[int]:
    """Answer masterdata.ports.places_with_stock."""
    rows = StockBalance.objects.filter(location_id__in=location_ids, on_hand__gt=0)
    return set(rows.values_list("location_id", flat=True).distinct())

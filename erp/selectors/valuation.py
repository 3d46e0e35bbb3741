"""The layers of an item with what they are worth, and the runs of the month-end average."""

import datetime as dt
from typing import Any

from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from core.clock import today
from core.fields import ZERO, AmountField
from erp.models import AverageRun, AverageRunLine, CostLayer, ItemCost, LayerUse, StockMove, ValueEntry
from erp.selectors.month_average import items_to_average


def layers_of(item_id: int) -> QuerySet[CostLayer]:
    """Return the layers of an item; ``worth`` is what came in with later costs, ``present_value`` of what is left.

    Under FIFO the layer keeps its own value, elsewhere what is left is worth its part of the item's.
    """
    cost = ItemCost.objects.filter(item_id=item_id).first()
    average = cost.average if cost is not None else None
    entered = ValueEntry.objects.filter(move=OuterRef("move")).values("move").annotate(total=Sum("amount"))
    pooled = F("remaining_quantity") * (average or ZERO)
    return (
        CostLayer.objects.filter(item_id=item_id)
        .select_related("move__lot", "item__uom")
        .annotate(worth=Coalesce(Subquery(entered.values("total")), ZERO, output_field=AmountField()))
        .annotate(
            unit_cost=F("worth") / F("quantity"),
            present_value=Case(
                When(remaining_value__isnull=False, then=F("remaining_value")),
                default=pooled,
                output_field=AmountField(),
            ),
        )
    )


def uses_of(layer: CostLayer) -> QuerySet[LayerUse]:
    """Return what was taken out of a layer, in order."""
    return LayerUse.objects.filter(layer=layer).select_related("move", "entry").order_by("pk")


def entries_of(move: StockMove) -> QuerySet[ValueEntry]:
    """Return the value entries of a move, in order."""
    return ValueEntry.objects.filter(move=move).order_by("pk")


def average_runs() -> QuerySet[AverageRun]:
    """Return the runs with their sums."""
    return (
        AverageRun.objects.select_related("actor")
        .order_by("-month", "-pk")
        .annotate(
            items=Count("lines__item", distinct=True),
            booked=Coalesce(Sum("lines__booked_value"), ZERO, output_field=AmountField()),
            final=Coalesce(Sum("lines__final_value"), ZERO, output_field=AmountField()),
            difference=F("final") - F("booked"),
        )
    )


def lines_of(run: AverageRun) -> QuerySet[AverageRunLine]:
    """Return what a run found, by month and item."""
    return AverageRunLine.objects.filter(run=run).select_related("item__uom").order_by("month", "item__code")


def months_due(decimals: int) -> list[dict[str, Any]]:
    """Return the months of the last year with provisional issues, newest first, and whether their run is due."""
    since = today().replace(day=1) - dt.timedelta(days=366)
    days = ValueEntry.objects.filter(is_provisional=True, booked_on__gte=since).values_list("booked_on", flat=True)
    months = sorted({day.replace(day=1) for day in days.distinct()}, reverse=True)
    return [{"month": month, "is_due": bool(items_to_average(month, decimals))} for month in months]

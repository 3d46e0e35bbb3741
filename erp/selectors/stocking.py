"""What stocking advice is made from: use by week, lead times that were really taken, lots, limits, classes, cost."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from core.fields import ZERO
from erp import ports
from erp.engines.stocking import LotRules, Spread, spread_of
from erp.models import DemandSettings, ItemClass, StockingAdvice, StockLimit
from erp.selectors.costs import unit_costs
from erp.selectors.demand_history import weekly_use
from masterdata.models import Item, SupplierItem
from masterdata.selectors.places import default_warehouse

LEAST_OBSERVED = 3
"""Fewer lead times than this tell nothing; the planned one counts."""
WEEK, WORKING_WEEK = Decimal(7), Decimal(5)

MADE = """
SELECT w.item_id, max(r.receipt_date) - COALESCE(min(p.report_date), w.start_date) + 1
FROM erp_workorder w
JOIN erp_productionreceipt r ON r.work_order_id = w.id
LEFT JOIN erp_productionreport p ON p.work_order_id = w.id
WHERE w.state IN ('completed', 'closed')
GROUP BY w.id, w.item_id, w.start_date
HAVING max(r.receipt_date) >= %(since)s
ORDER BY w.item_id, w.id
"""

RECEIVED = """
SELECT m.item_id, avg(m.quantity) FROM erp_stockmove m
JOIN masterdata_location t ON t.id = m.to_location_id
WHERE m.kind IN ('receipt', 'production') AND t.kind = 'storage' AND m.reverses_id IS NULL AND m.moved_on >= %(since)s
GROUP BY 1
"""


@dataclass(frozen=True)
class Case:
    """One item with everything the engine needs and what is set now; stock unit, base currency, calendar days."""

    item: Item
    demand: Spread
    lead: Spread
    abc_class: str
    service_percent: Decimal
    order_cost: Decimal
    unit_cost: Decimal
    rules: LotRules
    present_lot: Decimal
    present_reorder: Decimal | None


def stocking_cases(settings: DemandSettings, today: dt.date) -> list[Case]:
    """Return the items that were used in the time looked at and are planned to stock, by code."""
    weeks = max(4, settings.advice_months * 52 // 12)
    since = today - dt.timedelta(weeks=weeks)
    used = {pk: row for pk, row in weekly_use(today, weeks).items() if any(row)}
    items = list(
        Item.objects.select_related("uom")
        .filter(pk__in=used, is_active=True, merged_into__isnull=True, is_phantom=False)
        .exclude(order_policy=Item.OrderPolicy.MAKE_TO_ORDER)
        .order_by("code")
    )
    keys = [item.pk for item in items]
    taken = _lead_times(since)
    lots, costs, limits, classes = _lots(since), unit_costs(keys), _limits(), _classes()
    least = _least_orders(keys)
    services = {"A": settings.service_a, "B": settings.service_b, "C": settings.service_c}
    return [
        Case(
            item=item,
            demand=_per_day(used[item.pk]),
            lead=_lead(item, taken.get(item.pk, ())),
            abc_class=classes.get(item.pk, ""),
            service_percent=services[classes.get(item.pk, "") or "C"],
            order_cost=settings.setup_cost if item.supply_type == Item.SupplyType.MAKE else settings.order_cost,
            unit_cost=costs.get(item.pk, ZERO),
            rules=LotRules(
                minimum=least.get(item.pk, ZERO),
                multiple=item.lot_multiple,
                maximum=item.max_lot or ZERO,
                step=Decimal(1).scaleb(-item.uom_decimals),
                most_days=settings.most_days,
            ),
            present_lot=_present_lot(item, lots.get(item.pk, ZERO)),
            present_reorder=limits.get(item.pk),
        )
        for item in items
    ]


def _per_day(weeks: Sequence[Decimal]) -> Spread:
    """Demand per day from the weeks since the item was used first; days are independent, so variances add up."""
    first = next(place for place, quantity in enumerate(weeks) if quantity)
    spread = spread_of(weeks[first:])
    return Spread(spread.mean / WEEK, spread.deviation / WEEK.sqrt(), spread.count)


def _lead(item: Item, taken: Sequence[int]) -> Spread:
    if len(taken) >= LEAST_OBSERVED:
        return spread_of([Decimal(days) for days in taken])
    return Spread(item.lead_time_days * WEEK / WORKING_WEEK, ZERO, 0)


def _lead_times(since: dt.date) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list, ports.purchase_lead_times(since))
    with connection.cursor() as cursor:
        cursor.execute(MADE, {"since": since})
        for item_id, days in cursor.fetchall():
            found[item_id].append(max(1, days))
    return found


def _lots(since: dt.date) -> dict[int, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(RECEIVED, {"since": since})
        return dict(cursor.fetchall())


def _present_lot(item: Item, received: Decimal) -> Decimal:
    """The lot that is set, else the mean of what was received at once."""
    if item.lot_policy == Item.LotPolicy.FIXED and item.fixed_lot:
        return item.fixed_lot
    return item.min_lot or received


def _limits() -> dict[int, Decimal]:
    warehouse = default_warehouse()
    rows = StockLimit.objects.filter(warehouse=warehouse) if warehouse else StockLimit.objects.none()
    return dict(rows.values_list("item_id", "minimum"))


def _classes() -> dict[int, str]:
    """The accepted class, else the proposed one."""
    return {
        pk: accepted or proposed
        for pk, accepted, proposed in ItemClass.objects.values_list("item_id", "abc_class", "proposed_class")
    }


def _least_orders(item_ids: Sequence[int]) -> dict[int, Decimal]:
    rows = SupplierItem.objects.filter(item_id__in=item_ids, is_preferred=True, is_active=True)
    return dict(rows.values_list("item_id", "min_order"))


def stocking_advice() -> QuerySet[StockingAdvice]:
    """Return the advice with its items, what frees the most money first."""
    return StockingAdvice.objects.select_related("item__uom", "accepted_by").order_by("value_effect", "item__code")


def open_effects() -> tuple[int, Decimal, Decimal, Decimal]:
    """Return (items, less stock, more stock, cost a year) of all advice that differs, base currency."""
    rows = StockingAdvice.objects.filter(differs=True)
    sums = rows.aggregate(
        less=Sum("value_effect", filter=Q(value_effect__lt=0), default=ZERO),
        more=Sum("value_effect", filter=Q(value_effect__gt=0), default=ZERO),
        cost=Sum("cost_effect", default=ZERO),
    )
    return rows.count(), sums["less"], sums["more"], sums["cost"]

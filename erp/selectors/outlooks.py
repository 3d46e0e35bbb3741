"""Stock, demand and firm supply of items as promising needs them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from core.clock import today
from core.fields import ZERO
from erp.engines.promising import AddDays, Outlook, Part, Wish, promise
from erp.selectors.boms import items_below, line_requirement, released_boms, yield_scrap
from erp.selectors.usable import USABLE
from masterdata.errors import NoWorkCalendar
from masterdata.models import Item
from masterdata.selectors.calendars import company_working_days

USABLE_STOCK = f"""
SELECT b.item_id, sum(b.on_hand) FROM erp_stockbalance b
JOIN masterdata_location p ON p.id = b.location_id
LEFT JOIN erp_lot l ON l.id = b.lot_id
WHERE b.item_id = ANY(%(items)s) AND b.on_hand > 0 AND {USABLE}
GROUP BY b.item_id
"""

CHANGES = """
SELECT item_id, greatest(due_date, %(today)s), -sum(open_quantity) FROM erp_demand
WHERE item_id = ANY(%(items)s) AND open_quantity > 0 AND kind <> 'forecast'
  AND NOT (source_label = 'crm.salesorder' AND source_id = %(order)s)
  AND NOT (source_label = 'crm.quotation' AND source_id = %(quotation)s)
  AND (expires_on IS NULL OR expires_on >= %(today)s)
GROUP BY 1, 2
UNION ALL
SELECT item_id, due_date, sum(open_quantity) FROM erp_supply
WHERE item_id = ANY(%(items)s) AND is_firm AND due_date >= %(today)s
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Promised:
    """One answer with the stock it was given on."""

    on_hand: Decimal
    available: Decimal
    day: dt.date | None
    short: Decimal


def promise_lines(
    wishes: Sequence[Wish], exclude_order_id: int | None = None, exclude_quotation_id: int | None = None
) -> list[Promised]:
    """Answer wishes for items in line order, from stock, open demand, firm supply and the items' bills of material.

    The demand of ``exclude_order_id`` and the hold of ``exclude_quotation_id`` do not count against themselves.
    """
    day = today()
    items: list[Any] = [wish.item for wish in wishes]
    outlooks, on_hand = outlooks_of(set(items), day, exclude_order_id, exclude_quotation_id)
    answers = promise(wishes, outlooks, day, _add_days())
    return [
        Promised(on_hand.get(item, ZERO), one.available, one.day, max(ZERO, wish.quantity - one.available))
        for item, wish, one in zip(items, wishes, answers, strict=True)
    ]


def available_to_promise(item_ids: Iterable[int], day: dt.date | None = None) -> dict[int, Decimal]:
    """Return what of each item may be promised on ``day`` (today) without breaking a later promise."""
    now = today()
    wanted = set(item_ids)
    on_hand, changes = _read(wanted, now, None)
    outlooks = {item_id: Outlook(on_hand.get(item_id, ZERO)) for item_id in wanted}
    for item_id, at, quantity in changes:
        outlooks[item_id].add(at, quantity)
    return {item_id: outlook.available(day or now) for item_id, outlook in outlooks.items()}


def outlooks_of(
    item_ids: set[int], day: dt.date, exclude_order_id: int | None, exclude_quotation_id: int | None = None
) -> tuple[dict[int, Outlook], dict[int, Decimal]]:
    """Return the outlooks of items and of all that goes into them, and the usable stock of each."""
    below = items_below(item_ids, day)
    boms = released_boms(below, day)
    by_yield = yield_scrap() if boms else False
    on_hand, changes = _read(below, day, exclude_order_id, exclude_quotation_id)
    outlooks = {}
    for item in Item.objects.filter(pk__in=below).only("pk", "supply_type", "lead_time_days"):
        bom = boms.get(item.pk)
        parts = (
            []
            if bom is None
            else [
                Part(line.component_id, line_requirement(line, bom, bom.quantity, by_yield=by_yield) / bom.quantity)
                for line in bom.lines.all()
            ]
        )
        makes = item.supply_type == Item.SupplyType.MAKE
        outlooks[item.pk] = Outlook(
            on_hand=on_hand.get(item.pk, ZERO),
            lead_days=item.lead_time_days,
            parts=() if item.supply_type == Item.SupplyType.BUY else parts,
            can_get=not makes or bool(parts),
        )
    for item_id, at, quantity in changes:
        outlooks[item_id].add(at, quantity)
    return outlooks, on_hand


def usable_stock(item_ids: Iterable[int], day: dt.date) -> dict[int, Decimal]:
    """Return what is ours, in usable storage and not expired, by item."""
    with connection.cursor() as cursor:
        cursor.execute(USABLE_STOCK, {"items": sorted(item_ids), "today": day})
        return dict(cursor.fetchall())


def _read(
    item_ids: Iterable[int], day: dt.date, exclude_order_id: int | None, exclude_quotation_id: int | None = None
) -> tuple[dict[int, Decimal], list[tuple[int, dt.date, Decimal]]]:
    values: dict[str, Any] = {"items": sorted(item_ids), "today": day, "order": exclude_order_id or 0}
    values["quotation"] = exclude_quotation_id or 0
    on_hand = usable_stock(item_ids, day)
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, values)
        return on_hand, cursor.fetchall()


def _add_days() -> AddDays:
    try:
        return company_working_days().add
    except NoWorkCalendar:
        return lambda day, days: day + dt.timedelta(days=days)

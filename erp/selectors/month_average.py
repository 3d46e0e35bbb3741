"""What the month-end average of a month has to look at: items with provisional issues, and where those stand."""

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from core.fields import ZERO
from erp.engines.month_average import AverageFlow, MonthAverage
from erp.models import AverageRunLine, ValueEntry
from masterdata.models import Item

TOTALS = """
SELECT item_id, coalesce(sum(quantity) FILTER (WHERE booked_on < %(d0)s), 0),
  coalesce(sum(amount) FILTER (WHERE booked_on < %(d0)s), 0), sum(quantity), sum(amount)
FROM erp_valueentry WHERE item_id = ANY(%(items)s) AND booked_on <= %(d1)s GROUP BY item_id ORDER BY item_id
"""

FLOWS = """
WITH issued AS (
  SELECT entry.move_id, entry.item_id FROM erp_valueentry entry
  WHERE entry.is_provisional AND entry.booked_on BETWEEN %(d0)s AND %(d1)s AND entry.item_id = ANY(%(items)s)
), flow AS (
  SELECT move.id, move.item_id, move.moved_on, move.quantity
  FROM issued JOIN erp_stockmove move ON move.id = issued.move_id
  UNION ALL
  SELECT back.id, back.item_id, back.moved_on, -back.quantity
  FROM issued JOIN erp_stockmove back ON back.reverses_id = issued.move_id AND back.moved_on <= %(d1)s
)
SELECT flow.item_id, flow.id, flow.quantity, -sum(entry.amount)
FROM flow JOIN erp_valueentry entry ON entry.move_id = flow.id AND entry.booked_on <= %(d1)s
  AND entry.kind NOT IN ('variance', 'adjustment')
GROUP BY flow.item_id, flow.id, flow.quantity, flow.moved_on ORDER BY flow.item_id, flow.moved_on, flow.id
"""


BACK_LATER = """
SELECT back.reverses_id, back.id, back.quantity, back.moved_on, back.kind FROM erp_stockmove back
WHERE back.reverses_id = ANY(%(moves)s) AND back.moved_on > %(d1)s ORDER BY back.reverses_id, back.id
"""


@dataclass(frozen=True)
class BackLater:
    """Goods of a month that came back after it: they cost what they left with, whatever its average makes of that."""

    move_id: int
    quantity: Decimal
    moved_on: dt.date
    kind: str


def last_day(month: dt.date) -> dt.date:
    """Return the last day of the month that starts on ``month``."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def provisional_items(month: dt.date) -> list[int]:
    """Return the items with issues in the month that are valued by its average."""
    rows = ValueEntry.objects.filter(is_provisional=True, booked_on__gte=month, booked_on__lte=last_day(month))
    return sorted(set(rows.values_list("item_id", flat=True)))


def month_averages(month: dt.date, item_ids: Iterable[int], decimals: int) -> dict[int, MonthAverage]:
    """Return by item what its average is now and what each issue of the month should cost (2 queries).

    Goods of the month that came back in it come back at the average; all else (receipts, goods of earlier months that
    came back, late costs) counts as received at what it is booked.
    """
    values: dict[str, Any] = {"d0": month, "d1": last_day(month), "items": sorted(set(item_ids))}
    flows: dict[int, list[AverageFlow]] = {}
    with connection.cursor() as cursor:
        cursor.execute(FLOWS, values)
        for item_id, move_id, quantity, booked in cursor.fetchall():
            flows.setdefault(item_id, []).append(AverageFlow(move_id, quantity, booked))
        cursor.execute(TOTALS, values)
        found = {}
        for item_id, opening_quantity, opening_value, quantity, value in cursor.fetchall():
            own = flows.get(item_id, [])
            issued = sum((flow.quantity for flow in own), ZERO)
            booked = sum((flow.booked for flow in own), ZERO)
            found[item_id] = MonthAverage(
                item_id,
                opening_quantity,
                opening_value,
                quantity + issued - opening_quantity,
                value + booked - opening_value,
                own,
            )
            found[item_id].close(decimals)
    return found


def back_later(month: dt.date, move_ids: Iterable[int]) -> dict[int, list[BackLater]]:
    """Return, by the issues of the month among ``move_ids``, what came back of them after it."""
    found: dict[int, list[BackLater]] = {}
    with connection.cursor() as cursor:
        cursor.execute(BACK_LATER, {"moves": sorted(move_ids), "d1": last_day(month)})
        for issue_id, *row in cursor.fetchall():
            found.setdefault(issue_id, []).append(BackLater(*row))
    return found


def components_and_products(month: dt.date) -> list[tuple[int, int]]:
    """Return (component, product) of the orders (subcontracted too) that provisional issues since ``month`` are in."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT entry.item_id, orders.item_id
            FROM erp_valueentry entry JOIN erp_workorder orders ON orders.id = entry.work_order_id
            WHERE entry.is_provisional AND entry.booked_on >= %(month)s
            UNION
            SELECT entry.item_id, made.item_id
            FROM erp_valueentry entry JOIN erp_subcontractuse used ON used.used_move_id = entry.move_id
            JOIN erp_stockmove made ON made.id = used.receipt_move_id
            WHERE entry.is_provisional AND entry.booked_on >= %(month)s
            """,
            {"month": month},
        )
        return [(component, product) for component, product in cursor.fetchall()]


def items_to_average(month: dt.date, decimals: int) -> list[Item]:
    """Return the items with issues in the month that its average has still to value: no run yet, or postings since."""
    wanted = set(provisional_items(month))
    if not wanted:
        return []
    run = set(AverageRunLine.objects.filter(month=month, item__in=wanted).values_list("item_id", flat=True))
    stale = {pk for pk, one in month_averages(month, run, decimals).items() if one.differences}
    return list(Item.objects.filter(pk__in=wanted - run | stale).order_by("code"))

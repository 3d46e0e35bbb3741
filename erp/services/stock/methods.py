"""Which method values an item, and the unit cost that standard and month-end average value by."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection

from erp.models import ItemCost, ValuationMethod
from erp.selectors.costs import known_unit_costs
from masterdata.selectors.valuation import valuation_of


def refresh_methods(costs: Sequence[ItemCost]) -> None:
    """Give locked cost rows without stock the method and standard cost their item has now."""
    empty = {cost.item_id: cost for cost in costs if not cost.quantity}
    if not empty:
        return
    for item_id, (method, standard) in valuation_of(empty).items():
        empty[item_id].method, empty[item_id].standard_cost = method, standard


def refresh_opening_costs(costs: Sequence[ItemCost], day: dt.date) -> None:
    """Give cost rows under month-end average what issues in the month of ``day`` are provisionally worth.

    The average at the start of the month, else the last receipt, else the standard cost. Source: HARD_RULES §13.
    """
    month = day.replace(day=1)
    stale = {
        cost.item_id: cost
        for cost in costs
        if cost.method == ValuationMethod.MONTH_AVERAGE and cost.opening_month != month
    }
    if not stale:
        return
    opening = opening_averages(stale, month)
    known = known_unit_costs(stale.keys() - opening.keys())
    for item_id, cost in stale.items():
        cost.opening_cost, cost.opening_month = (opening.get(item_id) or known.get(item_id)), month


def opening_averages(item_ids: Sequence[int] | dict[int, ItemCost], month: dt.date) -> dict[int, Decimal]:
    """Return the average cost of what lay in stock at the start of ``month``, of items that had stock.

    What backdated issues took at a later, dearer cost may leave less than nothing there: that is no cost.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT item_id, round(sum(amount) / sum(quantity), 10) FROM erp_valueentry
            WHERE item_id = ANY(%s) AND booked_on < %s GROUP BY 1
            HAVING sum(quantity) > 0 AND sum(amount) > 0
            """,
            [sorted(item_ids), month],
        )
        return dict(cursor.fetchall())

"""What a stock unit of an item costs now."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import connection

from erp.models import ItemCost
from masterdata.models import Item


def unit_costs(item_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return the present cost per stock unit in base currency: moving average, else last receipt, else standard cost.

    An item that nothing is known of is left out.
    """
    wanted = set(item_ids)
    found = {
        row.item_id: row.value / row.quantity for row in ItemCost.objects.filter(item_id__in=wanted, quantity__gt=0)
    }
    return found | known_unit_costs(wanted - found.keys())


def known_unit_costs(item_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return the cost per stock unit of items without stock: last receipt, else standard cost above zero."""
    wanted = list(item_ids)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.id, last.amount / last.quantity
            FROM unnest(%s::bigint[]) AS i(id)
            CROSS JOIN LATERAL (
                SELECT e.amount, e.quantity FROM erp_valueentry e
                WHERE e.item_id = i.id AND e.quantity > 0 AND e.amount > 0
                  AND e.kind IN ('receipt', 'production', 'subcontract', 'opening', 'misc_receipt')
                ORDER BY e.booked_on DESC, e.id DESC LIMIT 1
            ) last
            """,
            [wanted],
        )
        found: dict[int, Decimal] = dict(cursor.fetchall())
    rest = [item_id for item_id in wanted if item_id not in found]
    standard = Item.objects.filter(pk__in=rest, standard_cost__gt=0).values_list("pk", "standard_cost")
    return found | dict(standard)

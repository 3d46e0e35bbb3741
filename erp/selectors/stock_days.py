"""What lay in a place at the end of past days: today's balance, with what moved since taken back."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import connection

from erp.models import StockBalance

Key = tuple[int, int, int | None, int | None]
"""Item, place, lot, owner."""


def later_days(item_ids: Iterable[int], day: dt.date) -> Iterable[tuple[Key, Decimal, dt.date]]:
    """Yield (balance key, net moved on a later day, the day before it that counts), newest day first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT item_id, location_id, lot_id, owner_id, moved_on, SUM(quantity) AS moved,
                   LAG(moved_on, 1, %s) OVER (PARTITION BY item_id, location_id, lot_id, owner_id ORDER BY moved_on)
            FROM (
                SELECT item_id, to_location_id AS location_id, lot_id, owner_id, moved_on, quantity FROM erp_stockmove
                WHERE item_id = ANY(%s) AND moved_on > %s
                UNION ALL
                SELECT item_id, from_location_id, lot_id, owner_id, moved_on, -quantity FROM erp_stockmove
                WHERE item_id = ANY(%s) AND moved_on > %s
            ) legs
            GROUP BY item_id, location_id, lot_id, owner_id, moved_on
            ORDER BY moved_on DESC
            """,
            [day, list(item_ids), day, list(item_ids), day],
        )
        for item, location, lot, owner, _moved_on, moved, before in cursor.fetchall():
            yield (item, location, lot, owner), moved, before


def lowest_since(rows: Sequence[StockBalance], day: dt.date) -> dict[int, Decimal]:
    """Return by balance the least that lay there at the end of any day from ``day`` until now: never below zero."""
    by_key: dict[Key, StockBalance] = {(row.item_id, row.location_id, row.lot_id, row.owner_id): row for row in rows}
    running = {key: row.on_hand for key, row in by_key.items()}
    lowest = dict(running)
    for key, moved, _before in later_days({row.item_id for row in rows}, day):
        if key in running:
            running[key] -= moved
            lowest[key] = min(lowest[key], running[key])
    return {by_key[key].pk: max(Decimal(0), quantity) for key, quantity in lowest.items()}

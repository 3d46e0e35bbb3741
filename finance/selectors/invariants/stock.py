"""What must always be true of the stock itself."""

from django.utils.translation import gettext_lazy as _

from finance.selectors.invariants.base import Invariant

STOCK = (
    Invariant(
        "stock_balances",
        _("Stock balances are the sums of their moves"),
        """
        WITH legs AS (
          SELECT item_id, to_location_id AS location_id, lot_id, quantity FROM erp_stockmove
          UNION ALL SELECT item_id, from_location_id, lot_id, -quantity FROM erp_stockmove
        ), moved AS (
          SELECT legs.item_id, legs.location_id, legs.lot_id, sum(legs.quantity) AS quantity
          FROM legs JOIN masterdata_location place ON place.id = legs.location_id AND place.kind = 'storage'
          GROUP BY 1, 2, 3
        )
        SELECT coalesce(moved.item_id, balance.item_id) AS item,
          coalesce(moved.location_id, balance.location_id) AS place, balance.on_hand AS balance, moved.quantity AS moves
        FROM moved FULL JOIN (
          SELECT balance.* FROM erp_stockbalance balance
          JOIN masterdata_location place ON place.id = balance.location_id AND place.kind = 'storage'
        ) balance ON balance.item_id = moved.item_id AND balance.location_id = moved.location_id
          AND balance.lot_id IS NOT DISTINCT FROM moved.lot_id
        WHERE coalesce(moved.quantity, 0) <> coalesce(balance.on_hand, 0)
        """,
    ),
    Invariant(
        "stock_reserved",
        _("Reserved stock is the sum of the reservations"),
        """
        SELECT balance.id AS balance, balance.reserved AS reserved,
          coalesce(sum(reservation.quantity), 0) AS reservations
        FROM erp_stockbalance balance LEFT JOIN erp_reservation reservation ON reservation.balance_id = balance.id
        GROUP BY balance.id HAVING balance.reserved <> coalesce(sum(reservation.quantity), 0)
        """,
        closes=False,
    ),
    Invariant(
        "item_value",
        _("Quantity and value of an item are the sums of its value entries"),
        """
        SELECT cost.item_id AS item, cost.value AS stored, coalesce(sum(entry.amount), 0) AS counted
        FROM erp_itemcost cost LEFT JOIN erp_valueentry entry ON entry.item_id = cost.item_id
        GROUP BY cost.id
        HAVING cost.value <> coalesce(sum(entry.amount), 0) OR cost.quantity <> coalesce(sum(entry.quantity), 0)
        """,
    ),
)

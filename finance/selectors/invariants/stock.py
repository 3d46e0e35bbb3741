"""What must always be true of the stock itself."""

from django.utils.translation import gettext_lazy as _

from finance.selectors.invariants.base import Invariant

PHYSICAL = "('storage', 'line_side', 'transit', 'at_supplier')"
LEGS = f"""
  SELECT move.item_id, leg.location_id, move.lot_id, move.owner_id, move.moved_on, leg.sign * move.quantity AS quantity,
    leg.sign * coalesce(move.second_quantity, 0) AS second_quantity
  FROM erp_stockmove move
  CROSS JOIN LATERAL (VALUES (move.to_location_id, 1), (move.from_location_id, -1)) AS leg(location_id, sign)
  JOIN masterdata_location place ON place.id = leg.location_id AND place.kind IN {PHYSICAL}
"""
"""What every move added to or took from our own places."""


def _balances(stored: str, moved: str) -> str:
    """Compare one column of the balances with the sum of the moves, by item, place, lot and owner."""
    return f"""
        WITH moved AS (
          SELECT item_id, location_id, lot_id, owner_id, sum({moved}) AS quantity FROM ({LEGS}) legs GROUP BY 1, 2, 3, 4
        )
        SELECT coalesce(moved.item_id, balance.item_id) AS item,
          coalesce(moved.location_id, balance.location_id) AS place, balance.{stored} AS balance,
          moved.quantity AS moves
        FROM moved FULL JOIN erp_stockbalance balance
          ON balance.item_id = moved.item_id AND balance.location_id = moved.location_id
          AND coalesce(balance.lot_id, 0) = coalesce(moved.lot_id, 0)
          AND coalesce(balance.owner_id, 0) = coalesce(moved.owner_id, 0)
        WHERE coalesce(moved.quantity, 0) <> coalesce(balance.{stored}, 0)
    """


STOCK = (
    Invariant(
        "stock_balances",
        _("Stock balances are the sums of their moves"),
        _balances("on_hand", "quantity"),
    ),
    Invariant(
        "stock_second_unit",
        _("Balances in the second unit are the sums of their moves"),
        _balances("second_on_hand", "second_quantity"),
    ),
    Invariant(
        "stock_second_rest",
        _("An empty place holds nothing in the second unit either"),
        f"""
        SELECT item_id AS item, location_id AS place, lot_id AS lot, sum(second_quantity) AS rest
        FROM ({LEGS}) legs GROUP BY item_id, location_id, lot_id, owner_id
        HAVING sum(quantity) = 0 AND sum(second_quantity) <> 0
        """,
    ),
    Invariant(
        "stock_never_negative",
        _("No place was ever below zero at the end of a day"),
        f"""
        SELECT days.item_id AS item, days.location_id AS place, days.lot_id AS lot, days.moved_on AS day,
          coalesce(balance.on_hand, 0) - days.later AS balance
        FROM (
          SELECT item_id, location_id, lot_id, owner_id, moved_on, coalesce(sum(sum(quantity)) OVER (
              PARTITION BY item_id, location_id, lot_id, owner_id ORDER BY moved_on
              ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0) AS later
          FROM ({LEGS}) legs GROUP BY 1, 2, 3, 4, 5
        ) days LEFT JOIN erp_stockbalance balance
          ON balance.item_id = days.item_id AND balance.location_id = days.location_id
          AND coalesce(balance.lot_id, 0) = coalesce(days.lot_id, 0)
          AND coalesce(balance.owner_id, 0) = coalesce(days.owner_id, 0)
        WHERE coalesce(balance.on_hand, 0) - days.later < 0
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
        "serial_one_place",
        _("A serial number is one piece in one place at most"),
        f"""
        SELECT legs.lot_id AS lot, sum(legs.quantity) AS pieces
        FROM ({LEGS}) legs JOIN masterdata_item item ON item.id = legs.item_id AND item.tracking = 'serial'
        GROUP BY legs.lot_id HAVING sum(legs.quantity) NOT IN (0, 1)
        """,
    ),
    Invariant(
        "lot_of_its_item",
        _("A lot moves as the item it belongs to"),
        """
        SELECT move.id AS move, move.item_id AS item, lot.item_id AS item_of_lot
        FROM erp_stockmove move JOIN erp_lot lot ON lot.id = move.lot_id WHERE lot.item_id <> move.item_id
        """,
    ),
    Invariant(
        "others_not_valued",
        _("Goods of others have no value in our books"),
        """
        SELECT entry.id AS entry, move.id AS move, move.owner_id AS owner
        FROM erp_valueentry entry JOIN erp_stockmove move ON move.id = entry.move_id WHERE move.owner_id IS NOT NULL
        """,
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

"""The stock ledger of an item 明细账: what there was, every move, what is left, in quantity and value."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from core.fields import ZERO
from erp.models import StockMove
from erp.selectors.sources import url_of
from erp.selectors.stock import moves
from masterdata.models import Item


@dataclass(frozen=True)
class Span:
    """Which part of the ledger: dates inclusive; a warehouse, a location or a lot narrow the quantities."""

    start: dt.date
    end: dt.date
    warehouse_id: int | None = None
    location_id: int | None = None
    lot_id: int | None = None

    @property
    def is_part(self) -> bool:
        """Return whether only a part of the company's stock is looked at (there is no value of a part)."""
        return bool(self.warehouse_id or self.location_id or self.lot_id)

    def values(self, item_ids: Iterable[int] | None) -> dict[str, Any]:
        """Return the parameters of the ledger's queries."""
        return {
            "start": self.start,
            "end": self.end,
            "items": None if item_ids is None else sorted(item_ids),
            "warehouse": self.warehouse_id,
            "location": self.location_id,
            "lot": self.lot_id,
        }


@dataclass
class LedgerRow:
    """One move of an item's ledger with the balance after it; values in base currency, None for a part of the stock."""

    move: StockMove
    received: Decimal
    issued: Decimal
    balance: Decimal
    amount: Decimal | None
    value: Decimal | None

    @property
    def url(self) -> str:
        """Address of the document that moved the goods."""
        return url_of(self.move.source_label, self.move.source_id)


@dataclass
class ItemLedger:
    """An item's ledger over a span: what there was, every move, what is left."""

    item: Item
    opening: Decimal
    opening_value: Decimal | None
    closing: Decimal
    closing_value: Decimal | None
    rows: list[LedgerRow] = field(default_factory=list)


LEGS = """
SELECT m.id AS move_id, m.item_id, m.moved_on, l.quantity, m.kind
FROM erp_stockmove m
CROSS JOIN LATERAL (VALUES (m.to_location_id, m.quantity), (m.from_location_id, -m.quantity))
  AS l(location_id, quantity)
JOIN masterdata_location p ON p.id = l.location_id AND p.kind IN ('storage', 'line_side', 'transit', 'at_supplier')
WHERE m.moved_on <= %(end)s AND m.owner_id IS NULL
  AND (%(items)s::bigint[] IS NULL OR m.item_id = ANY(%(items)s::bigint[]))
  AND (%(warehouse)s::bigint IS NULL OR p.warehouse_id = %(warehouse)s)
  AND (%(location)s::bigint IS NULL OR p.id = %(location)s)
  AND (%(lot)s::bigint IS NULL OR m.lot_id = %(lot)s)
"""


def item_ledger(item: Item, span: Span) -> ItemLedger:
    """Return the ledger of one item, in posting order within each day.

    Moves between two places that are both looked at cancel out and are shown with no change.
    """
    values = span.values([item.pk])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(sum(quantity), 0) FROM ({LEGS}) legs WHERE moved_on < %(start)s",
            values,
        )
        opening: Decimal = cursor.fetchone()[0]
        cursor.execute(
            f"""SELECT move_id, sum(quantity) FILTER (WHERE quantity > 0), -sum(quantity) FILTER (WHERE quantity < 0)
            FROM ({LEGS}) legs WHERE moved_on >= %(start)s GROUP BY move_id, moved_on ORDER BY moved_on, move_id""",
            values,
        )
        found = cursor.fetchall()
    by_id = moves().in_bulk([row[0] for row in found])
    worth = {} if span.is_part else _amounts_by_move(item.pk, span)
    ledger = ItemLedger(item, opening, None, opening, None)
    if not span.is_part:
        ledger.opening_value = ledger.closing_value = _value_before(item.pk, span.start)
    for move_id, received, issued in found:
        net = (received or ZERO) - (issued or ZERO)
        ledger.closing += net
        amount = worth.get(move_id, ZERO) if not span.is_part else None
        if amount is not None and ledger.closing_value is not None:
            ledger.closing_value += amount
        ledger.rows.append(
            LedgerRow(by_id[move_id], max(net, ZERO), max(-net, ZERO), ledger.closing, amount, ledger.closing_value)
        )
    return ledger


def _amounts_by_move(item_id: int, span: Span) -> dict[int, Decimal]:
    """Value by move in the span; an adjustment without a move counts with the last move of its document."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(e.move_id, (SELECT max(m.id) FROM erp_stockmove m WHERE m.item_id = e.item_id
                AND m.source_label = e.source_label AND m.source_id = e.source_id)), sum(e.amount)
            FROM erp_valueentry e WHERE e.item_id = %s AND e.booked_on BETWEEN %s AND %s GROUP BY 1
            """,
            [item_id, span.start, span.end],
        )
        return dict(cursor.fetchall())


def _value_before(item_id: int, day: dt.date) -> Decimal:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(amount), 0) FROM erp_valueentry WHERE item_id = %s AND booked_on < %s", [item_id, day]
        )
        total: Decimal = cursor.fetchone()[0]
    return total

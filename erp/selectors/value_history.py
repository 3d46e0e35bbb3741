"""The valued flows of items from a day on, in the order of value, and where their value stood before."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from erp.engines.costing import OpenLayer

FLOWS = """
SELECT move.item_id, move.id, own.quantity, move.reverses_id, abs(own.amount),
  (SELECT coalesce(sum(entry.amount), 0) FROM erp_valueentry entry WHERE entry.move_id = move.id
     AND entry.kind NOT IN ('variance', 'adjustment'))
  - (SELECT coalesce(sum(used.amount), 0) FROM erp_layeruse used JOIN erp_costlayer layer ON layer.id = used.layer_id
     WHERE used.move_id = move.id AND layer.move_id = move.id) AS worth,
  move.moved_on, CASE WHEN NOT move.is_backdated THEN 1 WHEN own.quantity > 0 THEN 0 ELSE 2 END AS place
FROM (SELECT m.*, min(m.id) OVER (PARTITION BY m.created_at, m.source_label, m.source_id, m.kind) AS posting
      FROM erp_stockmove m WHERE m.item_id = ANY(%(items)s) AND m.moved_on >= %(day)s) move
JOIN erp_valueentry own ON own.move_id = move.id AND own.kind = move.kind
ORDER BY move.item_id, move.moved_on, place, move.posting, own.quantity < 0, move.id
"""

BEFORE = """
SELECT cost.item_id, cost.quantity - coalesce(since.quantity, 0), cost.value - coalesce(since.amount, 0)
FROM erp_itemcost cost
LEFT JOIN LATERAL (SELECT sum(entry.quantity) AS quantity, sum(entry.amount) AS amount
  FROM erp_valueentry entry LEFT JOIN erp_stockmove move ON move.id = entry.move_id
  WHERE entry.item_id = cost.item_id AND entry.booked_on >= %(day)s
    AND coalesce(move.moved_on, entry.booked_on) >= %(day)s) since ON true
WHERE cost.item_id = ANY(%(items)s)
"""
"""The running value less what came since: nothing is booked before its move, and years of history stay unread."""

LAYERS = """
SELECT layer.item_id, layer.id, layer.move_id, layer.received_on < %(day)s,
  layer.quantity - coalesce(used.quantity, 0), coalesce(entered.amount, 0) - coalesce(used.amount, 0)
FROM erp_costlayer layer
LEFT JOIN LATERAL (SELECT sum(u.quantity) AS quantity, sum(u.amount) AS amount FROM erp_layeruse u
  JOIN erp_stockmove m ON m.id = u.move_id WHERE u.layer_id = layer.id AND m.moved_on < %(day)s) used ON true
LEFT JOIN LATERAL (SELECT sum(amount) AS amount FROM erp_valueentry WHERE move_id = layer.move_id) entered ON true
WHERE layer.item_id = ANY(%(items)s) AND (layer.remaining_quantity > 0 OR layer.received_on >= %(day)s OR EXISTS (
  SELECT 1 FROM erp_layeruse u JOIN erp_stockmove m ON m.id = u.move_id
  WHERE u.layer_id = layer.id AND m.moved_on >= %(day)s))
ORDER BY layer.item_id, layer.received_on, layer.id
"""

USES = """
SELECT used.move_id, layer.move_id, sum(used.quantity), sum(used.amount)
FROM erp_layeruse used JOIN erp_costlayer layer ON layer.id = used.layer_id
JOIN erp_stockmove move ON move.id = used.move_id
WHERE layer.item_id = ANY(%(items)s) AND move.moved_on >= %(day)s AND layer.move_id <> used.move_id
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class ValuedMove:
    """One move of the history: ``own`` what its document gave it, ``worth`` with all later costs (signed)."""

    move_id: int
    quantity: Decimal
    reverses_id: int | None
    own: Decimal
    worth: Decimal
    moved_on: dt.date
    place: int


@dataclass
class ValueHistory:
    """What happened to the value of items from a day on; layers by item as they stood before it, oldest first.

    layer_ids  stored layers by the move that brought them.   uses  (quantity, amount) by move and layer's move.
    """

    moves: dict[int, list[ValuedMove]] = field(default_factory=lambda: defaultdict(list))
    before: dict[int, tuple[Decimal, Decimal]] = field(default_factory=dict)
    layers: dict[int, list[OpenLayer]] = field(default_factory=lambda: defaultdict(list))
    layer_ids: dict[int, int] = field(default_factory=dict)
    uses: dict[int, dict[int, tuple[Decimal, Decimal]]] = field(default_factory=lambda: defaultdict(dict))


def value_history(item_ids: Collection[int], day: dt.date, *, with_layers: Collection[int] = ()) -> ValueHistory:
    """Return the history of items from ``day`` on (2 queries; 2 more for the layers of ``with_layers``).

    Within a day the order is that of posting; a backdated row is placed by kind, receipts before issues (HARD_RULES
    §12); within one posting receipts come before issues.
    """
    history = ValueHistory()
    values: dict[str, Any] = {"items": sorted(item_ids), "day": day}
    with connection.cursor() as cursor:
        cursor.execute(FLOWS, values)
        for item_id, *row in cursor.fetchall():
            history.moves[item_id].append(ValuedMove(*row))
        cursor.execute(BEFORE, values)
        history.before = {item_id: (quantity, amount) for item_id, quantity, amount in cursor.fetchall()}
        if with_layers:
            values["items"] = sorted(with_layers)
            cursor.execute(LAYERS, values)
            for item_id, pk, move_id, is_before, quantity, value in cursor.fetchall():
                history.layer_ids[move_id] = pk
                if is_before and quantity > 0:
                    history.layers[item_id].append(OpenLayer(move_id, quantity, value, pk))
            cursor.execute(USES, values)
            for move_id, brought_by, quantity, amount in cursor.fetchall():
                history.uses[move_id][brought_by] = (quantity, amount)
    return history

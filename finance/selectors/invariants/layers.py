"""What must always be true of the value of stock: its layers, their uses, the entries of its moves."""

from django.utils.translation import gettext_lazy as _

from finance.selectors.invariants.base import Invariant

LAYERS = (
    Invariant(
        "layer_left",
        _("What is left of a cost layer is what came in less what was used"),
        """
        SELECT layer.id AS layer, layer.item_id AS item, layer.remaining_quantity AS quantity,
          layer.quantity - coalesce(used.quantity, 0) AS counted_quantity, layer.remaining_value AS value,
          entered.amount - coalesce(used.amount, 0) AS counted_value
        FROM erp_costlayer layer
        LEFT JOIN (SELECT layer_id, sum(quantity) AS quantity, sum(amount) AS amount FROM erp_layeruse GROUP BY 1) used
          ON used.layer_id = layer.id
        LEFT JOIN (SELECT move_id, sum(amount) AS amount FROM erp_valueentry GROUP BY 1) entered
          ON entered.move_id = layer.move_id
        WHERE layer.remaining_quantity <> layer.quantity - coalesce(used.quantity, 0)
          OR layer.remaining_value <> entered.amount - coalesce(used.amount, 0)
        """,
    ),
    Invariant(
        "layer_totals",
        _("The layers of an item add up to its stock, under first in, first out also in value"),
        """
        SELECT cost.item_id AS item, cost.quantity AS quantity, coalesce(sum(layer.remaining_quantity), 0) AS layers,
          cost.value AS value, sum(layer.remaining_value) AS layer_value
        FROM erp_itemcost cost
        LEFT JOIN erp_costlayer layer ON layer.item_id = cost.item_id AND layer.remaining_quantity > 0
        GROUP BY cost.id
        HAVING cost.quantity <> coalesce(sum(layer.remaining_quantity), 0)
          OR (cost.method = 'fifo' AND cost.value <> coalesce(sum(layer.remaining_value), 0))
        """,
    ),
    Invariant(
        "layer_uses",
        _("What an issue took out of layers is its value entry"),
        """
        SELECT entry.id AS value_entry, entry.amount AS amount, -coalesce(sum(used.amount), 0) AS used,
          entry.quantity AS quantity, -coalesce(sum(used.quantity), 0) AS used_quantity
        FROM erp_valueentry entry LEFT JOIN erp_layeruse used ON used.entry_id = entry.id
        WHERE entry.kind <> 'variance' AND (entry.quantity < 0 OR (entry.quantity = 0 AND EXISTS (
          SELECT 1 FROM erp_layeruse other WHERE other.move_id = entry.move_id AND other.quantity > 0)))
        GROUP BY entry.id
        HAVING entry.amount <> -coalesce(sum(used.amount), 0) OR entry.quantity <> -coalesce(sum(used.quantity), 0)
        """,
    ),
    Invariant(
        "moves_valued",
        _("Every move into or out of our stock has its value entry"),
        """
        SELECT move.id AS move, move.item_id AS item, move.quantity AS quantity
        FROM erp_stockmove move
        JOIN masterdata_location source ON source.id = move.from_location_id
        JOIN masterdata_location target ON target.id = move.to_location_id
        WHERE move.owner_id IS NULL AND (source.kind IN ('storage', 'line_side', 'transit', 'at_supplier'))
          <> (target.kind IN ('storage', 'line_side', 'transit', 'at_supplier'))
          AND NOT EXISTS (SELECT 1 FROM erp_valueentry entry WHERE entry.move_id = move.id AND entry.kind = move.kind)
        """,
    ),
)

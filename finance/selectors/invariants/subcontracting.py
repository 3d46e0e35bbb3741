"""What must always be true of material at subcontractors."""

from django.utils.translation import gettext_lazy as _

from finance.selectors.invariants.base import Invariant, account_of

SUBCONTRACTING = (
    Invariant(
        "subcontract_material",
        _("Material at subcontractors: sent, returned, used and lost of an order are the sums of its moves"),
        """
        WITH moved AS (
          SELECT move.source_line_id AS material_id,
            sum(move.quantity) FILTER (WHERE move.kind = 'transfer' AND target.kind = 'at_supplier') AS sent,
            sum(move.quantity) FILTER (WHERE move.kind = 'transfer' AND source.kind = 'at_supplier') AS returned,
            sum(CASE WHEN source.kind = 'at_supplier' THEN move.quantity ELSE -move.quantity END)
              FILTER (WHERE move.kind = 'subcontract_use') AS used,
            sum(CASE WHEN source.kind = 'at_supplier' THEN move.quantity ELSE -move.quantity END)
              FILTER (WHERE move.kind = 'scrap') AS lost
          FROM erp_stockmove move
          JOIN masterdata_location source ON source.id = move.from_location_id
          JOIN masterdata_location target ON target.id = move.to_location_id
          WHERE move.source_label = 'scm.subcontractorder'
          GROUP BY 1
        )
        SELECT orders.number AS subcontract_order, material.line_no AS line,
          material.sent_quantity AS sent, moved.sent AS sent_moves,
          material.returned_quantity AS returned, moved.returned AS returned_moves,
          material.used_quantity AS used, moved.used AS used_moves,
          material.lost_quantity AS lost, moved.lost AS lost_moves
        FROM scm_subcontractmaterial material
        JOIN scm_subcontractorder orders ON orders.id = material.order_id
        LEFT JOIN moved ON moved.material_id = material.id
        WHERE material.sent_quantity <> coalesce(moved.sent, 0)
          OR material.returned_quantity <> coalesce(moved.returned, 0)
          OR material.used_quantity <> coalesce(moved.used, 0)
          OR material.lost_quantity <> coalesce(moved.lost, 0)
        """,
    ),
    Invariant(
        "subcontract_balance",
        _("Material at subcontractors: what was sent, used, returned and counted is what lies there, never below zero"),
        """
        WITH moved AS (
          SELECT place.id AS place_id, move.item_id, coalesce(move.lot_id, 0) AS lot_id,
            sum(leg.sign * move.quantity) AS quantity
          FROM erp_stockmove move
          CROSS JOIN LATERAL (VALUES (move.to_location_id, 1), (move.from_location_id, -1)) AS leg(place_id, sign)
          JOIN masterdata_location place ON place.id = leg.place_id AND place.kind = 'at_supplier'
          WHERE move.owner_id IS NULL GROUP BY 1, 2, 3
        )
        SELECT moved.place_id AS place, moved.item_id AS item, moved.quantity AS moves, balance.on_hand AS balance
        FROM moved LEFT JOIN erp_stockbalance balance ON balance.location_id = moved.place_id
          AND balance.item_id = moved.item_id AND coalesce(balance.lot_id, 0) = moved.lot_id
          AND balance.owner_id IS NULL
        WHERE moved.quantity < 0 OR moved.quantity <> coalesce(balance.on_hand, 0)
        """,
    ),
    Invariant(
        "subcontract_processing",
        _("Subcontracted processing: nothing stays on the account, material and fee went into the goods"),
        f"""
        SELECT sum(line.amount) AS left_over FROM finance_journalline line
        WHERE line.account_id IN ({account_of("subcontract")}) HAVING sum(line.amount) <> 0
        """,
    ),
)

"""Reading and writing cost layers and their uses; the locked ItemCost row guards them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from core.context import insert_later, run_later
from core.fields import ZERO
from erp.engines.costing import LayerTake, OpenLayer
from erp.models import CostLayer, LayerUse, StockMove, ValuationMethod, ValueEntry


def open_layers(needed: Mapping[int, Decimal], keys: Collection[int] = ()) -> dict[int, list[OpenLayer]]:
    """Return by item the oldest layers that cover the ``needed`` quantity, and those of the moves ``keys``."""
    if not needed:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT item_id, id, move_id, remaining_quantity, remaining_value FROM (
              SELECT layer.*, need.quantity AS needed, sum(layer.remaining_quantity)
                OVER (PARTITION BY layer.item_id ORDER BY layer.received_on, layer.id) AS upto
              FROM unnest(%s::bigint[], %s::numeric[]) AS need(item_id, quantity)
              JOIN erp_costlayer layer ON layer.item_id = need.item_id AND layer.remaining_quantity > 0
            ) one
            WHERE upto - remaining_quantity < needed OR move_id = ANY(%s::bigint[])
            ORDER BY item_id, received_on, id
            """,
            [list(needed), list(needed.values()), list(keys)],
        )
        found: dict[int, list[OpenLayer]] = defaultdict(list)
        for item_id, pk, move_id, quantity, value in cursor.fetchall():
            found[item_id].append(OpenLayer(move_id, quantity, value or ZERO, pk))
    return found


@dataclass
class Written:
    """Layers and uses one posting writes: collected, then stored in three statements at most."""

    brought: list[tuple[StockMove, OpenLayer, str]] = field(default_factory=list)
    takes: list[tuple[StockMove, ValueEntry, LayerTake]] = field(default_factory=list)
    methods: dict[int, str] = field(default_factory=dict)

    def bring(self, move: StockMove, layer: OpenLayer, method: str) -> None:
        """Note a layer that ``move`` brought in."""
        self.brought.append((move, layer, method))

    def take(self, move: StockMove, entry: ValueEntry, takes: Iterable[LayerTake], method: str) -> None:
        """Note what ``move`` took out of layers; the uses belong to ``entry``."""
        for one in takes:
            self.takes.append((move, entry, one))
            if one.layer.pk is not None:
                self.methods[one.layer.pk] = method

    def store(self) -> None:
        """Insert the new layers and the uses, and store what is left of the old layers. Entries are saved before."""
        rows = CostLayer.objects.bulk_create(
            CostLayer(
                item_id=move.item_id,
                move=move,
                received_on=move.moved_on,
                quantity=move.quantity,
                remaining_quantity=layer.quantity,
                remaining_value=layer.value if method == ValuationMethod.FIFO else None,
            )
            for move, layer, method in self.brought
        )
        old = {one.layer.pk: one.layer for _move, _entry, one in self.takes if one.layer.pk is not None}
        store_layers({pk: (old[pk].quantity, old[pk].value, self.methods[pk]) for pk in sorted(old)})
        for row, (_move, layer, _method) in zip(rows, self.brought, strict=True):
            layer.pk = row.pk
        insert_later(
            LayerUse(layer_id=one.layer.pk, move=move, entry=entry, quantity=one.quantity, amount=one.amount)
            for move, entry, one in self.takes
        )


def store_layers(left: Mapping[int, tuple[Decimal, Decimal, str]]) -> None:
    """Store (remaining quantity, remaining value, method) by layer, in one statement."""
    if not left:
        return
    run_later(
        "erp_costlayer",
        """
        UPDATE erp_costlayer layer SET remaining_quantity = n.quantity, remaining_value = n.value
        FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS n(id, quantity, value) WHERE layer.id = n.id
        """,
        [
            list(left),
            [quantity for quantity, _value, _method in left.values()],
            [value if method == ValuationMethod.FIFO else None for _quantity, value, method in left.values()],
        ],
    )

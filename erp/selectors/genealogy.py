"""Where a lot came from and where it went, over all levels: two recursive queries over the ledger of moves."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection

from erp.models import Lot, StockBalance, WorkOrder
from erp.selectors.sources import name_of, url_of
from erp.states import MoveKind

DEEPEST = 25
ENDS = (
    MoveKind.OPENING,
    MoveKind.RECEIPT,
    MoveKind.SUPPLIER_RETURN,
    MoveKind.MISC_RECEIPT,
    MoveKind.CUSTOMER_RETURN,
    MoveKind.SHIPMENT,
    MoveKind.MISC_ISSUE,
    MoveKind.SCRAP,
    MoveKind.COUNT,
)

COMPONENTS = """
WITH RECURSIVE tree(lot_id, depth, work_order_id, part_id) AS (
    SELECT %(lot)s::bigint, 0, NULL::bigint, NULL::bigint
    UNION
    SELECT used.lot_id, tree.depth + 1, made.source_id, tree.lot_id
    FROM tree
    JOIN erp_stockmove made ON made.lot_id = tree.lot_id AND made.kind = 'production'
    JOIN erp_stockmove used ON used.source_label = made.source_label AND used.source_id = made.source_id
      AND used.kind = 'issue' AND used.lot_id IS NOT NULL
    WHERE tree.depth < %(deepest)s
)
SELECT DISTINCT lot_id, depth, work_order_id, part_id FROM tree WHERE depth > 0 ORDER BY depth, lot_id
"""
"""(component lot, depth, work order it went into, lot that order made)."""

PRODUCTS = """
WITH RECURSIVE tree(lot_id, depth, work_order_id, part_id) AS (
    SELECT %(lot)s::bigint, 0, NULL::bigint, NULL::bigint
    UNION
    SELECT made.lot_id, tree.depth + 1, used.source_id, tree.lot_id
    FROM tree
    JOIN erp_stockmove used ON used.lot_id = tree.lot_id AND used.kind = 'issue'
    LEFT JOIN erp_stockmove made ON made.source_label = used.source_label AND made.source_id = used.source_id
      AND made.kind = 'production'
    WHERE tree.depth < %(deepest)s
)
SELECT DISTINCT lot_id, depth, work_order_id, part_id FROM tree WHERE depth > 0 ORDER BY depth, lot_id
"""
"""(lot made or null, depth, work order, lot that went into it)."""

NET = """
SELECT m.source_id, m.lot_id,
       sum(CASE WHEN f.kind = 'production' THEN -m.quantity ELSE m.quantity END) FILTER (WHERE m.kind <> 'production'),
       sum(CASE WHEN f.kind = 'production' THEN m.quantity ELSE -m.quantity END) FILTER (WHERE m.kind = 'production')
FROM erp_stockmove m JOIN masterdata_location f ON f.id = m.from_location_id
WHERE m.source_label = 'erp.workorder' AND m.source_id = ANY(%s) AND m.lot_id = ANY(%s)
  AND m.kind IN ('issue', 'issue_return', 'production')
GROUP BY 1, 2
"""
"""What of each lot stayed in an order, and what the order made of it."""

OUTER_MOVES = """
SELECT m.lot_id, m.kind, m.source_label, m.source_id, max(m.source_number), min(m.moved_on),
       sum(CASE WHEN t.kind IN ('storage', 'line_side', 'transit', 'at_supplier') THEN m.quantity ELSE -m.quantity END)
FROM erp_stockmove m JOIN masterdata_location t ON t.id = m.to_location_id
WHERE m.lot_id = ANY(%s) AND m.kind = ANY(%s)
GROUP BY 1, 2, 3, 4 HAVING sum(CASE WHEN t.kind IN ('storage', 'line_side', 'transit', 'at_supplier') THEN m.quantity
                                    ELSE -m.quantity END) <> 0
ORDER BY 6, 5
"""


@dataclass
class Node:
    """A lot above or below another one: the order that joins them, and how much went in or came out."""

    lot: Lot | None
    work_order: WorkOrder
    quantity: Decimal
    children: list["Node"] = field(default_factory=list)


@dataclass(frozen=True)
class End:
    """A document by which goods of a lot came into or left our stock; ``quantity`` below zero: they left."""

    lot: Lot
    kind: str
    number: str
    url: str
    document: str
    partner: Any
    day: dt.date
    quantity: Decimal

    @property
    def label(self) -> str:
        """What kind of movement it was."""
        return str(MoveKind(self.kind).label)


@dataclass
class Genealogy:
    """The whole life of a lot. ``came`` and ``went`` name the lot itself and what it was made of, or went into."""

    lot: Lot
    components: list[Node]
    products: list[Node]
    came: list[End]
    went: list[End]
    balances: list[StockBalance]


def genealogy(lot: Lot) -> Genealogy:
    """Return where ``lot`` came from (with its component lots, all levels) and where it went (with what became of it).

    Eight statements, however deep and wide it is, and one for each kind of document at its ends.
    """
    up, down = _edges(COMPONENTS, lot.pk), _edges(PRODUCTS, lot.pk)
    lot_ids = {lot.pk} | {row[0] for row in up + down if row[0]}
    lots = Lot.objects.select_related("item__uom").in_bulk(lot_ids)
    orders = WorkOrder.objects.select_related("item__uom").in_bulk({row[2] for row in up + down})
    used, made = _net(orders, lot_ids)
    components = _tree(
        lot.pk, [(part, order, child, used.get((order, child))) for child, _d, order, part in up], lots, orders
    )
    products = _tree(
        lot.pk,
        [
            (part, order, child, made.get((order, child)) if child else used.get((order, part)))
            for child, _d, order, part in down
            if used.get((order, part))
        ],
        lots,
        orders,
    )
    above, below = _reached(components) | {lot.pk}, _reached(products) | {lot.pk}
    ends = _ends(above | below, lots)
    return Genealogy(
        lot=lot,
        components=components,
        products=products,
        came=[one for one in ends if one.quantity > 0 and one.lot.pk in above],
        went=[one for one in ends if one.quantity < 0 and one.lot.pk in below],
        balances=list(
            StockBalance.objects.filter(lot_id=lot.pk, on_hand__gt=0)
            .select_related("location__warehouse", "owner")
            .order_by("location__warehouse__code", "location__code")
        ),
    )


def _edges(sql: str, lot_id: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"lot": lot_id, "deepest": DEEPEST})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _net(orders: Iterable[int], lot_ids: Iterable[int]) -> tuple[dict[Any, Decimal], dict[Any, Decimal]]:
    """What stayed in each (order, lot), and what it made; nothings (returned, reversed) are left out."""
    with connection.cursor() as cursor:
        cursor.execute(NET, [list(orders), list(lot_ids)])
        rows = cursor.fetchall()
    used = {(order, lot): quantity for order, lot, quantity, _made in rows if quantity}
    return used, {(order, lot): quantity for order, lot, _used, quantity in rows if quantity}


def _tree(
    root: int, edges: Iterable[tuple[Any, ...]], lots: dict[int, Lot], orders: dict[int, WorkOrder]
) -> list[Node]:
    """Hang the edges (parent lot, order, child lot, quantity) under ``root``; a lot stands once in a branch."""
    below: dict[int, dict[tuple[int, int | None], Decimal]] = defaultdict(dict)
    for parent, order, child, quantity in edges:
        if quantity:
            below[parent][order, child] = quantity

    def grow(lot_id: int, path: frozenset[int]) -> list[Node]:
        return [
            Node(
                lots.get(child) if child else None,
                orders[order],
                quantity,
                grow(child, path | {child}) if child and child not in path else [],
            )
            for (order, child), quantity in sorted(below[lot_id].items(), key=lambda one: (one[0][0], one[0][1] or 0))
        ]

    return grow(root, frozenset({root}))


def _reached(nodes: Iterable[Node]) -> set[int]:
    found: set[int] = set()
    for node in nodes:
        if node.lot is not None:
            found.add(node.lot.pk)
        found |= _reached(node.children)
    return found


def _ends(lot_ids: Iterable[int], lots: dict[int, Lot]) -> list[End]:
    with connection.cursor() as cursor:
        cursor.execute(OUTER_MOVES, [list(lot_ids), list(ENDS)])
        rows = cursor.fetchall()
    partners = partners_of({(row[2], row[3]) for row in rows})
    return [
        End(
            lot=lots[lot_id],
            kind=kind,
            number=number,
            url=url_of(label, source_id),
            document=name_of(label),
            partner=partners.get((label, source_id)),
            day=day,
            quantity=quantity,
        )
        for lot_id, kind, label, source_id, number, day, quantity in rows
    ]


def partners_of(sources: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """The supplier or customer of each document, one query per kind of document."""
    by_label: dict[str, set[int]] = defaultdict(set)
    for label, source_id in sources:
        by_label[label].add(source_id)
    found: dict[tuple[str, int], Any] = {}
    for label, ids in by_label.items():
        model = apps.get_model(label)
        if any(one.name == "partner" for one in model._meta.fields):
            rows = model._default_manager.select_related("partner").in_bulk(ids)
            found |= {(label, pk): row.partner for pk, row in rows.items()}
    return found

"""Where a lot came from and where it went, over all levels: two recursive queries over the ledger of moves."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection

from erp.models import Lot, StockBalance, StockMove, WorkOrder
from erp.selectors.as_built import built_pairs
from erp.selectors.sources import name_of, url_of
from erp.states import MoveKind

DEEPEST = 25
WORK_ORDER = "erp.workorder"
Source = tuple[str, int]
ENDS = (
    MoveKind.OPENING,
    MoveKind.RECEIPT,
    MoveKind.SUBCONTRACT,
    MoveKind.SUPPLIER_RETURN,
    MoveKind.MISC_RECEIPT,
    MoveKind.CUSTOMER_RETURN,
    MoveKind.SHIPMENT,
    MoveKind.MISC_ISSUE,
    MoveKind.SCRAP,
    MoveKind.COUNT,
)

COMPONENTS = """
WITH RECURSIVE tree(lot_id, depth, label, source_id, part_id) AS (
    SELECT %(lot)s::bigint, 0, NULL::text, NULL::bigint, NULL::bigint
    UNION
    SELECT step.lot_id, tree.depth + 1, step.label::text, step.source_id, tree.lot_id
    FROM tree, LATERAL (
        SELECT used.lot_id, made.source_label AS label, made.source_id
        FROM erp_stockmove made JOIN erp_stockmove used
          ON used.source_label = made.source_label AND used.source_id = made.source_id AND used.kind = 'issue'
        WHERE made.lot_id = tree.lot_id AND made.kind = 'production' AND used.lot_id IS NOT NULL
        UNION ALL
        SELECT used.lot_id, made.source_label, made.source_id
        FROM erp_stockmove made JOIN erp_subcontractuse link ON link.receipt_move_id = made.id
          JOIN erp_stockmove used ON used.id = link.used_move_id
        WHERE made.lot_id = tree.lot_id AND made.kind = 'subcontract' AND used.lot_id IS NOT NULL
    ) step
    WHERE tree.depth < %(deepest)s
)
SELECT DISTINCT lot_id, depth, label, source_id, part_id FROM tree WHERE depth > 0 ORDER BY depth, lot_id
"""
"""(component lot, depth, document it went into, lot that was made there): an order, or a subcontractor's delivery."""

PRODUCTS = """
WITH RECURSIVE tree(lot_id, depth, label, source_id, part_id) AS (
    SELECT %(lot)s::bigint, 0, NULL::text, NULL::bigint, NULL::bigint
    UNION
    SELECT step.lot_id, tree.depth + 1, step.label::text, step.source_id, tree.lot_id
    FROM tree, LATERAL (
        SELECT made.lot_id, used.source_label AS label, used.source_id
        FROM erp_stockmove used LEFT JOIN erp_stockmove made
          ON made.source_label = used.source_label AND made.source_id = used.source_id AND made.kind = 'production'
        WHERE used.lot_id = tree.lot_id AND used.kind = 'issue'
        UNION ALL
        SELECT made.lot_id, made.source_label, made.source_id
        FROM erp_stockmove used JOIN erp_subcontractuse link ON link.used_move_id = used.id
          JOIN erp_stockmove made ON made.id = link.receipt_move_id
        WHERE used.lot_id = tree.lot_id AND used.kind = 'subcontract_use'
    ) step
    WHERE tree.depth < %(deepest)s
)
SELECT DISTINCT lot_id, depth, label, source_id, part_id FROM tree WHERE depth > 0 ORDER BY depth, lot_id
"""
"""(lot made or null, depth, document, lot that went into it)."""

NET = """
SELECT m.source_label, m.source_id, m.lot_id,
       sum(CASE WHEN f.kind = 'production' THEN -m.quantity ELSE m.quantity END) FILTER (WHERE m.kind <> 'production'),
       sum(CASE WHEN f.kind = 'production' THEN m.quantity ELSE -m.quantity END) FILTER (WHERE m.kind = 'production')
FROM erp_stockmove m JOIN masterdata_location f ON f.id = m.from_location_id
WHERE m.source_label = 'erp.workorder' AND m.source_id = ANY(%(orders)s) AND m.lot_id = ANY(%(lots)s)
  AND m.kind IN ('issue', 'issue_return', 'production')
GROUP BY 1, 2, 3
UNION ALL
SELECT label, source_id, lot_id, sum(used), sum(made)
FROM (
    SELECT DISTINCT made.source_label AS label, made.source_id, used.id, used.lot_id,
           used.quantity - COALESCE(back.quantity, 0) AS used, NULL::numeric AS made
    FROM erp_stockmove made JOIN erp_subcontractuse link ON link.receipt_move_id = made.id
      JOIN erp_stockmove used ON used.id = link.used_move_id
      LEFT JOIN erp_stockmove back ON back.reverses_id = used.id
    WHERE made.kind = 'subcontract' AND made.source_id = ANY(%(receipts)s) AND used.lot_id = ANY(%(lots)s)
    UNION ALL
    SELECT DISTINCT made.source_label, made.source_id, made.id, made.lot_id,
           NULL::numeric, made.quantity - COALESCE(back.quantity, 0)
    FROM erp_stockmove made JOIN erp_subcontractuse link ON link.receipt_move_id = made.id
      LEFT JOIN erp_stockmove back ON back.reverses_id = made.id
    WHERE made.kind = 'subcontract' AND made.source_id = ANY(%(receipts)s)
      AND (made.lot_id IS NULL OR made.lot_id = ANY(%(lots)s))
) delivered
GROUP BY 1, 2, 3
"""
"""What of each lot stayed in a document, and what it made of it."""

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
    """A lot above or below another one: the order that joins them, and how much went in or came out.

    Of goods from a subcontractor it is his delivery (``work_order`` is none): ``number``, ``url`` and ``item`` name
    what it is.
    """

    lot: Lot | None
    work_order: WorkOrder | None
    quantity: Decimal
    number: str = ""
    url: str = ""
    item: Any = None
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

    What is recorded as built into a finished serial number is in it and in no other one of its order.
    Nine statements, however deep and wide it is, and one for each kind of document at its ends.
    """
    up, down = _edges(COMPONENTS, lot.pk), _edges(PRODUCTS, lot.pk)
    lot_ids = {lot.pk} | {row[0] for row in up + down if row[0]}
    lots = Lot.objects.select_related("item__uom").in_bulk(lot_ids)
    joints = _joints({(label, source_id) for _lot, _d, label, source_id, _part in up + down})
    built = built_pairs(key for label, key in joints if label == WORK_ORDER)
    used, made = _net(joints, lot_ids)
    components = _tree(
        lot.pk,
        [
            (part, (label, key), child, used.get((label, key, child)))
            for child, _d, label, key, part in up
            if _is_inside(built, label, key, part, lots[child])
        ],
        lots,
        joints,
    )
    products = _tree(
        lot.pk,
        [
            (part, (label, key), child, made.get((label, key, child)) if child else used.get((label, key, part)))
            for child, _d, label, key, part in down
            if used.get((label, key, part)) and (child is None or _is_inside(built, label, key, child, lots[part]))
        ],
        lots,
        joints,
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


def _is_inside(built: dict[Any, set[int]], label: str, order_id: int, product_id: int, component: Lot) -> bool:
    """Whether a component may be in a product: where the as-built record of the product names its item, only those."""
    if label != WORK_ORDER:
        return True
    named = built.get((order_id, product_id, component.item_id))
    return named is None or component.pk in named


def _edges(sql: str, lot_id: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"lot": lot_id, "deepest": DEEPEST})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


@dataclass(frozen=True)
class _Joint:
    """The document that joins lots: a work order, or the delivery of a subcontractor."""

    work_order: WorkOrder | None
    number: str
    url: str
    item: Any = None


def _joints(sources: Iterable[tuple[str, int]]) -> dict[Source, _Joint]:
    """The documents of edges by label and key; a delivery is named by its moves."""
    wanted = set(sources)
    orders = WorkOrder.objects.select_related("item__uom").in_bulk({pk for label, pk in wanted if label == WORK_ORDER})
    found = {(WORK_ORDER, pk): _Joint(one, one.number, one.get_absolute_url(), one.item) for pk, one in orders.items()}
    received = [pk for label, pk in wanted if label != WORK_ORDER]
    if received:
        rows = StockMove.objects.filter(kind=MoveKind.SUBCONTRACT, source_id__in=received).select_related("item__uom")
        for move in rows.order_by("-pk"):
            place = (move.source_label, move.source_id)
            found[place] = _Joint(None, move.source_number, url_of(*place), move.item)
    return found


def _net(joints: Iterable[Source], lot_ids: Iterable[int]) -> tuple[dict[Any, Decimal], dict[Any, Decimal]]:
    """What stayed in each (document, lot), and what it made; nothings (returned, reversed) are left out."""
    keys = list(joints)
    asked = {
        "orders": [pk for label, pk in keys if label == WORK_ORDER],
        "receipts": [pk for label, pk in keys if label != WORK_ORDER],
        "lots": list(lot_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(NET, asked)
        rows = cursor.fetchall()
    used = {(label, key, lot): quantity for label, key, lot, quantity, _made in rows if quantity}
    return used, {(label, key, lot): quantity for label, key, lot, _used, quantity in rows if quantity}


def _tree(
    root: int, edges: Iterable[tuple[Any, ...]], lots: dict[int, Lot], joints: dict[Source, _Joint]
) -> list[Node]:
    """Hang the edges (parent lot, document, child lot, quantity) under ``root``; a lot stands once in a branch."""
    below: dict[int, dict[tuple[Source, int | None], Decimal]] = defaultdict(dict)
    for parent, source, child, quantity in edges:
        if quantity:
            below[parent][source, child] = quantity

    def grow(lot_id: int, path: frozenset[int]) -> list[Node]:
        return [
            Node(
                lots.get(child) if child else None,
                joints[source].work_order,
                quantity,
                joints[source].number,
                joints[source].url,
                joints[source].item,
                grow(child, path | {child}) if child and child not in path else [],
            )
            for (source, child), quantity in sorted(below[lot_id].items(), key=lambda one: (one[0][0], one[0][1] or 0))
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

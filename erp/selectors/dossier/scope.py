"""How far a dossier reaches: the lots and work orders a thing was made of, and those it went into."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from erp.models import Inspection, InspectionGoods, Shipment, StockMove, WorkOrder
from erp.selectors.dossier.subjects import Subject

MADE_OF = """
WITH RECURSIVE reached(kind, id) AS (
    SELECT kind, id FROM (
        SELECT 'lot' AS kind, unnest(%(lots)s::bigint[]) AS id
        UNION ALL SELECT 'order', unnest(%(orders)s::bigint[])
    ) roots
    UNION
    SELECT more.kind, more.id FROM reached, LATERAL (
        SELECT 'order' AS kind, m.source_id AS id FROM erp_stockmove m
        WHERE reached.kind = 'lot' AND m.lot_id = reached.id AND m.kind = 'production'
        UNION ALL
        SELECT 'lot', used.lot_id FROM erp_stockmove made
          JOIN erp_subcontractuse link ON link.receipt_move_id = made.id
          JOIN erp_stockmove used ON used.id = link.used_move_id
        WHERE reached.kind = 'lot' AND made.lot_id = reached.id AND used.lot_id IS NOT NULL
        UNION ALL
        SELECT 'lot', m.lot_id FROM erp_stockmove m
        WHERE reached.kind = 'order' AND m.source_label = 'erp.workorder' AND m.source_id = reached.id
          AND m.kind = 'issue' AND m.lot_id IS NOT NULL
    ) more
)
SELECT kind, id FROM reached
"""
"""Upstream: a lot was made by an order, an order was issued lots; a subcontractor used lots for what he delivered."""

WENT_INTO = """
WITH RECURSIVE reached(kind, id) AS (
    SELECT kind, id FROM (
        SELECT 'lot' AS kind, unnest(%(lots)s::bigint[]) AS id
        UNION ALL SELECT 'order', unnest(%(orders)s::bigint[])
    ) roots
    UNION
    SELECT more.kind, more.id FROM reached, LATERAL (
        SELECT 'order' AS kind, m.source_id AS id FROM erp_stockmove m
        WHERE reached.kind = 'lot' AND m.lot_id = reached.id AND m.kind = 'issue' AND m.source_label = 'erp.workorder'
        UNION ALL
        SELECT 'lot', made.lot_id FROM erp_stockmove used
          JOIN erp_subcontractuse link ON link.used_move_id = used.id
          JOIN erp_stockmove made ON made.id = link.receipt_move_id
        WHERE reached.kind = 'lot' AND used.lot_id = reached.id AND made.lot_id IS NOT NULL
        UNION ALL
        SELECT 'lot', m.lot_id FROM erp_stockmove m
        WHERE reached.kind = 'order' AND m.source_label = 'erp.workorder' AND m.source_id = reached.id
          AND m.kind = 'production' AND m.lot_id IS NOT NULL
    ) more
)
SELECT kind, id FROM reached
"""
"""Downstream: a lot was issued to an order, an order made lots; a subcontractor delivered what he made of lots."""


@dataclass
class Scope:
    """``lots`` and ``orders`` it was made of (with its own), ``later_lots`` and ``later_orders`` it went into."""

    subject: Subject
    own_lots: set[int] = field(default_factory=set)
    own_orders: set[int] = field(default_factory=set)
    lots: set[int] = field(default_factory=set)
    orders: set[int] = field(default_factory=set)
    later_lots: set[int] = field(default_factory=set)
    later_orders: set[int] = field(default_factory=set)

    @property
    def sources(self) -> list[tuple[str, int]]:
        """The documents whose inspections, files and changes belong here."""
        own = [] if self.subject.label == "erp.lot" else [(self.subject.label, self.subject.row.pk)]
        orders = [("erp.workorder", pk) for pk in sorted(self.orders)]
        return list(dict.fromkeys(own + orders))


def scope_of(subject: Subject) -> Scope:
    """Return how far the dossier of ``subject`` reaches: four statements at most, however deep it is."""
    scope = Scope(subject)
    scope.own_lots, scope.own_orders = _roots(subject)
    scope.lots, scope.orders = _reached(MADE_OF, scope.own_lots, scope.own_orders)
    scope.later_lots, scope.later_orders = _reached(WENT_INTO, scope.own_lots, scope.own_orders)
    return scope


def _roots(subject: Subject) -> tuple[set[int], set[int]]:
    pk = subject.row.pk
    if subject.label == "erp.lot":
        return {pk}, set()
    if subject.label == "erp.workorder":
        return _lots_of([(subject.label, pk)], kind="production"), {pk}
    if subject.label == "erp.inspection":
        lots = InspectionGoods.objects.filter(inspection=pk, lot__isnull=False).values_list("lot_id", flat=True)
        inspection: Inspection = subject.row
        return set(lots), {inspection.work_order_id} - {None}  # type: ignore[return-value]
    if subject.label == "crm.salesorder":
        made = WorkOrder.objects.filter(sales_order_line__order=pk).values_list("pk", flat=True)
        return _lots_of_order(pk), set(made)
    if subject.label == "scm.purchaseorder":
        receipts = subject.row.receipts.values_list("pk", flat=True)
        return _lots_of([("scm.goodsreceipt", key) for key in receipts]), set()
    return _lots_of([(subject.label, pk)]), set()


def _lots_of(sources: Iterable[tuple[str, int]], kind: str = "") -> set[int]:
    """The lots that moved with some documents of one kind."""
    named = list(sources)
    if not named:
        return set()
    rows = StockMove.objects.filter(source_label=named[0][0], source_id__in=[pk for _label, pk in named])
    rows = rows.filter(kind=kind) if kind else rows
    return set(rows.filter(lot__isnull=False).values_list("lot_id", flat=True))


def _lots_of_order(order_id: int) -> set[int]:
    shipments = Shipment.objects.filter(order=order_id).values("pk")
    rows = StockMove.objects.filter(source_label="erp.shipment", source_id__in=shipments, lot__isnull=False)
    return set(rows.values_list("lot_id", flat=True))


def _reached(sql: str, lots: set[int], orders: set[int]) -> tuple[set[int], set[int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"lots": sorted(lots), "orders": sorted(orders)})
        rows = cursor.fetchall()
    return {pk for kind, pk in rows if kind == "lot"}, {pk for kind, pk in rows if kind == "order"}

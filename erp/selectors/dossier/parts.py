"""The parts of a dossier: each is a list of rows, read in a fixed number of statements."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import Case, F, Q, QuerySet, Sum, When

from core.models import Attachment, AuditEvent
from core.timeline import verb_title
from crm.models import SalesOrder
from erp.models import (
    BuiltIn,
    CorrectiveAction,
    Inspection,
    Lot,
    ProductionReport,
    Shipment,
    StockBalance,
    StockMove,
    WorkOrder,
    WorkOrderMaterial,
    WorkOrderOperation,
)
from erp.selectors.as_built import live_records
from erp.selectors.dossier.scope import Scope
from erp.selectors.genealogy import partners_of
from erp.selectors.operation_files import files_of_steps, may_open_files
from erp.selectors.sources import name_of, url_of
from erp.states import MoveKind
from masterdata.models import Item

SHOWN = 200
CHANGES = 60


@dataclass(frozen=True)
class Used:
    """Material of a work order: what stayed in it, of which lot, from whom."""

    work_order: WorkOrder
    item: Item
    lot: Lot | None
    quantity: Decimal
    supplier: Any
    receipt: str
    receipt_url: str


@dataclass(frozen=True)
class Went:
    """Goods that left: to whom, when, how much."""

    number: str
    url: str
    kind: str
    partner: Any
    item: Item
    lot: Lot | None
    quantity: Decimal
    day: dt.date


@dataclass(frozen=True)
class Change:
    """Something that happened to a document of the dossier."""

    at: dt.datetime
    document: str
    number: str
    url: str
    title: str
    actor: str
    reason: str


@dataclass(frozen=True)
class Paper:
    """A drawing of an item, or a file kept with a document; ``attachment_id`` of files."""

    subject: str
    name: str
    url: str
    attachment_id: int | None = None


def work_orders(scope: Scope) -> list[WorkOrder]:
    """Return the work orders it was made by, all levels."""
    rows = WorkOrder.objects.filter(pk__in=scope.orders).select_related("item__uom", "owner")
    return list(rows.order_by("pk")[:SHOWN])


def people(scope: Scope) -> list[ProductionReport]:
    """Return who reported what on these work orders."""
    rows = ProductionReport.objects.filter(work_order__in=scope.orders, reverses__isnull=True, reversed_by__isnull=True)
    return list(rows.select_related("employee", "work_order").order_by("report_date", "pk")[:SHOWN])


def machines(scope: Scope) -> list[WorkOrderOperation]:
    """Return the operations of the work orders: where, by whom, how many."""
    rows = WorkOrderOperation.objects.filter(work_order__in=scope.orders)
    found = rows.select_related("work_order", "work_center", "responsible", "supplier")
    return list(found.order_by("work_order_id", "number")[:SHOWN])


def materials(scope: Scope) -> list[Used]:
    """Return what went into the work orders, with lots, and the supplier each lot came from."""
    net = Sum(Case(When(to_location__kind="production", then=F("quantity")), default=-F("quantity")))
    rows = list(
        StockMove.objects.filter(
            source_label="erp.workorder",
            source_id__in=scope.orders,
            kind__in=[MoveKind.ISSUE, MoveKind.ISSUE_RETURN],
        )
        .order_by()
        .values_list("source_id", "item_id", "lot_id")
        .annotate(net=net)
        .order_by("source_id", "item_id", "lot_id")[:SHOWN]
    )
    orders = WorkOrder.objects.in_bulk({row[0] for row in rows})
    items = Item.objects.select_related("uom").in_bulk({row[1] for row in rows})
    lots = Lot.objects.in_bulk({row[2] for row in rows if row[2]})
    came = _receipts_of(lots)
    return [
        Used(orders[order], items[item], lots.get(lot), quantity, *came.get(lot, (None, "", "")))
        for order, item, lot, quantity in rows
        if quantity
    ]


def built(scope: Scope) -> list[BuiltIn]:
    """Return what is built into its finished serial numbers: of a serial number its own, of an order all of them."""
    rows = live_records().filter(work_order__in=scope.orders)
    if scope.subject.label == "erp.lot":
        rows = rows.filter(product__in=scope.lots)
    found = rows.select_related("work_order", "product__item", "component__item__uom")
    return list(found.order_by("product", "pk")[:SHOWN])


def _receipts_of(lots: Iterable[int]) -> dict[int, tuple[Any, str, str]]:
    """(supplier, number of the receipt, its address) of lots that were bought."""
    rows = StockMove.objects.filter(lot__in=list(lots), kind=MoveKind.RECEIPT, reverses__isnull=True).order_by("-pk")
    first: dict[int, tuple[str, int, str]] = {}
    for lot_id, label, key, number in rows.values_list("lot_id", "source_label", "source_id", "source_number"):
        first[lot_id] = (label, key, number)
    partners = partners_of({(label, key) for label, key, _number in first.values()})
    return {
        lot_id: (partners.get((label, key)), number, url_of(label, key))
        for lot_id, (label, key, number) in first.items()
    }


def planned_materials(scope: Scope) -> list[WorkOrderMaterial]:
    """Return what the work orders still lack."""
    rows = WorkOrderMaterial.objects.filter(work_order__in=scope.own_orders, required_quantity__gt=F("issued_quantity"))
    return list(rows.select_related("item__uom", "work_order").order_by("work_order_id", "line_no")[:SHOWN])


def inspections(scope: Scope) -> list[Inspection]:
    """Return the inspections of its lots, its work orders and its document, with values, defects and decisions."""
    of_documents = Q()
    for label, keys in _by_label(scope.sources).items():
        of_documents |= Q(source_label=label, source_id__in=keys)
    rows = Inspection.objects.filter(
        Q(pk__in=Inspection.objects.filter(goods__lot__in=scope.lots).values("pk"))
        | Q(work_order__in=scope.orders)
        | of_documents
        | Q(pk=scope.subject.row.pk if scope.subject.label == "erp.inspection" else None)
    )
    return list(
        rows.select_related("item__uom", "partner", "inspector", "decided_by", "work_center")
        .prefetch_related("lines__values", "defects__code", "goods__lot", "goods__dispositions")
        .order_by("pk")[:SHOWN]
    )


def corrective_actions(found: Sequence[Inspection], scope: Scope) -> list[CorrectiveAction]:
    """Return the corrective actions for these inspections, or for the return the dossier is about."""
    about = Q(inspection__in=[one.pk for one in found])
    if scope.subject.label == "erp.returnreceipt":
        about |= Q(return_receipt=scope.subject.row.pk)
    rows = CorrectiveAction.objects.filter(about)
    return list(rows.select_related("responsible").order_by("pk")[:SHOWN])


def papers(scope: Scope, user: Any) -> list[Paper]:
    """Return the drawings of the items that were made, and the files kept with all documents of the dossier."""
    items = Item.objects.filter(
        Q(pk__in=WorkOrder.objects.filter(pk__in=scope.orders).values("item_id"))
        | Q(pk__in=Lot.objects.filter(pk__in=scope.own_lots).values("item_id"))
    )
    rows = list(items.order_by("code")[:SHOWN])
    drawings = [
        Paper(str(item), " ".join(filter(None, (item.drawing_number, item.drawing_revision))), item.get_absolute_url())
        for item in rows
        if item.drawing_number
    ]
    of_steps = _files_of_operations(scope) if may_open_files(user) else []
    documents = [
        *scope.sources,
        *(("masterdata.item", item.pk) for item in rows),
        *(("erp.lot", pk) for pk in scope.lots),
    ]
    if user.has_perm("erp.view_inspection"):
        inspected = Inspection.objects.filter(_inspected(scope)).values_list("pk", flat=True)
        documents += [("erp.inspection", pk) for pk in inspected]
    if not documents:
        return drawings + of_steps
    wanted = Q()
    for label, keys in _by_label(documents).items():
        wanted |= Q(object_label=label, object_id__in=[str(key) for key in keys])
    files = Attachment.objects.filter(wanted, removed_at__isnull=True).order_by("object_label", "pk")
    return (drawings + of_steps) + [
        Paper(name_of(one.object_label), one.name, url_of(one.object_label, int(one.object_id)), one.pk)
        for one in files[:SHOWN]
    ]


def _files_of_operations(scope: Scope) -> list[Paper]:
    """The instructions and drawings of the operations, as they were while these were done."""
    steps = machines(scope)
    files = files_of_steps(steps, as_worked=True)
    return [
        Paper(f"{step.work_order} · {step}", one.titled(), step.work_order.get_absolute_url(), one.attachment_id)
        for step in steps
        for one in files.get(step.pk, ())
    ]


def _inspected(scope: Scope) -> Q:
    return Q(work_order__in=scope.orders) | Q(pk__in=Inspection.objects.filter(goods__lot__in=scope.lots).values("pk"))


def changes(scope: Scope) -> list[Change]:
    """Return what happened to the documents and lots of the dossier, the newest first."""
    documents = [*scope.sources, *(("erp.lot", pk) for pk in scope.own_lots)]
    wanted = Q()
    for label, keys in _by_label(documents).items():
        wanted |= Q(object_label=label, object_id__in=[str(key) for key in keys])
    if not documents:
        return []
    rows = AuditEvent.objects.filter(wanted).exclude(verb__startswith="operation.").select_related("actor")
    events = list(rows.order_by("-pk")[:CHANGES])
    numbers = _numbers({(one.object_label, int(one.object_id)) for one in events})
    return [
        Change(
            at=one.at,
            document=name_of(one.object_label),
            number=numbers.get((one.object_label, int(one.object_id)), ""),
            url=url_of(one.object_label, int(one.object_id)),
            title=_title(one),
            actor=str(one.actor or ""),
            reason=one.reason,
        )
        for one in events
    ]


def _title(event: AuditEvent) -> str:
    """The change of state in words, else what was done."""
    model = apps.get_model(event.object_label)
    if "state" in event.detail:
        labels = dict(model._meta.get_field("state").choices or ())
        before, after = (str(labels.get(code, code)) for code in event.detail["state"])
        return f"{before} → {after}"
    return verb_title(event.verb)


def _numbers(documents: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for label, keys in _by_label(documents).items():
        rows = apps.get_model(label)._default_manager.in_bulk(keys)
        found |= {(label, pk): str(row) for pk, row in rows.items()}
    return found


def went(scope: Scope) -> list[Went]:
    """Return to whom the goods, or what was made of them, were shipped."""
    rows = StockMove.objects.filter(kind__in=[MoveKind.SHIPMENT, MoveKind.CUSTOMER_RETURN, MoveKind.SUPPLIER_RETURN])
    if scope.subject.label == "crm.salesorder":
        shipments = Shipment.objects.filter(order=scope.subject.row.pk).values("pk")
        rows = rows.filter(Q(lot__in=scope.later_lots) | Q(source_label="erp.shipment", source_id__in=shipments))
    elif scope.subject.label == "erp.shipment":
        rows = rows.filter(Q(lot__in=scope.later_lots) | Q(source_label="erp.shipment", source_id=scope.subject.row.pk))
    else:
        rows = rows.filter(lot__in=scope.later_lots)
    found = list(rows.select_related("item__uom", "lot").order_by("moved_on", "pk")[:SHOWN])
    partners = partners_of({(one.source_label, one.source_id) for one in found})
    return [
        Went(
            number=one.source_number,
            url=url_of(one.source_label, one.source_id),
            kind=one.get_kind_display(),
            partner=partners.get((one.source_label, one.source_id)),
            item=one.item,
            lot=one.lot,
            quantity=-one.quantity if one.reverses_id else one.quantity,
            day=one.moved_on,
        )
        for one in found
    ]


def on_hand(scope: Scope) -> list[StockBalance]:
    """Return where goods of its lots, and what was made of them, lie now."""
    rows = StockBalance.objects.filter(lot__in=scope.later_lots | scope.own_lots, on_hand__gt=0)
    return list(rows.select_related("item__uom", "lot", "location__warehouse").order_by("item__code", "pk")[:SHOWN])


def customer_orders(scope: Scope, user: Any) -> QuerySet[SalesOrder]:
    """Return the customers' orders that its work orders are made for, as far as the user may see them."""
    lines = WorkOrder.objects.filter(pk__in=scope.orders | scope.later_orders, sales_order_line__isnull=False).values(
        "sales_order_line__order_id"
    )
    return SalesOrder.objects.visible_to(user).filter(pk__in=lines).select_related("partner", "owner").order_by("pk")


def _by_label(documents: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for label, key in documents:
        found[label].append(key)
    return found

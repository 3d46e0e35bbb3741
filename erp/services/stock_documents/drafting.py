"""Drafts of stock documents: typed, changed, prepared for a count, given up."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core import audit
from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidInput
from core.operations import operation
from erp.errors import LotMismatch, NotDraft
from erp.models import Lot, StockBalance, StockDocument, StockDocumentLine
from erp.services.stock import LotInput, ensure_lots
from erp.states import StockDocumentKind, StockDocumentState, StockReason
from masterdata.models import Item, Location, UnitOfMeasure, Warehouse
from masterdata.selectors.places import default_location
from masterdata.selectors.units import to_stock_quantities

Rows = Sequence[Mapping[str, Any]]
TYPED_KINDS = (
    StockDocumentKind.MISC_RECEIPT,
    StockDocumentKind.MISC_ISSUE,
    StockDocumentKind.TRANSFER,
    StockDocumentKind.COUNT,
    StockDocumentKind.OWNER_RECEIPT,
    StockDocumentKind.OWNER_RETURN,
)
OF_OTHERS = frozenset({StockDocumentKind.OWNER_RECEIPT, StockDocumentKind.OWNER_RETURN})
LEAVING = frozenset({StockDocumentKind.MISC_ISSUE, StockDocumentKind.TRANSFER, StockDocumentKind.OWNER_RETURN})
HEADER = frozenset(
    {
        "warehouse_id",
        "to_warehouse_id",
        "reason_code",
        "department_id",
        "is_two_step",
        "goods_owner_id",
        "note",
    }
)


@operation(permission="erp.add_stockdocument")
def create_stock_document(
    *,
    kind: str,
    warehouse_id: int,
    lines: Rows,
    to_warehouse_id: int | None = None,
    reason_code: str = "",
    department_id: int | None = None,
    is_two_step: bool = False,
    goods_owner_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> StockDocument:
    """Draft a miscellaneous receipt or issue, a transfer, a count, or the coming and going of goods of others.

    Nothing moves before it is posted (a transfer ``is_two_step``: sent).

    lines  rows of item_id, location_id (None: default place), to_location_id (transfer), lot_code, expiry_date,
           quantity (in uom_id; None: stock unit; of a count: what was counted), second_quantity, unit_cost (receipt,
           per stock unit), note.

    Raises:
        InvalidInput: kind, reason or destination do not fit together.
        LotMismatch: goods leave by a lot that does not exist.
    """
    if kind not in TYPED_KINDS:
        raise InvalidInput(message=_("Opening stock is entered on a page of its own."), field="kind")
    document = StockDocument(
        number=next_number(StockDocument, at),
        document_date=business_date(at),
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
        kind=kind,
    )
    return _save(
        document,
        lines,
        {
            "warehouse_id": warehouse_id,
            "to_warehouse_id": to_warehouse_id,
            "reason_code": reason_code,
            "department_id": department_id,
            "is_two_step": is_two_step,
            "goods_owner_id": goods_owner_id,
            "note": note,
        },
        at,
    )


@operation(permission="erp.change_stockdocument", document=(StockDocument, "document_id"))
def update_stock_document(
    *,
    document_id: int,
    lines: Rows,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
    **header: Any,
) -> StockDocument:
    """Change a draft: the lines are replaced, header values given by name (as in create_stock_document).

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotDraft: it is posted, reversed or cancelled.
        InvalidInput, LotMismatch: see create_stock_document.
    """
    document = lock(StockDocument, document_id, version=version)
    if document.state != StockDocumentState.DRAFT:
        raise NotDraft(document=document, state=document.get_state_display(), state_code=document.state)
    header.pop("kind", None)
    document.version += 1
    _save(document, lines, header, at)
    audit.record(document, "changed", actor=actor, at=at)
    return document


def _save(document: StockDocument, lines: Rows, header: Mapping[str, Any], at: dt.datetime) -> StockDocument:
    for name, value in header.items():
        if name not in HEADER:
            raise TypeError(name)
        setattr(document, name, value if not isinstance(value, str) else value.strip())
    _require_fit(document)
    document.save()
    StockDocumentLine.objects.filter(document=document).delete()
    StockDocumentLine.objects.bulk_create(build_lines(document, lines, at))
    return document


def _require_fit(document: StockDocument) -> None:
    kind = document.kind
    if kind in {StockDocumentKind.MISC_RECEIPT, StockDocumentKind.MISC_ISSUE}:
        if document.reason_code not in StockReason.values:
            raise InvalidInput(message=_("Say why the goods come or go."), field="reason_code")
    else:
        document.reason_code = ""
    if kind in OF_OTHERS:
        if document.goods_owner_id is None:
            raise InvalidInput(message=_("Say whose goods they are."), field="goods_owner")
    elif kind != StockDocumentKind.TRANSFER:
        document.goods_owner_id = None
    if kind != StockDocumentKind.TRANSFER:
        document.to_warehouse_id, document.is_two_step = None, False
    elif document.to_warehouse_id is None:
        document.to_warehouse_id = document.warehouse_id


def build_lines(document: StockDocument, rows: Rows, at: dt.datetime) -> list[StockDocumentLine]:
    """Return unsaved lines from typed rows: places completed, lots found (or made, where goods arrive)."""
    place = default_location(document.warehouse)
    target = default_location(document.to_warehouse) if document.to_warehouse else None
    _require_places(document, rows)
    lots = _lots(document, rows, at)
    quantities = _in_stock_unit(rows)
    return [
        StockDocumentLine(
            document=document,
            line_no=number,
            item_id=row["item_id"],
            lot=lots.get((row["item_id"], (row.get("lot_code") or "").strip())),
            location_id=row.get("location_id") or place.pk,
            to_location_id=(row.get("to_location_id") or target.pk) if target else None,
            quantity=quantity,
            uom_id=row.get("uom_id"),
            entered_quantity=row.get("quantity") if row.get("uom_id") else None,
            second_quantity=row.get("second_quantity"),
            unit_cost=row.get("unit_cost"),
            note=(row.get("note") or "").strip()[:200],
        )
        for number, (row, quantity) in enumerate(zip(rows, quantities, strict=True), start=1)
    ]


def _in_stock_unit(rows: Rows) -> list[Decimal | None]:
    """The quantities of the rows; those typed in another unit are converted."""
    typed = [row for row in rows if row.get("uom_id") and row.get("quantity") is not None]
    if not typed:
        return [row.get("quantity") for row in rows]
    items = Item.objects.select_related("uom").in_bulk({row["item_id"] for row in typed})
    units = UnitOfMeasure.objects.in_bulk({row["uom_id"] for row in typed})
    if any(row["item_id"] not in items or row["uom_id"] not in units for row in typed):
        raise InvalidInput(message=_("There is no such item or unit."), field="lines")
    converted = iter(
        to_stock_quantities([(items[row["item_id"]], units[row["uom_id"]], row["quantity"]) for row in typed])
    )
    return [
        next(converted) if row.get("uom_id") and row.get("quantity") is not None else row.get("quantity")
        for row in rows
    ]


def _require_places(document: StockDocument, rows: Rows) -> None:
    for name, warehouse_id in (("location_id", document.warehouse_id), ("to_location_id", document.to_warehouse_id)):
        named = {row[name] for row in rows if row.get(name)}
        fitting = Location.objects.filter(
            pk__in=named, warehouse_id=warehouse_id, kind__in=[Location.Kind.STORAGE, Location.Kind.LINE_SIDE]
        ).count()
        if warehouse_id and fitting != len(named):
            warehouse = Warehouse.objects.get(pk=warehouse_id)
            raise InvalidInput(
                message=_("A place of a line is not in warehouse %(warehouse)s.") % {"warehouse": warehouse}, field=name
            )


def _lots(document: StockDocument, rows: Rows, at: dt.datetime) -> dict[tuple[int, str], Lot]:
    named = [
        LotInput(row["item_id"], row["lot_code"].strip(), row.get("expiry_date"))
        for row in rows
        if (row.get("lot_code") or "").strip()
    ]
    if document.kind not in LEAVING:
        return ensure_lots(named, at)
    found = Lot.objects.filter(item_id__in={one.item_id for one in named}, code__in={one.code for one in named})
    lots = {(lot.item_id, lot.code): lot for lot in found}
    for one in named:
        if (one.item_id, one.code) not in lots:
            raise LotMismatch(lot=one.code, item=Item.objects.get(pk=one.item_id))
    return lots


@operation(permission="erp.add_stockdocument")
def create_count(
    *,
    warehouse_id: int,
    location_id: int | None = None,
    category_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> StockDocument:
    """Prepare a count: one line per item, lot and place that the books know in the warehouse (or one place of it).

    The book quantities of the moment stand beside the lines; counted quantities are filled in later.

    Raises:
        InvalidInput: the books know nothing there.
    """
    balances = StockBalance.objects.filter(
        location__warehouse_id=warehouse_id,
        location__kind=Location.Kind.STORAGE,
        on_hand__gt=0,
        owner__isnull=True,
    )
    if location_id:
        balances = balances.filter(location_id=location_id)
    if category_id:
        balances = balances.filter(item__category_id=category_id)
    found = list(balances.select_related("lot").order_by("location__code", "item__code", "lot_id"))
    if not found:
        raise InvalidInput(message=_("There is no stock to count there."), field="warehouse")
    document = StockDocument(
        number=next_number(StockDocument, at),
        document_date=business_date(at),
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
        kind=StockDocumentKind.COUNT,
        warehouse_id=warehouse_id,
        note=note.strip(),
    )
    document.save()
    StockDocumentLine.objects.bulk_create(
        [
            StockDocumentLine(
                document=document,
                line_no=number,
                item_id=row.item_id,
                lot_id=row.lot_id,
                location_id=row.location_id,
                book_quantity=row.on_hand,
            )
            for number, row in enumerate(found, start=1)
        ]
    )
    return document


@operation(permission="erp.change_stockdocument", document=(StockDocument, "document_id"))
def enter_counts(
    *,
    document_id: int,
    counts: Mapping[int, Decimal | None],
    found: Rows = (),
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> StockDocument:
    """Fill in what was counted, {line id: quantity}; None takes a line's figure back.

    found  goods that the list did not name: rows of item_id, location_id, lot_code, quantity; they become lines.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotDraft: it is posted or cancelled.
    """
    document = lock(StockDocument, document_id, version=version)
    if document.state != StockDocumentState.DRAFT:
        raise NotDraft(document=document, state=document.get_state_display(), state_code=document.state)
    lines = list(document.lines.filter(pk__in=counts))
    for line in lines:
        line.quantity = counts[line.pk]
    StockDocumentLine.objects.bulk_update(lines, ["quantity"])
    more = build_lines(document, found, at)
    last = document.lines.aggregate(last=Max("line_no"))["last"] or 0
    for line in more:
        line.line_no += last
    StockDocumentLine.objects.bulk_create(more)
    document.version += 1
    document.save(update_fields=["version"])
    audit.record(document, "counted", actor=actor, at=at, lines=len(lines) + len(more))
    return document


@operation(permission="erp.cancel_stockdocument", document=(StockDocument, "document_id"))
def cancel_stock_document(
    *, document_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> StockDocument:
    """Give a draft up.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is posted already.
    """
    document = lock(StockDocument, document_id, version=version)
    transition(document, StockDocumentState.CANCELLED, actor=actor, at=at, reason=reason)
    return document

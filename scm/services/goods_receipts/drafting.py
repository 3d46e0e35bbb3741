"""Writing down what came in."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.operations import operation
from erp.selectors.put_away import Placing, put_away_places
from erp.services.stock import weighed
from masterdata.models import Item, Location, UnitOfMeasure, Warehouse
from masterdata.selectors.places import default_location
from masterdata.selectors.units import to_stock_quantity
from scm.engines.receipts import receivable_quantity
from scm.errors import (
    DateInFuture,
    EmptyDocument,
    LotMissing,
    NotDraft,
    NotOnDocument,
    NotReceivable,
    OverReceipt,
    SerialQuantity,
    WrongLocation,
)
from scm.models import GoodsReceipt, GoodsReceiptLine, PurchaseOrder, PurchaseOrderLine
from scm.services.line_input import invalid, positive
from scm.states import GoodsReceiptState, PurchaseOrderState


@operation(
    permission="scm.add_goodsreceipt", document=(PurchaseOrder, "order_id"), backdating=("date", "erp.backdate_stock")
)
def create_goods_receipt(
    *,
    order_id: int,
    lines: Sequence[Mapping[str, Any]],
    date: dt.date | None = None,
    warehouse_id: int | None = None,
    delivery_note: str = "",
    note: str = "",
    from_consignment: bool = False,
    actor: Any,
    at: dt.datetime,
) -> GoodsReceipt:
    """Write down a delivery on an approved order; nothing is in stock before it is posted.

    lines  order_line_id, quantity, uom_id (its unit; none: the order line's), location_id (default: where it is to be
           put), lot_code (lot or serial number; one line for each), expiry_date, second_quantity (what the scale says
           of an item kept in two units; none: as usual).
    date   the day it came in (default: today).
    from_consignment  the goods lie in these places already as the supplier's own; posting makes them ours.

    Raises:
        NotReceivable: the order is not approved.
        DateInFuture: the day has not come yet.
        EmptyDocument: nothing came in.
        NotOnDocument: a line is not on the order.
        InvalidInput: an impossible quantity, an unknown place or unit. UnitNotConvertible: the item has no such unit.
        OverReceipt: more than is open and accepted on a line.
        LotMissing, SerialQuantity: an item kept by lot or serial number lacks it.
        NoSecondUnit, QuantityNotPositive, QuantityTooFine: the second quantity does not fit the item.
        WrongLocation: a location is in another warehouse.
    """
    order = lock(PurchaseOrder, order_id)
    receipt = GoodsReceipt(
        order=order,
        partner_id=order.partner_id,
        owner=actor,
        warehouse_id=warehouse_id or order.warehouse_id,
        delivery_note=delivery_note.strip()[:60],
        note=note,
        from_consignment=from_consignment,
        document_date=_day(date, at),
        created_at=at,
        number=next_number(GoodsReceipt, at),
    )
    written = build_lines(receipt, lines)
    receipt.save()
    GoodsReceiptLine.objects.bulk_create(written)
    return receipt


def _day(date: dt.date | None, at: dt.datetime) -> dt.date:
    today = business_date(at)
    if date is not None and date > today:
        raise DateInFuture(date=date)
    return date or today


@operation(
    permission="scm.change_goodsreceipt",
    document=(GoodsReceipt, "receipt_id"),
    backdating=("date", "erp.backdate_stock"),
)
def update_goods_receipt(
    *,
    receipt_id: int,
    lines: Sequence[Mapping[str, Any]],
    version: int | None = None,
    date: dt.date | None = None,
    warehouse_id: int | None = None,
    delivery_note: str = "",
    note: str = "",
    from_consignment: bool = False,
    actor: Any,
    at: dt.datetime,
) -> GoodsReceipt:
    """Replace what a receipt that is not posted says; arguments as for create_goods_receipt.

    Raises:
        StaleVersion: somebody changed the receipt since the user saw it.
        NotDraft: it is posted, reversed or cancelled.
        as create_goods_receipt.
    """
    lock(PurchaseOrder, _order_id(receipt_id))
    receipt = lock(GoodsReceipt, receipt_id, version=version)
    if receipt.state != GoodsReceiptState.DRAFT:
        raise NotDraft(document=receipt, state=receipt.get_state_display())
    receipt.document_date = _day(date, at)
    receipt.warehouse_id = warehouse_id or receipt.warehouse_id
    receipt.delivery_note = delivery_note.strip()[:60]
    receipt.note = note
    receipt.from_consignment = from_consignment
    written = build_lines(receipt, lines)
    receipt.version += 1
    receipt.save()
    receipt.lines.all().delete()
    GoodsReceiptLine.objects.bulk_create(written)
    return receipt


def _order_id(receipt_id: int) -> int:
    return int(GoodsReceipt.objects.values_list("order_id", flat=True).get(pk=receipt_id))


@operation(permission="scm.cancel_goodsreceipt", document=(GoodsReceipt, "receipt_id"))
def cancel_goods_receipt(
    *, receipt_id: int, version: int | None = None, reason: str = "", actor: Any, at: dt.datetime
) -> GoodsReceipt:
    """Drop a receipt that was not posted.

    Raises:
        StaleVersion: somebody changed the receipt since the user saw it.
        InvalidTransition: it is posted, reversed or cancelled.
    """
    receipt = lock(GoodsReceipt, receipt_id, version=version)
    transition(receipt, GoodsReceiptState.CANCELLED, actor=actor, at=at, reason=reason)
    return receipt


def build_lines(receipt: GoodsReceipt, lines: Sequence[Mapping[str, Any]]) -> list[GoodsReceiptLine]:
    """Return the unsaved lines of a receipt on its locked order.

    Raises:
        as create_goods_receipt.
    """
    order = receipt.order
    if not lines:
        raise EmptyDocument(document=receipt)
    present = {line.pk: line for line in order.lines.select_related("item__uom", "item__second_uom", "uom")}
    places = _Places(receipt, lines)
    written = []
    for index, entered in enumerate(lines):
        order_line = present.get(int(entered["order_line_id"]))
        if order_line is None:
            raise NotOnDocument(line=entered["order_line_id"], document=order)
        written.append(_line(receipt, order_line, entered, index, places))
    places.put_away([line for line in written if line.item is not None and line.location is None])
    require_receivable(order, written)
    return written


def _line(
    receipt: GoodsReceipt, order_line: PurchaseOrderLine, entered: Mapping[str, Any], index: int, places: "_Places"
) -> GoodsReceiptLine:
    item, uom = order_line.item, places.named_unit(entered, index) or order_line.uom
    quantity = positive(entered.get("quantity"), uom, index)
    stock = to_stock_quantity(item, uom, quantity) if item and uom else quantity
    lot_code = str(entered.get("lot_code") or "").strip()
    if item is not None:
        _require_lot(item, lot_code, stock, order_line)
    return GoodsReceiptLine(
        receipt=receipt,
        line_no=index + 1,
        order_line=order_line,
        item=item,
        quantity=quantity,
        uom=uom,
        stock_quantity=stock,
        second_quantity=weighed(item, entered.get("second_quantity"), line=index + 1) if item is not None else None,
        location=places.named_location(entered, index) if item is not None else None,
        lot_code=lot_code[:60] if item is not None and item.tracking != Item.Tracking.NONE else "",
        expiry_date=entered.get("expiry_date"),
    )


def _require_lot(item: Item, lot_code: str, stock_quantity: Decimal, order_line: PurchaseOrderLine) -> None:
    if item.tracking == Item.Tracking.NONE:
        return
    if not lot_code:
        raise LotMissing(item=item, line=order_line.line_no)
    if item.tracking == Item.Tracking.SERIAL and stock_quantity != 1:
        raise SerialQuantity(item=item, line=order_line.line_no)


class _Places:
    """The locations and units that lines name, read once, and the locations suggested for the others."""

    def __init__(self, receipt: GoodsReceipt, lines: Sequence[Mapping[str, Any]]) -> None:
        self.warehouse = Warehouse.objects.get(pk=receipt.warehouse_id)
        keys = {int(line["location_id"]) for line in lines if line.get("location_id")}
        self.units = UnitOfMeasure.objects.in_bulk({int(line["uom_id"]) for line in lines if line.get("uom_id")})
        self.named = Location.objects.select_related("warehouse").in_bulk(keys)

    def put_away(self, lines: Sequence[GoodsReceiptLine]) -> None:
        """Give lines without a place the one that is suggested (one that takes the whole line, else the usual one)."""
        if not lines:
            return
        goods = [Placing(line.item, line.stock_quantity) for line in lines if line.item is not None]
        for line, places in zip(lines, put_away_places(self.warehouse, goods, receiving=True), strict=True):
            line.location = places[0].location if len(places) == 1 else default_location(self.warehouse)

    def named_unit(self, entered: Mapping[str, Any], index: int) -> UnitOfMeasure | None:
        """Return the unit that a line was counted in, if it names one."""
        if not entered.get("uom_id"):
            return None
        unit = self.units.get(int(entered["uom_id"]))
        if unit is None:
            raise invalid(index, "uom_id", _("Unknown, or closed for new documents."))
        return unit

    def named_location(self, entered: Mapping[str, Any], index: int) -> Location | None:
        if not entered.get("location_id"):
            return None
        location = self.named.get(int(entered["location_id"]))
        if location is None or not location.is_active:
            raise invalid(index, "location_id", _("Unknown, or closed for new documents."))
        if location.warehouse_id != self.warehouse.pk or location.kind != Location.Kind.STORAGE:
            raise WrongLocation(location=location, warehouse=self.warehouse)
        return location


def require_receivable(order: PurchaseOrder, lines: Iterable[GoodsReceiptLine]) -> None:
    """Refuse a receipt on an order that expects nothing, or of more than is open and accepted.

    Raises:
        NotReceivable: the order is not approved.
        OverReceipt: names line, what, how much and how much would be accepted.
    """
    if order.state != PurchaseOrderState.APPROVED:
        raise NotReceivable(document=order, state=order.get_state_display())
    sums: dict[int, Decimal] = defaultdict(Decimal)
    order_lines: dict[int, PurchaseOrderLine] = {}
    for line in lines:
        sums[line.order_line_id] += line.stock_quantity
        order_lines[line.order_line_id] = line.order_line
    for pk, quantity in sums.items():
        allowed = receivable(order, order_lines[pk])
        if quantity > allowed:
            raise OverReceipt(
                line=order_lines[pk].line_no, what=order_lines[pk].what, quantity=quantity, allowed=allowed
            )


def receivable(order: PurchaseOrder, line: PurchaseOrderLine) -> Decimal:
    """Return how much of an order line may still be received, in the stock unit."""
    if line.is_closed:
        return Decimal(0)
    return receivable_quantity(
        line.stock_quantity, line.received_quantity, line.to_replace_quantity, order.over_receipt_percent
    )

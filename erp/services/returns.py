"""Goods that come back from customers, at the cost they once left with."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import NotFound
from core.fields import ZERO
from core.money import split_amount
from core.operations import operation
from crm.models import ReturnRequest, SalesOrder
from crm.services.sales_orders import register_return
from erp import signals
from erp.errors import NothingToPost, ReturnedTooMuch
from erp.models import ReturnReceipt, ReturnReceiptLine, ShipmentLine, StockMove
from erp.selectors.inspection_plans import receiving_places
from erp.services.guards import require_edge
from erp.services.stock import LotInput, MoveInput, ensure_lots, post_moves
from erp.services.stock.second_units import weighed
from erp.states import InspectionKind, MoveKind, ReturnReceiptState
from masterdata.models import Location
from masterdata.selectors.places import default_location, virtual_location
from masterdata.selectors.units import in_stock_units

SECOND_DECIMALS = 6


@operation(permission=None)
def create_return_receipt(*, request: ReturnRequest, actor: Any, at: dt.datetime) -> ReturnReceipt | None:
    """Expect the goods of a return request just approved (locked); None when everything is here or expected already."""
    expected = dict(
        ReturnReceiptLine.objects.filter(request_line__request=request, receipt__state=ReturnReceiptState.DRAFT)
        .order_by()
        .values_list("request_line_id")
        .annotate(Sum("quantity"))
    )
    rows = [
        (line, quantity)
        for line in request.lines.select_related("order_line").order_by("line_no")
        if (quantity := line.quantity - line.received_quantity - expected.get(line.pk, ZERO)) > 0
        and line.order_line.item_id
    ]
    if not rows:
        return None
    receipt = ReturnReceipt(
        number=next_number(ReturnReceipt, at),
        document_date=business_date(at),
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
        return_request=request,
        order_id=request.order_id,
        partner_id=request.partner_id,
        warehouse_id=request.warehouse_id,
    )
    receipt.save()
    ReturnReceiptLine.objects.bulk_create(
        [
            ReturnReceiptLine(
                receipt=receipt,
                line_no=number,
                request_line=line,
                order_line_id=line.order_line_id,
                shipment_line_id=line.shipment_line_id,
                item_id=line.order_line.item_id,
                quantity=quantity,
            )
            for number, (line, quantity) in enumerate(rows, start=1)
        ]
    )
    return receipt


@operation(
    permission="erp.receive_returnreceipt",
    document=(ReturnReceipt, "receipt_id"),
    backdating=("date", "erp.backdate_stock"),
)
def receive_return(
    *,
    receipt_id: int,
    lines: Sequence[Mapping[str, Any]] = (),
    date: dt.date | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> ReturnReceipt:
    """Post the goods that came back into stock, today or on ``date``; what did not come stays expected.

    lines  rows of line_id, quantity (in uom_id; None: stock unit), second_quantity (as weighed now; None: its share of
           what left), location_id (None: in inspection when the item is inspected, else the warehouse's default
           place), lot_code; a line that is not named came whole.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is received or cancelled already.
        ReturnedTooMuch: more came than was approved.
        NothingToPost: nothing came.
        UnitNotConvertible: the item has no such unit.
        NoSecondUnit, QuantityNotPositive, QuantityTooFine: what was weighed cannot be.
        LotRequired, FuturePosting, (closed period): see post_moves.
    """
    receipt, request = _lock(receipt_id, version)
    require_edge(receipt, ReturnReceiptState.RECEIVED)
    own_lines = list(receipt.lines.select_related("item__uom", "item__second_uom").order_by("line_no"))
    _fill(receipt, own_lines, {row["line_id"]: row for row in lines}, at)
    moves = _moves(own_lines)
    if not moves:
        raise NothingToPost(document=receipt)
    posted = post_moves(
        moves=moves,
        source=receipt,
        kind=MoveKind.CUSTOMER_RETURN,
        date=date or business_date(at),
        actor=actor,
        at=at,
    )
    costs = posted.cost_by_line()
    for line in own_lines:
        line.cost = -costs.get(line.pk, ZERO)
    ReturnReceiptLine.objects.bulk_update(
        own_lines, ["received_quantity", "second_quantity", "location", "lot", "cost", "uom", "unit_factor"]
    )
    receipt.received_date = posted.date
    transition(receipt, ReturnReceiptState.RECEIVED, actor=actor, at=at, fields=["received_date"])
    returned: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in own_lines:
        returned[line.order_line_id] += line.received_quantity
    register_return(
        quantities={line_id: one for line_id, one in returned.items() if one},
        request_id=request.pk,
        actor=actor,
        at=at,
    )
    signals.return_received.send(sender=ReturnReceipt, receipt=receipt, date=posted.date, actor=actor, at=at)
    request.refresh_from_db()
    create_return_receipt(request=request, actor=actor, at=at)
    return receipt


def _lock(receipt_id: int, version: int | None) -> tuple[ReturnReceipt, ReturnRequest]:
    keys = ReturnReceipt.objects.filter(pk=receipt_id).values_list("order_id", "return_request_id").first()
    if keys is None:
        raise NotFound(model=str(ReturnReceipt._meta.verbose_name), pk=receipt_id)
    lock(SalesOrder, keys[0])
    request = lock(ReturnRequest, keys[1])
    return lock(ReturnReceipt, receipt_id, version=version), request


def _fill(
    receipt: ReturnReceipt, lines: Sequence[ReturnReceiptLine], rows: Mapping[int, Mapping[str, Any]], at: dt.datetime
) -> None:
    codes = {pk: (row.get("lot_code") or "").strip() for pk, row in rows.items()}
    lots = ensure_lots([LotInput(line.item_id, codes.get(line.pk, "")) for line in lines], at)
    waiting = receiving_places(
        receipt.warehouse, [line.item for line in lines], InspectionKind.RETURN, business_date(at)
    )
    usual = default_location(receipt.warehouse)
    given = [rows.get(line.pk, {}) for line in lines]
    typed = in_stock_units(
        [
            (line.item, row.get("uom_id") if "quantity" in row else None, row.get("quantity", line.quantity))
            for line, row in zip(lines, given, strict=True)
        ]
    )
    for line, row, one in zip(lines, given, typed, strict=True):
        if one.quantity > line.quantity:
            raise ReturnedTooMuch(item=line.item, received=one.quantity, expected=line.quantity)
        line.received_quantity = max(one.quantity, ZERO)
        line.uom_id, line.unit_factor = one.uom_id, one.factor
        line.second_quantity = weighed(line.item, row.get("second_quantity"), line=line.line_no)
        line.location_id = row.get("location_id") or (waiting.get(line.item_id) or usual).pk
        line.lot = lots.get((line.item_id, codes.get(line.pk, "")))


def _moves(lines: Sequence[ReturnReceiptLine]) -> list[MoveInput]:
    """Take the goods back from the moves they left with, oldest first; goods that left before our books at the
    average.
    """
    customers = virtual_location(Location.Kind.CUSTOMER)
    originals = _originals(lines)
    moves = []
    for line in lines:
        missing = line.received_quantity
        for original in originals.get(line.pk, []):
            taken = min(missing, original.left)
            if taken > 0 and (line.lot_id is None or original.lot_id == line.lot_id):
                moves.append(_taken_back(line, customers, taken, original))
                missing -= taken
        if missing > 0:
            moves.append(_move(line, customers, missing, line.lot_id, None))
    return _as_weighed(moves, lines)


def _as_weighed(moves: Sequence[MoveInput], lines: Sequence[ReturnReceiptLine]) -> list[MoveInput]:
    """Let what a line weighed on its return stand on its moves, each its share, the last of them the rest."""
    now = {line.pk: (line.second_quantity, line.item) for line in lines if line.second_quantity is not None}
    quantities: dict[int, list[Decimal]] = defaultdict(list)
    for move in moves:
        quantities[move.source_line_id or 0].append(move.quantity)
    shares = {
        pk: split_amount(second, quantities[pk], item.second_uom.decimals if item.second_uom else SECOND_DECIMALS)
        for pk, (second, item) in now.items()
        if pk in quantities
    }
    return [
        replace(move, second_quantity=shares[move.source_line_id or 0].pop(0))
        if move.source_line_id in shares
        else move
        for move in moves
    ]


def _taken_back(line: ReturnReceiptLine, customers: Location, taken: Decimal, original: Any) -> MoveInput:
    """So much of what once left, with its share of what it weighed then; the last of it takes the rest."""
    second = None
    if original.second_left is not None:
        second = original.second_left * taken / original.left
        original.second_left -= second
    original.left -= taken
    return replace(_move(line, customers, taken, original.lot_id, original.pk), second_quantity=second)


def _move(
    line: ReturnReceiptLine, customers: Location, quantity: Decimal, lot_id: int | None, original_id: int | None
) -> MoveInput:
    assert line.location_id is not None  # _fill chose one
    return MoveInput(
        item_id=line.item_id,
        from_location_id=customers.pk,
        to_location_id=line.location_id,
        quantity=quantity,
        lot_id=lot_id,
        source_line_id=line.pk,
        reverses_id=original_id,
        uom_id=line.uom_id,
        unit_factor=line.unit_factor,
    )


def _originals(lines: Sequence[ReturnReceiptLine]) -> dict[int, list[Any]]:
    """Return the moves each line's goods left with, oldest first; ``left`` and ``second_left`` are still with him."""
    shipped = ShipmentLine.objects.filter(order_line_id__in={line.order_line_id for line in lines})
    order_lines = dict(shipped.values_list("pk", "order_line_id"))
    weighed_lines = ReturnReceiptLine.objects.filter(
        order_line_id__in={line.order_line_id for line in lines}, second_quantity__isnull=False
    ).exclude(pk__in=[line.pk for line in lines])
    by_scale = Q(reversals__source_label="erp.returnreceipt", reversals__source_line_id__in=weighed_lines.values("pk"))
    moves = list(
        StockMove.objects.filter(
            source_label="erp.shipment", source_line_id__in=order_lines, kind=MoveKind.SHIPMENT, reverses__isnull=True
        )
        .annotate(
            back=Coalesce(Sum("reversals__quantity"), ZERO),
            weighed_back=Coalesce(Sum("reversals__quantity", filter=by_scale), ZERO),
            second_back=Coalesce(Sum("reversals__second_quantity", filter=~by_scale), ZERO),
        )
        .order_by("pk")
    )
    for move in moves:
        move.left = move.quantity - move.back  # type: ignore[attr-defined]
        move.second_left = _second_left(move)  # type: ignore[attr-defined]
    return {
        line.pk: [
            move
            for move in moves
            if order_lines[move.source_line_id or 0] == line.order_line_id
            and line.shipment_line_id in {None, move.source_line_id}
        ]
        for line in lines
    }


def _second_left(move: Any) -> Decimal | None:
    """What of a move is still with the customer in the second unit: what was weighed on its return takes its share."""
    if move.second_quantity is None:
        return None
    of_the_rest: Decimal = move.second_quantity * (move.quantity - move.weighed_back) / move.quantity
    left: Decimal = of_the_rest - move.second_back
    return max(ZERO, left)


@operation(permission="erp.cancel_returnreceipt", document=(ReturnReceipt, "receipt_id"))
def cancel_return_receipt(
    *, receipt_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> ReturnReceipt:
    """Stop expecting goods: they will not come.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: they have come already.
    """
    receipt = lock(ReturnReceipt, receipt_id, version=version)
    transition(receipt, ReturnReceiptState.CANCELLED, actor=actor, at=at, reason=reason)
    return receipt


@operation(permission=None)
def cancel_expected_returns(*, request: ReturnRequest, actor: Any, at: dt.datetime) -> list[ReturnReceipt]:
    """Stop expecting the goods of a return request that was withdrawn (locked)."""
    waiting = ReturnReceipt.objects.filter(return_request=request, state=ReturnReceiptState.DRAFT).order_by("pk")
    receipts = [lock(ReturnReceipt, pk) for pk in waiting.values_list("pk", flat=True)]
    for receipt in receipts:
        transition(receipt, ReturnReceiptState.CANCELLED, actor=actor, at=at)
    return receipts

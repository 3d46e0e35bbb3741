"""Preparing what goes back to a supplier."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidInput
from core.operations import operation
from masterdata.models import Location
from masterdata.selectors.units import to_stock_quantity
from scm import ports
from scm.errors import (
    EmptyDocument,
    NotDraft,
    NotOnDocument,
    NotReturnable,
    OverReturn,
    ReasonMissing,
    ReceiptGivenUp,
    ReworkNeedsAnOrder,
)
from scm.models import GoodsReceipt, GoodsReceiptLine, SupplierReturn, SupplierReturnLine
from scm.services.line_input import invalid, positive
from scm.states import GoodsReceiptState, Settlement, SupplierReturnState


@operation(permission="scm.add_supplierreturn", document=(GoodsReceipt, "receipt_id"))
def create_supplier_return(
    *,
    receipt_id: int,
    lines: Sequence[Mapping[str, Any]],
    cause: str,
    settlement: str = Settlement.REPLACE,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> SupplierReturn:
    """Prepare goods of one receipt to go back; nothing leaves stock before the return is posted.

    lines       receipt_line_id, quantity in the receipt line's unit, location_id where the goods lie now (default:
                where they were put).
    cause       why they go back; printed for the supplier.
    settlement  replace: the supplier delivers them again; credit: he credits them.

    Raises:
        ReasonMissing: no cause is given.
        NotReturnable: the receipt is not posted.
        EmptyDocument: nothing goes back.
        NotOnDocument: a line is not on the receipt.
        OverReturn: more than came in and is not sent back yet.
        ReworkNeedsAnOrder: goods made of our material are to be delivered again.
        InvalidInput: an impossible quantity, place or settlement.
    """
    receipt = lock(GoodsReceipt, receipt_id)
    document = SupplierReturn(
        receipt=receipt,
        order_id=receipt.order_id,
        partner_id=receipt.partner_id,
        owner=actor,
        document_date=business_date(at),
        created_at=at,
        note=note,
        number=next_number(SupplierReturn, at),
    )
    written = _fill(document, lines, cause=cause, settlement=settlement)
    document.save()
    SupplierReturnLine.objects.bulk_create(written)
    return document


@operation(permission="scm.change_supplierreturn", document=(SupplierReturn, "return_id"))
def update_supplier_return(
    *,
    return_id: int,
    lines: Sequence[Mapping[str, Any]],
    cause: str,
    settlement: str = Settlement.REPLACE,
    version: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> SupplierReturn:
    """Replace what a return that is not posted says; arguments as for create_supplier_return.

    Raises:
        StaleVersion: somebody changed the return since the user saw it.
        NotDraft: it is posted, reversed or cancelled.
        as create_supplier_return.
    """
    lock(GoodsReceipt, SupplierReturn.objects.values_list("receipt_id", flat=True).get(pk=return_id))
    document = lock(SupplierReturn, return_id, version=version)
    if document.state != SupplierReturnState.DRAFT:
        raise NotDraft(document=document, state=document.get_state_display())
    document.note = note
    written = _fill(document, lines, cause=cause, settlement=settlement)
    document.version += 1
    document.save()
    document.lines.all().delete()
    SupplierReturnLine.objects.bulk_create(written)
    return document


def _fill(
    document: SupplierReturn, lines: Sequence[Mapping[str, Any]], *, cause: str, settlement: str
) -> list[SupplierReturnLine]:
    """Set cause and settlement, and return the unsaved lines."""
    if not cause.strip():
        raise ReasonMissing(document=document)
    if settlement not in Settlement.values:
        raise InvalidInput(message=_("Choose how the supplier settles it."), field="settlement")
    if document.receipt.state != GoodsReceiptState.POSTED:
        raise NotReturnable(document=document.receipt, state=document.receipt.get_state_display())
    if not lines:
        raise EmptyDocument(document=document)
    if settlement == Settlement.REPLACE and document.order.is_subcontract:
        raise ReworkNeedsAnOrder(document=document.receipt, field="settlement")
    document.reason = cause.strip()[:200]
    document.settlement = settlement
    present = {line.pk: line for line in document.receipt.lines.select_related("item__uom", "uom", "order_line")}
    places = Location.objects.in_bulk({int(line["location_id"]) for line in lines if line.get("location_id")})
    written = []
    for index, entered in enumerate(lines):
        receipt_line = present.get(int(entered["receipt_line_id"]))
        if receipt_line is None:
            raise NotOnDocument(line=entered["receipt_line_id"], document=document.receipt)
        quantity = positive(entered.get("quantity"), receipt_line.uom, index)
        written.append(
            SupplierReturnLine(
                supplier_return=document,
                line_no=index + 1,
                receipt_line=receipt_line,
                quantity=quantity,
                stock_quantity=_in_stock_unit(receipt_line, quantity),
                location_id=_place(receipt_line, entered, index, places),
            )
        )
    require_returnable(written)
    return written


def _in_stock_unit(line: GoodsReceiptLine, quantity: Decimal) -> Decimal:
    if quantity == line.quantity:
        return line.stock_quantity
    return to_stock_quantity(line.item, line.uom, quantity) if line.item and line.uom else quantity


def _place(
    line: GoodsReceiptLine, entered: Mapping[str, Any], index: int, places: Mapping[int, Location]
) -> int | None:
    if line.item_id is None:
        return None
    if not entered.get("location_id"):
        return line.location_id
    location = places.get(int(entered["location_id"]))
    if location is None or location.kind != Location.Kind.STORAGE:
        raise invalid(index, "location_id", _("Unknown, or closed for new documents."))
    return int(location.pk)


def require_returnable(lines: Iterable[SupplierReturnLine]) -> None:
    """Refuse that more goes back than came in.

    Raises:
        OverReturn: names the line, how much and how much can go back.
    """
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line.receipt_line_id] += line.stock_quantity
        returnable = line.receipt_line.returnable_quantity
        if sums[line.receipt_line_id] > returnable:
            raise OverReturn(line=line.receipt_line.line_no, quantity=sums[line.receipt_line_id], returnable=returnable)


def require_not_given_up(receipt: GoodsReceipt, line_ids: Iterable[int]) -> None:
    """Refuse to undo a receipt that finance has written off: its gain would stand without goods.

    Raises:
        ReceiptGivenUp: names the write-off to be undone first.
    """
    write_off = ports.given_up_by(line_ids)
    if write_off:
        raise ReceiptGivenUp(document=receipt, write_off=write_off)


@operation(permission="scm.cancel_supplierreturn", document=(SupplierReturn, "return_id"))
def cancel_supplier_return(
    *, return_id: int, version: int | None = None, reason: str = "", actor: Any, at: dt.datetime
) -> SupplierReturn:
    """Drop a return that was not posted.

    Raises:
        StaleVersion: somebody changed the return since the user saw it.
        InvalidTransition: it is posted, reversed or cancelled.
    """
    document = lock(SupplierReturn, return_id, version=version)
    transition(document, SupplierReturnState.CANCELLED, actor=actor, at=at, reason=reason)
    return document

"""Transfers in two steps: sent, on the way, received (in parts, and with what got lost)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.audit import label_of
from core.clock import business_date
from core.documents import lock, transition
from core.errors import InvalidInput
from core.fields import ZERO
from core.operations import operation
from erp.errors import NothingToPost, ReceivedTooMuch, SendFirst
from erp.models import StockDocument, StockDocumentLine, StockMove
from erp.services.guards import require_edge
from erp.services.stock import MoveInput, lock_stock, post_moves, typed_in
from erp.states import MoveKind, StockDocumentState, StockReason
from masterdata.models import Location
from masterdata.selectors.places import transit_location, virtual_location
from masterdata.selectors.units import in_stock_units


@operation(
    permission="erp.post_stockdocument",
    document=(StockDocument, "document_id"),
    backdating=("date", "erp.backdate_stock"),
)
def send_transfer(
    *, document_id: int, date: dt.date | None = None, version: int | None = None, actor: Any, at: dt.datetime
) -> StockDocument:
    """Send the goods of a transfer with transit: they leave their places and are on the way, still our stock.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is sent, received or cancelled already.
        InvalidInput: it goes in one step.
        NothingToPost: no line has a quantity.
        ShortStock, ShortStockLater, FuturePosting, (closed period): see post_moves.
    """
    document = lock(StockDocument, document_id, version=version)
    require_edge(document, StockDocumentState.IN_TRANSIT)
    if not document.is_two_step:
        raise InvalidInput(message=_("This transfer goes in one step: post it."))
    lines = [line for line in document.lines.order_by("line_no") if line.quantity]
    if not lines:
        raise NothingToPost(document=document)
    way = transit_location(document.to_warehouse_id)
    moves = [
        _move(document, line, line.location_id, way.pk, quantity=line.quantity or ZERO, second=line.second_quantity)
        for line in lines
    ]
    posted = post_moves(
        moves=moves,
        source=document,
        kind=MoveKind.TRANSFER,
        date=date or business_date(at),
        actor=actor,
        at=at,
    )
    document.posting_date = posted.date
    document.save(update_fields=["posting_date"])
    transition(document, StockDocumentState.IN_TRANSIT, actor=actor, at=at)
    return document


@operation(
    permission="erp.receive_stockdocument",
    document=(StockDocument, "document_id"),
    backdating=("date", "erp.backdate_stock"),
)
def receive_transfer(
    *,
    document_id: int,
    lines: Sequence[Mapping[str, Any]] = (),
    close: bool = False,
    date: dt.date | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> StockDocument:
    """Receive what has arrived of a transfer that is on the way; it is done when nothing is on the way any more.

    lines  rows of line_id, quantity (in uom_id; None: stock unit), to_location_id (None: as drafted), second_quantity;
           none at all: everything arrived.
    close  what has not arrived never will: it is written off as lost.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        SendFirst, InvalidTransition: it is not on the way.
        ReceivedTooMuch: more arrived than was sent.
        UnitNotConvertible: the item has no such unit.
        NothingToPost: nothing arrived and nothing is written off.
        FuturePosting, (closed period): see post_moves.
    """
    document = lock(StockDocument, document_id, version=version)
    if document.state == StockDocumentState.DRAFT:
        raise SendFirst(document=document)
    require_edge(document, StockDocumentState.POSTED)
    stored = list(document.lines.select_related("item").order_by("line_no"))
    way, lost_to = _way_of(document), virtual_location(Location.Kind.COUNT)
    arrived = _arrived(document, stored, lines, way)
    lost = []
    for line in stored if close else ():
        if line.on_the_way > 0:
            lost.append(_move(document, line, way.pk, lost_to.pk, quantity=line.on_the_way))
            line.lost_quantity += line.on_the_way
    if not arrived and not lost:
        raise NothingToPost(document=document)
    lock_stock(moves=[*arrived, *lost])
    for kind, moves in ((MoveKind.TRANSFER, arrived), (MoveKind.MISC_ISSUE, lost)):
        if moves:
            post_moves(
                moves=moves,
                source=document,
                kind=kind,
                date=date or business_date(at),
                actor=actor,
                at=at,
                reason=reason or (StockReason.LOST if kind == MoveKind.MISC_ISSUE else ""),
            )
    StockDocumentLine.objects.bulk_update(stored, ["received_quantity", "lost_quantity"])
    if not any(line.on_the_way for line in stored):
        transition(document, StockDocumentState.POSTED, actor=actor, at=at, reason=reason)
    else:
        document.version += 1
        document.save(update_fields=["version"])
    return document


def _way_of(document: StockDocument) -> Location:
    """The place on the way that the goods were sent to."""
    sent = StockMove.objects.filter(source_label=label_of(document), source_id=document.pk, reverses__isnull=True)
    return Location.objects.get(pk=sent.order_by("pk").values_list("to_location_id", flat=True)[:1])


def _arrived(
    document: StockDocument, stored: Sequence[StockDocumentLine], rows: Sequence[Mapping[str, Any]], way: Location
) -> list[MoveInput]:
    by_id = {row["line_id"]: row for row in rows}
    given = [by_id.get(line.pk, {} if rows else {"quantity": line.on_the_way}) for line in stored]
    typed = in_stock_units(
        [(line.item, row.get("uom_id"), row.get("quantity") or ZERO) for line, row in zip(stored, given, strict=True)]
    )
    moves = []
    for line, row, one in zip(stored, given, typed, strict=True):
        quantity = one.quantity
        if quantity > line.on_the_way:
            raise ReceivedTooMuch(item=line.item, received=quantity, open=line.on_the_way)
        if quantity <= 0:
            continue
        line.received_quantity += quantity
        target = row.get("to_location_id") or line.to_location_id or line.location_id
        move = _move(document, line, way.pk, target, quantity=quantity, second=row.get("second_quantity"))
        if one.uom_id is not None:
            move = replace(move, uom_id=one.uom_id, unit_factor=one.factor)
        moves.append(move)
    return moves


def _move(
    document: StockDocument,
    line: StockDocumentLine,
    from_id: int,
    to_id: int,
    *,
    quantity: Decimal,
    second: Decimal | None = None,
) -> MoveInput:
    return MoveInput(
        item_id=line.item_id,
        from_location_id=from_id,
        to_location_id=to_id,
        quantity=quantity,
        lot_id=line.lot_id,
        owner_id=document.goods_owner_id,
        source_line_id=line.pk,
        second_quantity=second,
        **typed_in(line.uom_id, line.entered_quantity, line.quantity),
    )

"""Posting stock documents: the goods move, a count meets the books, a mistake is reversed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.approvals.services import require_approval
from core.audit import label_of
from core.clock import business_date
from core.documents import lock, next_number, transition
from core.fields import ZERO
from core.operations import operation
from erp.errors import CostMissing, NothingToPost, SendFirst
from erp.models import StockDocument, StockDocumentLine, StockMove
from erp.selectors.costs import unit_costs
from erp.services.guards import require_edge
from erp.services.stock import MoveInput, PostedMoves, lock_balances, lock_stock, post_moves, reversal_of, typed_in
from erp.services.stock_documents.drafting import build_lines
from erp.states import MoveKind, StockDocumentKind, StockDocumentState, StockReason
from masterdata.models import Location
from masterdata.selectors.places import virtual_location

K = StockDocumentKind


@operation(
    permission="erp.post_stockdocument",
    document=(StockDocument, "document_id"),
    backdating=("date", "erp.backdate_stock"),
)
def post_stock_document(
    *, document_id: int, date: dt.date | None = None, version: int | None = None, actor: Any, at: dt.datetime
) -> StockDocument:
    """Post a draft, today or on ``date``: goods come, go or change their place; a count's differences are booked.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is posted or cancelled already.
        SendFirst: it is a transfer with transit.
        ApprovalRequired, ApprovalPending: its value asks for the consent of somebody else.
        NothingToPost: no line has a quantity (a count: nothing was counted).
        CostMissing: goods come in that nobody knows a cost of.
        ShortStock, ShortStockLater, LotRequired, FuturePosting, (closed period): see post_moves.
    """
    document = lock(StockDocument, document_id, version=version)
    if document.is_two_step and document.state == StockDocumentState.DRAFT:
        raise SendFirst(document=document)
    require_edge(document, StockDocumentState.POSTED)
    require_approval(document=document, actor=actor)
    lines = list(document.lines.select_related("item").order_by("line_no"))
    return _post(document, lines, date or business_date(at), actor, at)


@operation(permission="erp.post_opening_stock")
def record_opening_stock(
    *,
    warehouse_id: int,
    lines: Sequence[Mapping[str, Any]],
    date: dt.date | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> StockDocument:
    """Enter and post what lies in a warehouse when the books begin.

    lines  rows of item_id, location_id (None: default place), lot_code, expiry_date, quantity (stock unit), unit_cost
           (base currency per stock unit; None: standard cost, which may be zero).

    Raises:
        NothingToPost: no line has a quantity.
        LotRequired, LotMismatch, QuantityTooFine, FuturePosting, (closed period): see post_moves.
    """
    document = StockDocument(
        number=next_number(StockDocument, at),
        document_date=business_date(at),
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
        kind=K.OPENING,
        warehouse_id=warehouse_id,
        note=note.strip(),
    )
    document.save()
    StockDocumentLine.objects.bulk_create(build_lines(document, lines, at))
    saved = list(document.lines.select_related("item").order_by("line_no"))
    for line in saved:
        if line.unit_cost is None:
            line.unit_cost = line.item.standard_cost
    return _post(document, saved, date or business_date(at), actor, at)


def _post(
    document: StockDocument, lines: Sequence[StockDocumentLine], date: dt.date, actor: Any, at: dt.datetime
) -> StockDocument:
    kind, moves = _count_moves(document, lines) if document.kind == K.COUNT else _typed_moves(document, lines)
    posted = PostedMoves([], [], date)
    if moves:
        posted = post_moves(
            moves=moves, source=document, kind=kind, date=date, actor=actor, at=at, reason=document.reason_code
        )
    costs = posted.cost_by_line()
    for line in lines:
        line.amount = -costs[line.pk] if line.pk in costs else None
    StockDocumentLine.objects.bulk_update(lines, ["amount", "book_quantity", "unit_cost"])
    document.posting_date = posted.date
    transition(document, StockDocumentState.POSTED, actor=actor, at=at, fields=["posting_date"])
    return document


def _typed_moves(document: StockDocument, lines: Sequence[StockDocumentLine]) -> tuple[MoveKind, list[MoveInput]]:
    filled = [line for line in lines if line.quantity]
    if not filled:
        raise NothingToPost(document=document)
    adjusting = virtual_location(Location.Kind.COUNT).pk
    if document.kind == K.MISC_ISSUE:
        is_scrap = document.reason_code == StockReason.SCRAP
        target = virtual_location(Location.Kind.SCRAP).pk if is_scrap else adjusting
        kind = MoveKind.SCRAP if is_scrap else MoveKind.MISC_ISSUE
        return kind, [_move(line, line.location_id, target) for line in filled]
    if document.kind == K.TRANSFER:
        return MoveKind.TRANSFER, [
            replace(
                _move(line, line.location_id, line.to_location_id, owner_id=document.goods_owner_id), carries_kept=True
            )
            for line in filled
        ]
    if document.kind in {K.OWNER_RECEIPT, K.OWNER_RETURN}:
        return MoveKind(document.kind), _moves_of_others(document, filled)
    if document.kind == K.MISC_RECEIPT:
        _require_costs(filled)
    return MoveKind(document.kind), [_move(line, adjusting, line.location_id) for line in filled]


def _moves_of_others(document: StockDocument, lines: Sequence[StockDocumentLine]) -> list[MoveInput]:
    owner = document.goods_owner
    is_supplier = owner is not None and owner.is_supplier
    outside = virtual_location(Location.Kind.SUPPLIER if is_supplier else Location.Kind.CUSTOMER).pk
    if document.kind == K.OWNER_RECEIPT:
        return [_move(line, outside, line.location_id, owner_id=document.goods_owner_id) for line in lines]
    return [_move(line, line.location_id, outside, owner_id=document.goods_owner_id) for line in lines]


def _require_costs(lines: Sequence[StockDocumentLine]) -> None:
    unknown = [line for line in lines if line.unit_cost is None]
    known = unit_costs({line.item_id for line in unknown})
    for line in unknown:
        if line.item_id not in known:
            raise CostMissing(item=line.item)


def _count_moves(document: StockDocument, lines: Sequence[StockDocumentLine]) -> tuple[MoveKind, list[MoveInput]]:
    """Compare what was counted with the balances, which stay locked from the comparison to the posting."""
    counted = [line for line in lines if line.quantity is not None]
    if not counted:
        raise NothingToPost(document=document)
    balances = lock_balances({(line.item_id, line.location_id, line.lot_id, None) for line in counted})
    adjusting = virtual_location(Location.Kind.COUNT).pk
    seen: dict[Any, list[StockDocumentLine]] = defaultdict(list)
    for line in counted:
        seen[line.item_id, line.location_id, line.lot_id, None].append(line)
    moves = []
    for key, same in seen.items():
        book = balances[key].on_hand
        difference = sum((_counted(line) for line in same), ZERO) - book
        same[0].book_quantity = book
        if difference > 0:
            moves.append(_move(same[0], adjusting, key[1], difference))
        elif difference < 0:
            moves.append(_move(same[0], key[1], adjusting, -difference))
    return MoveKind.COUNT, moves


def _counted(line: StockDocumentLine) -> Decimal:
    return line.quantity if line.quantity is not None else ZERO


def _move(
    line: StockDocumentLine,
    from_id: int,
    to_id: int | None,
    quantity: Decimal | None = None,
    owner_id: int | None = None,
) -> MoveInput:
    return MoveInput(
        item_id=line.item_id,
        from_location_id=from_id,
        to_location_id=to_id or line.location_id,
        quantity=quantity if quantity is not None else _counted(line),
        lot_id=line.lot_id,
        unit_cost=line.unit_cost,
        source_line_id=line.pk,
        owner_id=owner_id,
        second_quantity=line.second_quantity if quantity is None else None,
        **typed_in(line.uom_id, line.entered_quantity, line.quantity),
    )


@operation(
    permission="erp.reverse_stockdocument",
    document=(StockDocument, "document_id"),
    backdating=("date", "erp.backdate_stock"),
)
def reverse_stock_document(
    *,
    document_id: int,
    date: dt.date | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> StockDocument:
    """Take a posted document back: quantities and values return to where they were.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not posted, or reversed already.
        ReversalBeforeOriginal: the date is before the day it was posted on.
        ShortStock, ShortStockLater, FuturePosting, (closed period): see post_moves.
    """
    document = lock(StockDocument, document_id, version=version)
    require_edge(document, StockDocumentState.REVERSED)
    posted = list(StockMove.objects.filter(source_label=label_of(document), source_id=document.pk).order_by("-pk"))
    day = date or business_date(at)
    lock_stock(moves=_taken_back(document, posted))
    for kind in dict.fromkeys(move.kind for move in posted):
        post_moves(
            moves=_taken_back(document, [move for move in posted if move.kind == kind]),
            source=document,
            kind=kind,
            date=day,
            actor=actor,
            at=at,
            reason=reason,
        )
    transition(document, StockDocumentState.REVERSED, actor=actor, at=at, reason=reason)
    return document


def _taken_back(document: StockDocument, posted: Sequence[StockMove]) -> list[MoveInput]:
    """The moves that take a document back: of a transfer what is kept goes back with the goods."""
    carries_kept = document.kind == K.TRANSFER
    return [replace(move, carries_kept=carries_kept) for move in reversal_of(posted)]

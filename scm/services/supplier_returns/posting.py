"""Sending goods back to a supplier, and undoing it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from core.clock import business_date, company
from core.documents import lock, transition
from core.errors import InvalidTransition
from core.fields import ZERO, QuantityField
from core.money import split_amount
from core.operations import operation
from erp.models import StockMove, ValueEntry
from erp.services.project_stock import give_up_bound
from erp.services.stock import MoveInput, post_moves, reversal_of
from erp.states import MoveKind
from masterdata.selectors.places import virtual_location
from scm import ports
from scm.engines.receipts import part_amount
from scm.models import GoodsReceipt, GoodsReceiptLine, PurchaseOrder, SupplierReturn, SupplierReturnLine
from scm.services.purchase_orders import operations
from scm.services.purchase_orders.progress import lock_order, recompute_order
from scm.services.supplier_returns.drafting import require_not_given_up, require_returnable
from scm.signals import supplier_return_posted, supplier_return_reversed
from scm.states import Settlement, SupplierReturnState


@operation(permission="scm.post_supplierreturn", document=(SupplierReturn, "return_id"))
def post_supplier_return(*, return_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> SupplierReturn:
    """Take the goods out of stock, today, at the part of the receipt's value that they carry.

    Of goods that the supplier credits that is what he invoiced of them, if he did.

    Pieces of a work order go back to the step done at the supplier, with their fee. Goods that he made of our material
    leave with that, too: the fee is owed back by him, the material is lost.

    Raises:
        StaleVersion: somebody changed the return since the user saw it.
        InvalidTransition: it is posted, reversed or cancelled.
        OverReturn: another return was faster.
        ReceiptGivenUp: finance wrote the receipt off as never invoiced.
        FeeIsSettled, PiecesWentOn: pieces of a work order that is closed, or that were worked on since.
        (erp.services.stock.post_moves): the goods are gone or reserved, the period is closed.
    """
    order, document = _locked(return_id, version)
    _require_state(document, SupplierReturnState.DRAFT, SupplierReturnState.POSTED)
    lines = list(document.lines.select_related("receipt_line").order_by("line_no"))
    require_returnable(lines)
    require_not_given_up(document.receipt, [line.receipt_line_id for line in lines])
    _value(order, document, lines)
    SupplierReturnLine.objects.bulk_update(lines, ["net_amount", "amount"])
    today = business_date(at)
    document.document_date = today
    transition(document, SupplierReturnState.POSTED, actor=actor, at=at, fields=["document_date"])
    _recompute(document, order, actor=actor, at=at)
    stocked = [line for line in lines if line.receipt_line.item_id is not None]
    if stocked:
        moves = _moves(stocked, _materials(order, stocked))
        give_up_bound(
            [(move.from_key, move.quantity) for move in moves],
            source_label="scm.purchaseorder",
            source_id=order.pk,
            source=document,
            actor=actor,
            at=at,
        )
        post_moves(
            moves=moves,
            source=document,
            kind="supplier_return",
            date=today,
            actor=actor,
            at=at,
            reason=document.reason,
        )
    amounts = {line.pk: line.amount for line in stocked}
    amounts |= operations.send_back(order, document, lines, date=today, actor=actor, at=at)
    supplier_return_posted.send(
        sender=SupplierReturn,
        supplier_return=document,
        amounts=amounts,
        date=today,
        actor=actor,
        at=at,
    )
    return document


def _locked(return_id: int, version: int | None) -> tuple[PurchaseOrder, SupplierReturn]:
    keys = SupplierReturn.objects.values("order_id", "receipt_id").get(pk=return_id)
    order = lock_order(keys["order_id"])
    lock(GoodsReceipt, keys["receipt_id"])
    return order, lock(SupplierReturn, return_id, version=version)


def _require_state(document: SupplierReturn, state: SupplierReturnState, to: SupplierReturnState) -> None:
    if document.state != state:
        raise InvalidTransition(document=document, state=document.get_state_display(), to=to.label)


def _value(order: PurchaseOrder, document: SupplierReturn, lines: Sequence[SupplierReturnLine]) -> None:
    """Give each line its part of the ordered net amount, and what its goods are worth on the supplier's account.

    Goods that he credits go at what he invoiced, goods that he replaces at what their replacement comes in at.
    """
    own = company()
    base_decimals = own.base_decimals if own else 2
    is_credited = document.settlement == Settlement.CREDIT
    gone: dict[int, Decimal] = {}
    goods: dict[int, list[SupplierReturnLine]] = {}
    for line in lines:
        came = line.receipt_line
        before = gone.get(came.pk, came.returned_quantity)
        whole, part = came.stock_quantity, line.stock_quantity
        line.net_amount = part_amount(came.net_amount, whole, before, part, order.currency.decimals)
        line.amount = part_amount(came.amount, whole, before, part, base_decimals)
        gone[came.pk] = before + part
        if came.item_id is not None and is_credited:
            goods.setdefault(came.pk, []).append(line)
    quantities = {pk: [line.stock_quantity for line in same] for pk, same in goods.items()}
    worth = ports.value_given_back({pk: sum(parts, Decimal(0)) for pk, parts in quantities.items()}) if goods else {}
    for pk, amount in worth.items():
        for line, part in zip(goods[pk], split_amount(amount, quantities[pk], base_decimals), strict=True):
            line.amount = part


def _materials(order: PurchaseOrder, lines: Sequence[SupplierReturnLine]) -> dict[int, Decimal]:
    """Return what of our material leaves with each line of goods from a subcontractor, as they came with it."""
    if not order.is_subcontract:
        return {}
    own = company()
    decimals = own.base_decimals if own else 2
    came = ValueEntry.objects.filter(
        kind=MoveKind.SUBCONTRACT,
        move__source_label="scm.goodsreceipt",
        move__source_line_id__in=[line.receipt_line_id for line in lines],
        move__reverses__isnull=True,
    )
    whole = dict(
        came.values("move__source_line_id").annotate(sum=Sum("amount")).values_list("move__source_line_id", "sum")
    )
    found: dict[int, Decimal] = {}
    gone: dict[int, Decimal] = {}
    for line in lines:
        receipt = line.receipt_line
        material = whole.get(receipt.pk, receipt.amount) - receipt.amount
        before = gone.get(receipt.pk, receipt.returned_quantity)
        found[line.pk] = part_amount(material, receipt.stock_quantity, before, line.stock_quantity, decimals)
        gone[receipt.pk] = before + line.stock_quantity
    return found


def _moves(lines: Sequence[SupplierReturnLine], materials: Mapping[int, Decimal]) -> list[MoveInput]:
    supplier = virtual_location("supplier")
    return [
        MoveInput(
            item_id=line.receipt_line.item_id,
            from_location_id=line.location_id,
            to_location_id=supplier.pk,
            quantity=line.stock_quantity,
            lot_id=line.receipt_line.lot_id,
            amount=line.amount + materials.get(line.pk, ZERO),
            source_line_id=line.pk,
        )
        for line in lines
        if line.receipt_line.item_id is not None and line.location_id is not None
    ]


def _recompute(document: SupplierReturn, order: PurchaseOrder, *, actor: Any, at: dt.datetime) -> None:
    """Derive what of the receipt went back anew, then the order's progress."""
    sums = (
        SupplierReturnLine.objects.filter(
            receipt_line=OuterRef("pk"), supplier_return__state=SupplierReturnState.POSTED
        )
        .order_by()
        .values("receipt_line")
        .annotate(total=Sum("stock_quantity"))
        .values("total")
    )
    GoodsReceiptLine.objects.filter(receipt_id=document.receipt_id).update(
        returned_quantity=Coalesce(Subquery(sums, output_field=QuantityField()), 0, output_field=QuantityField())
    )
    recompute_order(order, actor=actor, at=at)


@operation(permission="scm.reverse_supplierreturn", document=(SupplierReturn, "return_id"))
def reverse_supplier_return(
    *, return_id: int, version: int | None = None, reason: str = "", actor: Any, at: dt.datetime
) -> SupplierReturn:
    """Undo a posted return in full, today: the goods are back where they lay, at the value they left with.

    Raises:
        StaleVersion: somebody changed the return since the user saw it.
        InvalidTransition: it is not posted.
        FeeIsSettled: pieces of a work order that is closed.
        (erp.services.stock.post_moves): the period is closed.
    """
    order, document = _locked(return_id, version)
    _require_state(document, SupplierReturnState.POSTED, SupplierReturnState.REVERSED)
    lines = list(document.lines.select_related("receipt_line"))
    transition(document, SupplierReturnState.REVERSED, actor=actor, at=at, reason=reason)
    _recompute(document, order, actor=actor, at=at)
    posted = StockMove.objects.filter(source_label="scm.supplierreturn", source_id=document.pk, reverses__isnull=True)
    today = business_date(at)
    moves = reversal_of(list(posted.order_by("pk")))
    if moves:
        post_moves(moves=moves, source=document, kind="supplier_return", date=today, actor=actor, at=at, reason=reason)
    amounts = {line.pk: line.amount for line in lines if line.receipt_line.item_id is not None}
    amounts |= operations.bring_again(order, document, lines, date=today, actor=actor, at=at)
    supplier_return_reversed.send(
        sender=SupplierReturn, supplier_return=document, amounts=amounts, date=today, actor=actor, at=at
    )
    return document

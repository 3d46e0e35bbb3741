"""Approving, reopening, cancelling and closing purchase orders."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from core.approvals.services import require_approval
from core.documents import lock, transition
from core.errors import InvalidTransition
from core.operations import operation
from masterdata.services.entry import require_complete
from scm.errors import (
    EmptyDocument,
    NotOnDocument,
    OpenReceipts,
    PriceMissing,
    ReasonMissing,
    ReceiptsExist,
    ReceivedAlready,
)
from scm.models import PurchaseOrder
from scm.services.budget import require_budget_for_order
from scm.services.purchase_orders.progress import close_order, follow_order, has_progress, lock_order
from scm.services.purchase_orders.supply import report_order_supply
from scm.services.subcontracting.following import follow_purchase_order
from scm.signals import purchase_order_approved, purchase_order_cancelled
from scm.states import GoodsReceiptState, PurchaseOrderState, SubcontractState


@operation(permission="scm.approve_purchaseorder", document=(PurchaseOrder, "order_id"))
def approve_purchase_order(*, order_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> PurchaseOrder:
    """Make a draft binding: from now on its goods are expected.

    Raises:
        StaleVersion: somebody changed the order since the user saw it.
        EmptyDocument: it has no lines.
        PriceMissing: a line has neither a price nor a discount of 100 %.
        PartnerIncomplete, ClosedForEntry, MergedAway: the partner lacks something to be ordered from.
        ApprovalRequired, ApprovalPending: a policy asks for somebody else's approval first.
        InvalidTransition: the order is not a draft.
        (scm.ports.budget_check): a budget would pass its stop level.
    """
    order = lock(PurchaseOrder, order_id, version=version)
    if order.state != PurchaseOrderState.DRAFT:
        raise InvalidTransition(document=order, state=order.get_state_display(), to=PurchaseOrderState.APPROVED.label)
    lines = list(order.lines.select_related("item", "requisition_line__requisition"))
    if not lines:
        raise EmptyDocument(document=order)
    for line in lines:
        if not line.price and line.discount_percent != 100:
            raise PriceMissing(line=line.line_no, what=line.what)
    require_complete(order.partner, "purchase")
    require_budget_for_order(order, lines, actor=actor)
    require_approval(document=order, actor=actor)
    order.approved_at = at
    PurchaseOrder.objects.filter(pk=order.pk).update(approved_at=at)
    transition(order, PurchaseOrderState.APPROVED, actor=actor, at=at)
    report_order_supply(order, actor=actor, at=at)
    follow_purchase_order(order, SubcontractState.RELEASED, actor=actor, at=at)
    purchase_order_approved.send(sender=PurchaseOrder, order=order, actor=actor, at=at)
    return order


@operation(permission="scm.revise_purchaseorder", document=(PurchaseOrder, "order_id"))
def reopen_purchase_order(
    *, order_id: int, reason: str, version: int | None = None, actor: Any, at: dt.datetime
) -> PurchaseOrder:
    """Make an approved order a draft again, as its next revision, to be edited and approved anew.

    Its goods stay expected (not firm) meanwhile.

    Raises:
        StaleVersion: somebody changed the order since the user saw it.
        ReasonMissing: no reason is given.
        ReceiptsExist: a receipt is written for it, whatever became of it.
        ReceivedAlready: it is invoiced.
        InvalidTransition: it is not approved.
    """
    order = lock(PurchaseOrder, order_id, version=version)
    if not reason.strip():
        raise ReasonMissing(document=order)
    if order.receipts.exists():
        raise ReceiptsExist(document=order)
    if has_progress(order.lines.all()):
        raise ReceivedAlready(document=order)
    transition(order, PurchaseOrderState.DRAFT, actor=actor, at=at, reason=reason)
    order.revision += 1
    order.save(update_fields=["revision"])
    report_order_supply(order, actor=actor, at=at)
    return order


@operation(permission="scm.cancel_purchaseorder", document=(PurchaseOrder, "order_id"))
def cancel_purchase_order(
    *, order_id: int, version: int | None = None, reason: str = "", actor: Any, at: dt.datetime
) -> PurchaseOrder:
    """Withdraw an order of which nothing is received or invoiced; its requisition lines wait to be ordered again.

    Raises:
        StaleVersion: somebody changed the order since the user saw it.
        OpenReceipts: goods are being counted.
        ReceivedAlready: something is received or invoiced.
        InvalidTransition: the order is closed or cancelled.
    """
    order = lock_order(order_id, version=version)
    _require_no_open_receipt(order)
    if has_progress(order.lines.all()):
        raise ReceivedAlready(document=order)
    transition(order, PurchaseOrderState.CANCELLED, actor=actor, at=at, reason=reason)
    follow_order(order, actor=actor, at=at)
    follow_purchase_order(order, SubcontractState.CANCELLED, actor=actor, at=at)
    purchase_order_cancelled.send(sender=PurchaseOrder, order=order, actor=actor, at=at)
    return order


@operation(permission="scm.close_purchaseorder", document=(PurchaseOrder, "order_id"))
def close_purchase_order(
    *,
    order_id: int,
    reason: str,
    line_ids: Sequence[int] | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> PurchaseOrder:
    """Expect no more on an order, or on some of its lines; what came in stays to be invoiced.

    An order of which every line is closed or complete closes with its last invoice, one closed as a whole at once.
    Requisition lines wait again for what did not come.

    Raises:
        StaleVersion: somebody changed the order since the user saw it.
        ReasonMissing: no reason is given.
        OpenReceipts: goods are being counted.
        NotOnDocument: a line is not on the order.
        InvalidTransition: the order is not approved.
    """
    order = lock_order(order_id, version=version)
    if not reason.strip():
        raise ReasonMissing(document=order)
    if order.state != PurchaseOrderState.APPROVED:
        raise InvalidTransition(document=order, state=order.get_state_display(), to=PurchaseOrderState.CLOSED.label)
    _require_no_open_receipt(order)
    lines = order.lines.all()
    if line_ids is not None:
        lines = lines.filter(pk__in=line_ids)
        for pk in set(line_ids) - set(lines.values_list("pk", flat=True)):
            raise NotOnDocument(line=pk, document=order)
    lines.update(is_closed=True)
    if line_ids is None:
        close_order(order, actor=actor, at=at, reason=reason)
    follow_order(order, actor=actor, at=at)
    return order


def _require_no_open_receipt(order: PurchaseOrder) -> None:
    drafts = order.receipts.filter(state=GoodsReceiptState.DRAFT).values_list("number", flat=True)
    if drafts:
        raise OpenReceipts(document=order, receipts=list(drafts))

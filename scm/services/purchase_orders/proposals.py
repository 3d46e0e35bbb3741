"""A change that waits for its approval: carried out by the last approval, or taken back."""

import datetime as dt
from typing import Any

from core import audit
from core.approvals.services import require_approval, withdraw_requests
from core.models import User
from core.operations import operation
from scm.errors import NoPendingChange, NotApproved
from scm.models import PurchaseOrder
from scm.selectors.order_changes import typed_lines
from scm.services.purchase_orders.changes import carry_out, finish_change
from scm.services.purchase_orders.progress import lock_order
from scm.states import PurchaseOrderState


@operation(permission="scm.revise_purchaseorder", document=(PurchaseOrder, "order_id"))
def apply_purchase_order_change(*, order_id: int, actor: Any, at: dt.datetime) -> PurchaseOrder:
    """Carry out the proposed change of an order, once it is approved; the revision names who proposed it.

    The last approval calls this by itself.

    Raises:
        NoPendingChange: none is proposed.
        NotApproved: the order is not approved any more.
        ApprovalRequired, ApprovalPending: a policy that the changed order meets has no approval yet.
        What `change_purchase_order` refuses: the order has moved on since.
    """
    order = lock_order(order_id)
    pending = order.pending_change
    if not pending:
        raise NoPendingChange(document=order)
    if order.state != PurchaseOrderState.APPROVED:
        raise NotApproved(document=order, state=order.get_state_display())
    require_approval(document=order, actor=actor)
    order.pending_change = None
    before, after = carry_out(order, typed_lines(pending))
    audit.record(order, "apply_change", actor=actor, at=at, reason=pending["reason"])
    proposer = User.objects.get(pk=pending["proposed_by"])
    return finish_change(order, before, after, pending["reason"], actor=proposer, at=at)


@operation(permission="scm.revise_purchaseorder", document=(PurchaseOrder, "order_id"))
def withdraw_purchase_order_change(*, order_id: int, actor: Any, at: dt.datetime) -> PurchaseOrder:
    """Forget the proposed change of an order and the questions asked about it.

    Raises:
        NoPendingChange: none is proposed.
    """
    withdraw_requests(document_label=PurchaseOrder._meta.label_lower, document_id=order_id, actor=actor, at=at)
    order = lock_order(order_id)
    if not order.pending_change:
        raise NoPendingChange(document=order)
    order.pending_change = None
    order.version += 1
    order.save(update_fields=["pending_change", "version"])
    audit.record(order, "withdraw_change", actor=actor, at=at)
    return order

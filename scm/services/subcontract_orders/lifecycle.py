"""Releasing, cancelling and closing subcontract orders; they go where the order of their fee goes."""

import datetime as dt
from typing import Any

from core.errors import InvalidTransition
from core.operations import operation
from scm.errors import MaterialAtSupplier
from scm.models import SubcontractOrder
from scm.services.purchase_orders.lifecycle import (
    approve_purchase_order,
    cancel_purchase_order,
    close_purchase_order,
)
from scm.services.subcontracting.locking import lock_subcontract
from scm.states import SubcontractState


@operation(permission="scm.release_subcontractorder", document=(SubcontractOrder, "order_id"))
def release_subcontract_order(
    *, order_id: int, version: int | None = None, actor: Any, at: dt.datetime
) -> SubcontractOrder:
    """Make a draft binding: its fee is ordered, its goods are expected, its material may be sent.

    Raises:
        StaleVersion: somebody changed the order since the user saw it.
        InvalidTransition: it is no draft.
        PartnerIncomplete, ApprovalRequired, ApprovalPending and the other refusals of `approve_purchase_order`.
    """
    purchase, order = lock_subcontract(order_id, version=version)
    if order.state != SubcontractState.DRAFT:
        raise InvalidTransition(document=order, state=order.get_state_display(), to=SubcontractState.RELEASED.label)
    approve_purchase_order(order_id=purchase.pk, actor=actor, at=at)
    return SubcontractOrder.objects.get(pk=order.pk)


@operation(permission="scm.cancel_subcontractorder", document=(SubcontractOrder, "order_id"))
def cancel_subcontract_order(
    *, order_id: int, version: int | None = None, reason: str = "", actor: Any, at: dt.datetime
) -> SubcontractOrder:
    """Give up an order of which nothing was received, once its material is back.

    Raises:
        StaleVersion: somebody changed the order since the user saw it.
        MaterialAtSupplier: material was sent and has not come back.
        InvalidTransition, OpenReceipts, ReceivedAlready: see `cancel_purchase_order`.
    """
    purchase, order = lock_subcontract(order_id, version=version)
    _require_nothing_left(order)
    cancel_purchase_order(order_id=purchase.pk, reason=reason, actor=actor, at=at)
    return SubcontractOrder.objects.get(pk=order.pk)


@operation(permission="scm.cancel_subcontractorder", document=(SubcontractOrder, "order_id"))
def close_subcontract_order(
    *, order_id: int, reason: str, version: int | None = None, actor: Any, at: dt.datetime
) -> SubcontractOrder:
    """Expect no more goods on an order; what came in stays to be invoiced, material left there stays on his account.

    Raises:
        StaleVersion: somebody changed the order since the user saw it.
        ReasonMissing, OpenReceipts, InvalidTransition: see `close_purchase_order`.
    """
    purchase, order = lock_subcontract(order_id, version=version)
    close_purchase_order(order_id=purchase.pk, reason=reason, actor=actor, at=at)
    return SubcontractOrder.objects.get(pk=order.pk)


def _require_nothing_left(order: SubcontractOrder) -> None:
    left = [line for line in order.materials.select_related("item") if line.left_quantity > 0]
    if left:
        raise MaterialAtSupplier(document=order, items=[str(line.item) for line in left])

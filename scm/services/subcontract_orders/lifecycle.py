"""Releasing, cancelling and closing subcontract orders; they go where the order of their fee goes."""

import datetime as dt
from typing import Any

from core.documents import transition
from core.errors import InvalidTransition
from core.money import round_quantity
from core.operations import operation
from scm.errors import MaterialAtSupplier, SubcontractFee
from scm.models import PurchaseOrder, SubcontractMaterial, SubcontractOrder
from scm.services.purchase_orders.lifecycle import (
    approve_purchase_order,
    cancel_purchase_order,
    close_purchase_order,
)
from scm.services.subcontract_orders.expecting import expect_materials, forget_materials
from scm.services.subcontracting.locking import lock_subcontract, subcontract_of
from scm.states import PurchaseOrderState, SubcontractState


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


def follow_purchase_order(purchase: PurchaseOrder, to: str, *, actor: Any, at: dt.datetime) -> None:
    """Bring a subcontract order where the (locked) order of its fee has gone."""
    order = subcontract_of(purchase)
    if order is None or order.state == to:
        return
    transition(order, to, actor=actor, at=at)
    if to == SubcontractState.RELEASED:
        expect_materials(order, actor=actor, at=at)
    else:
        forget_materials(order, actor=actor, at=at)


def follow_change(purchase: PurchaseOrder, *, actor: Any, at: dt.datetime) -> None:
    """Bring quantity, fee, day and required material of a subcontract order to what its fee order says now."""
    order = subcontract_of(purchase)
    if order is None:
        return
    line = purchase.lines.order_by("line_no").first()
    if line is None or line.item_id != order.item_id or purchase.lines.count() > 1:
        raise SubcontractFee(document=purchase, subcontract=order)
    materials = list(order.materials.select_related("item__uom"))
    for one in materials:
        one.required_quantity = round_quantity(
            one.required_quantity * line.stock_quantity / order.quantity, one.item.uom.decimals
        )
    SubcontractMaterial.objects.bulk_update(materials, ["required_quantity"])
    order.quantity, order.fee, order.due_date = line.stock_quantity, line.price, line.due_date
    order.version += 1
    order.save(update_fields=["quantity", "fee", "due_date", "version"])
    expect_materials(order, actor=actor, at=at)


def reopen_with_purchase_order(purchase: PurchaseOrder, *, actor: Any, at: dt.datetime) -> None:
    """A closed order expects goods again: its receipt was reversed, or goods went back to be replaced."""
    order = subcontract_of(purchase) if purchase.state == PurchaseOrderState.APPROVED else None
    if order is not None and order.state == SubcontractState.CLOSED:
        follow_purchase_order(purchase, SubcontractState.RELEASED, actor=actor, at=at)

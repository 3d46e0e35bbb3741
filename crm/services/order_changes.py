"""Order change 订单变更: a binding order gets a numbered revision with its reason, before and after."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Unpack

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from core.approvals.services import require_approval
from core.documents import lock
from core.operations import operation
from crm.errors import MissingDeliveryAddress, NoPendingChange, NothingChanged
from crm.models import OrderChange, SalesOrder
from crm.selectors.amounts import in_base, lines_below_floor, margin_of
from crm.selectors.approvals import order_content
from crm.selectors.credit import is_over_credit_approved
from crm.selectors.order_changes import decoded_header, decoded_lines, snapshot
from crm.services.changed_lines import change_lines
from crm.services.credit import lock_customer, refuse_over_credit, require_credit
from crm.services.guards import require_edge, require_reason
from crm.services.headers import HeaderInput, change_header
from crm.services.payment_plans import draw_payment_plan
from crm.signals import sales_order_changed
from crm.states import SalesOrderState

CHANGEABLE = frozenset({"ship_to_id", "warehouse_id", "payment_term_id", "requested_date", "customer_po", "note"})


@operation(permission="crm.revise_salesorder", document=(SalesOrder, "order_id"))
def change_sales_order(
    *,
    order_id: int,
    lines: Sequence[Mapping[str, Any]],
    reason: str,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
    **header: Unpack[HeaderInput],
) -> SalesOrder:
    """Bring a binding order to exactly ``lines`` (those with ``id`` stay, others are new, missing ones are dropped).

    A dropped line keeps what was delivered or invoiced and is closed. Credit and approvals are asked again for the
    order as it becomes, and the payment plan is redrawn.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not confirmed.
        ReasonMissing: nobody said why.
        BelowDelivered, LineRequested, FrozenPrice, FixedItem, LineClosed: a line has gone too far for this change.
        MissingDeliveryAddress: the delivery address was taken away.
        NothingChanged: it is so already.
        ApprovalRequired, ApprovalPending, CreditLimitExceeded: as when confirming.
        EmptyDocument, ForeignLine and the other refusals of typed lines: as in `update_sales_order`.
    """
    reason = require_reason(reason)
    order = lock(SalesOrder, order_id, version=version)
    require_edge(order, SalesOrderState.CLOSED)
    before = snapshot(order)
    order.pending_change = None
    after = _carry_out(order, lines, header, before)
    require_credit(order, actor=actor)
    return _finish(order, before, after, reason, actor=actor, at=at)


@operation(permission="crm.revise_salesorder", document=(SalesOrder, "order_id"))
def propose_sales_order_change(
    *,
    order_id: int,
    lines: Sequence[Mapping[str, Any]],
    reason: str,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
    **header: Unpack[HeaderInput],
) -> SalesOrder:
    """Keep a change of a binding order until it is approved; the order itself stays as it is.

    What is kept is checked like the change itself, save for credit and approvals, which are asked when it is applied.

    Raises:
        As `change_sales_order`.
    """
    reason = require_reason(reason)
    order = lock(SalesOrder, order_id, version=version)
    require_edge(order, SalesOrderState.CLOSED)
    before = snapshot(order)
    order.pending_change = None
    with transaction.atomic():
        after = _carry_out(order, lines, header, before)
        outcome = {
            "gross_amount": str(order.gross_amount),
            "amount": str(in_base(order, order.net_amount)),
            "margin": _text(margin_of(order, list(order.lines.all()))),
            "below_floor": lines_below_floor(order.lines.all()),
            "after": after,
            "content": order_content(order),
        }
        transaction.set_rollback(True)
    order = lock(SalesOrder, order_id)
    typed = {"lines": list(lines), "header": dict(header), "reason": reason, "before": before}
    order.pending_change = json.loads(json.dumps(typed | outcome, cls=DjangoJSONEncoder))
    order.version += 1
    order.save(update_fields=["pending_change", "version"])
    return order


@operation(permission="crm.revise_salesorder", document=(SalesOrder, "order_id"))
def apply_sales_order_change(*, order_id: int, actor: Any, at: dt.datetime) -> SalesOrder:
    """Carry out the proposed change of an order, once it is approved.

    Raises:
        NoPendingChange: none is proposed.
        ApprovalRequired, ApprovalPending: a policy that the changed order meets has no approval yet.
        CreditLimitExceeded, and what `change_sales_order` refuses: the order has moved on since.
    """
    order = lock(SalesOrder, order_id)
    require_edge(order, SalesOrderState.CLOSED)
    if not order.pending_change:
        raise NoPendingChange(order=order)
    pending = order.pending_change
    order.partner = lock_customer(order.partner_id)
    require_approval(document=order, actor=actor)
    may_exceed = is_over_credit_approved(order)
    before = snapshot(order)
    order.pending_change = None
    after = _carry_out(order, decoded_lines(pending["lines"]), decoded_header(pending["header"]), before)
    if not may_exceed:
        refuse_over_credit(order)
    return _finish(order, before, after, pending["reason"], actor=actor, at=at)


@operation(permission="crm.revise_salesorder", document=(SalesOrder, "order_id"))
def withdraw_sales_order_change(*, order_id: int, actor: Any, at: dt.datetime) -> SalesOrder:
    """Forget the proposed change of an order.

    Raises:
        NoPendingChange: none is proposed.
    """
    order = lock(SalesOrder, order_id)
    if not order.pending_change:
        raise NoPendingChange(order=order)
    order.pending_change = None
    order.version += 1
    order.save(update_fields=["pending_change", "version"])
    return order


def _carry_out(
    order: SalesOrder, lines: Sequence[Mapping[str, Any]], header: Mapping[str, Any], before: dict[str, Any]
) -> dict[str, Any]:
    """Write the change on the locked order and return what it is now."""
    if not header.keys() <= CHANGEABLE:
        raise TypeError(f"a binding order keeps its {', '.join(sorted(header.keys() - CHANGEABLE))}")
    change_header(order, header)
    if order.ship_to_id is None:
        raise MissingDeliveryAddress(document=order, field="ship_to_id")
    change_lines(order, lines)
    after = snapshot(order)
    if after == before:
        raise NothingChanged(order=order)
    order.revision += 1
    order.version += 1
    order.save()
    return after


def _finish(
    order: SalesOrder, before: dict[str, Any], after: dict[str, Any], reason: str, *, actor: Any, at: dt.datetime
) -> SalesOrder:
    draw_payment_plan(order)
    change = OrderChange.objects.create(
        order=order, revision=order.revision, reason=reason[:500], before=before, after=after, actor=actor, at=at
    )
    sales_order_changed.send(sender=SalesOrder, order=order, change=change, actor=actor, at=at)
    return order


def _text(value: Decimal | None) -> str:
    return "" if value is None else str(value)

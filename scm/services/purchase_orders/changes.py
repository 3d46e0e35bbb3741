"""Changing what an approved order says: its revisions, and the dates the supplier confirms."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from core import audit
from core.approvals.selectors import needs
from core.approvals.services import request_approval
from core.documents import lock
from core.operations import operation
from masterdata.selectors.units import from_stock_quantity, to_stock_quantity
from scm.errors import (
    BelowReceived,
    ChangeProposedAlready,
    FrozenPrice,
    LineClosed,
    NotApproved,
    NothingChanged,
    NotOnDocument,
    ReasonMissing,
)
from scm.models import PurchaseOrder, PurchaseOrderChange, PurchaseOrderLine
from scm.selectors.order_changes import proposal_of
from scm.services.budget import require_budget_for_order
from scm.services.line_input import positive
from scm.services.purchase_orders.building import build_lines, entered_discount, entered_price, total
from scm.services.purchase_orders.progress import follow_order, lock_order
from scm.services.purchase_orders.supply import report_order_supply
from scm.services.subcontracting.following import follow_change
from scm.signals import purchase_order_changed
from scm.states import PurchaseOrderState

CHANGED_FIELDS = [
    "quantity",
    "stock_quantity",
    "price",
    "discount_percent",
    "due_date",
    "confirmed_date",
    "is_closed",
    "net_amount",
    "tax_amount",
    "gross_amount",
]


@operation(permission="scm.revise_purchaseorder", document=(PurchaseOrder, "order_id"))
def change_purchase_order(
    *,
    order_id: int,
    lines: Sequence[Mapping[str, Any]],
    reason: str,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> PurchaseOrder:
    """Agree a change of an approved order with the supplier: its next revision, with before, after and reason.

    lines  all lines as they shall be: with line_id an existing one (quantity, price, discount_percent, due_date),
    without a new one as for create_purchase_order. An open line left out is dropped: what came of it stays, the rest
    is not expected any more. A new date drops the date the supplier confirmed for the old one.

    Where the order gets dearer and a policy asks for an approval, the order stays as it is: the change is kept with it
    as proposed (``pending_change``), the approvers are asked, and the last approval carries it out.

    Raises:
        StaleVersion: somebody changed the order since the user saw it.
        NotApproved: the order is not approved.
        ReasonMissing, NothingChanged: there is nothing to record.
        NotOnDocument, LineClosed: a line is not on the order, or closed.
        BelowReceived: a quantity falls below what is received or invoiced.
        FrozenPrice: the price of an invoiced line differs.
        ChangeProposedAlready: just this change waits for its approval.
        (scm.ports.budget_check): a budget would pass its stop level.
    """
    order = lock_order(order_id, version=version)
    if order.state != PurchaseOrderState.APPROVED:
        raise NotApproved(document=order, state=order.get_state_display())
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(document=order)
    proposed_before, order.pending_change = order.pending_change, None
    cost_before = order.gross_amount
    with transaction.atomic():
        before, after = carry_out(order, lines)
        is_dearer = order.gross_amount > cost_before
        waits = is_dearer and any(not need.is_met for need in needs(order))
        outcome = proposal_of(order, before, after)
        transaction.set_rollback(waits)
    if waits:
        typed = {"lines": list(lines), "reason": reason, "proposed_by": actor.pk}
        pending = json.loads(json.dumps(typed | outcome, cls=DjangoJSONEncoder))
        if proposed_before and proposed_before["content"] == pending["content"]:
            raise ChangeProposedAlready(document=order)
        return _propose(order.pk, pending, actor=actor, at=at)
    return finish_change(order, before, after, reason, actor=actor, at=at)


def carry_out(
    order: PurchaseOrder, lines: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Write the change on the locked order and return its lines before and after.

    Raises:
        As `change_purchase_order`.
    """
    present = {
        line.pk: line for line in order.lines.select_related("item__uom", "uom", "tax", "requisition_line__requisition")
    }
    before = _snapshot(present.values())
    added = _changed_lines(order, present, lines)
    everything = [*present.values(), *added]
    total(order, [line for line in everything if not line.is_closed])
    after = _snapshot(everything)
    if after == before:
        raise NothingChanged(document=order)
    require_budget_for_order(order, everything)
    order.revision += 1
    order.version += 1
    order.save()
    PurchaseOrderLine.objects.bulk_update(present.values(), CHANGED_FIELDS)
    PurchaseOrderLine.objects.bulk_create(added)
    return before, after


def finish_change(
    order: PurchaseOrder,
    before: list[dict[str, Any]],
    after: list[dict[str, Any]],
    reason: str,
    *,
    actor: Any,
    at: dt.datetime,
) -> PurchaseOrder:
    """Write the revision of a change that is carried out, and let supply, requisitions and planning follow."""
    change = PurchaseOrderChange.objects.create(
        order=order, revision=order.revision, reason=reason[:500], before=before, after=after, actor=actor, at=at
    )
    follow_order(order, actor=actor, at=at)
    follow_change(order, actor=actor, at=at)
    purchase_order_changed.send(sender=PurchaseOrder, order=order, change=change, actor=actor, at=at)
    return order


def _propose(order_id: int, pending: dict[str, Any], *, actor: Any, at: dt.datetime) -> PurchaseOrder:
    """Keep the change with the order, which stays as it is, and ask for the approvals it needs."""
    order = lock(PurchaseOrder, order_id)
    order.pending_change = pending
    order.version += 1
    order.save(update_fields=["pending_change", "version"])
    audit.record(order, "propose_change", actor=actor, at=at, reason=pending["reason"])
    request_approval(
        document_label=order._meta.label_lower,
        document_id=order.pk,
        explanation=pending["reason"],
        actor=actor,
        at=at,
    )
    return order


def _changed_lines(
    order: PurchaseOrder, present: Mapping[int, PurchaseOrderLine], lines: Sequence[Mapping[str, Any]]
) -> list[PurchaseOrderLine]:
    """Write the new figures into the present lines and return the added ones."""
    kept, fresh = set(), []
    for index, entered in enumerate(lines):
        pk = entered.get("line_id")
        if not pk:
            fresh.append(entered)
            continue
        if int(pk) not in present:
            raise NotOnDocument(line=pk, document=order)
        kept.add(int(pk))
        _change_line(present[int(pk)], entered, index)
    for pk, line in present.items():
        if pk not in kept and not line.is_closed:
            _drop(line)
    last = max((line.line_no for line in present.values()), default=0)
    return build_lines(order, fresh, first_no=last + 1)


def _change_line(line: PurchaseOrderLine, entered: Mapping[str, Any], index: int) -> None:
    quantity = positive(entered.get("quantity", line.quantity), line.uom, index)
    price = entered_price(entered, index)
    price = line.price if price is None else price
    discount = entered_discount(entered, index) if "discount_percent" in entered else line.discount_percent
    due_date = entered.get("due_date") or line.due_date
    if (quantity, price, discount, due_date) == (line.quantity, line.price, line.discount_percent, line.due_date):
        return
    if line.is_closed:
        raise LineClosed(line=line.line_no)
    if (price, discount) != (line.price, line.discount_percent) and line.invoiced_quantity:
        raise FrozenPrice(line=line.line_no)
    stock = to_stock_quantity(line.item, line.uom, quantity) if line.item and line.uom else quantity
    floor = _floor(line)
    if stock < floor:
        raise BelowReceived(line=line.line_no, received=floor)
    if due_date != line.due_date:
        line.confirmed_date = None
    line.quantity, line.stock_quantity = quantity, stock
    line.price, line.discount_percent, line.due_date = price, discount, due_date


def _floor(line: PurchaseOrderLine) -> Decimal:
    return max(line.kept_quantity, line.invoiced_quantity)


def _drop(line: PurchaseOrderLine) -> None:
    """What came of a dropped line stays ordered; a line of which nothing came is closed."""
    floor = _floor(line)
    if not floor:
        line.is_closed = True
        return
    line.stock_quantity = floor
    line.quantity = from_stock_quantity(line.item, line.uom, floor) if line.item and line.uom else floor


def _snapshot(lines: Any) -> list[dict[str, Any]]:
    return [
        {
            "line_no": line.line_no,
            "what": line.item.code if line.item else line.description,
            "quantity": f"{line.quantity.normalize():f}",
            "uom": line.uom.code if line.uom else "",
            "price": f"{Decimal(line.price).normalize():f}",
            "discount_percent": f"{Decimal(line.discount_percent).normalize():f}",
            "due_date": line.due_date.isoformat(),
            "closed": line.is_closed,
        }
        for line in lines
    ]


@operation(permission="scm.confirm_purchaseorder_dates", document=(PurchaseOrder, "order_id"))
def confirm_purchase_order_dates(
    *,
    order_id: int,
    dates: Sequence[Mapping[str, Any]],
    supplier_reference: str | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> PurchaseOrder:
    """Write down when the supplier says he delivers; planning counts with these dates from now on.

    dates  line_id and confirmed_date (None takes a confirmation back); lines not named stay as they are.

    Raises:
        StaleVersion: somebody changed the order since the user saw it.
        NotApproved: the order is not approved.
        NotOnDocument: a line is not on the order.
        NothingChanged: all of it is written already.
    """
    order = lock(PurchaseOrder, order_id, version=version)
    if order.state != PurchaseOrderState.APPROVED:
        raise NotApproved(document=order, state=order.get_state_display())
    present = {line.pk: line for line in order.lines.all()}
    moved = []
    for one in dates:
        line = present.get(int(one["line_id"]))
        if line is None:
            raise NotOnDocument(line=one["line_id"], document=order)
        if line.confirmed_date != one["confirmed_date"]:
            moved.append(f"#{line.line_no} {line.expected_date} → {one['confirmed_date'] or line.due_date}")
            line.confirmed_date = one["confirmed_date"]
    renamed = supplier_reference is not None and supplier_reference != order.supplier_reference
    if not moved and not renamed:
        raise NothingChanged(document=order)
    if supplier_reference is not None:
        order.supplier_reference = supplier_reference.strip()[:60]
    order.version += 1
    order.save(update_fields=["supplier_reference", "version"])
    PurchaseOrderLine.objects.bulk_update(present.values(), ["confirmed_date"])
    if moved:
        audit.record(order, "confirm_dates", actor=actor, at=at, reason="; ".join(moved))
    report_order_supply(order, actor=actor, at=at)
    return order

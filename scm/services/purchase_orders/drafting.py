"""Typing a purchase order."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.documents import lock
from core.errors import StaleVersion
from core.operations import operation
from scm.errors import NotDraft, SubcontractFee
from scm.models import PurchaseOrder, PurchaseOrderLine
from scm.services.purchase_orders.building import build_lines, new_order, set_header, total
from scm.services.purchase_orders.supply import report_order_supply
from scm.services.requisitions.progress import lock_requisitions_of, recompute_requisition_lines
from scm.states import PurchaseOrderState


@operation(permission="scm.add_purchaseorder")
def create_purchase_order(
    *,
    partner_id: int,
    lines: Sequence[Mapping[str, Any]],
    warehouse_id: int | None = None,
    currency_id: int | None = None,
    tax_included: bool = False,
    payment_term_id: int | None = None,
    department_id: int | None = None,
    project_id: int | None = None,
    supplier_reference: str = "",
    over_receipt_percent: Decimal = Decimal(0),
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> PurchaseOrder:
    """Write a draft order to a supplier; what is not given follows from the supplier.

    lines  item_id or description, quantity in uom_id (default: stock unit), price in the order's currency per uom
    (without: the resolved purchase price), discount_percent, tax_id, due_date.

    Raises:
        NotSupplier, ClosedForEntry, MergedAway: the partner cannot be ordered from.
        UnknownWarehouse, NoExchangeRate: something that follows from the company's set-up is missing.
        InvalidInput: a line names something unknown or an impossible quantity, price or discount.
    """
    header = {
        "partner_id": partner_id,
        "warehouse_id": warehouse_id,
        "currency_id": currency_id,
        "tax_included": tax_included,
        "payment_term_id": payment_term_id,
        "department_id": department_id,
        "project_id": project_id,
        "supplier_reference": supplier_reference,
        "over_receipt_percent": over_receipt_percent,
        "note": note,
    }
    order = new_order(header, owner=actor, at=at)
    save_new(order, build_lines(order, [{**line, "requisition_line_id": None} for line in lines]))
    return order


def save_new(order: PurchaseOrder, lines: list[PurchaseOrderLine]) -> None:
    """Write a new order with its lines."""
    total(order, lines)
    order.save()
    PurchaseOrderLine.objects.bulk_create(lines)


@operation(permission="scm.change_purchaseorder", document=(PurchaseOrder, "order_id"))
def update_purchase_order(
    *,
    order_id: int,
    partner_id: int,
    lines: Sequence[Mapping[str, Any]],
    version: int | None = None,
    warehouse_id: int | None = None,
    currency_id: int | None = None,
    tax_included: bool = False,
    payment_term_id: int | None = None,
    department_id: int | None = None,
    project_id: int | None = None,
    supplier_reference: str = "",
    over_receipt_percent: Decimal = Decimal(0),
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> PurchaseOrder:
    """Replace header and lines of a draft; lines as for create_purchase_order.

    A line with ``line_id`` keeps its requisition line; requisition lines that no line carries any more wait to be
    ordered again.

    Raises:
        StaleVersion: somebody changed the order since the user saw it.
        NotDraft: it is approved, closed or cancelled.
        SubcontractFee: it follows from a subcontract order.
        as create_purchase_order.
    """
    before = list(PurchaseOrderLine.objects.filter(order_id=order_id).values_list("pk", flat=True))
    lock_requisitions_of(before)
    order = lock(PurchaseOrder, order_id, version=version)
    sources = dict(order.lines.values_list("pk", "requisition_line_id"))
    if set(sources) != set(before):
        raise StaleVersion(document=order)
    _require_own_draft(order)
    header = {
        "partner_id": partner_id,
        "warehouse_id": warehouse_id,
        "currency_id": currency_id,
        "tax_included": tax_included,
        "payment_term_id": payment_term_id,
        "supplier_reference": supplier_reference,
        "over_receipt_percent": over_receipt_percent,
        "note": note,
    }
    order.department_id, order.project_id = department_id, project_id
    set_header(order, header, business_date(at))
    lines = [{**line, "requisition_line_id": sources.get(line.get("line_id") or 0)} for line in lines]
    built = build_lines(order, lines)
    total(order, built)
    order.version += 1
    order.save()
    order.lines.all().delete()
    PurchaseOrderLine.objects.bulk_create(built)
    recompute_requisition_lines(filter(None, sources.values()), actor=actor, at=at)
    report_order_supply(order, actor=actor, at=at)
    return order


def _require_own_draft(order: PurchaseOrder) -> None:
    if order.is_subcontract:
        raise SubcontractFee(document=order, subcontract=order.subcontract)
    if order.state != PurchaseOrderState.DRAFT:
        raise NotDraft(document=order, state=order.get_state_display())

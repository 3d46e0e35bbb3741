"""A company that buys: suppliers, items, a warehouse; documents of purchasing made through its services."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.models import User
from core.operations import perform
from masterdata.models import Department, Item, Location, Partner, Warehouse
from scm.models import GoodsReceipt, LandedCost, PurchaseOrder, Requisition, SupplierReturn
from scm.services import goods_receipts, landed_costs, purchase_orders, requisitions, supplier_returns
from tests.factories import erp, masterdata
from tests.factories.core import make_company, make_user, superuser

TODAY = dt.date(2026, 3, 10)


@dataclass
class BuyingCompany:
    """One warehouse, two suppliers, an item of each kind of tracking, a buyer who may do everything."""

    buyer: User
    department: Department
    warehouse: Warehouse
    shelf: Location
    supplier: Partner
    other: Partner
    bolt: Item
    paint: Item
    motor: Item


def buying_company(**company: Any) -> BuyingCompany:
    """Make it; the business date is TODAY."""
    make_company(**{"pinned_date": TODAY} | company)
    masterdata.basics()
    warehouse = masterdata.warehouse("MAIN")
    supplier, other = masterdata.supplier("S-ALPHA"), masterdata.supplier("S-BETA")
    bolt = masterdata.item("BOLT", lead_time_days=5, units=[{"uom": masterdata.uom("BOX"), "factor": Decimal(100)}])
    paint = masterdata.item("PAINT", uom="KG", tracking="lot")
    motor = masterdata.item("MOTOR", tracking="serial")
    masterdata.supplier_item(supplier, bolt, "2.5", supplier_code="AL-77", lead_time_days=3, is_preferred=True)
    masterdata.supplier_item(other, paint, "18", is_preferred=True)
    return BuyingCompany(
        buyer=make_user("buyer", superuser=True),
        department=masterdata.department("OFFICE"),
        warehouse=warehouse,
        shelf=masterdata.location_of(warehouse),
        supplier=supplier,
        other=other,
        bolt=bolt,
        paint=paint,
        motor=motor,
    )


def buying_one(item: Item, supplier: Partner) -> BuyingCompany:
    """What buys one item of one supplier in a company that is there already."""
    return BuyingCompany(
        buyer=superuser("buyer"),
        department=masterdata.department("OFFICE"),
        warehouse=erp.place(),
        shelf=erp.shelf(),
        supplier=supplier,
        other=supplier,
        bolt=item,
        paint=item,
        motor=item,
    )


def line(item: Item | None, quantity: str, **fields: Any) -> dict[str, Any]:
    """A typed line of a requisition or order."""
    return {"item_id": item.pk if item else None, "quantity": Decimal(quantity)} | fields


def requisition(made: BuyingCompany, *lines: dict[str, Any], actor: User | None = None, **fields: Any) -> Requisition:
    """A draft of the buyer's department; 10 bolts unless lines are given."""
    arguments: dict[str, Any] = {
        "lines": list(lines) or [line(made.bolt, "10")],
        "needed_date": TODAY + dt.timedelta(days=14),
        "department_id": made.department.pk,
    }
    return perform(requisitions.create_requisition, actor=actor or made.buyer, **arguments | fields)


def approved_requisition(made: BuyingCompany, *lines: dict[str, Any], **fields: Any) -> Requisition:
    """A requisition that a colleague asked for and the buyer approved."""
    colleague = User.objects.filter(username="colleague").first() or make_user(
        "colleague", rights=["scm.add_requisition", "scm.submit_requisition"]
    )
    asked = requisition(made, *lines, actor=colleague, **fields)
    perform(requisitions.submit_requisition, actor=colleague, requisition_id=asked.pk)
    return perform(requisitions.approve_requisition, actor=made.buyer, requisition_id=asked.pk)


def draft_order(made: BuyingCompany, *lines: dict[str, Any], **fields: Any) -> PurchaseOrder:
    """A draft to the first supplier without tax; 10 bolts at 2.50 unless lines are given."""
    arguments: dict[str, Any] = {
        "partner_id": made.supplier.pk,
        "lines": list(lines) or [line(made.bolt, "10")],
        "warehouse_id": made.warehouse.pk,
    }
    return perform(purchase_orders.create_purchase_order, actor=made.buyer, **arguments | fields)


def approved_order(made: BuyingCompany, *lines: dict[str, Any], **fields: Any) -> PurchaseOrder:
    order = draft_order(made, *lines, **fields)
    return perform(purchase_orders.approve_purchase_order, actor=made.buyer, order_id=order.pk)


def counted(order: PurchaseOrder, *quantities: str, **fields: Any) -> list[dict[str, Any]]:
    """Receipt lines: so much of the first, second … line of the order (all of every line without quantities)."""
    lines = list(order.lines.order_by("line_no"))
    wanted = [Decimal(one) for one in quantities] or [one.quantity for one in lines]
    return [{"order_line_id": one.pk, "quantity": q} | fields for one, q in zip(lines, wanted, strict=False) if q]


def draft_receipt(made: BuyingCompany, order: PurchaseOrder, *quantities: str, **fields: Any) -> GoodsReceipt:
    return perform(
        goods_receipts.create_goods_receipt,
        actor=made.buyer,
        order_id=order.pk,
        lines=fields.pop("lines", None) or counted(order, *quantities),
        **fields,
    )


def posted_receipt(made: BuyingCompany, order: PurchaseOrder, *quantities: str, **fields: Any) -> GoodsReceipt:
    receipt = draft_receipt(made, order, *quantities, **fields)
    return perform(goods_receipts.post_goods_receipt, actor=made.buyer, receipt_id=receipt.pk)


def draft_return(made: BuyingCompany, receipt: GoodsReceipt, *quantities: str, **fields: Any) -> SupplierReturn:
    lines = list(receipt.lines.order_by("line_no"))
    wanted = [Decimal(one) for one in quantities] or [one.quantity for one in lines]
    arguments: dict[str, Any] = {
        "lines": [{"receipt_line_id": o.pk, "quantity": q} for o, q in zip(lines, wanted, strict=False) if q],
        "cause": "Scratched",
    }
    return perform(
        supplier_returns.create_supplier_return, actor=made.buyer, receipt_id=receipt.pk, **arguments | fields
    )


def posted_return(made: BuyingCompany, receipt: GoodsReceipt, *quantities: str, **fields: Any) -> SupplierReturn:
    document = draft_return(made, receipt, *quantities, **fields)
    return perform(supplier_returns.post_supplier_return, actor=made.buyer, return_id=document.pk)


def draft_landed_cost(
    made: BuyingCompany, receipt: GoodsReceipt, *charges: dict[str, Any], **fields: Any
) -> LandedCost:
    """Freight of 100 by value, unless charges are given."""
    lines = list(charges) or [{"kind": "freight", "basis": "value", "amount": Decimal(100)}]
    return perform(landed_costs.create_landed_cost, actor=made.buyer, receipt_ids=[receipt.pk], lines=lines, **fields)


def posted_landed_cost(made: BuyingCompany, receipt: GoodsReceipt, *charges: dict[str, Any]) -> LandedCost:
    draft = draft_landed_cost(made, receipt, *charges)
    return perform(landed_costs.post_landed_cost, actor=made.buyer, landed_cost_id=draft.pk)

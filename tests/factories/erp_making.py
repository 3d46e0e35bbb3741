"""Orders that share material, and picks for them, made through their services."""

from decimal import Decimal
from typing import Any

from core.operations import perform
from erp.models import Lot, MergedPick, WorkOrder
from erp.services import merged_picks
from erp.services.stock_documents import create_stock_document, post_stock_document
from masterdata.models import Item, Location
from tests.factories import erp_make, masterdata

D = Decimal


def three_orders(part: Item, *needs: str) -> list[WorkOrder]:
    """Released orders of three products, each of one PART a piece: they need so much of it, the first most urgently."""
    orders = []
    for number, need in enumerate(needs, start=1):
        product = erp_make.made(f"PRODUCT-{number}")
        erp_make.bom(product, (part, "1"))
        orders.append(erp_make.released_work_order(product, need, priority=number))
    return orders


def line_side(code: str = "LINE-1") -> Location:
    found = Location.objects.filter(code=code).first()
    return found or masterdata.location(erp_make.place(), code, kind=Location.Kind.LINE_SIDE)


def pick_for(orders: list[WorkOrder], **fields: Any) -> MergedPick:
    return perform(merged_picks.create_merged_pick, actor=None, work_order_ids=[one.pk for one in orders], **fields)


def post(pick: MergedPick, *found: str, lot: str = "", **fields: Any) -> MergedPick:
    """Post so much found of each line, in order; "0" leaves a line out."""
    lot_id = Lot.objects.get(code=lot).pk if lot else None
    rows = [
        {"line_id": line.pk, "quantity": D(quantity), "lot_id": lot_id}
        for line, quantity in zip(pick.lines.order_by("line_no"), found, strict=True)
        if quantity != "0"
    ]
    return perform(merged_picks.post_merged_pick, actor=None, pick_id=pick.pk, found=rows, **fields)


def lot_stock(item: Item, quantity: str, *, lot: str, cost: str = "10") -> Lot:
    """Put stock of one lot into the default location."""
    row = {"item_id": item.pk, "quantity": D(quantity), "unit_cost": D(cost), "lot_code": lot}
    document = perform(
        create_stock_document,
        actor=None,
        kind="misc_receipt",
        reason_code="found",
        warehouse_id=erp_make.place().pk,
        lines=[row],
    )
    perform(post_stock_document, actor=None, document_id=document.pk)
    return Lot.objects.get(item=item, code=lot)

"""Orders that share material, and picks for them, made through their services."""

from decimal import Decimal
from typing import Any

from core.operations import perform
from erp.models import MergedPick, WorkOrder
from erp.services import merged_picks
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


def post(pick: MergedPick, *found: str, **fields: Any) -> MergedPick:
    """Post so much found of each line, in order; "0" leaves a line out."""
    rows = [
        {"line_id": line.pk, "quantity": D(quantity)}
        for line, quantity in zip(pick.lines.order_by("line_no"), found, strict=True)
        if quantity != "0"
    ]
    return perform(merged_picks.post_merged_pick, actor=None, pick_id=pick.pk, found=rows, **fields)

"""A subcontract order goes where the order of its fee goes, and tells the planner the demand of its material."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from core.audit import label_of
from core.documents import transition
from core.fields import ZERO
from core.money import round_quantity
from erp.models import Demand
from erp.services.demand import DemandRow, set_demand
from masterdata.selectors.calendars import add_working_days
from scm.errors import SubcontractFee
from scm.models import PurchaseOrder, SubcontractMaterial, SubcontractOrder
from scm.services.subcontracting.locking import subcontract_of
from scm.states import MaterialSource, PurchaseOrderState, SubcontractState

NOTHING_USED: Mapping[int, Decimal] = MappingProxyType({})


def follow_purchase_order(purchase: PurchaseOrder, to: str, *, actor: Any, at: dt.datetime) -> None:
    """Bring a subcontract order where the (locked) order of its fee has gone."""
    order = subcontract_of(purchase)
    if order is None or order.state == to:
        return
    transition(order, to, actor=actor, at=at)
    if to == SubcontractState.RELEASED:
        demand_materials(order, actor=actor, at=at)
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
    demand_materials(order, actor=actor, at=at)


def reopen_with_purchase_order(purchase: PurchaseOrder, *, actor: Any, at: dt.datetime) -> None:
    """A closed order expects goods again: its receipt was reversed, or goods went back to be replaced."""
    order = subcontract_of(purchase) if purchase.state == PurchaseOrderState.APPROVED else None
    if order is not None and order.state == SubcontractState.CLOSED:
        follow_purchase_order(purchase, SubcontractState.RELEASED, actor=actor, at=at)


def demand_materials(
    order: SubcontractOrder,
    *,
    using: Mapping[int, Decimal] = NOTHING_USED,
    actor: Any,
    at: dt.datetime,
    ended: bool = False,
) -> None:
    """Bring the demand of the material to what is still to be sent, due so that the supplier has his lead time.

    It says too what of the order's material lies at the supplier, ``using`` (by material line) being taken off it now:
    what lies there beyond that is there for others.
    Locks demands: call it before balances. A draft that nobody planned needs nothing yet.
    """
    needs = order.state == SubcontractState.RELEASED or (order.state == SubcontractState.DRAFT and order.is_planned)
    rows = []
    if needs and not ended:
        due = add_working_days(order.due_date, -order.item.lead_time_days)
        rows = [
            DemandRow(
                source_line_id=line.pk,
                item_id=line.item_id,
                quantity=line.required_quantity,
                open_quantity=line.open_quantity,
                due_date=due,
                warehouse_id=order.warehouse_id,
                partner_id=order.partner_id,
                placed_quantity=line.placed_quantity(using.get(line.pk, ZERO)),
                project_id=order.purchase_order.project_id,
            )
            for line in order.materials.filter(source=MaterialSource.SENT)
        ]
    set_demand(source_label=label_of(order), source_id=order.pk, kind="subcontract", rows=rows, actor=actor, at=at)


def forget_materials(order: SubcontractOrder, *, actor: Any, at: dt.datetime) -> None:
    """End the demand of an order that needs nothing any more; without demand no lock is taken."""
    if Demand.objects.filter(source_label=label_of(order), source_id=order.pk).exists():
        demand_materials(order, actor=actor, at=at, ended=True)

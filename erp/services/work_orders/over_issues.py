"""Asking for more material than planned 超领申请: issued once the approvers of the company's policies agree."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import audit
from core.approvals.services import require_approval
from core.documents import lock
from core.errors import InvalidInput
from core.fields import ZERO
from core.operations import operation
from erp.errors import OverIssue
from erp.errors.making import ExtraNeedsTheRight
from erp.models import WorkOrder, WorkOrderMaterial
from erp.selectors.over_issues import has_policy
from erp.services.work_orders.expecting import require_bookable
from masterdata.selectors.units import in_stock_unit
from masterdata.services.entry import check_quantity


@operation(permission="erp.issue_workorder", document=(WorkOrder, "work_order_id"))
def request_extra_material(
    *,
    work_order_id: int,
    material_id: int,
    quantity: Decimal,
    uom_id: int | None = None,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> WorkOrder:
    """Ask for so much of a material beyond the plan, in all (0: no more); approvals are bound to what is asked.

    quantity  in ``uom_id`` (None: the stock unit of the material).

    Raises:
        NotInProduction: the order is neither released nor in progress.
        InvalidInput: the line is not of this order, the quantity is below zero, or no reason is given.
        QuantityTooFine, UnitNotConvertible: as the units of the material demand.
    """
    work_order = lock(WorkOrder, work_order_id)
    require_bookable(work_order)
    line = work_order.materials.select_related("item__uom").filter(pk=material_id).first()
    if line is None:
        raise InvalidInput(message=_("One of the lines is not material of this work order."), field="material")
    if quantity < ZERO:
        raise InvalidInput(message=_("The quantity must be above zero."), field="quantity")
    if not reason.strip():
        raise InvalidInput(message=_("Say why more is needed than planned."), field="reason")
    typed = in_stock_unit(line.item, uom_id, quantity)
    quantity = typed.quantity
    check_quantity(line.item.uom, quantity)
    line.extra_quantity, line.uom_id, line.unit_factor = quantity, typed.uom_id, typed.factor
    line.save(update_fields=["extra_quantity", "uom", "unit_factor"])
    audit.record(
        work_order, "extra_requested", actor=actor, at=at, reason=reason, item=str(line.item), quantity=str(quantity)
    )
    return work_order


def require_extra_allowed(work_order: WorkOrder, line: WorkOrderMaterial, quantity: Decimal, *, actor: Any) -> None:
    """Refuse to issue more than is open, unless it was asked for and everybody who has to approve it has.

    Without a policy for it only the right to issue more than planned helps.

    Raises:
        OverIssue: nobody asked for so much.
        ExtraNeedsTheRight: it was asked for, but the company has no policy by which somebody could agree.
        ApprovalRequired, ApprovalPending: somebody has to agree first.
    """
    if quantity <= line.open_quantity + line.extra_left and not has_policy():
        raise ExtraNeedsTheRight(item=line.item, quantity=line.extra_left)
    if quantity > line.open_quantity + line.extra_left:
        raise OverIssue(item=line.item, quantity=quantity, open=line.open_quantity, line=line.line_no)
    require_approval(document=work_order, actor=actor)

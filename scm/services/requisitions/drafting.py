"""Typing a requisition and handing it in."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidTransition
from core.models.users import User
from core.notifications.services import notify
from core.operations import operation
from masterdata.models import Department, Employee
from scm.errors import AlreadyOrdered, EmptyDocument, ForeignRequisition, NotDraft, UnknownDepartment
from scm.models import PurchaseOrder, PurchaseOrderLine, Requisition, RequisitionLine
from scm.selectors.prices import last_purchases
from scm.services.line_input import References, Thing, number
from scm.services.requisitions.progress import report_requisition_supply
from scm.states import PurchaseOrderState, RequisitionOrigin, RequisitionState


@operation(permission="scm.add_requisition")
def create_requisition(
    *,
    lines: Sequence[Mapping[str, Any]],
    needed_date: dt.date,
    department_id: int | None = None,
    purpose: str = "",
    project_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Requisition:
    """Write down what an employee asks for; without ``department_id`` for the department he works in.

    lines  item_id or description; quantity in uom_id (default: stock unit); needed_date (default: the header's),
    supplier_id (a wish), warehouse_id.

    Raises:
        UnknownDepartment: none is given and the actor is no employee of one.
        InvalidInput: a line names something unknown or an impossible quantity.
    """
    requisition = Requisition(
        origin=RequisitionOrigin.TYPED,
        department_id=department_id or _own_department(actor),
        requester=actor,
        owner=actor,
        project_id=project_id,
        needed_date=needed_date,
        purpose=purpose.strip()[:200],
        note=note,
        document_date=business_date(at),
        created_at=at,
        number=next_number(Requisition, at),
    )
    written = build_lines(requisition, lines)
    requisition.save()
    RequisitionLine.objects.bulk_create(written)
    return requisition


def _own_department(actor: Any) -> int:
    department_id = Employee.objects.filter(user=actor, is_active=True).values_list("department_id", flat=True).first()
    if department_id is None:
        raise UnknownDepartment(user=actor)
    return department_id


def build_lines(requisition: Requisition, lines: Sequence[Mapping[str, Any]]) -> list[RequisitionLine]:
    """Return the unsaved lines that were typed.

    Raises:
        InvalidInput: a line names something unknown or an impossible quantity.
    """
    references = References(lines)
    last = last_purchases(int(line["item_id"]) for line in lines if line.get("item_id"))
    written = []
    for index, line in enumerate(lines):
        thing = references.thing(line, index)
        written.append(
            RequisitionLine(
                requisition=requisition,
                line_no=index + 1,
                item=thing.item,
                description=thing.description[:200],
                quantity=thing.quantity,
                uom=thing.uom,
                stock_quantity=thing.stock_quantity,
                estimated_price=_estimate(thing, line, last, index),
                needed_date=line.get("needed_date") or requisition.needed_date,
                supplier=references.named(references.partners, line, "supplier_id", index),
                warehouse=references.named(references.warehouses, line, "warehouse_id", index),
            )
        )
    return written


def _estimate(
    thing: Thing, line: Mapping[str, Any], last: Mapping[int, PurchaseOrderLine], index: int
) -> Decimal | None:
    """The price that was typed, else what the item cost when it was last bought; per unit, net, in base currency."""
    typed = line.get("estimated_price")
    if typed not in (None, ""):
        return number(typed, index, "estimated_price")
    bought = last.get(thing.item.pk) if thing.item else None
    if bought is None:
        return None
    in_base = bought.net_amount * bought.order.exchange_rate / bought.stock_quantity
    return (in_base * thing.stock_quantity / thing.quantity).quantize(Decimal("0.000001"))


@operation(permission="scm.change_requisition", document=(Requisition, "requisition_id"))
def update_requisition(
    *,
    requisition_id: int,
    lines: Sequence[Mapping[str, Any]],
    needed_date: dt.date,
    version: int | None = None,
    department_id: int | None = None,
    purpose: str = "",
    project_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Requisition:
    """Replace what a draft asks for. ``lines`` as for create_requisition; without ``department_id`` it stays.

    Raises:
        StaleVersion: somebody changed the requisition since the user saw it.
        NotDraft: it is handed in already.
        ForeignRequisition: the actor neither asked for it nor buys.
        InvalidInput: a line names something unknown or an impossible quantity.
    """
    requisition = lock(Requisition, requisition_id, version=version)
    require_own(requisition, actor)
    if requisition.state != RequisitionState.DRAFT:
        raise NotDraft(document=requisition, state=requisition.get_state_display())
    requisition.needed_date = needed_date
    requisition.department_id = department_id or requisition.department_id
    requisition.purpose = purpose.strip()[:200]
    requisition.project_id = project_id
    requisition.note = note
    written = build_lines(requisition, lines)
    requisition.version += 1
    requisition.save()
    requisition.lines.all().delete()
    RequisitionLine.objects.bulk_create(written)
    return requisition


def require_own(requisition: Requisition, actor: Any) -> None:
    """Refuse that a colleague changes a requisition; who buys may change all of them.

    Raises:
        ForeignRequisition: the actor neither asked for it nor buys.
    """
    if actor is None or requisition.requester_id == actor.pk or actor.has_perm("scm.approve_requisition"):
        return
    raise ForeignRequisition(document=requisition, requester=requisition.requester or requisition.get_origin_display())


@operation(permission="scm.submit_requisition", document=(Requisition, "requisition_id"))
def submit_requisition(*, requisition_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Requisition:
    """Hand a draft in; the department's manager and the approvers' queue learn of it.

    Raises:
        StaleVersion, ForeignRequisition: see update_requisition.
        InvalidTransition: it is not a draft.
        EmptyDocument: it asks for nothing.
    """
    requisition = lock(Requisition, requisition_id, version=version)
    require_own(requisition, actor)
    if not requisition.lines.exists():
        raise EmptyDocument(document=requisition)
    transition(requisition, RequisitionState.SUBMITTED, actor=actor, at=at)
    _tell_manager(requisition, actor, at)
    return requisition


def _tell_manager(requisition: Requisition, actor: Any, at: dt.datetime) -> None:
    department = Department.objects.select_related("manager").filter(pk=requisition.department_id).first()
    manager: User | None = department.manager if department else None
    if manager is None or manager.pk == getattr(actor, "pk", None):
        return
    notify(
        users=[manager],
        message=gettext_noop("%(who)s asks to buy something: %(document)s."),
        params={"who": str(actor), "document": requisition.number},
        url=requisition.get_absolute_url(),
        at=at,
    )


@operation(permission="scm.submit_requisition", document=(Requisition, "requisition_id"))
def withdraw_requisition(
    *, requisition_id: int, version: int | None = None, actor: Any, at: dt.datetime
) -> Requisition:
    """Take a submitted or rejected requisition back as a draft.

    Raises:
        StaleVersion, ForeignRequisition: see update_requisition.
        InvalidTransition: it is approved, closed or cancelled.
    """
    requisition = lock(Requisition, requisition_id, version=version)
    require_own(requisition, actor)
    if requisition.state not in {RequisitionState.SUBMITTED, RequisitionState.REJECTED}:
        raise InvalidTransition(
            document=requisition, state=requisition.get_state_display(), to=RequisitionState.DRAFT.label
        )
    transition(requisition, RequisitionState.DRAFT, actor=actor, at=at)
    return requisition


@operation(permission="scm.cancel_requisition", document=(Requisition, "requisition_id"))
def cancel_requisition(
    *, requisition_id: int, version: int | None = None, reason: str = "", actor: Any, at: dt.datetime
) -> Requisition:
    """Drop a requisition of which nothing is ordered.

    Raises:
        StaleVersion, ForeignRequisition: see update_requisition.
        InvalidTransition: it is closed or cancelled.
        AlreadyOrdered: a purchase order carries part of it.
    """
    requisition = lock(Requisition, requisition_id, version=version)
    require_own(requisition, actor)
    orders = (
        PurchaseOrder.objects.filter(lines__requisition_line__requisition=requisition)
        .exclude(state=PurchaseOrderState.CANCELLED)
        .distinct()
    )
    if orders:
        raise AlreadyOrdered(document=requisition, orders=[order.number for order in orders])
    transition(requisition, RequisitionState.CANCELLED, actor=actor, at=at, reason=reason)
    report_requisition_supply(requisition, actor=actor, at=at)
    return requisition

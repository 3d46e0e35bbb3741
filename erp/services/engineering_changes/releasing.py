"""Releasing engineering changes: next revisions of bills and routings; open orders follow where nothing is issued."""

import datetime as dt
from typing import Any

from django.db.models import Q

from core.approvals.services import require_approval
from core.clock import business_date
from core.documents import lock, transition
from core.locks import LockRank, advisory_lock, lock_many, lock_rows
from core.operations import operation
from erp.errors.engineering import ChangeTooLate, LaterRevisionThere
from erp.models import Bom, EngineeringChange, EngineeringChangeLine, EngineeringChangeOrder, Routing, WorkOrder
from erp.selectors.engineering_changes import OPEN_ORDERS, ItemChange, item_changes, orders_through
from erp.services.boms import create_bom, release_bom
from erp.services.boms.releasing import STRUCTURE
from erp.services.guards import require_edge
from erp.services.routings import copy_files, create_routing, release_routing
from erp.services.work_orders.re_exploding import difference_to, has_begun, re_explode
from erp.states import BomState
from erp.states.engineering import EngineeringChangeState, OrderOutcome, RoutingState
from erp.states.making import WorkOrderKind
from masterdata.models import Item
from masterdata.services.items import update_item


@operation(permission="erp.release_engineeringchange", document=(EngineeringChange, "change_id"))
def release_engineering_change(
    *, change_id: int, version: int | None = None, actor: Any, at: dt.datetime
) -> EngineeringChange:
    """Make a change valid from its day on: new revisions are released, open orders follow or are listed.

    Orders that start before that day stay; those with nothing issued get their material list anew; of those with
    something issued the difference is listed. So do orders that skip the changed level: what is in it is on their list.

    Raises:
        StaleVersion, InvalidTransition: somebody changed it, or it is no draft.
        ApprovalRequired, ApprovalPending: a policy asks for an approval that is not there.
        ChangeTooLate: its day is over.
        NothingValidToChange, NothingToChangeThere: it does not fit the bills and routings valid on that day.
        LaterRevisionThere: a revision is released already that begins later.
        BomContainsItself and the other refusals of `create_bom`, `release_bom`, `create_routing`.
    """
    advisory_lock(STRUCTURE, rank=LockRank.HEADER)
    lines = EngineeringChangeLine.objects.filter(change_id=change_id)
    item_ids = set(lines.values_list("item_id", flat=True))
    lock_many(Item, set(lines.exclude(item_revision="").values_list("item_id", flat=True)))
    change = lock(EngineeringChange, change_id, version=version)
    require_edge(change, EngineeringChangeState.RELEASED)
    require_approval(document=change, actor=actor)
    if change.effective_date < business_date(at):
        raise ChangeTooLate(date=change.effective_date)
    boms = lock_rows(Bom.objects.filter(item_id__in=item_ids))
    planned = item_changes(change)
    in_bom = {one.item.pk for one in planned if one.lines is not None}
    _require_last(change, [one for one in boms if one.state == BomState.RELEASED and one.item_id in in_bom])
    fresh = {one.item.pk: _new_bom(change, one, actor, at) for one in planned if one.lines is not None}
    routings = lock_rows(Routing.objects.filter(item_id__in=item_ids))
    in_routing = {one.item.pk for one in planned if one.operations is not None}
    released = [one for one in routings if one.state == RoutingState.RELEASED]
    _require_last(change, [one for one in released if one.item_id in in_routing])
    for one in planned:
        if one.operations is not None:
            _new_routing(change, one, actor, at)
    _carry_into_orders(change, fresh, actor, at)
    _revise_items(change, actor, at)
    change.released_on = business_date(at)
    transition(change, EngineeringChangeState.RELEASED, actor=actor, at=at, fields=["released_on"])
    return change


def _require_last(change: EngineeringChange, released: list[Any]) -> None:
    """Refuse while a released revision begins on the change's day or later: it would be overtaken unseen."""
    for one in released:
        if one.valid_from >= change.effective_date:
            raise LaterRevisionThere(document=one, date=change.effective_date)


def _new_bom(change: EngineeringChange, one: ItemChange, actor: Any, at: dt.datetime) -> Bom:
    old = one.bom
    assert old is not None
    assert one.lines is not None
    bom = create_bom(
        item_id=one.item.pk,
        lines=one.lines,
        quantity=old.quantity,
        valid_from=change.effective_date,
        valid_to=old.valid_to,
        material_weight=one.weights[0],
        conversion_weight=one.weights[1],
        note=old.note,
        actor=actor,
        at=at,
    )
    bom.engineering_change = change
    bom.save(update_fields=["engineering_change"])
    return release_bom(bom_id=bom.pk, actor=actor, at=at)


def _new_routing(change: EngineeringChange, one: ItemChange, actor: Any, at: dt.datetime) -> None:
    old = one.routing
    assert old is not None
    assert one.operations is not None
    routing = create_routing(
        item_id=one.item.pk,
        operations=one.operations,
        valid_from=change.effective_date,
        valid_to=old.valid_to,
        note=old.note,
        actor=actor,
        at=at,
    )
    routing.engineering_change = change
    routing.save(update_fields=["engineering_change"])
    copy_files(old, routing, at)
    release_routing(routing_id=routing.pk, actor=actor, at=at)


def _carry_into_orders(change: EngineeringChange, boms: dict[int, Bom], actor: Any, at: dt.datetime) -> None:
    touched = Q(item_id__in=boms) | Q(pk__in=orders_through([bom.item for bom in boms.values()]))
    standard = WorkOrderKind.STANDARD
    orders = lock_rows(WorkOrder.objects.filter(touched, state__in=OPEN_ORDERS, kind=standard, bom__isnull=False))
    rows = []
    for order in orders:
        bom = boms.get(order.item_id) or Bom.objects.get(pk=order.bom_id)
        differences = difference_to(order, bom, at)
        if order.start_date < change.effective_date:
            outcome, differences = OrderOutcome.EARLIER, []
        elif has_begun(order):
            outcome = OrderOutcome.ISSUED
        else:
            outcome = OrderOutcome.RE_EXPLODED
            re_explode(order, bom, actor=actor, at=at)
        rows.append(EngineeringChangeOrder(change=change, work_order=order, outcome=outcome, differences=differences))
    EngineeringChangeOrder.objects.bulk_create(rows)


def _revise_items(change: EngineeringChange, actor: Any, at: dt.datetime) -> None:
    for line in change.lines.exclude(item_revision=""):
        update_item(item_id=line.item_id, revision=line.item_revision, actor=actor, at=at)

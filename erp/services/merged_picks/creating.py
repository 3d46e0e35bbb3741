"""Writing merged picks: what several orders still need, gathered by item and place; giving them up."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidInput
from core.fields import ZERO
from core.locks import lock_many
from core.operations import operation
from erp.errors.making import NothingToPick, OrdersDiffer
from erp.models import MergedPick, MergedPickLine, PickShare, WorkOrder, WorkOrderMaterial
from erp.selectors.merged_picks import by_urgency, packs_of
from erp.selectors.on_picks import on_open_picks
from erp.services.work_orders.expecting import require_bookable
from erp.states.engineering import IssueMethod
from erp.states.making import MergedPickState, SplitRule
from masterdata.models import Location

Places = dict[tuple[int, int | None], list[tuple[WorkOrderMaterial, Decimal]]]


@operation(permission="erp.add_mergedpick")
def create_merged_pick(
    *,
    work_order_ids: Sequence[int],
    split_rule: str = SplitRule.PRIORITY,
    takes_packs: bool = False,
    line_side_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> MergedPick:
    """Gather what orders of one warehouse still need into one pick; it is spoken for until the pick is closed.

    Lines are by item and place; each has one share for every material line it serves, the most urgent order first.

    Raises:
        InvalidInput: no order is named, or whole packs are to be fetched and no line side is named for their rest.
        NotInProduction: an order is neither released nor in progress.
        OrdersDiffer: one is made in another warehouse than the others.
        NothingToPick: all is issued, backflushed, or on another open pick.
    """
    orders = by_urgency(lock_many(WorkOrder, work_order_ids).values())
    if not orders:
        raise InvalidInput(message=_("Choose at least one work order."), field="work_orders")
    _require_one_place(orders, takes_packs=takes_packs, line_side_id=line_side_id)
    lines = _open_materials(orders)
    if not lines:
        raise NothingToPick()
    pick = MergedPick(
        number=next_number(MergedPick, at),
        document_date=business_date(at),
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
        warehouse_id=orders[0].warehouse_id,
        line_side_id=line_side_id,
        split_rule=SplitRule(split_rule),
        takes_packs=takes_packs,
        note=note,
    )
    pick.save()
    _write_lines(pick, lines)
    return pick


def _require_one_place(orders: Sequence[WorkOrder], *, takes_packs: bool, line_side_id: int | None) -> None:
    for order in orders:
        require_bookable(order)
        if order.warehouse_id != orders[0].warehouse_id:
            raise OrdersDiffer(document=order, warehouse=order.warehouse)
    place = Location.objects.filter(pk=line_side_id, kind=Location.Kind.LINE_SIDE, warehouse=orders[0].warehouse_id)
    if line_side_id is not None and not place.exists():
        raise InvalidInput(message=_("Choose a line-side place of the warehouse."), field="line_side")
    if takes_packs and line_side_id is None:
        raise InvalidInput(message=_("Say which line side the rest of opened packs goes to."), field="line_side")


def _open_materials(orders: Sequence[WorkOrder]) -> Places:
    """What each material line still needs beyond what is on open picks, by item and place, urgent orders first."""
    rank = {order.pk: number for number, order in enumerate(orders)}
    rows = list(
        WorkOrderMaterial.objects.filter(work_order__in=orders, issue_method=IssueMethod.PICK).select_related("item")
    )
    rows.sort(key=lambda row: (rank[row.work_order_id], row.line_no, row.pk))
    spoken_for = on_open_picks(row.pk for row in rows)
    found: Places = defaultdict(list)
    for row in rows:
        wanted = row.open_quantity - spoken_for.get(row.pk, ZERO)
        if wanted > 0:
            found[row.item_id, row.location_id].append((row, wanted))
    return found


def _write_lines(pick: MergedPick, found: Places) -> None:
    packs = packs_of({item_id for item_id, _place in found}) if pick.takes_packs else {}
    lines = MergedPickLine.objects.bulk_create(
        MergedPickLine(
            pick=pick,
            line_no=number * 10,
            item_id=item_id,
            location_id=place,
            pack_quantity=packs.get(item_id, ZERO),
        )
        for number, (item_id, place) in enumerate(found, start=1)
    )
    PickShare.objects.bulk_create(
        PickShare(
            line=line,
            work_order_id=material.work_order_id,
            material=material,
            rank=rank,
            planned_quantity=wanted,
        )
        for line in lines
        for rank, (material, wanted) in enumerate(found[line.item_id, line.location_id], start=1)
    )


@operation(permission="erp.cancel_mergedpick", document=(MergedPick, "pick_id"))
def cancel_merged_pick(
    *, pick_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> MergedPick:
    """Give a pick up; what it has issued stays issued, the rest of its material is free again.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is posted or cancelled already.
    """
    pick = lock(MergedPick, pick_id, version=version)
    transition(pick, MergedPickState.CANCELLED, actor=actor, at=at, reason=reason)
    return pick

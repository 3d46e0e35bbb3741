"""Issuing whole sets 按套领料, and substitutes for material of which too little is there."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import audit
from core.clock import business_date
from core.documents import lock
from core.errors import InvalidInput
from core.fields import ZERO
from core.money import round_quantity
from core.operations import operation
from erp.errors.making import NoSubstitute, NotSoManySets
from erp.models import BomSubstitute, WorkOrder, WorkOrderMaterial
from erp.selectors.boms import valid_on
from erp.selectors.kits import kit_of, set_lines
from erp.selectors.work_orders import material_supply
from erp.services.work_orders.expecting import OPEN, expect_materials, require_bookable
from erp.services.work_orders.materials import issue_materials
from erp.services.work_orders.on_picks import require_not_on_pick
from erp.states.engineering import IssueMethod


@operation(
    permission="erp.issue_workorder",
    document=(WorkOrder, "work_order_id"),
    backdating=("posting_date", "erp.backdate_stock"),
)
def issue_kits(
    *, work_order_id: int, sets: Decimal, posting_date: dt.date | None = None, actor: Any, at: dt.datetime
) -> WorkOrder:
    """Issue the material of so many more whole sets, from where the rule of taking finds it.

    What is issued of a material already counts; each is brought to what all sets so far need, without drift.

    Raises:
        NotInProduction: the order is neither released nor in progress.
        InvalidInput: not above zero.
        NotSoManySets: names the material that is the first to run out.
        ShortStock and the other refusals of `post_moves`.
    """
    work_order = lock(WorkOrder, work_order_id)
    require_bookable(work_order)
    if sets <= 0:
        raise InvalidInput(message=_("Enter how many sets, above zero."), field="sets")
    supplies = material_supply(work_order, business_date(at))
    kit = kit_of(work_order, supplies)
    if sets > kit.possible:
        limit = kit.blocked_by or (_("On a merged pick") if kit.on_pick else work_order.item)
        raise NotSoManySets(document=work_order, sets=sets, possible=kit.possible, item=limit)
    lines = set_lines(work_order, supplies, kit.complete + sets)
    return issue_materials(work_order_id=work_order_id, lines=lines, posting_date=posting_date, actor=actor, at=at)


@operation(permission="erp.change_workorder", document=(WorkOrder, "work_order_id"))
def use_substitute(
    *,
    work_order_id: int,
    material_id: int,
    item_id: int | None = None,
    quantity: Decimal | None = None,
    actor: Any,
    at: dt.datetime,
) -> WorkOrder:
    """Replace ``quantity`` (default: all that is open) of a material by its substitute, at the ratio of the bill.

    Without an item it is the first by rank. Lines of one substitute group are replaced together, all by their
    substitutes of the same rank.

    Raises:
        NotInProduction: nothing can be issued to the order any more.
        NoSubstitute: the bill of material names none that may be used today.
        MaterialOnPick: the material is being fetched.
        InvalidInput: the line is not of this order, or more than is open of it is to be replaced.
    """
    work_order = lock(WorkOrder, work_order_id)
    if work_order.state not in OPEN:
        require_bookable(work_order)
    lines = list(work_order.materials.select_related("item__uom", "bom_line").order_by("line_no"))
    main = next((one for one in lines if one.pk == material_id), None)
    if main is None:
        raise InvalidInput(message=_("One of the lines is not material of this work order."), field="material")
    share = main.open_quantity if quantity is None else quantity
    if share <= 0 or share > main.open_quantity:
        raise InvalidInput(message=_("Replace at most what is still open of the material."), field="quantity")
    together = _group_of(main, lines)
    chosen = _substitutes(main, together, item_id, business_date(at))
    part = share / main.open_quantity
    replaced = [(one, round_quantity(one.open_quantity * part, one.item.uom_decimals)) for one in together]
    require_not_on_pick(replaced)
    last = max(one.line_no for one in lines)
    for number, (line, taken) in enumerate(replaced, start=1):
        _replace(line, taken, chosen[line.pk], last + number * 10)
        audit.record(work_order, "substituted", actor=actor, at=at, item=str(line.item), by=str(chosen[line.pk].item))
    expect_materials(work_order, actor=actor, at=at)
    return work_order


def _group_of(main: WorkOrderMaterial, lines: Sequence[WorkOrderMaterial]) -> list[WorkOrderMaterial]:
    group = main.bom_line.substitute_group if main.bom_line else ""
    if not group or main.bom_line is None:
        return [main]
    return [
        one
        for one in lines
        if one.bom_line is not None
        and (one.bom_line.bom_id, one.bom_line.substitute_group, one.path) == (main.bom_line.bom_id, group, main.path)
        and one.replaces_id is None
        and one.open_quantity > 0
    ]


def _substitutes(
    main: WorkOrderMaterial, together: Sequence[WorkOrderMaterial], item_id: int | None, day: dt.date
) -> dict[int, BomSubstitute]:
    """The substitute of every line: the wanted one (or the first) of the main line, the same rank of the others."""
    rows = BomSubstitute.objects.filter(valid_on(day), bom_line__in=[one.bom_line_id for one in together])
    known = {(row.bom_line_id, row.rank): row for row in rows.select_related("item__uom").order_by("rank")}
    own = [row for row in known.values() if row.bom_line_id == main.bom_line_id and item_id in {None, row.item_id}]
    if not own:
        raise NoSubstitute(item=main.item, date=day)
    chosen = {}
    for one in together:
        found = known.get((one.bom_line_id or 0, own[0].rank))
        if found is None:
            raise NoSubstitute(item=one.item, date=day)
        chosen[one.pk] = found
    return chosen


def _replace(line: WorkOrderMaterial, taken: Decimal, by: BomSubstitute, line_no: int) -> None:
    line.required_quantity -= taken
    line.save(update_fields=["required_quantity"])
    decimals = by.item.uom_decimals
    needed = round_quantity(taken * by.ratio, decimals)
    if needed < taken * by.ratio:
        needed += Decimal(1).scaleb(-decimals)
    WorkOrderMaterial.objects.create(
        work_order_id=line.work_order_id,
        line_no=line_no,
        item=by.item,
        required_quantity=max(needed, ZERO),
        material_kind=line.material_kind,
        location_id=line.location_id,
        issue_method=IssueMethod(line.issue_method),
        operation_no=line.operation_no,
        bom_line_id=line.bom_line_id,
        path=line.path,
        replaces=line.item,
    )

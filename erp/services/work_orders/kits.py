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
from erp.errors.making import GroupPartlyIssued, NoSubstitute, NotSoManySets
from erp.models import BomSubstitute, WorkOrder, WorkOrderMaterial
from erp.selectors.kits import group_of, kit_of, set_lines, substitutes_together
from erp.selectors.work_orders import material_supply
from erp.services.work_orders.backflush_queue import hand_over_queue
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

    Without an item it is the first by rank. Lines of one substitute group are replaced together, by all their
    substitutes of the same rank: a line may have none of it, then others stand for it too, or several.

    Raises:
        NotInProduction: nothing can be issued to the order any more.
        NoSubstitute: the bill of material names none that may be used today.
        GroupPartlyIssued: one for several needs all of them open to the same part.
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
    together = group_of(main, lines)
    chosen = _substitutes(main, together, item_id, business_date(at))
    part = share / main.open_quantity
    replaced = [(one, round_quantity(one.open_quantity * part, one.item.uom_decimals)) for one in together]
    require_not_on_pick(replaced)
    number = max(one.line_no for one in lines)
    everything = ", ".join(str(by.item) for rows in chosen.values() for by in rows)
    for line, taken in replaced:
        own = chosen[line.pk]
        fresh = [_stand_in(line, taken, by, number + 10 * place) for place, by in enumerate(own, start=1)]
        number += 10 * len(own)
        hand_over_queue(line, fresh, taken, at)
        by = ", ".join(str(one.item) for one in own) or everything
        audit.record(work_order, "substituted", actor=actor, at=at, item=str(line.item), by=by)
        line.required_quantity -= taken
        line.save(update_fields=["required_quantity"])
    expect_materials(work_order, actor=actor, at=at)
    return work_order


def _substitutes(
    main: WorkOrderMaterial, together: Sequence[WorkOrderMaterial], item_id: int | None, day: dt.date
) -> dict[int, list[BomSubstitute]]:
    """The substitutes of every line: of the first rank that may be used today, or of that of the wanted item."""
    known = substitutes_together(together, day)
    offered = [row for row in known if item_id in {None, row.item_id}]
    own = [row for row in offered if row.bom_line_id == main.bom_line_id] or offered
    if not own:
        raise NoSubstitute(item=main.item, date=day)
    of_rank = [row for row in known if row.rank == own[0].rank]
    chosen = {one.pk: [row for row in of_rank if row.bom_line_id == one.bom_line_id] for one in together}
    if any(len(rows) != 1 for rows in chosen.values()):
        for one in together:
            usual = round_quantity(
                one.required_quantity * main.open_quantity / main.required_quantity, one.item.uom_decimals
            )
            if abs(usual - one.open_quantity) > Decimal(1).scaleb(-one.item.uom_decimals):
                raise GroupPartlyIssued(item=one.item, main=main.item, open=one.open_quantity, usual=usual)
    return chosen


def _stand_in(line: WorkOrderMaterial, taken: Decimal, by: BomSubstitute, line_no: int) -> WorkOrderMaterial:
    """Put a substitute on the list for what is taken of a line."""
    decimals = by.item.uom_decimals
    needed = round_quantity(taken * by.ratio, decimals)
    if needed < taken * by.ratio:
        needed += Decimal(1).scaleb(-decimals)
    return WorkOrderMaterial.objects.create(
        work_order=line.work_order,
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

"""How many whole sets of material can be issued to an order now (可领套数), and what stands in the way of more."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from core.fields import ZERO
from core.money import round_quantity
from erp.models import BomLine, BomSubstitute, WorkOrder, WorkOrderMaterial
from erp.selectors.boms import valid_on
from erp.selectors.work_orders import MaterialSupply
from erp.states.engineering import IssueMethod
from masterdata.models import Item


@dataclass(frozen=True)
class Kit:
    """Sets issued whole already, sets that can be issued now, and the material that is the first to run out.

    ``on_pick``: material of the order waits on an open merged pick and is issued there.
    """

    complete: Decimal
    possible: Decimal
    blocked_by: Item | None = None
    on_pick: bool = False


def kit_of(work_order: WorkOrder, supplies: Iterable[MaterialSupply]) -> Kit:
    """Return how many sets an order has and can get now, in whole pieces of its own unit.

    Backflushed material does not count; what one line of an item takes is not there for the next.
    """
    lines = [one for one in supplies if _counts(one.line)]
    if not lines:
        return Kit(ZERO, ZERO)
    decimals = work_order.item.uom_decimals
    done = min(_sets(work_order, one, one.line.issued_quantity, decimals) for one in lines)
    reach = {
        one.line.pk: _sets(
            work_order, one, one.line.issued_quantity + sum((p.quantity for p in one.places), ZERO), decimals
        )
        for one in lines
    }
    first = min(lines, key=lambda one: (reach[one.line.pk], one.line.line_no))
    most = reach[first.line.pk]
    runs_out = most < work_order.quantity and not first.on_pick
    return Kit(
        done,
        max(ZERO, most - done),
        first.line.item if runs_out else None,
        on_pick=any(one.on_pick for one in lines),
    )


def _counts(line: WorkOrderMaterial) -> bool:
    return line.issue_method == IssueMethod.PICK and line.required_quantity > 0


def _sets(work_order: WorkOrder, supply: MaterialSupply, quantity: Decimal, decimals: int) -> Decimal:
    """Whole sets that ``quantity`` of one material covers, the order's quantity at most."""
    if quantity >= supply.line.required_quantity:
        return work_order.quantity
    step = Decimal(1).scaleb(-decimals)
    whole = work_order.quantity * quantity / supply.line.required_quantity // step * step
    if needed_for(work_order, supply.line, whole + step) <= quantity:
        return whole + step  # the need of a set is rounded to the unit of its material
    return whole if needed_for(work_order, supply.line, whole) <= quantity else whole - step


def needed_for(work_order: WorkOrder, line: WorkOrderMaterial, sets: Decimal) -> Decimal:
    """Return what so many sets need of a material in all."""
    return round_quantity(line.required_quantity * sets / work_order.quantity, line.item.uom_decimals)


def set_lines(work_order: WorkOrder, supplies: Iterable[MaterialSupply], sets: Decimal) -> list[dict[str, Any]]:
    """Return what is to be issued so that ``sets`` in all are issued, place by place."""
    rows: list[dict[str, Any]] = []
    for one in supplies:
        if not _counts(one.line):
            continue
        missing = needed_for(work_order, one.line, sets) - one.line.issued_quantity
        for place in one.places:
            taken = min(missing, place.quantity)
            if taken > 0:
                rows.append(
                    {
                        "material_id": one.line.pk,
                        "quantity": taken,
                        "location_id": place.location.pk,
                        "lot_id": place.lot.pk if place.lot else None,
                    }
                )
                missing -= taken
    return rows


def group_of(main: WorkOrderMaterial, lines: Iterable[WorkOrderMaterial]) -> list[WorkOrderMaterial]:
    """Return the open lines that are replaced together with a material line, itself among them."""
    own = main.bom_line
    if own is None or not own.substitute_group:
        return [main]
    return [
        one
        for one in lines
        if one.bom_line is not None
        and (one.bom_line.bom_id, one.bom_line.substitute_group, one.path)
        == (own.bom_id, own.substitute_group, main.path)
        and one.replaces_id is None
        and one.open_quantity > 0
    ]


def substitutes_together(lines: Sequence[WorkOrderMaterial], day: dt.date) -> list[BomSubstitute]:
    """Return what may replace material lines together on ``day``: of the ranks that are valid whole, by rank."""
    wanted = {one.bom_line_id for one in lines if one.bom_line_id and one.replaces_id is None}
    rows = list(BomSubstitute.objects.filter(bom_line__in=wanted).select_related("item__uom").order_by("rank", "pk"))
    over = {
        row.rank
        for row in rows
        if (row.valid_from is not None and row.valid_from > day) or (row.valid_to is not None and row.valid_to <= day)
    }
    return [row for row in rows if row.rank not in over]


def substitutes_for(line: WorkOrderMaterial, day: dt.date) -> list[list[BomSubstitute]]:
    """Return what a material line may be replaced by on ``day``, by rank, those that go together in one list.

    Of a group also what stands for its other lines; the line's own comes first.
    """
    lines = line.work_order.materials.select_related("bom_line", "item__uom")
    ranks: dict[int, list[BomSubstitute]] = {}
    for row in substitutes_together(group_of(line, lines), day):
        ranks.setdefault(row.rank, []).append(row)
    return [sorted(rows, key=lambda row: row.bom_line_id != line.bom_line_id) for rows in ranks.values()]


def replaceable(lines: Iterable[WorkOrderMaterial], day: dt.date) -> set[int]:
    """Return which material lines something may stand in for on ``day``: for themselves, or for their group."""
    by_line = {one.bom_line_id: one.pk for one in lines if one.bom_line_id and one.replaces_id is None}
    in_group = Q(bom_line__bom=OuterRef("bom"), bom_line__substitute_group=OuterRef("substitute_group"))
    others = BomSubstitute.objects.filter(valid_on(day)).filter(
        Q(bom_line=OuterRef("pk")) | (in_group & ~Q(bom_line__substitute_group=""))
    )
    found = BomLine.objects.filter(Exists(others), pk__in=by_line).values_list("pk", flat=True)
    return {by_line[pk] for pk in found}

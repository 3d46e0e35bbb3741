"""What comes out of an order beside its item: the outputs of its bill, and of the levels it makes on the way."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from core.fields import ZERO
from erp.errors.making import SkippedLevelShares
from erp.models import Bom, BomLine, WorkOrder, WorkOrderOutput
from erp.selectors.boms import valid_on
from erp.states.engineering import OUTPUT_KINDS, OutputCost

AVERAGED = ("material_weight", "fixed_amount")


def write_outputs(work_order: WorkOrder, made: Sequence[tuple[Bom, Decimal]], date: dt.date) -> None:
    """Copy the outputs that are valid on ``date`` onto a locked order.

    made  the order's own bill first, then the skipped levels, each with how much is made by it.

    Raises:
        SkippedLevelShares: what comes out beside a skipped level takes a share of its cost.
    """
    rows = planned_outputs(work_order, made, date)
    work_order.outputs.all().delete()
    WorkOrderOutput.objects.bulk_create(rows)


def planned_outputs(work_order: WorkOrder, made: Sequence[tuple[Bom, Decimal]], date: dt.date) -> list[WorkOrderOutput]:
    """Return the outputs as unsaved rows, one for each item; see `write_outputs`."""
    quantities: dict[int, Decimal] = defaultdict(Decimal)
    for bom, quantity in made:
        quantities[bom.pk] += quantity / bom.quantity
    own = made[0][0]
    lines = BomLine.objects.filter(valid_on(date), bom__in=quantities, line_kind__in=OUTPUT_KINDS)
    rows: dict[int, WorkOrderOutput] = {}
    for line in sorted(lines.select_related("component", "bom__item"), key=lambda one: (one.bom_id != own.pk, one.pk)):
        is_skipped = line.bom_id != own.pk
        fresh = _row(work_order, line, line.quantity * quantities[line.bom_id])
        known = rows.setdefault(line.component_id, fresh)
        if is_skipped and {fresh.cost_method, known.cost_method} != {OutputCost.FIXED_AMOUNT}:
            raise SkippedLevelShares(output=line.component, item=line.bom.item)
        if known is not fresh:
            _add(known, fresh)
    if len(quantities) > 1 or len(rows) < len(lines):
        for number, row in enumerate(rows.values(), start=1):
            row.line_no = number * 10
    return list(rows.values())


def _row(work_order: WorkOrder, line: BomLine, quantity: Decimal) -> WorkOrderOutput:
    return WorkOrderOutput(
        work_order=work_order,
        line_no=line.line_no,
        item=line.component,
        line_kind=line.line_kind,
        cost_method=line.cost_method,
        planned_quantity=quantity,
        material_weight=line.material_weight,
        conversion_weight=line.conversion_weight,
        cost_percent=line.cost_percent,
        fixed_amount=line.fixed_amount,
    )


def _add(known: WorkOrderOutput, more: WorkOrderOutput) -> None:
    """Two lines of one product in one way: quantities and percentages add up, what is per unit is the average."""
    whole = known.planned_quantity + more.planned_quantity
    for name in AVERAGED:
        setattr(known, name, _average(known, more, getattr(known, name), getattr(more, name)))
    if known.conversion_weight is not None or more.conversion_weight is not None:
        weights = [
            one.material_weight if one.conversion_weight is None else one.conversion_weight for one in (known, more)
        ]
        known.conversion_weight = _average(known, more, *weights)
    known.cost_percent += more.cost_percent
    known.planned_quantity = whole


def _average(one: WorkOrderOutput, other: WorkOrderOutput, first: Decimal, second: Decimal) -> Decimal:
    whole = one.planned_quantity + other.planned_quantity
    return (first * one.planned_quantity + second * other.planned_quantity) / whole if whole else ZERO

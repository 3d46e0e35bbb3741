"""Carrying a new bill of material into work orders that are open already."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from core import audit
from core.clock import business_date
from core.fields import ZERO
from erp.models import Bom, WorkOrder
from erp.selectors.boms import with_lines
from erp.services.work_orders.baselines import freeze_baseline
from erp.services.work_orders.expecting import expect_materials
from erp.services.work_orders.exploding import exploded, write_materials, write_operations
from erp.states import WorkOrderState


def has_begun(work_order: WorkOrder) -> bool:
    """Return whether material is issued or being picked, so that the list must stay as it is."""
    if work_order.state == WorkOrderState.IN_PROGRESS:
        return True
    materials = work_order.materials.all()
    return materials.filter(issued_quantity__gt=0).exists() or materials.filter(pick_shares__isnull=False).exists()


def difference_to(work_order: WorkOrder, bom: Bom, at: dt.datetime) -> list[dict[str, Any]]:
    """Return what ``bom`` would ask for otherwise than the order's list: item, code, before, after, issued, as text."""
    before: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    codes: dict[int, str] = {}
    for material in work_order.materials.select_related("item"):
        codes[material.item_id] = material.item.code
        before[material.item_id][0] += material.required_quantity
        before[material.item_id][1] += material.issued_quantity
    after: dict[int, Decimal] = defaultdict(Decimal)
    day = max(work_order.start_date, business_date(at))
    for need in exploded(work_order, with_lines(Bom.objects.filter(pk=bom.pk), day).get(), day):
        codes[need.line.component_id] = need.line.component.code
        after[need.line.component_id] += need.quantity
    return [
        {
            "item": item_id,
            "code": codes[item_id],
            "before": str(before[item_id][0]),
            "after": str(after[item_id]),
            "issued": str(before[item_id][1]),
        }
        for item_id in sorted(codes, key=codes.__getitem__)
        if before[item_id][0] != after[item_id]
    ]


def re_explode(work_order: WorkOrder, bom: Bom, *, actor: Any, at: dt.datetime) -> None:
    """Give a locked order, of which nothing is issued, the material list of ``bom``; a draft its operations too.

    Released orders keep the operations they were released with: people and outside work may hang on them. Their
    baseline is frozen anew, by what they are to be made of now.
    """
    work_order.bom = bom
    work_order.version += 1
    work_order.save()
    work_order.materials.all().delete()
    write_materials(work_order, at)
    if work_order.state == WorkOrderState.DRAFT:
        work_order.operations.all().delete()
        write_operations(work_order, at)
    else:
        freeze_baseline(work_order, at)
    expect_materials(work_order, actor=actor, at=at)
    audit.record(work_order, "re_exploded", actor=actor, at=at, bom=bom.number)

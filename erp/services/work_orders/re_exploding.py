"""Carrying a new bill of material into work orders that are open already."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core import audit
from core.clock import business_date
from core.fields import ZERO
from core.formats import readable
from core.money import round_quantity
from erp.models import Bom, WorkOrder
from erp.selectors.boms import with_lines
from erp.services.work_orders.baselines import freeze_baseline
from erp.services.work_orders.beside import planned_outputs
from erp.services.work_orders.expecting import expect_materials, expect_supply, material_written_anew
from erp.services.work_orders.exploding import exploded, write_materials, write_operations
from erp.states import WorkOrderState

TAKES_COST = ("line_kind", "cost_method", "material_weight", "conversion_weight", "cost_percent", "fixed_amount")
"""How an output of an order takes its cost."""


def has_begun(work_order: WorkOrder) -> bool:
    """Return whether material is issued or being picked, so that the list must stay as it is."""
    if work_order.state == WorkOrderState.IN_PROGRESS:
        return True
    materials = work_order.materials.all()
    return materials.filter(issued_quantity__gt=0).exists() or materials.filter(pick_shares__isnull=False).exists()


def difference_to(work_order: WorkOrder, bom: Bom, at: dt.datetime) -> list[dict[str, Any]]:
    """Return what ``bom`` would ask for otherwise than the order's list: item, code, before, after, issued, as text.

    Of what comes out beside the item likewise (``issued``: received; ``output`` is true), also when nothing but its way
    of taking cost differs (``shares``). First the order's own product, when its cost weights differ (``weights``).
    """
    before: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    codes: dict[int, str] = {}
    for material in work_order.materials.select_related("item"):
        codes[material.item_id] = material.item.code
        before[material.item_id][0] += material.required_quantity
        before[material.item_id][1] += material.issued_quantity
    after: dict[int, Decimal] = defaultdict(Decimal)
    day = max(work_order.start_date, business_date(at))
    read = with_lines(Bom.objects.filter(pk=bom.pk), day).get()
    explosion = exploded(work_order, read, day)
    for need in explosion.needs:
        codes[need.line.component_id] = need.line.component.code
        after[need.line.component_id] += need.quantity
    rows: list[dict[str, Any]] = [
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
    return [
        *_of_weights(work_order, read),
        *rows,
        *_of_outputs(work_order, [(read, work_order.quantity), *explosion.levels], day),
    ]


def _of_weights(work_order: WorkOrder, bom: Bom) -> list[dict[str, Any]]:
    """The order's own product where others come beside it and it would take its cost by other weights."""
    if work_order.bom is None or work_order.bom.item_id != bom.item_id or not work_order.outputs.exists():
        return []
    was, will = (
        " / ".join(readable(one) for one in (some.material_weight, some.conversion_weight) if one is not None)
        for some in (work_order.bom, bom)
    )
    own = {"item": bom.item_id, "code": bom.item.code, "before": was, "after": will, "issued": "0"}
    return [own | {"weights": True}] if was != will else []


def _of_outputs(work_order: WorkOrder, made: Sequence[tuple[Bom, Decimal]], day: dt.date) -> list[dict[str, Any]]:
    before = {one.item_id: one for one in work_order.outputs.select_related("item")}
    after = {one.item_id: one for one in planned_outputs(work_order, made, day)}
    rows = []
    for item_id, some in (before | after).items():
        was, will = before.get(item_id), after.get(item_id)
        old, new = (ZERO if one is None else round_quantity(one.planned_quantity) for one in (was, will))
        shares = was is not None and will is not None and any(getattr(was, n) != getattr(will, n) for n in TAKES_COST)
        if old != new or shares:
            received = ZERO if was is None else was.received_quantity
            row = {
                "item": item_id,
                "code": some.item.code,
                "before": str(old),
                "after": str(new),
                "issued": str(received),
            }
            rows.append(row | {"output": True, "shares": shares})
    return sorted(rows, key=lambda row: str(row["code"]))


def re_explode(work_order: WorkOrder, bom: Bom, *, actor: Any, at: dt.datetime) -> None:
    """Give a locked order, of which nothing is issued, the material list of ``bom``; a draft its operations too.

    Released orders keep the operations they were released with: people and outside work may hang on them. Their
    baseline is frozen anew, by what they are to be made of now.
    """
    work_order.bom = bom
    work_order.version += 1
    work_order.save()
    with material_written_anew(work_order):
        write_materials(work_order, at)
    if work_order.state == WorkOrderState.DRAFT:
        work_order.operations.all().delete()
        write_operations(work_order, at)
    else:
        freeze_baseline(work_order, at)
    expect_materials(work_order, actor=actor, at=at)
    expect_supply(work_order, actor=actor, at=at)
    audit.record(work_order, "re_exploded", actor=actor, at=at, bom=bom.number)

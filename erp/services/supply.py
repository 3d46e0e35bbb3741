"""Writing expected supply: what purchase orders, requisitions and work orders will bring."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.operations import operation
from erp.models import Supply
from erp.services.planning_events import request_plan
from erp.services.sources import number_of
from erp.states import SupplyKind

FIELDS = ["kind", "item_id", "open_quantity", "due_date", "is_firm", "warehouse_id", "source_number"]
FIELDS += ["order_line_id", "project_id", "material_source_id", "is_begun"]


@dataclass(frozen=True)
class ExpectedSupply:
    """One line's expectation: ``open_quantity`` (stock unit) still to come by ``due_date``.

    is_firm        somebody outside has promised it, or it is released here: it counts for promises to customers.
    order_line_id  the sales order line it is made for.
    project_id     the project it is made for (of an item made to order).
    material_source_id  the subcontract order whose demand is the material it is made of.
    is_begun       a part has come, or its material is with the maker: the plan leaves quantity and day as they are.
    """

    source_line_id: int
    item_id: int
    open_quantity: Decimal
    due_date: dt.date
    is_firm: bool = True
    warehouse_id: int | None = None
    order_line_id: int | None = None
    project_id: int | None = None
    material_source_id: int | None = None
    is_begun: bool = False


@operation(permission=None)
def set_expected(
    *, source_label: str, source_id: int, kind: str, rows: Sequence[ExpectedSupply], actor: Any, at: dt.datetime
) -> list[Supply]:
    """Replace the expected supply of a source by ``rows`` (those with nothing open end) and wake the planner.

    The caller holds the source's header lock.
    """
    existing = {
        row.source_line_id: row for row in Supply.objects.filter(source_label=source_label, source_id=source_id)
    }
    number = number_of(source_label, source_id)
    wanted = {
        row.source_line_id: Supply(
            kind=SupplyKind(kind),
            source_label=source_label,
            source_id=source_id,
            source_number=number,
            source_line_id=row.source_line_id,
            item_id=row.item_id,
            open_quantity=row.open_quantity,
            due_date=row.due_date,
            is_firm=row.is_firm,
            warehouse_id=row.warehouse_id,
            order_line_id=row.order_line_id,
            project_id=row.project_id,
            material_source_id=row.material_source_id,
            is_begun=row.is_begun,
        )
        for row in rows
        if row.open_quantity > 0
    }
    changed = {
        line_id: row
        for line_id, row in wanted.items()
        if line_id not in existing or any(getattr(existing[line_id], name) != getattr(row, name) for name in FIELDS)
    }
    gone = [row for line_id, row in existing.items() if line_id not in wanted]
    if gone:
        Supply.objects.filter(pk__in=[row.pk for row in gone]).delete()
    if changed:
        Supply.objects.bulk_create(
            changed.values(),
            update_conflicts=True,
            unique_fields=["source_label", "source_line_id"],
            update_fields=[Supply._meta.get_field(name).name for name in FIELDS],
        )
    touched = {row.item_id for row in gone} | {row.item_id for row in changed.values()}
    touched |= {existing[line_id].item_id for line_id in changed.keys() & existing.keys()}
    if touched:
        source = (source_label, source_id, number)
        request_plan(reason=f"supply:{kind}", item_ids=sorted(touched), source=source, actor=actor, at=at)
    return list(Supply.objects.filter(source_label=source_label, source_id=source_id).order_by("source_line_id"))

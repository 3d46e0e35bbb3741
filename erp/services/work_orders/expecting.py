"""What a work order tells the planner: the supply it will be, the demand of its material."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.audit import label_of
from core.documents import transition
from core.locks import lock_rows
from erp.errors import NotInProduction
from erp.models import Demand, WorkOrder
from erp.services.demand import DemandRow, set_demand
from erp.services.supply import ExpectedSupply, set_expected
from erp.states import DemandKind, SupplyKind, WorkOrderState
from erp.states.making import WorkOrderKind

OPEN = frozenset({WorkOrderState.DRAFT, WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS})
BOOKABLE = frozenset({WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS})


def expect_supply(work_order: WorkOrder, *, actor: Any, at: dt.datetime, ended: bool = False) -> None:
    """Bring the expected supply to what is still to be received; a draft is no promise yet.

    Co- and by-products come with the goods, as far as they have not come; a completed order promises none any more.
    What a disassembly brings is known when it is there.
    """
    rows = []
    if work_order.state in OPEN and not ended and work_order.kind != WorkOrderKind.DISASSEMBLY:
        rows.append(
            ExpectedSupply(
                source_line_id=work_order.pk,
                item_id=work_order.item_id,
                open_quantity=work_order.open_quantity,
                due_date=work_order.due_date,
                is_firm=work_order.state != WorkOrderState.DRAFT,
                warehouse_id=work_order.warehouse_id,
                order_line_id=work_order.sales_order_line_id,
                project_id=work_order.project_id,
            )
        )
        rows += _outputs(work_order)
    set_expected(
        source_label=label_of(work_order),
        source_id=work_order.pk,
        kind=SupplyKind.WORK_ORDER,
        rows=rows,
        actor=actor,
        at=at,
    )


def _outputs(work_order: WorkOrder) -> list[ExpectedSupply]:
    """What comes beside the order's item: free for anybody; its line is told from the order's own by its sign."""
    return [
        ExpectedSupply(
            source_line_id=-one.pk,
            item_id=one.item_id,
            open_quantity=one.open_quantity,
            due_date=work_order.due_date,
            is_firm=work_order.state != WorkOrderState.DRAFT,
            warehouse_id=work_order.warehouse_id,
        )
        for one in work_order.outputs.all()
    ]


def expect_materials(work_order: WorkOrder, *, actor: Any, at: dt.datetime, ended: bool = False) -> None:
    """Bring the demand of the material to what is still to be issued. Locks demands: call it before balances."""
    rows = []
    if work_order.state in OPEN and not ended:
        rows = [
            DemandRow(
                source_line_id=line.pk,
                item_id=line.item_id,
                quantity=line.required_quantity,
                open_quantity=line.open_quantity,
                due_date=work_order.start_date,
                priority=work_order.priority,
                warehouse_id=work_order.warehouse_id,
                project_id=work_order.project_id,
            )
            for line in work_order.materials.all()
            if line.required_quantity > 0
        ]
    set_demand(
        source_label=label_of(work_order),
        source_id=work_order.pk,
        kind=DemandKind.WORK_ORDER,
        rows=rows,
        actor=actor,
        at=at,
    )


@contextmanager
def material_written_anew(work_order: WorkOrder) -> Iterator[None]:
    """Delete the material list, and let the demand of its lines go on under those written meanwhile for the same items.

    So what is kept for them, in stock and of expected supply, stays as far as it is still needed.
    """
    before = list(work_order.materials.order_by("line_no", "pk").values_list("pk", "item_id"))
    work_order.materials.all().delete()
    yield
    fresh: dict[int, list[int]] = defaultdict(list)
    for pk, item_id in work_order.materials.order_by("-line_no", "-pk").values_list("pk", "item_id"):
        fresh[item_id].append(pk)
    becomes = {pk: fresh[item_id].pop() for pk, item_id in before if fresh[item_id]}
    own = lock_rows(Demand.objects.filter(source_label=label_of(work_order), source_id=work_order.pk))
    moved = [row for row in own if row.source_line_id in becomes]
    for row in moved:
        row.source_line_id = becomes[row.source_line_id]
    Demand.objects.bulk_update(moved, ["source_line_id"])


def require_bookable(work_order: WorkOrder) -> None:
    """Refuse to book on an order that is not released or in progress.

    Raises:
        NotInProduction: the order is in another state.
    """
    if work_order.state not in BOOKABLE:
        raise NotInProduction(document=work_order, state=work_order.get_state_display(), state_code=work_order.state)


def begin_progress(work_order: WorkOrder, *, actor: Any, at: dt.datetime) -> None:
    """Put a released order in progress at the first thing booked on it."""
    if work_order.state == WorkOrderState.RELEASED:
        transition(work_order, WorkOrderState.IN_PROGRESS, actor=actor, at=at)

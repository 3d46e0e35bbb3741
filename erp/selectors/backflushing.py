"""Reading what backflushing needs: how much each material is used up, where it lies, what waits in the error queue."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from core.fields import ZERO
from erp.engines.backflush import used_by_now
from erp.models import BackflushShortage, StockBalance, WorkOrder, WorkOrderMaterial
from erp.selectors.kept import kept_for
from erp.selectors.taking import first_out
from erp.selectors.usable import WITH_LINE_SIDE, usable_balances
from erp.states.engineering import BY_ITSELF, IssueMethod
from masterdata.models import Location, Warehouse
from masterdata.selectors.places import default_location


def backflushed_lines(work_order: WorkOrder) -> list[WorkOrderMaterial]:
    """Return the material that is posted by itself."""
    rows = work_order.materials.filter(issue_method__in=BY_ITSELF, required_quantity__gt=0)
    return list(rows.select_related("item__uom").order_by("line_no"))


def used_by_line(work_order: WorkOrder, lines: Iterable[WorkOrderMaterial]) -> dict[int, Decimal]:
    """Return how much of each line is used up by what is reported (or received) so far.

    A line of an operation follows that operation's good and scrapped quantity, every other one the order's. Of what is
    backflushed by transfer it is the share of what was moved to the line, and never more than that.
    """
    received = work_order.completed_quantity + work_order.scrapped_quantity
    whole = max(work_order.reported_quantity + work_order.scrapped_quantity, received)
    done = {one.number: max(one.reported_quantity, received) for one in work_order.operations.all()}
    used = {}
    for line in lines:
        by_transfer = line.issue_method == IssueMethod.TRANSFER
        used[line.pk] = used_by_now(
            line.staged_quantity if by_transfer else line.required_quantity,
            done.get(line.operation_no or 0, whole),
            work_order.quantity,
            line.item.uom_decimals,
        )
        if by_transfer:
            used[line.pk] = min(used[line.pk], line.staged_quantity)
    return used


def line_places(work_order: WorkOrder, lines: Iterable[WorkOrderMaterial]) -> dict[int, int]:
    """Return the place at the line of each material: its own, else the line side of the order's warehouse."""
    side = line_side_of(work_order.warehouse)
    return {line.pk: line.location_id or side.pk for line in lines}


def left_at_line(work_order: WorkOrder) -> QuerySet[WorkOrderMaterial]:
    """Return the material that was moved to the line for the order and is neither used up nor brought back."""
    rows = work_order.materials.filter(issue_method=IssueMethod.TRANSFER, staged_quantity__gt=F("issued_quantity"))
    return rows.select_related("item__uom").order_by("line_no")


def line_side_of(warehouse: Warehouse) -> Location:
    """Return where the material at the line lies: the first line-side place, else the usual one."""
    side = Location.objects.filter(warehouse=warehouse, kind=Location.Kind.LINE_SIDE, is_active=True)
    return side.order_by("-is_default", "code").first() or default_location(warehouse)


def at_the_line(pairs: Iterable[tuple[int, int]], day: dt.date) -> dict[tuple[int, int], list[StockBalance]]:
    """Return what may be used of (item, place), first expiring first."""
    wanted = set(pairs)
    rows = usable_balances(day, WITH_LINE_SIDE).filter(
        item_id__in={item for item, _place in wanted}, location_id__in={place for _item, place in wanted}
    )
    found: dict[tuple[int, int], list[StockBalance]] = defaultdict(list)
    for row in sorted(rows.select_related("item", "location__warehouse", "lot"), key=first_out):
        if (row.item_id, row.location_id) in wanted:
            found[row.item_id, row.location_id].append(row)
    return found


def open_shortages() -> QuerySet[BackflushShortage]:
    """Return the error queue, oldest first."""
    rows = BackflushShortage.objects.filter(resolved_at__isnull=True)
    return rows.select_related("work_order", "item__uom", "location__warehouse").order_by("report_date", "pk")


def waiting_orders(user: Any) -> list[int]:
    """Return the orders that ``user`` may see and whose queue is not empty, the oldest error first."""
    visible = WorkOrder.objects.visible_to(user).values("pk")
    keys = open_shortages().filter(work_order__in=visible).values_list("work_order_id", flat=True)
    return list(dict.fromkeys(keys))


def to_be_staged(work_order: WorkOrder, day: dt.date) -> list[tuple[WorkOrderMaterial, StockBalance, Decimal]]:
    """Return what of material backflushed by transfer is still to be moved to the line, and the stock to take it from.

    First expiring first; what is kept for the order counts as free.
    """
    rows = work_order.materials.filter(issue_method=IssueMethod.TRANSFER).select_related("item").order_by("line_no")
    lines = [line for line in rows if line.open_quantity > line.at_line_quantity]
    stored = usable_balances(day).filter(
        item_id__in={line.item_id for line in lines}, location__warehouse_id=work_order.warehouse_id
    )
    stock = sorted(stored.select_related("item", "location__warehouse", "lot"), key=first_out)
    left = {row.pk: row.available for row in stock}
    kept = kept_for(line.pk for line in lines)
    found = []
    for line in lines:
        missing = line.open_quantity - line.at_line_quantity
        for row in (row for row in stock if row.item_id == line.item_id and row.location_id != line.location_id):
            own = kept.get((line.pk, row.pk), ZERO)
            taken = min(missing, left[row.pk] + own)
            if taken > 0:
                found.append((line, row, taken))
                left[row.pk] -= max(ZERO, taken - own)
                missing -= taken
    return found

"""The error queue of backflushing: what reports used up and could not be posted, by material and day of the report."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.fields import ZERO
from core.money import round_quantity
from erp.engines.backflush import to_issue
from erp.errors.making import QueueNotEmpty
from erp.models import BackflushShortage, ProductionReport, WorkOrder, WorkOrderMaterial
from erp.selectors.backflushing import open_shortages, used_by_line
from erp.states.making import ShortageReason


@dataclass(frozen=True)
class Missing:
    """What of one material was wanted, what of it is missing still, and why; ``place`` is where it should lie."""

    line: WorkOrderMaterial
    wanted: Decimal
    missing: Decimal
    reason: ShortageReason
    place: int


def bring_up_queue(
    work_order: WorkOrder,
    found: Sequence[Missing],
    *,
    date: dt.date,
    report: ProductionReport | None,
    at: dt.datetime,
) -> None:
    """Bring the error queue of an order to what is missing now.

    ``found``: every material the order posts by itself. What could be posted settles the oldest errors first (a report
    that takes one back: those of that day first); what this report, of ``date``, used up and is missing is an error of
    that day.
    """
    rows = _rows_by_line(work_order)
    undone = report.reverses.report_date if report is not None and report.reverses is not None else None
    fresh, changed = [], []
    for one in found:
        known = rows.get(one.line.pk, [])
        new = max(ZERO, one.wanted - sum((row.missing_quantity for row in known), ZERO))
        left = one.missing
        added = min(new, left)
        left -= added
        for row in sorted(known, key=lambda row: (row.report_date == undone, -row.report_date.toordinal())):
            row.missing_quantity, rest = min(row.missing_quantity, left), left
            left = rest - row.missing_quantity
            row.reason_code = one.reason
        changed += known
        same_day = next((row for row in known if row.report_date == date), None)
        if added and same_day is not None:
            same_day.missing_quantity += added
        elif added:
            fresh.append(_error(work_order, one, added, date=date, report=report, at=at))
    _store(changed, at)
    BackflushShortage.objects.bulk_create(fresh)


def _error(
    work_order: WorkOrder,
    one: Missing,
    quantity: Decimal,
    *,
    date: dt.date,
    report: ProductionReport | None,
    at: dt.datetime,
) -> BackflushShortage:
    return BackflushShortage(
        work_order=work_order,
        material=one.line,
        item=one.line.item,
        location_id=one.place,
        missing_quantity=quantity,
        reason_code=one.reason,
        report=report,
        report_date=date,
        created_at=at,
    )


def _rows_by_line(work_order: WorkOrder) -> Mapping[int, list[BackflushShortage]]:
    """The open errors of an order by material, the oldest first."""
    found: dict[int, list[BackflushShortage]] = defaultdict(list)
    for row in open_shortages().filter(work_order=work_order).select_related("material__item__uom"):
        found[row.material_id].append(row)
    return found


def _store(rows: Sequence[BackflushShortage], at: dt.datetime) -> None:
    """Write what is left of errors down; those of which nothing is left are settled, with what they were last."""
    settled = [row.pk for row in rows if row.missing_quantity <= 0]
    BackflushShortage.objects.filter(pk__in=settled).update(resolved_at=at)
    left = [row for row in rows if row.missing_quantity > 0]
    BackflushShortage.objects.bulk_update(left, ["missing_quantity", "reason_code"])


def settle_queue(work_order: WorkOrder, at: dt.datetime) -> None:
    """Bring the queue of an order to what is missing after material was issued or returned by hand."""
    rows = _rows_by_line(work_order)
    if not rows:
        return
    lines = {pk: some[0].material for pk, some in rows.items()}
    used = used_by_line(work_order, lines.values())
    for pk, some in rows.items():
        left = to_issue(used[pk], lines[pk].issued_quantity)
        for row in reversed(some[1:]):
            row.missing_quantity = min(row.missing_quantity, left)
            left -= row.missing_quantity
        some[0].missing_quantity = left
    _store([row for some in rows.values() for row in some], at)


def hand_over_queue(old: WorkOrderMaterial, new: Sequence[WorkOrderMaterial], taken: Decimal, at: dt.datetime) -> None:
    """Let what is missing of a material, of which ``taken`` is replaced, wait for its substitutes instead.

    Each error stays on the day of its report.
    """
    fresh, changed, left = [], _rows_by_line(old.work_order).get(old.pk, []), taken
    for row in changed:
        gone = min(row.missing_quantity, left)
        row.missing_quantity -= gone
        left -= gone
        for one in new:
            by = round_quantity(one.required_quantity * gone / taken, one.item.uom_decimals)
            if by > 0:
                missing = Missing(one, by, by, ShortageReason.SHORT, row.location_id)
                fresh.append(_error(old.work_order, missing, by, date=row.report_date, report=row.report, at=at))
    _store(changed, at)
    BackflushShortage.objects.bulk_create(fresh)


def require_empty_queue(work_order: WorkOrder) -> None:
    """Refuse to settle an order while material it used up is not posted.

    Raises:
        QueueNotEmpty: names the first item and what is missing of it.
    """
    row = open_shortages().filter(work_order=work_order).first()
    if row is not None:
        raise QueueNotEmpty(document=work_order, item=row.item, missing=row.missing_quantity)


def waiting_orders(item_ids: Iterable[int]) -> list[int]:
    """Return the orders whose queue waits for one of the items, the oldest error first."""
    rows = open_shortages().filter(item_id__in=list(item_ids)).values_list("work_order_id", flat=True)
    return list(dict.fromkeys(rows))

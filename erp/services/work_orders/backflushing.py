"""Backflushing 倒冲: material posted by itself from what is reported; what cannot be posted waits in a queue."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core import audit
from core.clock import business_date
from core.documents import lock
from core.fields import ZERO
from core.operations import operation
from erp import ports
from erp.engines.backflush import to_issue
from erp.models import (
    BackflushMove,
    BackflushShortage,
    ProductionReceipt,
    ProductionReport,
    StockBalance,
    StockMove,
    WorkOrder,
    WorkOrderMaterial,
)
from erp.selectors.backflushing import at_the_line, backflushed_lines, line_places, open_shortages, used_by_line
from erp.selectors.kept import kept_for
from erp.selectors.stock_days import lowest_since
from erp.selectors.stock_rules import stock_rules
from erp.services.stock import MoveInput, lock_stock, reversal_of
from erp.services.work_orders.backflush_queue import Missing, bring_up_queue
from erp.services.work_orders.issuing import Part, issue_moves, lock_demands, post_materials
from erp.states import MoveKind, WorkOrderState
from erp.states.engineering import IssueMethod
from erp.states.making import ShortageReason
from masterdata.models import Item, Location
from masterdata.selectors.places import virtual_location


@dataclass
class Flush:
    """The material of one order that is posted by itself, with every row it can touch locked.

    back  movements that may come back because a report or a receipt is taken back: its own first, then the latest.
    booked_on  the days on which something was posted.
    """

    work_order: WorkOrder
    lines: list[WorkOrderMaterial]
    places: dict[int, int] = field(default_factory=dict)
    demands: dict[int, int] = field(default_factory=dict)
    back: list[StockMove] = field(default_factory=list)
    booked_on: set[dt.date] = field(default_factory=set)


def prepare(
    work_order: WorkOrder,
    *,
    at: dt.datetime,
    also: Sequence[MoveInput] = (),
    taken_back: ProductionReport | ProductionReceipt | None = None,
) -> Flush:
    """Lock what backflushing the order can touch (and ``also``, what the caller posts besides); call `flush` then.

    Called when nothing is to change on demands any more, and before any balance is locked.
    """
    state = Flush(work_order, backflushed_lines(work_order))
    if not state.lines:
        return state
    state.places = line_places(work_order, state.lines)
    if taken_back is not None:
        state.back = _may_come_back(work_order, taken_back)
    state.demands = lock_demands([work_order.pk])
    lock_stock(moves=[*_possible(state), *reversal_of(state.back, demands=state.demands), *also])
    return state


def _possible(state: Flush) -> list[MoveInput]:
    """A move from every place and lot that may be taken from: what is locked, whatever is taken in the end."""
    production = virtual_location(Location.Kind.PRODUCTION)
    pairs = {(line.item_id, state.places[line.pk]) for line in state.lines}
    rows = StockBalance.objects.filter(
        item_id__in={item for item, _place in pairs},
        location_id__in={place for _item, place in pairs},
        owner__isnull=True,
        on_hand__gt=0,
    )
    wanting: dict[int, list[int | None]] = defaultdict(list)
    for line in state.lines:
        wanting[line.item_id].append(state.demands.get(line.pk))
    return [
        MoveInput(row.item_id, row.location_id, production.pk, ZERO, row.lot_id, demand_id=demand)
        for row in rows
        for demand in wanting[row.item_id]
    ]


def _may_come_back(work_order: WorkOrder, taken_back: ProductionReport | ProductionReceipt) -> list[StockMove]:
    rows = BackflushMove.objects.filter(material__work_order=work_order).select_related("move")
    own = {row.pk for row in taken_back.backflushed.all()}
    return [row.move for row in sorted(rows, key=lambda row: (row.pk not in own, -row.pk))]


def flush(
    state: Flush,
    *,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
    report: ProductionReport | None = None,
    receipt: ProductionReceipt | None = None,
    uses_up: bool = False,
) -> list[BackflushMove]:
    """Post what is used up and not issued yet, first expiring first; the rest goes to the error queue.

    date  the day of the report: what did not lie at the line on it, or is gone since, waits in the queue.
    ``uses_up``: all that was moved to the line for the order, whatever is reported. Returns what it posted. A report
    that is taken back brings its movements back first: the same lots at their value.
    """
    if not state.lines:
        return []
    used = used_by_line(state.work_order, state.lines)
    if uses_up:
        used |= {line.pk: line.staged_quantity for line in state.lines if line.issue_method == IssueMethod.TRANSFER}
    _bring_back(state, used, date=date, actor=actor, at=at)
    wanted = {line.pk: to_issue(used[line.pk], line.issued_quantity) for line in state.lines}
    parts, missing = _parts(state, wanted, date, business_date(at))
    links = _post(state, parts, date=date, actor=actor, at=at, report=report, receipt=receipt)
    found = [
        Missing(line, wanted[line.pk], *missing.get(line.pk, (ZERO, ShortageReason.SHORT)), state.places[line.pk])
        for line in state.lines
    ]
    bring_up_queue(state.work_order, found, date=date, report=report, at=at)
    return links


def _post(
    state: Flush,
    parts: Sequence[Part],
    *,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
    report: ProductionReport | None = None,
    receipt: ProductionReceipt | None = None,
) -> list[BackflushMove]:
    if not parts:
        return []
    posted = post_materials(
        state.work_order,
        state.lines,
        issue_moves(parts, state.demands),
        MoveKind.ISSUE,
        date,
        actor=actor,
        at=at,
        reason=_why(report, receipt),
    )
    state.booked_on.add(posted.date)
    return BackflushMove.objects.bulk_create(
        BackflushMove(move=move, material_id=move.source_line_id or 0, report=report, receipt=receipt)
        for move in posted.moves
    )


def _why(report: ProductionReport | None, receipt: ProductionReceipt | None) -> str:
    return "" if report is None and receipt is None else str(report or receipt)


def _bring_back(state: Flush, used: Mapping[int, Decimal], *, date: dt.date, actor: Any, at: dt.datetime) -> None:
    """Reverse movements of what is issued beyond what is used up now that something was taken back."""
    if not state.back:
        return
    lines = {line.pk: line for line in state.lines}
    excess = {line.pk: max(ZERO, line.issued_quantity - used[line.pk]) for line in state.lines}
    left = _left_of(state.back)
    quantities: dict[int, Decimal] = {}
    for move in state.back:
        pk = move.source_line_id or 0
        quantities[move.pk] = min(left[move.pk], excess.get(pk, ZERO))
        if pk in excess:
            excess[pk] -= quantities[move.pk]
    back = [move for move in state.back if quantities[move.pk] > 0]
    if not back:
        return
    inputs = [
        _of_order(one, state.work_order) for one in reversal_of(back, demands=state.demands, quantities=quantities)
    ]
    for move in back:
        lines[move.source_line_id or 0].issued_quantity -= quantities[move.pk]
    post_materials(state.work_order, state.lines, inputs, MoveKind.ISSUE, date, actor=actor, at=at)


def _left_of(moves: Sequence[StockMove]) -> dict[int, Decimal]:
    """What of movements has not come back yet."""
    rows = StockMove.objects.filter(reverses__in=[move.pk for move in moves]).order_by("reverses_id")
    reversed_ = dict(rows.values_list("reverses_id").annotate(total=Sum("quantity")))
    return {move.pk: move.quantity - reversed_.get(move.pk, ZERO) for move in moves}


def _of_order(move: MoveInput, work_order: WorkOrder) -> MoveInput:
    return MoveInput(
        item_id=move.item_id,
        from_location_id=move.from_location_id,
        to_location_id=move.to_location_id,
        quantity=move.quantity,
        lot_id=move.lot_id,
        source_line_id=move.source_line_id,
        reverses_id=move.reverses_id,
        work_order_id=work_order.pk,
        demand_id=move.demand_id,
    )


def _parts(
    state: Flush, wanted: Mapping[int, Decimal], day: dt.date, today: dt.date
) -> tuple[list[Part], dict[int, tuple[Decimal, ShortageReason]]]:
    """What is taken from where on ``day``, and what of each line is missing; no later day ends below zero."""
    production = virtual_location(Location.Kind.PRODUCTION)
    whole_only = stock_rules().queues_whole_lines
    needy = [line for line in state.lines if wanted[line.pk] > 0]
    there = at_the_line({(line.item_id, state.places[line.pk]) for line in needy}, day) if needy else {}
    every = [row for rows in there.values() for row in rows]
    left = {row.pk: row.available for row in every}
    then = lowest_since(every, day) if day < today else {row.pk: row.on_hand for row in every}
    kept = kept_for(line.pk for line in needy)
    parts: list[Part] = []
    missing: dict[int, tuple[Decimal, ShortageReason]] = {}
    for line in needy:
        if line.item.tracking == Item.Tracking.SERIAL:
            missing[line.pk] = (wanted[line.pk], ShortageReason.SERIAL)
            continue
        rest, taken, came_later = wanted[line.pk], [], False
        for row in there.get((line.item_id, state.places[line.pk]), ()):
            now = left[row.pk] + kept.get((line.pk, row.pk), ZERO)
            part = min(rest, now, then[row.pk])
            came_later = came_later or part < min(rest, now)
            if part > 0:
                taken.append((row, part))
                rest -= part
        if rest and whole_only:
            taken, rest = [], wanted[line.pk]
        for row, part in taken:
            left[row.pk] -= max(ZERO, part - kept.get((line.pk, row.pk), ZERO))
            then[row.pk] -= part
            parts.append(Part(line, part, row.location_id, production.pk, row.lot_id))
        if rest:
            missing[line.pk] = (rest, ShortageReason.LATER if came_later else ShortageReason.SHORT)
    return parts, missing


@operation(permission="erp.retry_backflushshortage", document=(WorkOrder, "work_order_id"))
def retry_backflush(*, work_order_id: int, actor: Any, at: dt.datetime) -> WorkOrder:
    """Post again what waits in the error queue of an order; what is still missing stays there.

    It is booked on the day of its report, as far as the goods lay there then and that day's period is open; the rest
    today. The timeline says which days those were, and so does ``booked_on`` of the order returned.
    """
    work_order = lock(WorkOrder, work_order_id)
    if work_order.state not in {WorkOrderState.IN_PROGRESS, WorkOrderState.COMPLETED}:
        return work_order
    rows = list(open_shortages().filter(work_order=work_order).select_related("report"))
    if not rows:
        return work_order
    today = business_date(at)
    state = prepare(work_order, at=at)
    reports = {row.report_date: row.report for row in rows}
    bookable = [day for day in sorted(reports) if day < today and ports.adjustment_date("stock", day) == day]
    for day in bookable:
        others = [row for row in rows if row.report_date > day or row.report_date not in bookable]
        parts, _missing = _parts(state, _wanted_without(state, others), day, today)
        _post(state, parts, date=day, actor=actor, at=at, report=reports[day])
    flush(state, date=today, actor=actor, at=at, report=rows[0].report)
    work_order.booked_on = sorted(state.booked_on)  # type: ignore[attr-defined]
    if state.booked_on:
        booked, reported = ([day.isoformat() for day in sorted(days)] for days in (state.booked_on, reports))
        audit.record(work_order, "backflush_retried", actor=actor, at=at, booked_on=booked, reported_on=reported)
    return work_order


def _wanted_without(state: Flush, rows: Sequence[BackflushShortage]) -> dict[int, Decimal]:
    """What is used up and not posted, by material, less the errors that are to be booked on another day."""
    other: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        other[row.material_id] += row.missing_quantity
    used = used_by_line(state.work_order, state.lines)
    return {line.pk: max(ZERO, to_issue(used[line.pk], line.issued_quantity) - other[line.pk]) for line in state.lines}

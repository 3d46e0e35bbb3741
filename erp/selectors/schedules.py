"""Reading plans of capacity: compared with the live times, and as bars on machines."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from erp.engines.scheduling import Placed, schedule
from erp.models import (
    OperationSlot,
    PlannedOrder,
    PlannedOrderTime,
    SchedulePlan,
    SchedulePlanProposal,
    SchedulePlanRow,
    WorkCenter,
    WorkOrder,
)
from erp.selectors.schedule_inputs import company_zone, schedule_inputs
from erp.selectors.work_centers import capacities
from erp.states.making import OperationState

DAY_SECONDS = 86_400
PICTURE_WIDTH, LANE, HEAD, BAR, LABELS = 1400, 34, 28, 26, 170
SPANS = (7, 14, 28, 56)


def schedule_plans() -> QuerySet[SchedulePlan]:
    """Return the plans with how many operations each has."""
    return SchedulePlan.objects.select_related("owner").annotate(operations=Count("rows")).order_by("-pk")


def accepted_time(order: PlannedOrder) -> PlannedOrderTime | None:
    """Return the dates that an accepted plan gave a planned order somebody had moved."""
    rows = PlannedOrderTime.objects.filter(item_id=order.item_id, due_date=order.due_date, sequence=order.sequence)
    return rows.select_related("plan").first()


def rows_of(plan: SchedulePlan) -> list[SchedulePlanRow]:
    """Return the rows of a plan with order, item and work centre, by time."""
    rows = plan.rows.select_related(
        "work_center", "operation__work_order__item", "operation__work_order__sales_order_line__order__partner"
    )
    return list(rows.order_by("starts_at", "pk"))


def proposals_of(plan: SchedulePlan) -> list[SchedulePlanProposal]:
    """Return the operations of planned orders in a plan, by time."""
    rows = plan.proposals.select_related("work_center", "item", "order_line__order__partner")
    return list(rows.order_by("starts_at", "pk"))


@dataclass
class Shift:
    """One work order, or planned order, in a plan against what holds now.

    order   the work order; of a planned one its first operation in the plan (with item, due date, customer alike).
    starts, ends  local dates in the plan.   before  when it would end now (its last accepted time, else its due date).
    days_moved    later (below zero: earlier) than now.   days_late  after its due date.
    promised      what the customer of the order line was told, and whether the plan breaks it.
    """

    order: WorkOrder | SchedulePlanProposal
    starts: dt.date
    ends: dt.date
    before: dt.date
    material_date: dt.date | None
    rows: Sequence[SchedulePlanRow | SchedulePlanProposal] = field(default_factory=list)

    @property
    def is_planned(self) -> bool:
        """Whether it is a planned order, not a work order."""
        return isinstance(self.order, SchedulePlanProposal)

    @property
    def days_moved(self) -> int:
        """Days later than now."""
        return (self.ends - self.before).days

    @property
    def days_late(self) -> int:
        """Days after the due date of the order."""
        return max(0, (self.ends - self.order.due_date).days)

    @property
    def promised(self) -> dt.date | None:
        """When the customer expects it; None when the order is for nobody alone."""
        line = self.order.sales_order_line
        return line.promised_date or line.due_date if line else None

    @property
    def breaks_promise(self) -> bool:
        """Whether a customer gets it later than promised."""
        return self.promised is not None and self.ends > self.promised


def shifts_of(rows: Sequence[SchedulePlanRow], proposals: Sequence[SchedulePlanProposal] = ()) -> list[Shift]:
    """Return the orders of a plan's rows, those that break a promise first, then the latest."""
    zone = company_zone()
    found = [*_shifts_of_orders(rows, zone), *_shifts_of_proposals(proposals, zone)]
    return sorted(found, key=lambda one: (not one.breaks_promise, -one.days_late, -one.days_moved, str(one.order)))


def _shifts_of_proposals(proposals: Sequence[SchedulePlanProposal], zone: dt.tzinfo) -> list[Shift]:
    own: dict[str, list[SchedulePlanProposal]] = defaultdict(list)
    for one in proposals:
        own[one.identity].append(one)
    return [
        Shift(
            order=parts[0],
            starts=min(row.starts_at for row in parts).astimezone(zone).date(),
            ends=max(row.ends_at for row in parts).astimezone(zone).date(),
            before=parts[0].due_date,
            material_date=None,
            rows=parts,
        )
        for parts in own.values()
    ]


def _shifts_of_orders(rows: Sequence[SchedulePlanRow], zone: dt.tzinfo) -> list[Shift]:
    own: dict[int, list[SchedulePlanRow]] = defaultdict(list)
    for row in rows:
        own[row.operation.work_order_id].append(row)
    found = []
    for parts in own.values():
        order = parts[0].operation.work_order
        earlier = [row.was_ends_at for row in parts if row.was_ends_at]
        found.append(
            Shift(
                order=order,
                starts=min(row.starts_at for row in parts).astimezone(zone).date(),
                ends=max(row.ends_at for row in parts).astimezone(zone).date(),
                before=max(earlier).astimezone(zone).date() if earlier else order.due_date,
                material_date=parts[0].material_date,
                rows=parts,
            )
        )
    return found


@dataclass(frozen=True)
class Bar:
    """An operation in the picture, in its units. ``order_key`` is shared by the operations of one order."""

    row: Any
    order_key: str
    url: str
    x: int
    y: int
    width: int
    label: str
    title: str
    is_late: bool
    can_move: bool
    is_planned: bool = False


@dataclass(frozen=True)
class Lane:
    """A machine of a work centre: a line of the picture."""

    center: WorkCenter
    machine: int
    y: int

    @property
    def label(self) -> str:
        """The work centre, with the machine's number when there are several."""
        return f"{self.center.code} {self.machine + 1}" if self.center.machines > 1 else self.center.code


@dataclass(frozen=True)
class Gantt:
    """A picture: lanes down, time across. ``free`` are (x, y, width) without working hours; ``seconds_per_unit``."""

    first: dt.datetime
    days: list[tuple[int, dt.date]]
    lanes: list[Lane]
    bars: list[Bar]
    free: list[tuple[int, int, int]]
    width: int
    height: int
    seconds_per_unit: int
    now_x: int


def gantt(rows: Iterable[Any], at: dt.datetime, span: int, *, start: dt.date | None = None, movable: bool) -> Gantt:
    """Return rows (of a plan, or accepted times) as a picture of ``span`` days from ``start`` (today) on."""
    zone = company_zone()
    shown = [row for row in rows if row.work_center_id is not None]
    first_day = start or at.astimezone(zone).date()
    first = dt.datetime.combine(first_day, dt.time(), tzinfo=zone)
    unit = span * DAY_SECONDS // PICTURE_WIDTH
    centers = {row.work_center_id: row.work_center for row in shown}
    lanes = _lanes(centers.values())
    places = {(lane.center.pk, lane.machine): lane for lane in lanes}
    bars = [_bar(row, places[row.work_center_id, max(row.machine, 0)], first, unit, movable=movable) for row in shown]
    day_width = DAY_SECONDS // unit
    days = [(LABELS + place * day_width, first_day + dt.timedelta(days=place)) for place in range(span)]
    offered = capacities(centers, first_day, first_day + dt.timedelta(days=span - 1))
    return Gantt(
        first=first,
        days=days,
        lanes=lanes,
        bars=[bar for bar in bars if bar.x + bar.width > LABELS and bar.x < LABELS + PICTURE_WIDTH],
        free=[(x, lane.y, day_width) for lane in lanes for x, day in days if not offered[lane.center.pk][day]],
        width=LABELS + PICTURE_WIDTH,
        height=HEAD + LANE * len(lanes),
        seconds_per_unit=unit,
        now_x=LABELS + max(0, int((at - first).total_seconds()) // unit),
    )


def _lanes(centers: Iterable[WorkCenter]) -> list[Lane]:
    lanes: list[Lane] = []
    for center in sorted(centers, key=lambda one: one.code):
        for machine in range(center.machines):
            lanes.append(Lane(center, machine, HEAD + LANE * len(lanes)))
    return lanes


def _bar(row: Any, lane: Lane, first: dt.datetime, unit: int, *, movable: bool) -> Bar:
    x = LABELS + int((row.starts_at - first).total_seconds()) // unit
    end = LABELS + int((row.ends_at - first).total_seconds()) // unit
    is_planned = isinstance(row, SchedulePlanProposal)
    order = row if is_planned else row.operation.work_order
    operation = f"{row.number} {row.label()}" if is_planned else row.operation
    label = str(row) if is_planned else f"{order.number} {row.operation.number}"
    zone = first.tzinfo
    times = [moment.astimezone(zone).strftime("%m-%d %H:%M") for moment in (row.starts_at, row.ends_at)]
    left = max(x, LABELS)
    return Bar(
        row=row,
        order_key=f"p{row.identity}" if is_planned else str(order.pk),
        url=order.get_absolute_url(),
        x=left,
        y=lane.y + (LANE - BAR) // 2,
        width=max(4, end - left),
        label=label,
        title=f"{order if is_planned else order.number} {order.item.code} · {operation} · {times[0]} – {times[1]}",
        is_late=row.ends_at.astimezone(zone).date() > order.due_date,
        can_move=movable
        and (is_planned or (not row.operation.reported_quantity and row.operation.state == OperationState.WAITING)),
        is_planned=is_planned,
    )


def live_slots() -> QuerySet[OperationSlot]:
    """Return the accepted times of operations that are not done, with order and item."""
    return (
        OperationSlot.objects.exclude(operation__state="done")
        .filter(operation__work_order__state__in=["draft", "released", "in_progress"])
        .select_related("work_center", "operation__work_order__item")
        .order_by("starts_at", "pk")
    )


def proposals_beside(slots: Sequence[OperationSlot], at: dt.datetime) -> list[SchedulePlanProposal]:
    """Return where planned orders of the near horizon fit beside the accepted times, as rows that are not stored."""
    inputs = schedule_inputs(SchedulePlan(with_drafts=True, with_planned=True, waits_for_material=True), at)
    busy = {
        slot.operation_id: Placed(
            slot.operation_id,
            slot.work_center_id,
            slot.machine,
            inputs.clock(slot.starts_at),
            inputs.clock(slot.ends_at),
        )
        for slot in slots
    }
    for job in inputs.jobs:
        for step in job.steps:
            step.fixed = busy.get(step.key, step.fixed)
    answer = schedule(inputs.resources, inputs.jobs, now=inputs.now)
    centers = {center.pk: center for center in WorkCenter.objects.all()}
    found = []
    for key, one in inputs.proposals.items():
        placed = answer.placed.get(key)
        if placed is not None:
            found.append(
                SchedulePlanProposal(
                    identity=one.order.identity,
                    item=one.order.item,
                    quantity=one.order.quantity,
                    due_date=one.order.due_date,
                    number=one.operation.number,
                    name=one.operation.name,
                    name_zh=one.operation.name_zh,
                    work_center=centers[placed.resource] if placed.resource else None,
                    machine=placed.machine,
                    starts_at=inputs.moment(placed.start),
                    ends_at=inputs.moment(placed.end),
                )
            )
    return found

"""What finite scheduling works on: machines with their minutes, open orders with what is left of their operations."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from core.clock import company
from core.fields import ZERO
from erp.engines.material_dates import Pool, material_days
from erp.engines.scheduling import DAY, Choice, Job, Placed, Resource, Step, placed_at
from erp.models import (
    OperationSlot,
    RoutingAlternate,
    SchedulePlan,
    Supply,
    WorkCenter,
    WorkOrder,
    WorkOrderMaterial,
    WorkOrderOperation,
)
from erp.selectors.schedule_proposals import Proposal, proposed_jobs
from erp.selectors.usable import WITH_LINE_SIDE, usable_balances
from erp.selectors.work_centers import capacities
from erp.states import WorkOrderState
from erp.states.engineering import RoutingState
from erp.states.making import OperationState
from masterdata.models import Item

HORIZON = 400
"""Days of the calendar that are laid out; an operation that does not fit into them has no place."""
EIGHT = 480
HUNDRED = Decimal(100)
OPEN = (WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS)
OUTSIDE_DAYS = 5
"""A subcontracted operation takes so many days when nothing is known of its supplier."""


@dataclass
class Inputs:
    """A scheduling problem and the rows behind it, by key of operation and order."""

    resources: list[Resource]
    jobs: list[Job]
    now: int
    zone: ZoneInfo
    operations: dict[int, WorkOrderOperation] = field(default_factory=dict)
    slots: dict[int, OperationSlot] = field(default_factory=dict)
    material: dict[int, dt.date] = field(default_factory=dict)
    proposals: dict[int, Proposal] = field(default_factory=dict)

    def moment(self, clock: int) -> dt.datetime:
        """Return a clock minute as a moment (UTC)."""
        day, minute = divmod(clock, DAY)
        local = dt.datetime.combine(dt.date.fromordinal(day), dt.time(), tzinfo=self.zone)
        return (local + dt.timedelta(minutes=minute)).astimezone(dt.UTC)

    def minutes(self) -> dict[tuple[int, int | None], int]:
        """Return the minutes of work of each step in each work centre where it can be done."""
        steps = (step for job in self.jobs for step in job.steps)
        return {(step.key, choice.resource): choice.minutes for step in steps for choice in step.choices}

    def clock(self, moment: dt.datetime) -> int:
        """Return a moment as a clock minute in the company's zone."""
        return clock_of(moment, self.zone)


def company_zone() -> ZoneInfo:
    """Return the company's zone."""
    own = company()
    return ZoneInfo(own.time_zone if own else "Asia/Shanghai")


def clock_of(moment: dt.datetime, zone: ZoneInfo) -> int:
    """Return a moment as a clock minute: day ordinal × 1440 + minute of the day."""
    local = moment.astimezone(zone)
    return local.toordinal() * DAY + local.hour * 60 + local.minute


def schedule_inputs(plan: SchedulePlan, at: dt.datetime, pinned: dict[int, Placed] | None = None) -> Inputs:
    """Read what ``plan`` schedules as of ``at``; ``pinned`` operations stay where they are told to."""
    zone = company_zone()
    now = clock_of(at, zone)
    today = dt.date.fromordinal(now // DAY)
    states = [*OPEN, WorkOrderState.DRAFT] if plan.with_drafts else list(OPEN)
    orders = list(
        WorkOrder.objects.filter(state__in=states, operations__isnull=False)
        .select_related("item", "sales_order_line")
        .distinct()
        .order_by("priority", "due_date", "pk")
    )
    operations: dict[int, list[WorkOrderOperation]] = defaultdict(list)
    rows = WorkOrderOperation.objects.filter(work_order__in=orders).exclude(state=OperationState.DONE)
    for row in rows.select_related("work_center").order_by("work_order", "number"):
        operations[row.work_order_id].append(row)
    found = Inputs([], [], now, zone)
    found.operations = {one.pk: one for own in operations.values() for one in own}
    found.slots = {one.operation_id: one for one in OperationSlot.objects.filter(operation__in=found.operations)}
    orders = [one for one in orders if operations[one.pk]]
    ready = _material(orders, today) if plan.waits_for_material else {}
    found.material = {key: dt.date.fromordinal(day) for key, day in ready.items() if day > today.toordinal()}
    centers = {one.pk: one for one in WorkCenter.objects.all()}
    found.resources = _resources(centers, today)
    alternates = _alternates(orders, today)
    for order in orders:
        steps = [
            _step(
                one,
                order,
                centers=centers,
                alternates=alternates.get((order.item_id, one.number), ()),
                found=found,
                pinned=pinned or {},
            )
            for one in operations[order.pk]
        ]
        found.jobs.append(
            Job(
                key=order.pk,
                steps=steps,
                ready=ready.get(order.pk, 0) * DAY,
                due=(order.due_date.toordinal() + 1) * DAY,
                priority=order.priority,
                arrived=order.pk,
            )
        )
    if plan.with_planned:
        jobs, found.proposals = proposed_jobs(
            centers, today, waits_for_material=plan.waits_for_material, outside_days=OUTSIDE_DAYS
        )
        found.jobs += jobs
    return found


def _resources(centers: dict[int, WorkCenter], today: dt.date) -> list[Resource]:
    offered = capacities(centers, today, today + dt.timedelta(days=HORIZON))
    made = []
    for pk, center in centers.items():
        share = center.efficiency_percent / HUNDRED * center.machines
        minutes = [int(total / share) for _day, total in sorted(offered[pk].items())]
        opens = min(EIGHT, max(0, DAY - max(minutes, default=0)))
        made.append(Resource(pk, center.machines, today.toordinal(), minutes, opens))
    return made


def remaining_minutes(operation: WorkOrderOperation, quantity: Decimal) -> Decimal:
    """Return the standard minutes still to be worked; the set-up is over once something was reported."""
    reported = operation.reported_quantity
    if not reported:
        return operation.setup_minutes + operation.run_minutes
    return operation.run_minutes * max(ZERO, 1 - reported / quantity) if quantity else ZERO


def _clock_minutes(standard: Decimal, center: WorkCenter) -> int:
    return int((standard * HUNDRED / center.efficiency_percent).to_integral_value(ROUND_CEILING))


def _step(
    operation: WorkOrderOperation,
    order: WorkOrder,
    *,
    centers: dict[int, WorkCenter],
    alternates: Sequence[RoutingAlternate],
    found: Inputs,
    pinned: dict[int, Placed],
) -> Step:
    if operation.work_center_id is None:
        return Step(operation.pk, [], lag=OUTSIDE_DAYS * DAY, fixed=pinned.get(operation.pk))
    left = remaining_minutes(operation, order.quantity)
    choices = [Choice(operation.work_center_id, _clock_minutes(left, centers[operation.work_center_id]))]
    fixed = pinned.get(operation.pk) or _kept(operation, found, choices[0].minutes)
    if fixed is None and not operation.reported_quantity:
        for one in alternates:
            base = one.operation.base_quantity
            standard = one.setup_minutes + one.run_minutes * order.quantity / base
            choices.append(Choice(one.work_center_id, _clock_minutes(standard, centers[one.work_center_id])))
    return Step(operation.pk, choices, fixed=fixed)


def _kept(operation: WorkOrderOperation, found: Inputs, minutes: int) -> Placed | None:
    """A begun operation goes on where it is; a pinned one stays where somebody put it.

    It ends as planned, or when the hours its machine still works (it may be down) suffice for what is left, if later;
    where they never do (the work centre is closed), it has no place.
    """
    slot = found.slots.get(operation.pk)
    if slot is None or not (slot.is_pinned or is_running(operation)):
        return None
    start, end = found.clock(slot.starts_at), found.clock(slot.ends_at)
    goes_on = max(start, found.now) if is_running(operation) else start
    if is_running(operation) and end < found.now:
        start = found.now
    resource = next((one for one in found.resources if one.key == slot.work_center_id), None)
    if resource is not None and minutes:
        left = placed_at(resource, Step(operation.pk, []), minutes, goes_on, slot.machine)
        if left is None:
            return None
        end = max(end, left.end)
    return Placed(operation.pk, slot.work_center_id, slot.machine, start, end)


def is_running(operation: WorkOrderOperation) -> bool:
    """Return whether work on it has begun."""
    return bool(operation.reported_quantity) or operation.state in {OperationState.RUNNING, OperationState.PAUSED}


def _alternates(orders: Sequence[WorkOrder], today: dt.date) -> dict[tuple[int, int], list[RoutingAlternate]]:
    found: dict[tuple[int, int], list[RoutingAlternate]] = defaultdict(list)
    rows = RoutingAlternate.objects.filter(
        operation__routing__item__in={order.item_id for order in orders},
        operation__routing__state=RoutingState.RELEASED,
        operation__routing__valid_from__lte=today,
    ).select_related("operation__routing")
    for row in rows.order_by("rank", "pk"):
        routing = row.operation.routing
        if routing.valid_to is None or routing.valid_to > today:
            found[routing.item_id, row.operation.number].append(row)
    return found


def _material(orders: Sequence[WorkOrder], today: dt.date) -> dict[int, int]:
    """The day each order's open material is there; orders are served in the sequence given."""
    needs: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for line in WorkOrderMaterial.objects.filter(work_order__in=orders):
        if line.open_quantity > 0:
            needs[line.work_order_id].append((line.item_id, line.open_quantity))
    items = {item for lines in needs.values() for item, _quantity in lines}
    pools = {
        pk: Pool(stock=ZERO, lead_days=-(-lead * 7 // 5))
        for pk, lead in Item.objects.filter(pk__in=items).values_list("pk", "lead_time_days")
    }
    for balance in usable_balances(today, WITH_LINE_SIDE).filter(item_id__in=items):
        pools[balance.item_id].stock += balance.on_hand
    supplies = Supply.objects.filter(item_id__in=items).order_by("due_date", "pk")
    for item_id, day, quantity in supplies.values_list("item_id", "due_date", "open_quantity"):
        pools[item_id].receipts.append([max(day, today).toordinal(), quantity])
    return material_days([(order.pk, needs[order.pk]) for order in orders], pools, today.toordinal())

"""Planned orders as work for finite scheduling: jobs beside those of work orders, by keys of their own."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from erp.engines.scheduling import DAY, Choice, Job, Step
from erp.models import Demand, PlannedOrder, PlanningSettings, RoutingOperation, WorkCenter
from erp.models.demand import DEFAULT_PRIORITY
from erp.selectors.planned_work import orders_to_make, with_operations_of
from erp.states import DemandKind

HUNDRED = Decimal(100)
MOST = 1000
"""So many planned orders are laid out, the earliest first; what comes later is not to be sequenced yet."""


@dataclass(frozen=True)
class Proposal:
    """One operation of a planned order; ``order_line_id``: of the first customer it is for, 0: of nobody alone."""

    order: PlannedOrder
    operation: RoutingOperation
    order_line_id: int


def proposed_jobs(
    centers: dict[int, WorkCenter], today: dt.date, *, waits_for_material: bool, outside_days: int
) -> tuple[list[Job], dict[int, Proposal]]:
    """Return planned orders of the near horizon as jobs, and the operations by the key of their step.

    Keys are below zero. The material of a planned order is planned for its release, so it does not begin earlier
    (unless ``waits_for_material`` is off).
    """
    settings = PlanningSettings.objects.first() or PlanningSettings()
    until = today + dt.timedelta(days=settings.near_days)
    orders = list(orders_to_make(until).order_by("start_date", "item_id", "due_date", "sequence")[:MOST])
    lines = _order_lines(orders)
    jobs: list[Job] = []
    proposals: dict[int, Proposal] = {}
    for order, operations in with_operations_of(orders):
        steps = []
        for operation in operations:
            key = -(len(proposals) + 1)
            proposals[key] = Proposal(order, operation, lines.get(_first_demand(order), 0))
            steps.append(_step(key, order, operation, centers=centers, outside_days=outside_days))
        if steps:
            begin = order.start_date if waits_for_material else today
            jobs.append(
                Job(
                    key=-(len(jobs) + 1),
                    steps=steps,
                    ready=begin.toordinal() * DAY,
                    due=(order.due_date.toordinal() + 1) * DAY,
                    priority=DEFAULT_PRIORITY,
                    arrived=begin.toordinal() * DAY,
                )
            )
    return jobs, proposals


def _step(
    key: int, order: PlannedOrder, operation: RoutingOperation, *, centers: dict[int, WorkCenter], outside_days: int
) -> Step:
    if operation.work_center_id is None:
        return Step(key, [], lag=outside_days * DAY)
    ways: list[Any] = [operation, *operation.alternates.all()]
    choices = []
    for way in ways:
        standard = way.setup_minutes + way.run_minutes * order.quantity / operation.base_quantity
        worked = standard * HUNDRED / centers[way.work_center_id].efficiency_percent
        choices.append(Choice(way.work_center_id, int(worked.to_integral_value(ROUND_CEILING))))
    return Step(key, choices)


def _first_demand(order: PlannedOrder) -> int:
    return order.demands[0] if order.demands else 0


def _order_lines(orders: Sequence[PlannedOrder]) -> dict[int, int]:
    """Return the sales order line of each first demand that is one."""
    wanted = {_first_demand(order) for order in orders} - {0}
    rows = Demand.objects.filter(pk__in=wanted, kind=DemandKind.SALES)
    return dict(rows.values_list("pk", "source_line_id"))

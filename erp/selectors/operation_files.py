"""Which files belong to an operation: of a routing now, of a step of an order as they were when it was done."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from erp.models import OperationFile, ProductionReport, Routing, WorkOrderOperation, WorkSession
from erp.states.making import OperationState

Times = tuple[dt.datetime, dt.datetime]


def operation_files() -> QuerySet[OperationFile]:
    """Return the files of operations with what is shown of them, by operation and name, the newest first."""
    rows = OperationFile.objects.filter(attachment__removed_at__isnull=True).select_related(
        "attachment__uploaded_by", "withdrawn_by"
    )
    return rows.order_by("routing_id", "operation_no", "attachment__name", "-pk")


def files_of_routing(routing: Routing) -> dict[int, list[OperationFile]]:
    """Return the files that count now, by the number of their operation."""
    found: dict[int, list[OperationFile]] = defaultdict(list)
    for one in operation_files().filter(routing=routing, withdrawn_at__isnull=True):
        found[one.operation_no].append(one)
    return dict(found)


def may_open_files(user: Any) -> bool:
    """Return whether somebody may see the files of operations: they are papers of the routing."""
    return bool(user.has_perm("erp.view_routing"))


@dataclass(frozen=True)
class Work:
    """When the steps of one order were worked at: (number of the step or None for the whole order, moment)."""

    moments: Sequence[tuple[int | None, dt.datetime]]

    def at(self, number: int) -> Times | None:
        """Return from when to when a step was worked at; without work of its own, when what follows it was done."""
        own = [moment for step, moment in self.moments if step == number]
        times = own or [moment for step, moment in self.moments if step is None or step > number]
        return (min(times), max(times)) if times else None


def files_of_steps(steps: Iterable[WorkOrderOperation], *, as_worked: bool = False) -> dict[int, list[OperationFile]]:
    """Return {key of a step: its files}: of one that is done those that counted while it was done, else those of now.

    as_worked  also of a step under way those that counted since work on it began.

    A file that took the place of another during the work stands beside it. Three statements, however many steps.
    """
    steps = [one for one in steps if one.routing_id]
    files: dict[tuple[int, int], list[OperationFile]] = defaultdict(list)
    for one in operation_files().filter(routing_id__in={step.routing_id for step in steps}):
        files[one.routing_id, one.operation_no].append(one)
    wanted = [step for step in steps if (step.routing_id, step.number) in files]
    asked = {step.work_order_id for step in wanted if as_worked or step.state == OperationState.DONE}
    work = _work_on(asked) if asked else {}
    found = {}
    for step in wanted:
        rows = files[step.routing_id or 0, step.number]
        times = work[step.work_order_id].at(step.number) if step.work_order_id in work else None
        is_done = step.state == OperationState.DONE
        valid = [one for one in rows if _counted(one, times if is_done or as_worked else None, is_done)]
        if valid:
            found[step.pk] = valid
    return found


def with_files(steps: Sequence[WorkOrderOperation], user: Any) -> Sequence[WorkOrderOperation]:
    """Return the steps, each with its ``files``, as far as the user may see the papers of routings."""
    found = files_of_steps(steps) if may_open_files(user) else {}
    for step in steps:
        step.files = found.get(step.pk, [])  # type: ignore[attr-defined]
    return steps


def _counted(file: OperationFile, times: Times | None, is_done: bool) -> bool:
    """Whether a file counted during these times; of what is not done also whether it counts now."""
    counts_now = file.withdrawn_at is None
    if times is None:
        return counts_now
    first, last = times
    counted = file.attached_at <= last and (file.withdrawn_at is None or file.withdrawn_at > first)
    return counted or (counts_now and not is_done)


def _work_on(order_ids: set[int]) -> dict[int, Work]:
    moments: dict[int, list[tuple[int | None, dt.datetime]]] = defaultdict(list)
    reports = ProductionReport.objects.filter(
        work_order__in=order_ids, reverses__isnull=True, reversed_by__isnull=True
    ).values_list("work_order_id", "operation__number", "created_at")
    sessions = WorkSession.objects.filter(work_order__in=order_ids).values_list(
        "work_order_id", "operation__number", "started_at"
    )
    for order_id, number, moment in (*reports, *sessions):
        moments[order_id].append((number, moment))
    return {order_id: Work(rows) for order_id, rows in moments.items()}

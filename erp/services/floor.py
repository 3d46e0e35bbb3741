"""Dispatching steps to people 派工, and what a piece pays."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import audit
from core.errors import InvalidInput
from core.locks import lock_rows
from core.operations import operation
from erp.models import PieceRate, WorkOrderOperation
from masterdata.models import Employee, Item
from masterdata.services.entry import require_open


@operation(permission="erp.dispatch_workorderoperation")
def dispatch_operations(*, rows: Sequence[Mapping[str, Any]], actor: Any, at: dt.datetime) -> list[WorkOrderOperation]:
    """Say who does which steps and in which order; ``rows`` have operation_id, responsible_id (None: nobody), rank.

    Raises:
        InvalidInput: a step does not exist.
        ClosedForEntry: a person does not work here any more.
    """
    wanted = {int(row["operation_id"]): row for row in rows}
    steps = lock_rows(WorkOrderOperation.objects.filter(pk__in=wanted))
    if len(steps) < len(wanted):
        raise InvalidInput(message=_("One of the operations does not exist any more. Reload the list."), field="rows")
    people = Employee.objects.in_bulk({row["responsible_id"] for row in rows if row.get("responsible_id")})
    changed = []
    for step in steps:
        row = wanted[step.pk]
        person = people.get(row.get("responsible_id") or 0)
        rank = step.rank if row.get("rank") is None else int(row["rank"])
        if (step.responsible_id, step.rank) == (person.pk if person else None, rank):
            continue
        if person is not None:
            require_open(person)
        step.responsible, step.rank = person, rank
        step.version += 1
        changed.append(step)
        audit.record(step, "dispatched", actor=actor, at=at, responsible=str(person or ""), rank=rank)
    WorkOrderOperation.objects.bulk_update(changed, ["responsible", "rank", "version"])
    return changed


@operation(permission="erp.change_piecerate")
def set_piece_rate(
    *,
    item_id: int,
    rate: Decimal,
    valid_from: dt.date,
    operation_no: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> PieceRate:
    """Say what a good piece of an item pays (at one step, or at all) from a day on, base currency; 0: nothing.

    Reports that are written already keep what they paid.

    Raises:
        InvalidInput: the rate is below zero.
        ClosedForEntry, MergedAway: the item as master data demands.
    """
    item = Item.objects.get(pk=item_id)
    require_open(item)
    if rate < 0:
        raise InvalidInput(message=_("A rate cannot be negative."), field="rate")
    key = {"item": item, "operation_no": operation_no, "valid_from": valid_from}
    found = PieceRate.objects.filter(**key).first() or PieceRate(**key)
    found.rate = rate
    found.version += 1
    found.save()
    return found

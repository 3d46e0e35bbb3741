"""Carrying out what a change says of old stock: rework, scrap, return; or waiting until it is used up."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.audit import label_of
from core.clock import business_date
from core.documents import lock
from core.operations import operation
from erp.errors.engineering import (
    ChangeNotDraft,
    ChangeNotReleased,
    NothingToCarryOut,
    NothingToUseUp,
    StillNeeded,
    StockStays,
)
from erp.models import EngineeringChange, EngineeringChangeFollowUp, EngineeringChangeLine
from erp.selectors.change_dispositions import CARRIED_OUT, FreePart, free_parts, going_lines, used_up_on
from erp.services.stock_documents import create_stock_document
from erp.services.work_orders.planning import create_work_order
from erp.signals import component_to_return
from erp.states import StockDocumentKind, StockReason
from erp.states.engineering import Disposition, EngineeringChangeState
from erp.states.making import WorkOrderKind

Parts = Sequence[FreePart]


@operation(permission="erp.change_engineeringchange", document=(EngineeringChange, "change_id"))
def begin_when_used_up(*, change_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> EngineeringChange:
    """Set the first day of a draft to the day the stock that is to be used up does not suffice any more (the last one).

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        ChangeNotDraft: it is released or cancelled.
        NothingToUseUp: no component that goes is to be used up.
        StockStays: nothing that is known uses one of them up.
    """
    change = lock(EngineeringChange, change_id, version=version)
    if change.state != EngineeringChangeState.DRAFT:
        raise ChangeNotDraft(document=change, state=change.get_state_display())
    lines = going_lines(change, [Disposition.USE_UP])
    if not lines:
        raise NothingToUseUp(document=change)
    days = used_up_on([line.component_id for line in lines if line.component_id], business_date(at))
    for line in lines:
        if days[line.component_id or 0] is None:
            raise StockStays(item=line.component)
    change.effective_date = max(day for day in days.values() if day is not None)
    change.version += 1
    change.save()
    return change


@operation(permission="erp.release_engineeringchange", document=(EngineeringChange, "change_id"))
def carry_out_dispositions(
    *, change_id: int, version: int | None = None, actor: Any, at: dt.datetime
) -> EngineeringChange:
    """Draft what a released change says of the stock of old components, once for each of its lines.

    rework: a rework order of each warehouse.   scrap: a stock document that takes it out as scrapped, by warehouse.
    return: purchasing drafts returns to the suppliers it came from (`component_to_return`).
    Only stock that is neither reserved nor needed by open demand is disposed of; nothing moves before the drafts are
    released or posted by whoever does that.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        ChangeNotReleased: it is no released change.
        StillNeeded: it does not count yet.
        NothingToCarryOut: every line is carried out already, or there is no free stock.
    """
    change = lock(EngineeringChange, change_id, version=version)
    if change.state != EngineeringChangeState.RELEASED:
        raise ChangeNotReleased(document=change)
    today = business_date(at)
    if today < change.effective_date:
        raise StillNeeded(document=change, date=change.effective_date)
    lines = [line for line in going_lines(change, CARRIED_OUT) if not line.follow_ups.all()]
    free = free_parts([line.component_id for line in lines if line.component_id], today)
    for line in lines:
        parts = free.pop(line.component_id or 0, [])  # a component that two lines name is disposed of once
        if parts:
            ACTIONS[line.disposition](change, line, parts, actor=actor, at=at)
    if not EngineeringChangeFollowUp.objects.filter(line__in=lines).exists():
        raise NothingToCarryOut(document=change)
    change.version += 1
    change.save()
    return change


@operation(permission=None)
def record_follow_up(*, line_id: int, document: Any, quantity: Decimal, actor: Any, at: dt.datetime) -> None:
    """Note which document carries out the disposition of a line; purchasing reports its returns here.

    quantity  of the component, stock unit. The caller's operation holds the change's lock.
    """
    EngineeringChangeFollowUp.objects.create(
        line_id=line_id,
        document_label=label_of(document),
        document_id=document.pk,
        document_number=document.number,
        quantity=quantity,
        created_at=at,
    )


def _note(change: EngineeringChange, line: EngineeringChangeLine) -> str:
    if line.replacement is not None:
        return _("%(change)s: %(old)s is replaced by %(new)s") % {
            "change": change.number, "old": line.component, "new": line.replacement,
        }  # fmt: skip
    return _("%(change)s: %(old)s is not used any more") % {"change": change.number, "old": line.component}


def _by_warehouse(parts: Parts) -> dict[int, list[FreePart]]:
    found: dict[int, list[FreePart]] = defaultdict(list)
    for part in parts:
        found[part.balance.location.warehouse_id or 0].append(part)
    return dict(sorted(found.items()))


def _rework(change: EngineeringChange, line: EngineeringChangeLine, parts: Parts, *, actor: Any, at: Any) -> None:
    today = business_date(at)
    for warehouse_id, own in _by_warehouse(parts).items():
        quantity = sum((part.quantity for part in own), Decimal(0))
        order = create_work_order(
            item_id=line.component_id or 0,
            quantity=quantity,
            start_date=today,
            due_date=today,
            warehouse_id=warehouse_id,
            kind=WorkOrderKind.REWORK,
            note=_note(change, line),
            actor=actor,
            at=at,
        )
        record_follow_up(line_id=line.pk, document=order, quantity=quantity, actor=actor, at=at)


def _scrap(change: EngineeringChange, line: EngineeringChangeLine, parts: Parts, *, actor: Any, at: Any) -> None:
    for warehouse_id, own in _by_warehouse(parts).items():
        document = create_stock_document(
            kind=StockDocumentKind.MISC_ISSUE,
            warehouse_id=warehouse_id,
            reason_code=StockReason.SCRAP,
            lines=[
                {
                    "item_id": line.component_id,
                    "location_id": part.balance.location_id,
                    "lot_code": part.balance.lot.code if part.balance.lot else "",
                    "quantity": part.quantity,
                }
                for part in own
            ],
            note=_note(change, line),
            actor=actor,
            at=at,
        )
        quantity = sum((part.quantity for part in own), Decimal(0))
        record_follow_up(line_id=line.pk, document=document, quantity=quantity, actor=actor, at=at)


def _send_back(change: EngineeringChange, line: EngineeringChangeLine, parts: Parts, *, actor: Any, at: Any) -> None:
    component_to_return.send(
        sender=EngineeringChange,
        line=line,
        rows=[(part.balance.location_id, part.quantity) for part in parts],
        cause=_note(change, line),
        actor=actor,
        at=at,
    )


ACTIONS: dict[str, Callable[..., None]] = {
    Disposition.REWORK: _rework,
    Disposition.SCRAP: _scrap,
    Disposition.RETURN: _send_back,
}

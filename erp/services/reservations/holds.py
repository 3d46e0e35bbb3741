"""Holds: stock kept for a quotation until a day, turned into the order's reservation or released."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_noop

from core import audit
from core.audit import label_of
from core.clock import business_date
from core.documents import lock
from core.locks import lock_rows
from core.notifications.services import notify
from core.operations import operation
from crm.models import Quotation
from crm.states import QuotationState
from erp.errors import HoldDateWrong, HoldNotPossible, NothingIsHeld, NothingToHold
from erp.models import Demand
from erp.selectors.stock_rules import stock_rules
from erp.services.planning_events import request_plan
from erp.services.reservations.book import ReservationBook
from erp.states import DemandKind

QUOTATION = "crm.quotation"
HELD_STATES = frozenset({QuotationState.SENT})


@operation(permission="erp.hold_stock", document=(Quotation, "quotation_id"))
def hold_for_quotation(*, quotation_id: int, until: dt.date | None = None, actor: Any, at: dt.datetime) -> Quotation:
    """Keep free stock for the lines of a sent quotation until a day (held already: until that day, topped up).

    until  last day; None: as many days as the stock settings say, at most to the end of its validity.

    Raises:
        HoldNotPossible: the quotation is not sent, or decided already.
        HoldDateWrong: the day is over, or after the quotation's validity.
        NothingToHold: nothing of its items is free in its warehouse.
    """
    quotation = lock(Quotation, quotation_id)
    if quotation.state not in HELD_STATES:
        raise HoldNotPossible(document=quotation, state=quotation.get_state_display(), state_code=quotation.state)
    today = business_date(at)
    last = until or min(quotation.valid_until, today + dt.timedelta(days=stock_rules().hold_days))
    if not today <= last <= quotation.valid_until:
        raise HoldDateWrong(last=quotation.valid_until)
    held = {row.source_line_id: row for row in _lock_holds(quotation.pk)}
    wanted = [line for line in quotation.lines.order_by("line_no") if line.item_id]
    rows = [_hold(quotation, line, held.get(line.pk), today, last) for line in wanted]
    Demand.objects.bulk_create([row for row in rows if row.pk is None])
    book = ReservationBook([row.pk for row in rows], {row.item_id for row in rows})
    book.share_out(rows, today)
    book.write(at)
    _keep_what_is_held(rows, book, last)
    if not any(book.held(row.pk) for row in rows):
        raise NothingToHold(document=quotation)
    audit.record(quotation, "stock_held", actor=actor, at=at, until=last.isoformat())
    request_plan(reason="demand:hold", item_ids=sorted({row.item_id for row in rows}), actor=actor, at=at)
    return quotation


def _hold(quotation: Quotation, line: Any, known: Demand | None, today: dt.date, last: dt.date) -> Demand:
    row = known or Demand(
        kind=DemandKind.HOLD,
        source_label=QUOTATION,
        source_id=quotation.pk,
        source_number=quotation.number,
        source_line_id=line.pk,
        item_id=line.item_id,
        due_date=today,
        warehouse_id=quotation.warehouse_id,
        partner_id=quotation.partner_id,
    )
    row.quantity = row.open_quantity = line.stock_quantity
    row.expires_on = last
    return row


def _keep_what_is_held(rows: Iterable[Demand], book: ReservationBook, last: dt.date) -> None:
    """A hold wants what is kept for it and no more: nobody is to buy for a quotation."""
    kept = []
    for row in rows:
        row.quantity = row.open_quantity = book.held(row.pk)
        row.expires_on = last
        kept.append(row)
    Demand.objects.bulk_update([row for row in kept if row.quantity], ["quantity", "open_quantity", "expires_on"])
    Demand.objects.filter(pk__in=[row.pk for row in kept if not row.quantity]).delete()


@operation(permission="erp.hold_stock", document=(Quotation, "quotation_id"))
def release_hold(*, quotation_id: int, actor: Any, at: dt.datetime, reason: str = "") -> Quotation:
    """Give back what is held for a quotation.

    Raises:
        NothingIsHeld: it holds nothing.
    """
    quotation = lock(Quotation, quotation_id)
    if not end_holds(quotation_ids=[quotation.pk], actor=actor, at=at):
        raise NothingIsHeld(document=quotation)
    audit.record(quotation, "stock_released", actor=actor, at=at, reason=reason)
    return quotation


@operation(permission=None)
def end_holds(*, quotation_ids: Iterable[int], actor: Any, at: dt.datetime) -> int:
    """Give back what is held for quotations (withdrawn, expired); returns how many lines held something."""
    rows = _lock_holds(*quotation_ids)
    if not rows:
        return 0
    book = ReservationBook([row.pk for row in rows], {row.item_id for row in rows})
    for row in rows:
        book.give_up_all(row.pk)
    book.write(at)
    Demand.objects.filter(pk__in=[row.pk for row in rows]).delete()
    request_plan(reason="demand:hold", item_ids=sorted({row.item_id for row in rows}), actor=actor, at=at)
    return len(rows)


@operation(permission=None)
def expire_hold(*, quotation_id: int, actor: Any, at: dt.datetime) -> Quotation:
    """Release what is held for a quotation since its last day is over, and tell the salesperson."""
    quotation = lock(Quotation, quotation_id)
    today = business_date(at)
    over = Demand.objects.filter(source_label=QUOTATION, source_id=quotation.pk, expires_on__lt=today)
    if not over.exists():
        return quotation
    end_holds(quotation_ids=[quotation.pk], actor=actor, at=at)
    audit.record(quotation, "hold_expired", actor=actor, at=at)
    if quotation.owner:
        notify(
            users=[quotation.owner],
            message=gettext_noop("The stock held for %(document)s is free again: the hold is over."),
            params={"document": str(quotation)},
            url=quotation.get_absolute_url(),
            at=at,
        )
    return quotation


@operation(permission=None)
def hand_over_hold(*, order: Any, actor: Any, at: dt.datetime) -> list[Demand] | None:
    """Make the holds of an order's quotation demand of the order, with what is kept for them.

    order  crm.SalesOrder, locked. Called before its demand is recorded, which then finds these rows as its own.
    Returns the demand of the order as it is locked now; None where it has changed and is to be read anew.
    """
    own = Q(source_label=label_of(order), source_id=order.pk)
    held = Q(kind=DemandKind.HOLD, source_label=QUOTATION, source_id=order.quotation_id)
    found = lock_rows(Demand.objects.filter(own | held if order.quotation_id else own))
    rows = {row.source_line_id: row for row in found if row.kind == DemandKind.HOLD}
    if not rows:
        return found
    for line in order.lines.filter(quotation_line__in=rows, item__isnull=False).order_by("pk"):
        hold = rows.pop(line.quotation_line_id, None)
        if hold is None or hold.item_id != line.item_id:
            continue
        Demand.objects.filter(pk=hold.pk).update(
            kind=DemandKind.SALES,
            source_label=label_of(order),
            source_id=order.pk,
            source_number=order.number,
            source_line_id=line.pk,
            expires_on=None,
        )
    if rows:
        end_holds(quotation_ids=[order.quotation_id], actor=actor, at=at)
    return None


def _lock_holds(*quotation_ids: int) -> list[Demand]:
    return lock_rows(Demand.objects.filter(kind=DemandKind.HOLD, source_label=QUOTATION, source_id__in=quotation_ids))

"""Entries of production: labour into process, the variance out of it."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.operations import operation
from erp.models import AbsorbedCost, ProductionReport, WorkOrder
from finance.models import JournalEntry
from finance.selectors.accounts import AccountBook, account_book
from finance.services.posting import Line, merged, post_entry
from finance.states import AccountRole, EntryEvent


@operation(permission=None)
def book_labour(
    *, work_order: WorkOrder, amount: Decimal, date: dt.date, actor: Any, at: dt.datetime
) -> JournalEntry | None:
    """Book reported labour (negative: a report undone): work in progress against labour absorbed.

    The report just written names the event: a work order has many.
    """
    report = ProductionReport.objects.filter(work_order=work_order).order_by("-pk").values_list("pk", flat=True).first()
    book = account_book([work_order.item_id])
    return post_entry(
        source=work_order,
        event=EntryEvent.LABOUR,
        event_ref=report or 0,
        lines=_into_process(book, work_order, amount, AccountRole.LABOUR_ABSORBED),
        date=date,
        book=book,
        actor=actor,
        at=at,
    )


@operation(permission=None)
def book_absorbed(
    *, work_order: WorkOrder, absorbed: AbsorbedCost, date: dt.date, actor: Any, at: dt.datetime
) -> JournalEntry | None:
    """Book machine and overhead that hours absorbed: work in progress against what was absorbed of each."""
    book = account_book([work_order.item_id])
    machine = _into_process(book, work_order, absorbed.machine_amount, AccountRole.MACHINE_ABSORBED)
    overhead = _into_process(book, work_order, absorbed.overhead_amount, AccountRole.OVERHEAD_ABSORBED)
    return post_entry(
        source=work_order,
        event=EntryEvent.ABSORBED,
        event_ref=absorbed.report_id,
        lines=merged([line for line in machine + overhead if line.amount]),
        date=date,
        book=book,
        actor=actor,
        at=at,
    )


@operation(permission=None)
def book_variance(
    *, work_order: WorkOrder, variance: Decimal, date: dt.date, actor: Any, at: dt.datetime
) -> JournalEntry | None:
    """Book what a closed order cost more (positive) or less than went into stock, so that nothing stays in process.

    An order that brought nothing was a loss.
    """
    book = account_book([work_order.item_id])
    role = AccountRole.PRODUCTION_VARIANCE if work_order.completed_quantity else AccountRole.SCRAP_LOSS
    return post_entry(
        source=work_order,
        event=EntryEvent.CLOSED,
        lines=_into_process(book, work_order, -variance, role),
        date=date,
        book=book,
        actor=actor,
        at=at,
    )


def _into_process(book: AccountBook, work_order: WorkOrder, amount: Decimal, other: AccountRole) -> list[Line]:
    item_id = work_order.item_id
    return [
        Line(account_id=book.account(AccountRole.WIP, item_id), amount=amount, work_order_id=work_order.pk),
        Line(account_id=book.account(other, item_id), amount=-amount, item_id=item_id),
    ]

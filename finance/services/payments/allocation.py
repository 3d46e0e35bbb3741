"""Allocations: which invoice a payment or a credit note settles, later than its posting, and how that is undone."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.documents import lock
from core.fields import ZERO
from core.locks import lock_many
from core.operations import operation
from finance.errors import AllocationUndone, NotADraft
from finance.models import Allocation, Invoice, Payment
from finance.selectors.accounts import account_book
from finance.selectors.payments import live_allocations
from finance.services.payments.control import advance_lines, balanced, control_lines, counter_lines
from finance.services.payments.settling import ALLOCATED, Moment, Part, release, settle, settle_with_credit, still_open
from finance.services.posting import post_entry
from finance.states import EntryEvent, PaymentState, Side

Rows = Sequence[Mapping[str, Any]]


@operation(permission="finance.allocate_payment", document=(Payment, "payment_id"))
def allocate_payment(
    *, payment_id: int, version: int | None = None, allocations: Rows, actor: Any, at: dt.datetime
) -> Payment:
    """Settle invoices with what is left of a posted payment: rows of {"invoice_id", "amount"} in its currency.

    A row may take off "discount" (by the invoice's terms) and write off a small "difference". An amount has the sign
    of what is open: a credit note is settled with a negative amount.

    Raises:
        StaleVersion: somebody changed the payment since.
        NotADraft: it is not posted.
        WrongAllocation, InvoiceBlocked, OverAllocated, DiscountNotDue, DifferenceTooLarge: see `settling.settle`.
        PeriodClosed, NoFiscalPeriod: today takes no entry.
    """
    invoices = lock_many(Invoice, {int(row["invoice_id"]) for row in allocations})
    payment = lock(Payment, payment_id, version=version)
    if payment.state != PaymentState.POSTED:
        raise NotADraft(document=payment, state=str(payment.get_state_display()))
    allocate_later(payment, [part_of(row, invoices) for row in allocations], actor=actor, at=at)
    return _changed(payment)


@operation(permission="finance.allocate_payment", document=(Payment, "payment_id"))
def undo_allocation(
    *, payment_id: int, version: int | None = None, allocation_id: int, actor: Any, at: dt.datetime, reason: str = ""
) -> Payment:
    """Open an invoice again by what this payment settled of it, discount and written-off difference included.

    The money is an advance again, dated today.

    Raises:
        StaleVersion: somebody changed the payment since.
        AllocationUndone: it is undone already, or not of this payment.
        PeriodClosed, NoFiscalPeriod: today takes no entry.
    """
    invoice_ids = Allocation.objects.filter(pk=allocation_id).values_list("invoice", flat=True)
    invoices = lock_many(Invoice, set(invoice_ids))
    payment = lock(Payment, payment_id, version=version)
    rows = [
        row
        for row in live_allocations(payment)
        if allocation_id in {row.pk, row.belongs_to_id} and row.invoice_id in invoices
    ]
    if not rows or rows[0].pk != allocation_id or rows[0].belongs_to_id:
        raise AllocationUndone()
    moment = Moment(business_date(at), actor, at)
    for row in rows:
        row.invoice = invoices[row.invoice_id]
    undone = [release(row, moment=moment) for row in rows]
    money, book = undone[0], account_book()
    payment.allocated_amount -= abs(money.amount)
    payment.allocated_base_amount -= abs(money.payment_base_amount)
    payment.save(update_fields=["allocated_amount", "allocated_base_amount"])
    sign = 1 if payment.kind == Side.CUSTOMER else -1
    lines = control_lines(
        money.invoice, book, _total(row.amount for row in undone), _total(row.base_amount for row in undone)
    )
    lines += counter_lines(undone[1:], book)
    lines += advance_lines(payment, book, sign * money.amount, sign * money.payment_base_amount)
    post_entry(
        source=payment,
        event=EntryEvent.ALLOCATION,
        event_ref=money.pk,
        lines=balanced(lines, book),
        date=moment.date,
        description=reason or str(money.invoice),
        book=book,
        actor=actor,
        at=at,
    )
    return _changed(payment)


@operation(permission="finance.allocate_payment", document=(Invoice, "invoice_id"))
def allocate_credit_note(
    *, invoice_id: int, version: int | None = None, allocations: Rows, actor: Any, at: dt.datetime
) -> Invoice:
    """Settle invoices with what is open of a posted credit note: rows of {"invoice_id", "amount"}, positive.

    Raises:
        StaleVersion: somebody changed the credit note since.
        WrongAllocation: it is no posted credit note, or an invoice of another partner, side or currency.
        OverAllocated: more than is open of either.
        PeriodClosed, NoFiscalPeriod: today takes no entry.
    """
    locked = lock_many(Invoice, {invoice_id, *(int(row["invoice_id"]) for row in allocations)})
    credit = lock(Invoice, invoice_id, version=version)
    locked[invoice_id] = credit
    book, moment = account_book(), Moment(business_date(at), actor, at)
    for row in allocations:
        invoice = locked[int(row["invoice_id"])]
        made, lines = settle_with_credit(credit, invoice, Decimal(row["amount"]), book=book, moment=moment)
        post_entry(
            source=credit,
            event=EntryEvent.ALLOCATION,
            event_ref=made.pk,
            lines=lines,
            date=moment.date,
            description=str(invoice),
            book=book,
            actor=actor,
            at=at,
        )
    credit.version += 1
    credit.save(update_fields=["version"])
    credit.refresh_from_db(fields=["open_amount", "open_base_amount"])
    return credit


def part_of(row: Mapping[str, Any], invoices: Mapping[int, Invoice]) -> Part:
    """Return a typed row as a part of its locked invoice."""
    return Part(
        invoices[int(row["invoice_id"])],
        Decimal(row["amount"]),
        Decimal(row.get("discount") or 0),
        Decimal(row.get("difference") or 0),
    )


def allocate_later(payment: Payment, parts: Iterable[Part], *, actor: Any, at: dt.datetime) -> None:
    """Allocate a posted payment (all locked) and book it: the advance becomes a settled invoice."""
    book = account_book()
    date = business_date(at)
    settled = settle(payment, parts, book=book, moment=Moment(date, actor, at))
    payment.save(update_fields=ALLOCATED)
    if not settled.allocations:
        return
    moved = _total(one.payment_base_amount for one in settled.allocations)
    amount = _total(one.amount for one in settled.allocations)
    sign = 1 if payment.kind == Side.CUSTOMER else -1
    advance = advance_lines(payment, book, sign * amount, sign * moved)
    post_entry(
        source=payment,
        event=EntryEvent.ALLOCATION,
        event_ref=settled.allocations[0].pk,
        lines=balanced(advance + settled.lines, book),
        date=date,
        description=", ".join(str(one.invoice) for one in settled.allocations),
        book=book,
        actor=actor,
        at=at,
    )


def apply_advances(invoice: Invoice, advances: Sequence[Payment], *, actor: Any, at: dt.datetime) -> None:
    """Settle a new invoice with money paid in advance for the orders on it (all locked), the oldest first."""
    for payment in sorted(advances, key=lambda one: (one.document_date, one.pk)):
        amount = min(still_open(invoice), payment.amount - payment.allocated_amount)
        if amount > 0:
            allocate_later(payment, [Part(invoice, amount)], actor=actor, at=at)


def _changed(payment: Payment) -> Payment:
    payment.version += 1
    payment.save(update_fields=["version"])
    payment.refresh_from_db(fields=["open_amount", "open_base_amount"])
    return payment


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)

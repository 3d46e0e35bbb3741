"""Payments in the books: posted with their allocations, reversed with all of them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from core.clock import business_date
from core.documents import lock, transition
from core.fields import ZERO
from core.locks import lock_many, lock_rows
from core.money import round_amount
from core.operations import operation
from erp.services.guards import require_edge
from finance.errors import BankAccountMissing, BillInUse, OpeningInUse, OpeningOfVoucher
from finance.models import Invoice, JournalEntry, Payment, PaymentLine
from finance.selectors.accounts import AccountBook, account_book
from finance.selectors.bills import bill_account
from finance.selectors.payments import live_allocations
from finance.services.payments.control import advance_lines, balanced
from finance.services.payments.drafts import draft_payment
from finance.services.payments.settling import ALLOCATED, Moment, Part, release, settle
from finance.services.posting import Line, in_currency, post_entry, reverse_entry
from finance.signals import payment_posted, payment_reversed
from finance.states import BillState, Direction, EntryEvent, PaymentState


@operation(permission="finance.post_payment", document=(Payment, "payment_id"))
def post_payment(*, payment_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Payment:
    """Enter a draft in the books: its lines settle their invoices, the rest is an advance.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is posted, reversed or cancelled (also: the second of two clicks).
        OverAllocated: less is open on an invoice than when it was drafted.
        InvoiceBlocked, DiscountNotDue, DifferenceTooLarge: see `settling.settle`.
        WrongAllocation: an invoice is not posted any more.
        PeriodClosed, NoFiscalPeriod: its date takes no entry.
    """
    planned = Payment.objects.filter(pk=payment_id).values_list("lines__invoice", flat=True)
    invoices = lock_many(Invoice, set(planned) - {None})
    payment = lock(Payment, payment_id, version=version)
    return _enter(payment, list(payment.lines.order_by("pk")), invoices, actor=actor, at=at)


def _enter(
    payment: Payment, lines: Sequence[PaymentLine], invoices: Mapping[int, Invoice], *, actor: Any, at: dt.datetime
) -> Payment:
    """Post a draft that nobody else can change any more, with its invoices locked."""
    book = account_book()
    payment.base_amount = round_amount(payment.amount * payment.exchange_rate, book.decimals)
    require_edge(payment, PaymentState.POSTED)
    parts = [
        Part(invoices[line.invoice_id], line.amount, line.discount_amount, line.difference_amount, line.granted_on)
        for line in lines
        if line.invoice_id in invoices
    ]
    moment = Moment(payment.document_date, actor, at)
    settled = settle(payment, parts, book=book, moment=moment, with_keys=False)
    transition(payment, PaymentState.POSTED, actor=actor, at=at, fields=["base_amount", *ALLOCATED])
    sign = 1 if payment.direction == Direction.IN else -1
    means = Line(
        account_id=_account_of_means(payment, book),
        amount=sign * payment.base_amount,
        currency_id=payment.currency_id,
        currency_amount=sign * payment.amount,
        rate=payment.exchange_rate,
        partner_id=payment.bill.partner_id if payment.bill else None,
    )
    advance = advance_lines(
        payment,
        book,
        -sign * (payment.amount - payment.allocated_amount),
        -sign * (payment.base_amount - payment.allocated_base_amount),
    )
    post_entry(
        source=payment,
        event=EntryEvent.PAYMENT,
        lines=balanced(in_currency(means, book.decimals) + settled.lines + advance, book),
        date=payment.document_date,
        description=str(payment.partner),
        book=book,
        is_first=True,
        actor=actor,
        at=at,
    )
    payment.recount_open()
    payment_posted.send(sender=Payment, payment=payment, actor=actor, at=at)
    return payment


def _account_of_means(payment: Payment, book: AccountBook) -> int:
    """Return the account of the bank, of the cash box, or of the bills."""
    if payment.bill is not None:
        return bill_account(payment.bill, book)
    if payment.bank_account is None:
        raise BankAccountMissing(field="bank_account")
    return payment.bank_account.account_id


@operation(permission="finance.post_payment")
def record_payment(*, actor: Any, at: dt.datetime, **typed: Any) -> Payment:
    """Create a payment and post it at once; arguments and refusals of `create_payment` and `post_payment`."""
    named = [int(row["invoice_id"]) for row in typed.get("lines", ())]
    invoices = {row.pk: row for row in lock_rows(Invoice.objects.filter(pk__in=named))} if named else {}
    payment, lines = draft_payment(actor=actor, at=at, **typed)
    return _enter(payment, lines, invoices, actor=actor, at=at)


@operation(permission="finance.reverse_payment", document=(Payment, "payment_id"))
def reverse_payment(
    *,
    payment_id: int,
    version: int | None = None,
    date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> Payment:
    """Undo a posted payment and its allocations by exact negatives, dated today unless told otherwise.

    An opening advance is taken back on the day it was opened.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is not posted.
        BillInUse: it was made by a bill that is neither dishonoured nor split up.
        OpeningOfVoucher, OpeningInUse: an opening voucher takes it back; it was allocated.
        PeriodClosed, NoFiscalPeriod: the date takes no entry.
    """
    allocated = Payment.objects.filter(pk=payment_id).values_list("allocations__invoice", flat=True)
    invoices = lock_many(Invoice, set(allocated) - {None})
    payment = lock(Payment, payment_id, version=version)
    require_edge(payment, PaymentState.REVERSED)
    _refuse_bound(payment)
    day = date or (payment.document_date if payment.is_opening else business_date(at))
    for allocation in live_allocations(payment):
        allocation.invoice = invoices[allocation.invoice_id]
        release(allocation, moment=Moment(day, actor, at))
    payment.allocated_amount = payment.allocated_base_amount = ZERO
    payment.save(update_fields=ALLOCATED)
    take_back(payment, day, reason, actor=actor, at=at)
    return payment


def _refuse_bound(payment: Payment) -> None:
    if payment.bill is not None and payment.bill.state not in {BillState.DISHONOURED, BillState.SPLIT}:
        raise BillInUse(document=payment)
    if payment.opening_entry is not None:
        raise OpeningOfVoucher(document=payment, voucher=payment.opening_entry)
    if payment.is_opening and payment.allocated_amount:
        raise OpeningInUse(document=payment)


def take_back(payment: Payment, day: dt.date, reason: str, *, actor: Any, at: dt.datetime) -> None:
    """Reverse the entries of a locked payment whose allocations are released, and announce it."""
    transition(payment, PaymentState.REVERSED, actor=actor, at=at, reason=reason)
    entries = JournalEntry.objects.filter(
        source_label="finance.payment", source_id=payment.pk, reverses__isnull=True, reversal__isnull=True
    ).order_by("pk")
    if payment.is_opening:  # its allocations are undone by entries of their own days
        entries = entries.filter(event=EntryEvent.PAYMENT)
    for entry in entries:
        reverse_entry(entry=entry, date=day, description=reason, actor=actor, at=at)
    payment.recount_open()
    payment_reversed.send(sender=Payment, payment=payment, actor=actor, at=at)

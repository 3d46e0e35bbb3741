"""Allocations: which invoice a payment or a credit note settles, and what that books."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.documents import lock
from core.fields import ZERO
from core.locks import lock_many
from core.operations import operation
from finance.engines.recognition import share
from finance.errors import NotADraft, OverAllocated, WrongAllocation
from finance.models import Allocation, Invoice, Payment
from finance.selectors.accounts import AccountBook, account_book
from finance.selectors.payments import is_natural
from finance.services.invoices.instalments import settle_instalments
from finance.services.posting import Line, in_currency, post_entry
from finance.states import AccountRole, EntryEvent, InvoiceState, PaymentState, Side

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Settled:
    """Allocations written, and the lines on the control account they book (the other side is the caller's)."""

    allocations: list[Allocation]
    lines: list[Line]


@operation(permission="finance.allocate_payment", document=(Payment, "payment_id"))
def allocate_payment(
    *, payment_id: int, version: int | None = None, allocations: Rows, actor: Any, at: dt.datetime
) -> Payment:
    """Settle invoices with what is left of a posted payment: rows of {"invoice_id", "amount"} in its currency.

    An amount has the sign of what is open: a credit note is settled with a negative amount.

    Raises:
        StaleVersion: somebody changed the payment since.
        NotADraft: it is not posted.
        WrongAllocation: an invoice of another partner, side or currency, or not posted.
        OverAllocated: more than is open on an invoice, or left of the payment.
        PeriodClosed, NoFiscalPeriod: today takes no entry.
    """
    invoices = lock_many(Invoice, {int(row["invoice_id"]) for row in allocations})
    payment = lock(Payment, payment_id, version=version)
    if payment.state != PaymentState.POSTED:
        raise NotADraft(document=payment, state=str(payment.get_state_display()))
    pairs = [(invoices[int(row["invoice_id"])], Decimal(row["amount"])) for row in allocations]
    allocate_later(payment, pairs, actor=actor, at=at)
    payment.version += 1
    payment.save(update_fields=["version"])
    payment.refresh_from_db(fields=["open_amount", "open_base_amount"])
    return payment


def allocate_later(payment: Payment, pairs: Iterable[tuple[Invoice, Decimal]], *, actor: Any, at: dt.datetime) -> None:
    """Allocate a posted payment (all locked) and book it: the advance becomes a settled invoice."""
    book = account_book()
    date = business_date(at)
    settled = settle(payment, pairs, book=book, date=date, actor=actor, at=at)
    if not settled.allocations:
        return
    moved = sum((one.payment_base_amount for one in settled.allocations), ZERO)
    amount = sum((one.amount for one in settled.allocations), ZERO)
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


def settle(
    payment: Payment,
    pairs: Iterable[tuple[Invoice, Decimal]],
    *,
    book: AccountBook,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
) -> Settled:
    """Write allocations of a locked payment to locked invoices and return the control account's lines.

    Raises:
        WrongAllocation, OverAllocated: see `allocate_payment`.
    """
    sign = 1 if is_natural(payment) else -1
    rows: list[Allocation] = []
    lines: list[Line] = []
    for invoice, amount in pairs:
        if not amount:
            continue
        _refuse_wrong_pair(payment, invoice, amount)
        left = payment.amount - payment.allocated_amount
        base = share(invoice.base_gross_amount - invoice.settled_base_amount, amount, _open(invoice), book.decimals)
        payment_base = sign * share(
            payment.base_amount - payment.allocated_base_amount, sign * amount, left, book.decimals
        )
        _take(invoice, amount, base)
        payment.allocated_amount += sign * amount
        payment.allocated_base_amount += sign * payment_base
        rows.append(
            Allocation(
                invoice=invoice,
                payment=payment,
                allocated_on=date,
                amount=amount,
                base_amount=base,
                payment_base_amount=payment_base,
                actor=actor if getattr(actor, "pk", None) else None,
                created_at=at,
            )
        )
        lines += control_lines(invoice, book, amount, base)
    if not 0 <= payment.allocated_amount <= payment.amount:
        over = sum((row.amount for row in rows), ZERO)
        left = payment.amount - payment.allocated_amount + sign * over
        raise OverAllocated(document=payment, open=left, amount=sign * over)
    payment.save(update_fields=["allocated_amount", "allocated_base_amount"])
    return Settled(Allocation.objects.bulk_create(rows), lines)


def settle_with_credit(credit: Invoice, *, decimals: int, actor: Any, at: dt.datetime) -> Allocation | None:
    """Settle the invoice a posted credit note corrects, as far as that is open; one account, so no entry.

    Both are locked. What is left of the credit note stays open: paid back, or allocated to another invoice's payment.
    """
    invoice = credit.corrects
    if invoice is None:
        return None
    amount = min(_open(invoice), -_open(credit))
    if amount <= 0:
        return None
    invoice_base = invoice.base_gross_amount - invoice.settled_base_amount
    credit_base = credit.base_gross_amount - credit.settled_base_amount
    base = -credit_base if amount == -_open(credit) else share(invoice_base, amount, _open(invoice), decimals)
    _take(invoice, amount, base)
    _take(credit, -amount, -base)
    return Allocation.objects.create(
        invoice=invoice,
        credit=credit,
        allocated_on=credit.document_date,
        amount=amount,
        base_amount=base,
        actor=actor if getattr(actor, "pk", None) else None,
        created_at=at,
    )


def apply_advances(invoice: Invoice, advances: Sequence[Payment], *, actor: Any, at: dt.datetime) -> None:
    """Settle a new invoice with money paid in advance for the orders on it (all locked), the oldest first."""
    for payment in sorted(advances, key=lambda one: (one.document_date, one.pk)):
        amount = min(_open(invoice), payment.amount - payment.allocated_amount)
        if amount > 0:
            allocate_later(payment, [(invoice, amount)], actor=actor, at=at)


def release(allocation: Allocation, *, date: dt.date, actor: Any, at: dt.datetime) -> Allocation:
    """Append the negative of an allocation of a payment; the invoice (locked) is open again by its amount."""
    _take(allocation.invoice, -allocation.amount, -allocation.base_amount)
    return Allocation.objects.create(
        invoice=allocation.invoice,
        payment=allocation.payment,
        reverses=allocation,
        allocated_on=date,
        amount=-allocation.amount,
        base_amount=-allocation.base_amount,
        payment_base_amount=-allocation.payment_base_amount,
        actor=actor if getattr(actor, "pk", None) else None,
        created_at=at,
    )


def control_lines(invoice: Invoice, book: AccountBook, amount: Decimal, base: Decimal) -> list[Line]:
    """Return the lines that take ``amount`` (``base``) off the receivable or payable of ``invoice``."""
    is_customer = invoice.kind == Side.CUSTOMER
    sign = -1 if is_customer else 1
    line = Line(
        account_id=book.account(AccountRole.RECEIVABLE if is_customer else AccountRole.PAYABLE),
        amount=sign * base,
        currency_id=invoice.currency_id,
        currency_amount=sign * amount,
        rate=invoice.exchange_rate,
        partner_id=invoice.partner_id,
    )
    return in_currency(line, book.decimals)


def advance_lines(payment: Payment, book: AccountBook, amount: Decimal, base: Decimal) -> list[Line]:
    """Return the lines of ``amount`` (``base``; debit positive) on the advances of the payment's partner."""
    role = AccountRole.ADVANCE_RECEIVED if payment.kind == Side.CUSTOMER else AccountRole.ADVANCE_PAID
    line = Line(
        account_id=book.account(role),
        amount=base,
        currency_id=payment.currency_id,
        currency_amount=amount,
        rate=payment.exchange_rate,
        partner_id=payment.partner_id,
        sales_order_id=payment.sales_order_id,
    )
    return in_currency(line, book.decimals)


def balanced(lines: Sequence[Line], book: AccountBook) -> list[Line]:
    """Complete lines with the exchange difference between the rates of invoice and payment."""
    rest = -sum((line.amount for line in lines), ZERO)
    return [*lines, Line(account_id=book.account(AccountRole.EXCHANGE), amount=rest)]


def _open(invoice: Invoice) -> Decimal:
    return invoice.gross_amount - invoice.settled_amount


def _refuse_wrong_pair(payment: Payment, invoice: Invoice, amount: Decimal) -> None:
    alike = (
        invoice.state == InvoiceState.POSTED
        and invoice.partner_id == payment.partner_id
        and invoice.kind == payment.kind
        and invoice.currency_id == payment.currency_id
    )
    if not alike:
        raise WrongAllocation(invoice=invoice)
    still = _open(invoice)
    if amount * still <= 0 or abs(amount) > abs(still):
        raise OverAllocated(document=invoice, open=still, amount=amount)


def _take(invoice: Invoice, amount: Decimal, base: Decimal) -> None:
    invoice.settled_amount += amount
    invoice.settled_base_amount += base
    invoice.save(update_fields=["settled_amount", "settled_base_amount"])
    settle_instalments(invoice)

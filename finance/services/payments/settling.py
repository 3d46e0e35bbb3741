"""How invoices are settled: allocations written in memory order, and the lines on the control accounts they book."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.context import insert_later
from core.fields import ZERO
from core.history import change_later
from core.money import round_amount
from finance.engines.recognition import share
from finance.errors import DifferenceTooLarge, DiscountNotDue, InvoiceBlocked, OverAllocated, WrongAllocation
from finance.models import Allocation, Invoice, Payment
from finance.selectors.accounts import AccountBook
from finance.selectors.matching import is_blocked
from finance.selectors.payments import discount_on, is_natural
from finance.selectors.settings import finance_settings
from finance.services.instalments import settle_instalments
from finance.services.payments.control import balanced, control_lines, counter_lines
from finance.services.posting import Line
from finance.states import AllocationKind, InvoiceState
from masterdata.selectors.merging import is_family

ALLOCATED = ["allocated_amount", "allocated_base_amount"]


@dataclass(frozen=True)
class Part:
    """What a payment does to one invoice: the money, the cash discount taken off, the small difference written off.

    All in the invoice's currency, with the sign of what is open on it. ``granted_on``: the day whose terms give the
    discount, where it is not the day of the payment (a part of a bill that was received before).
    """

    invoice: Invoice
    amount: Decimal
    discount: Decimal = ZERO
    difference: Decimal = ZERO
    granted_on: dt.date | None = None

    @property
    def total(self) -> Decimal:
        """What the invoice is settled by."""
        return self.amount + self.discount + self.difference


@dataclass(frozen=True)
class Settled:
    """Allocations of money, and the lines they book besides the money (whose side is the caller's)."""

    allocations: list[Allocation]
    lines: list[Line]


@dataclass(frozen=True)
class Moment:
    """When and by whom allocations are written."""

    date: dt.date
    actor: Any
    at: dt.datetime

    def allocation(self, **columns: Any) -> Allocation:
        """Return an allocation of this moment, not stored."""
        actor = self.actor if getattr(self.actor, "pk", None) else None
        return Allocation(allocated_on=self.date, actor=actor, created_at=self.at, **columns)


def settle(
    payment: Payment, parts: Iterable[Part], *, book: AccountBook, moment: Moment, with_keys: bool = True
) -> Settled:
    """Write allocations of a locked payment to locked invoices and return the lines of all but the money.

    The caller stores what is allocated of the payment (ALLOCATED), and may do without the keys of the allocations.

    Raises:
        WrongAllocation: an invoice of another partner, side or currency, or not posted.
        InvoiceBlocked: a supplier's invoice that differs from order or receipt is not released.
        OverAllocated: more than is open on an invoice, or left of the payment.
        DiscountNotDue: more discount than the terms give, or too late.
        DifferenceTooLarge: more is written off than the settings allow.
    """
    sign = 1 if is_natural(payment) else -1
    money: list[Allocation] = []
    lines: list[Line] = []
    for part in parts:
        if not part.amount:
            continue
        _refuse_wrong_part(payment, part, moment.date)
        left = payment.amount - payment.allocated_amount
        payment_base = sign * _money_share(payment, sign * part.amount, left, book.decimals)
        rows = _take_part(part, book, moment)
        payment.allocated_amount += sign * part.amount
        payment.allocated_base_amount += sign * payment_base
        rows[0].payment_base_amount = payment_base
        for row in rows:
            row.payment = payment
        _store(rows, with_keys=with_keys)
        money.append(rows[0])
        lines += control_lines(part.invoice, book, part.total, sum((row.base_amount for row in rows), ZERO))
        lines += counter_lines(rows[1:], book)
    if not 0 <= payment.allocated_amount <= payment.amount:
        over = sum((row.amount for row in money), ZERO)
        left = payment.amount - payment.allocated_amount + sign * over
        raise OverAllocated(document=payment, open=left, amount=sign * over)
    return Settled(money, lines)


def is_same_partner(one: Invoice | Payment, other: Invoice | Payment) -> bool:
    """Return whether two documents are of one partner, counting those that were merged into one as one."""
    return one.partner_id == other.partner_id or is_family(one.partner, other.partner)


def settle_with_credit(
    credit: Invoice, invoice: Invoice, amount: Decimal, *, book: AccountBook, moment: Moment
) -> tuple[Allocation, list[Line]]:
    """Settle ``amount`` of an invoice by a credit note (both locked); lines only where their base amounts differ.

    Raises:
        WrongAllocation, OverAllocated: they do not fit, or less is open.
    """
    alike = (
        credit.state == invoice.state == InvoiceState.POSTED
        and (credit.kind, credit.currency_id) == (invoice.kind, invoice.currency_id)
        and is_same_partner(credit, invoice)
        and credit.is_credit
        and not invoice.is_credit
    )
    if not alike:
        raise WrongAllocation(invoice=invoice)
    for document, still in ((invoice, still_open(invoice)), (credit, -still_open(credit))):
        if not 0 < amount <= still:
            raise OverAllocated(document=document, open=max(still, ZERO), amount=amount)
    base = base_share(invoice, amount, book.decimals)
    given = base_share(credit, -amount, book.decimals)
    take(invoice, amount, base)
    take(credit, -amount, given)
    row = moment.allocation(invoice=invoice, credit=credit, amount=amount, base_amount=base, credit_base_amount=-given)
    row.save(force_insert=True)
    if base == -given:
        return row, []
    lines = control_lines(invoice, book, amount, base) + control_lines(credit, book, -amount, given)
    return row, balanced(lines, book)


def release(allocation: Allocation, *, moment: Moment) -> Allocation:
    """Append the negative of an allocation; its invoice (and credit note; both locked) is open again by its amount."""
    take(allocation.invoice, -allocation.amount, -allocation.base_amount)
    given = allocation.credit_base_amount
    if allocation.credit is not None:
        given = allocation.base_amount if given is None else given
        take(allocation.credit, allocation.amount, given)
    row = moment.allocation(
        invoice=allocation.invoice,
        payment_id=allocation.payment_id,
        credit_id=allocation.credit_id,
        write_off_id=allocation.write_off_id,
        kind=allocation.kind,
        reverses=allocation,
        amount=-allocation.amount,
        base_amount=-allocation.base_amount,
        payment_base_amount=-allocation.payment_base_amount,
        credit_base_amount=None if given is None else -given,
    )
    row.save(force_insert=True)
    return row


def still_open(invoice: Invoice) -> Decimal:
    """Return what is open of a locked invoice, counted from the columns this transaction has changed."""
    return invoice.gross_amount - invoice.settled_amount


def take(invoice: Invoice, amount: Decimal, base: Decimal) -> None:
    """Settle ``amount`` (``base``) of a locked invoice and of its instalments, the earliest due first."""
    invoice.settled_amount += amount
    invoice.settled_base_amount += base
    change_later([invoice], ["settled_amount", "settled_base_amount"])
    settle_instalments(invoice)


def base_share(invoice: Invoice, amount: Decimal, decimals: int) -> Decimal:
    """Return the base amount that goes with ``amount`` of what is open; the last part takes what is left."""
    return share(invoice.base_gross_amount - invoice.settled_base_amount, amount, still_open(invoice), decimals)


def _money_share(payment: Payment, amount: Decimal, left: Decimal, decimals: int) -> Decimal:
    """Return the base amount of ``amount`` of a payment: its share of what is left, at its rate when nothing is."""
    if not left:
        return round_amount(amount * payment.exchange_rate, decimals)
    return share(payment.base_amount - payment.allocated_base_amount, amount, left, decimals)


def _take_part(part: Part, book: AccountBook, moment: Moment) -> list[Allocation]:
    """Settle the invoice and return its rows, the money first; their base amounts sum to the share of the whole."""
    whole = base_share(part.invoice, part.total, book.decimals)
    rows: list[Allocation] = []
    taken = ZERO
    for kind, amount in ((AllocationKind.DISCOUNT, part.discount), (AllocationKind.DIFFERENCE, part.difference)):
        if amount:
            base = share(whole, amount, part.total, book.decimals)
            taken += base
            rows.append(moment.allocation(invoice=part.invoice, kind=kind, amount=amount, base_amount=base))
    first = moment.allocation(invoice=part.invoice, amount=part.amount, base_amount=whole - taken)
    take(part.invoice, part.total, whole)
    return [first, *rows]


def _store(rows: Sequence[Allocation], *, with_keys: bool) -> None:
    if not with_keys and len(rows) == 1:
        insert_later(rows)
        return
    rows[0].save(force_insert=True)
    for row in rows[1:]:
        row.belongs_to = rows[0]
    Allocation.objects.bulk_create(rows[1:])


def _refuse_wrong_part(payment: Payment, part: Part, date: dt.date) -> None:
    invoice = part.invoice
    alike = (
        invoice.state == InvoiceState.POSTED
        and is_same_partner(invoice, payment)
        and invoice.kind == payment.kind
        and invoice.currency_id == payment.currency_id
    )
    if not alike:
        raise WrongAllocation(invoice=invoice)
    if is_blocked(invoice):
        raise InvoiceBlocked(document=invoice)
    still = still_open(invoice)
    if part.total * still <= 0 or abs(part.total) > abs(still):
        raise OverAllocated(document=invoice, open=still, amount=part.total)
    if part.discount:
        allowed = discount_on(invoice, part.granted_on or date)
        if part.discount * still < 0 or abs(part.discount) > allowed:
            raise DiscountNotDue(document=invoice, amount=part.discount, allowed=allowed)
    if part.difference:
        tolerance = finance_settings().write_off_tolerance
        in_base = round_amount(abs(part.difference) * invoice.exchange_rate, 4)
        if in_base > tolerance:
            raise DifferenceTooLarge(document=invoice, amount=part.difference, tolerance=tolerance)

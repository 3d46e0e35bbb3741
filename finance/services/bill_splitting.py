"""Splitting a bill we hold (票据拆分): each part is a bill of its own and stands for its part of what it paid."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidTransition
from core.fields import ZERO
from core.locks import lock_many
from core.money import round_amount, split_amount
from core.operations import operation
from finance.errors import BillPartsMismatch, WrongBillSide
from finance.models import Allocation, Bill, Invoice, Payment
from finance.selectors.accounts import account_book
from finance.selectors.payments import live_allocations
from finance.services.payments.posting import record_payment, reverse_payment
from finance.states import AllocationKind, BillSide, BillState, PaymentState
from masterdata.models import Currency


@dataclass(frozen=True)
class Settled:
    """What a bill's receipt does to one invoice: the money, the cash discount taken off, the difference written off."""

    invoice_id: int
    amount: Decimal
    discount: Decimal
    difference: Decimal


COPIED = (
    "side",
    "kind",
    "partner",
    "drawer",
    "acceptor",
    "currency",
    "exchange_rate",
    "issue_date",
    "due_date",
    "note",
)


@operation(permission="finance.split_bill", document=(Bill, "bill_id"))
def split_bill(
    *, bill_id: int, parts: Sequence[Decimal], version: int | None = None, actor: Any, at: dt.datetime
) -> Bill:
    """Split a bill we hold into bills of these amounts, to be endorsed, discounted or collected one by one.

    The receipt of the whole is undone today and each part is received instead: it settles the same invoices, the first
    part the first of them, what is left over is an advance. A cash discount granted with the bill goes with the parts
    in proportion, by the terms of the day the bill was received; a small difference goes with the last of them. Should
    a part be dishonoured later, its part of the debt is open again and no more. The numbers of the parts are the bill's
    with -1, -2 …

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: we do not hold it.
        WrongBillSide: we issued it ourselves.
        BillPartsMismatch: fewer than two parts, one that is not positive, or they do not sum to the bill's amount.
        PeriodClosed, NoFiscalPeriod: today takes no entry.
    """
    payments = Payment.objects.filter(bill=bill_id, state=PaymentState.POSTED)
    allocated = Allocation.objects.filter(payment__in=payments).values_list("invoice", flat=True)
    lock_many(Invoice, set(allocated))
    bill = lock(Bill, bill_id, version=version)
    if bill.side != BillSide.RECEIVED:
        raise WrongBillSide(document=bill)
    if bill.state != BillState.HELD:
        raise InvalidTransition(document=bill, state=bill.get_state_display(), to=BillState.SPLIT.label)
    amounts = _amounts(bill, parts)
    received = list(lock_many(Payment, payments.values_list("pk", flat=True)).values())
    transition(bill, BillState.SPLIT, actor=actor, at=at)
    if bill.is_opening and not received:
        _share_opening(bill, amounts, actor=actor, at=at)
        return bill
    [payment] = received
    settled = _settled_by(payment)
    today = business_date(at)
    reverse_payment(payment_id=payment.pk, date=today, actor=actor, at=at, reason=str(bill))
    shared = _shared_out(amounts, [(one.invoice_id, one.amount) for one in settled])
    _share_extras([line for _amount, lines in shared for line in lines], settled, payment.document_date, bill.currency)
    for number, (amount, lines) in enumerate(shared, start=1):
        part = _part(bill, number, amount, at)
        transition(part, BillState.HELD, actor=actor, at=at)
        taken = record_payment(
            bill_id=part.pk,
            partner_id=bill.partner_id,
            kind=payment.kind,
            direction=payment.direction,
            amount=amount,
            exchange_rate=bill.exchange_rate,
            document_date=today,
            sales_order_id=payment.sales_order_id,
            lines=lines,
            actor=actor,
            at=at,
        )
        part.base_amount = taken.base_amount
        part.save(update_fields=["base_amount"])
    return bill


def _share_opening(bill: Bill, amounts: Sequence[Decimal], *, actor: Any, at: dt.datetime) -> None:
    """Divide a bill that is older than the books: nothing was received with it, and its account does not change."""
    bases = split_amount(bill.base_amount, amounts, account_book().decimals)
    for number, (amount, base) in enumerate(zip(amounts, bases, strict=True), start=1):
        part = _part(bill, number, amount, at)
        part.base_amount, part.opening_state = base, bill.opening_state
        part.save(update_fields=["base_amount", "opening_state"])
        transition(part, BillState.HELD, actor=actor, at=at)


def _part(bill: Bill, number: int, amount: Decimal, at: dt.datetime) -> Bill:
    part = Bill(
        number=next_number(Bill, at),
        bill_number=f"{bill.bill_number}-{number}"[:40],
        amount=amount,
        split_from=bill,
        document_date=business_date(at),
        owner=bill.owner,
        created_at=at,
        **{name: getattr(bill, name) for name in COPIED},
    )
    part.save()
    return part


def _amounts(bill: Bill, parts: Sequence[Decimal]) -> list[Decimal]:
    amounts = [Decimal(part) for part in parts]
    rounded = [round_amount(amount, bill.currency.decimals) for amount in amounts]
    if len(amounts) < 2 or min(amounts) <= 0 or rounded != amounts or sum(amounts, ZERO) != bill.amount:
        raise BillPartsMismatch(document=bill, amount=bill.amount, total=sum(amounts, ZERO))
    return amounts


def _settled_by(payment: Payment) -> list[Settled]:
    """Return what the receipt of the bill settles, by invoice, the first first."""
    found: dict[int, dict[str, Decimal]] = {}
    for allocation in live_allocations(payment):
        kinds = found.setdefault(allocation.invoice_id, {})
        kinds[allocation.kind] = kinds.get(allocation.kind, ZERO) + allocation.amount
    return [
        Settled(
            invoice_id,
            kinds.get(AllocationKind.SETTLED, ZERO),
            kinds.get(AllocationKind.DISCOUNT, ZERO),
            kinds.get(AllocationKind.DIFFERENCE, ZERO),
        )
        for invoice_id, kinds in found.items()
    ]


def _share_extras(
    lines: Sequence[dict[str, Any]], settled: Sequence[Settled], granted_on: dt.date, currency: Currency
) -> None:
    """Add to the lines of the parts what the bill's receipt took off: the discount by amount, the difference last."""
    for one in settled:
        own = [line for line in lines if line["invoice_id"] == one.invoice_id]
        weights = [line["amount"] for line in own]
        for line, discount in zip(own, split_amount(one.discount, weights, currency.decimals), strict=True):
            line |= {"discount": discount, "granted_on": granted_on}
        own[-1]["difference"] = one.difference


def _shared_out(
    amounts: Sequence[Decimal], settled: Sequence[tuple[int, Decimal]]
) -> list[tuple[Decimal, list[dict[str, Any]]]]:
    """Give each part the invoices it settles, in their order."""
    waiting = list(settled)
    shared = []
    for amount in amounts:
        left = amount
        lines: list[dict[str, Any]] = []
        while left > 0 and waiting:
            invoice_id, open_amount = waiting.pop(0)
            taken = min(left, open_amount)
            lines.append({"invoice_id": invoice_id, "amount": taken})
            left -= taken
            if open_amount > taken:
                waiting.insert(0, (invoice_id, open_amount - taken))
        shared.append((amount, lines))
    return shared

"""Payments before they are posted: created, changed, cancelled."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core import history
from core.clock import business_date
from core.documents import lock, next_number, transition
from core.locks import held
from core.money import round_amount
from core.operations import operation
from crm.models import SalesOrder
from finance.errors import (
    AmountMissing,
    BankAccountMissing,
    CurrencyMismatch,
    DuplicateBankReference,
    NotADraft,
    OrderOfAnother,
    OverAllocated,
    WrongAllocation,
)
from finance.models import BankAccount, Bill, Invoice, Payment, PaymentLine
from finance.selectors.payments import NATURAL, is_natural
from finance.states import InvoiceState, PaymentState, Side
from masterdata.models import Currency, Partner
from masterdata.selectors.currencies import rate_on
from masterdata.selectors.merging import is_family
from masterdata.services.entry import require_open, require_own_record
from scm.models import PurchaseOrder

Rows = Sequence[Mapping[str, Any]]


@operation(permission="finance.add_payment")
def create_payment(
    *,
    partner_id: int,
    kind: str,
    amount: Decimal,
    bank_account_id: int | None = None,
    bill_id: int | None = None,
    direction: str = "",
    document_date: dt.date | None = None,
    exchange_rate: Decimal | None = None,
    reference: str = "",
    sales_order_id: int | None = None,
    purchase_order_id: int | None = None,
    lines: Rows = (),
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Payment:
    """Draft a payment in the currency of the bank account (or of a bill); ``lines`` say what it is for.

    A line is {"invoice_id", "amount"}; it may take off "discount" (by the invoice's terms) and write off a small
    "difference".

    Without ``direction`` money comes in from customers and goes out to suppliers. ``exchange_rate`` is the bank's own
    (base units for 1); without it the rate of the day.

    Raises:
        AmountMissing: the amount is not positive.
        CurrencyMismatch: an order or invoice is in another currency than the bank account.
        OrderOfAnother: the order belongs to another partner.
        WrongAllocation, OverAllocated: a line names what this payment cannot settle, or more than is open.
        DuplicateBankReference: the bank's reference was entered before.
        NoExchangeRate: the currency has no rate on the day.
    """
    payment, _lines = draft_payment(
        partner_id=partner_id,
        kind=kind,
        amount=amount,
        bank_account_id=bank_account_id,
        bill_id=bill_id,
        direction=direction,
        document_date=document_date,
        exchange_rate=exchange_rate,
        reference=reference,
        sales_order_id=sales_order_id,
        purchase_order_id=purchase_order_id,
        lines=lines,
        note=note,
        actor=actor,
        at=at,
    )
    return payment


def draft_payment(
    *,
    partner_id: int,
    kind: str,
    amount: Decimal,
    bank_account_id: int | None = None,
    bill_id: int | None = None,
    direction: str = "",
    document_date: dt.date | None = None,
    exchange_rate: Decimal | None = None,
    reference: str = "",
    sales_order_id: int | None = None,
    purchase_order_id: int | None = None,
    lines: Rows = (),
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> tuple[Payment, list[PaymentLine]]:
    """Save and return a draft with its lines; see `create_payment`. Invoices that are locked are not read again."""
    payment = Payment(
        kind=Side(kind),
        direction=direction or NATURAL[Side(kind)],
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
    )
    _fill(
        payment,
        partner_id=partner_id,
        bank_account_id=bank_account_id,
        bill_id=bill_id,
        amount=amount,
        document_date=document_date or business_date(at),
        exchange_rate=exchange_rate,
        reference=reference,
        sales_order_id=sales_order_id,
        purchase_order_id=purchase_order_id,
        note=note,
    )
    rows = _lines_of(payment, lines)
    payment.number = next_number(Payment, at)
    history.create_with_lines(payment, rows, "payment")
    return payment, rows


@operation(permission="finance.change_payment", document=(Payment, "payment_id"))
def update_payment(
    *,
    payment_id: int,
    version: int | None = None,
    bank_account_id: int,
    amount: Decimal,
    document_date: dt.date,
    exchange_rate: Decimal | None = None,
    reference: str = "",
    sales_order_id: int | None = None,
    purchase_order_id: int | None = None,
    lines: Rows = (),
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Payment:
    """Replace what was typed on a draft; partner and direction stay.

    Raises:
        StaleVersion: somebody changed it since.
        NotADraft: it is posted, reversed or cancelled.
        AmountMissing, CurrencyMismatch, OrderOfAnother, WrongAllocation, OverAllocated, DuplicateBankReference: see
            `create_payment`.
    """
    payment = lock(Payment, payment_id, version=version)
    if payment.state != PaymentState.DRAFT:
        raise NotADraft(document=payment, state=str(payment.get_state_display()))
    _fill(
        payment,
        partner_id=payment.partner_id,
        bank_account_id=bank_account_id,
        amount=amount,
        document_date=document_date,
        exchange_rate=exchange_rate,
        reference=reference,
        sales_order_id=sales_order_id,
        purchase_order_id=purchase_order_id,
        note=note,
    )
    payment.version += 1
    payment.save()
    payment.lines.all().delete()
    rows = _lines_of(payment, lines)
    for row in rows:
        row.payment = payment
    PaymentLine.objects.bulk_create(rows)
    return payment


@operation(permission="finance.cancel_payment", document=(Payment, "payment_id"))
def cancel_payment(*, payment_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Payment:
    """Cancel a draft.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is posted (reverse it), reversed or cancelled.
    """
    payment = lock(Payment, payment_id, version=version)
    transition(payment, PaymentState.CANCELLED, actor=actor, at=at)
    return payment


def _fill(
    payment: Payment, *, partner_id: int, bank_account_id: int | None, bill_id: int | None = None, **typed: Any
) -> None:
    payment.partner = Partner.objects.get(pk=partner_id)
    require_own_record(payment.partner)
    _choose_means(payment, bank_account_id, bill_id)
    payment.amount = round_amount(typed["amount"], payment.currency.decimals)
    if payment.amount <= 0:
        raise AmountMissing(field="amount")
    payment.document_date = typed["document_date"]
    payment.exchange_rate = _rate(payment.currency, typed["document_date"], typed["exchange_rate"])
    payment.reference = typed["reference"].strip()
    payment.note = typed["note"]
    payment.sales_order = order_of_partner(SalesOrder, typed["sales_order_id"], payment)
    payment.purchase_order = order_of_partner(PurchaseOrder, typed["purchase_order_id"], payment)
    _refuse_twin(payment)


def _choose_means(payment: Payment, bank_account_id: int | None, bill_id: int | None) -> None:
    """A payment goes by a bank (or cash) account of ours, or by a bill."""
    if bill_id is not None:
        payment.bill = Bill.objects.select_related("currency").get(pk=bill_id)
        payment.currency = payment.bill.currency
        return
    bank = BankAccount.objects.select_related("currency").filter(pk=bank_account_id).first()
    if bank is None:
        raise BankAccountMissing(field="bank_account")
    require_open(bank)
    payment.bank_account, payment.currency = bank, bank.currency


def _rate(currency: Currency, date: dt.date, typed: Decimal | None) -> Decimal:
    on_the_day = rate_on(currency, date) if typed is None else typed
    return Decimal(on_the_day)


def order_of_partner(model: Any, pk: int | None, payment: Payment) -> Any:
    """Return the order a payment is for; None stays None.

    Raises:
        OrderOfAnother: it belongs to another partner.
        CurrencyMismatch: it is in another currency.
    """
    if pk is None:
        return None
    order = model.objects.select_related("currency").get(pk=pk)
    if order.partner_id != payment.partner_id and not is_family(order.partner, payment.partner):
        raise OrderOfAnother(order=order, partner=payment.partner)
    if order.currency_id != payment.currency_id:
        means = payment.bank_account or payment.bill or payment.reference
        raise CurrencyMismatch(account=means, currency=payment.currency)
    return order


def _refuse_twin(payment: Payment) -> None:
    if not payment.reference or payment.bank_account is None:
        return
    twin = (
        Payment.objects.filter(
            bank_account=payment.bank_account, direction=payment.direction, reference=payment.reference
        )
        .filter(state__in=[PaymentState.DRAFT, PaymentState.POSTED])
        .exclude(pk=payment.pk)
        .first()
    )
    if twin is not None:
        raise DuplicateBankReference(reference=payment.reference, document=twin)


def _lines_of(payment: Payment, lines: Rows) -> list[PaymentLine]:
    wanted = {int(row["invoice_id"]): row for row in lines if Decimal(row["amount"])}
    invoices = held(Invoice)
    if wanted.keys() - invoices.keys():
        invoices = Invoice.objects.in_bulk(wanted)
    total = Decimal(0)
    rows = []
    for pk, row in wanted.items():
        invoice = invoices.get(pk)
        if invoice is None or not _fits(payment, invoice):
            raise WrongAllocation(invoice=invoice or pk)
        amount, *extras = (Decimal(row.get(name) or 0) for name in ("amount", "discount", "difference"))
        settled = amount + sum(extras)
        if settled * invoice.open_amount <= 0 or abs(settled) > abs(invoice.open_amount):
            raise OverAllocated(document=invoice, open=invoice.open_amount, amount=settled)
        total += amount
        rows.append((invoice, amount, *extras, row.get("granted_on")))
    total = total if is_natural(payment) else -total
    if not 0 <= total <= payment.amount:
        raise OverAllocated(document=payment, open=payment.amount, amount=total)
    return [
        PaymentLine(
            invoice=invoice,
            amount=amount,
            discount_amount=discount,
            difference_amount=difference,
            granted_on=granted_on,
        )
        for invoice, amount, discount, difference, granted_on in rows
    ]


def _fits(payment: Payment, invoice: Invoice) -> bool:
    return (
        invoice.state == InvoiceState.POSTED
        and (invoice.partner_id == payment.partner_id or is_family(invoice.partner, payment.partner))
        and invoice.kind == payment.kind
        and invoice.currency_id == payment.currency_id
    )

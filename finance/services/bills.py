"""Bills of exchange: taken in or issued, endorsed, discounted, collected or honoured, dishonoured."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidTransition
from core.fields import ZERO
from core.locks import lock_many
from core.money import round_amount
from core.operations import operation
from finance.errors import AmountMissing, BillInUse, CurrencyMismatch, DuplicateBill, WrongBillSide
from finance.models import Allocation, BankAccount, Bill, Invoice, Payment
from finance.selectors.accounts import account_book
from finance.services.opening_bills import bill_line, reopen_claims
from finance.services.payments.posting import record_payment, reverse_payment
from finance.services.posting import Line, post_entry
from finance.states import AccountRole, BillSide, BillState, Direction, EntryEvent, PaymentState, Side
from masterdata.models import Currency, Partner
from masterdata.selectors.currencies import base_currency, rate_on

Rows = Sequence[Mapping[str, Any]]


@operation(permission="finance.add_bill")
def create_bill(
    *,
    side: str,
    kind: str,
    bill_number: str,
    partner_id: int,
    amount: Decimal,
    issue_date: dt.date,
    due_date: dt.date,
    document_date: dt.date | None = None,
    currency_id: int | None = None,
    drawer: str = "",
    acceptor: str = "",
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Bill:
    """Draft a bill we receive from a customer or issue to a supplier.

    Raises:
        AmountMissing: the amount is not positive.
        DuplicateBill: a bill with this number was entered before.
        NoExchangeRate: the currency has no rate on the day.
    """
    currency = Currency.objects.get(pk=currency_id) if currency_id else base_currency()
    if round_amount(amount, currency.decimals) <= 0:
        raise AmountMissing(field="amount")
    twin = Bill.objects.filter(side=side, bill_number=bill_number.strip()).exclude(state=BillState.CANCELLED).first()
    if twin is not None:
        raise DuplicateBill(bill_number=bill_number, document=twin)
    day = document_date or business_date(at)
    bill = Bill(
        number=next_number(Bill, at),
        side=BillSide(side),
        kind=kind,
        bill_number=bill_number.strip(),
        partner=Partner.objects.get(pk=partner_id),
        drawer=drawer,
        acceptor=acceptor,
        currency=currency,
        exchange_rate=rate_on(currency, day),
        amount=round_amount(amount, currency.decimals),
        issue_date=issue_date,
        due_date=due_date,
        document_date=day,
        note=note,
        owner=actor if getattr(actor, "pk", None) else None,
        created_at=at,
    )
    bill.save()
    return bill


@operation(permission="finance.register_bill", document=(Bill, "bill_id"))
def register_bill(*, bill_id: int, version: int | None = None, lines: Rows = (), actor: Any, at: dt.datetime) -> Bill:
    """Take in (issue) a drafted bill: it settles ``lines`` of {"invoice_id", "amount"}, the rest is an advance.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is no draft.
        WrongAllocation, InvoiceBlocked, OverAllocated: see `record_payment`.
        PeriodClosed, NoFiscalPeriod: its date takes no entry.
    """
    _lock_invoices(lines)
    bill = lock(Bill, bill_id, version=version)
    transition(bill, BillState.HELD, actor=actor, at=at)
    received = bill.side == BillSide.RECEIVED
    payment = record_payment(
        bill_id=bill.pk,
        partner_id=bill.partner_id,
        kind=str(Side.CUSTOMER if received else Side.SUPPLIER),
        direction=str(Direction.IN if received else Direction.OUT),
        amount=bill.amount,
        exchange_rate=bill.exchange_rate,
        document_date=bill.document_date,
        lines=lines,
        actor=actor,
        at=at,
    )
    bill.base_amount = payment.base_amount
    bill.save(update_fields=["base_amount"])
    return bill


@operation(permission="finance.endorse_bill", document=(Bill, "bill_id"))
def endorse_bill(
    *,
    bill_id: int,
    version: int | None = None,
    partner_id: int,
    lines: Rows = (),
    document_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> Bill:
    """Pay a supplier with a bill we hold (背书); ``lines`` of {"invoice_id", "amount"} are his invoices.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: we do not hold it.
        WrongBillSide: we issued it ourselves.
        WrongAllocation, InvoiceBlocked, OverAllocated: see `record_payment`.
        PeriodClosed, NoFiscalPeriod: the date takes no entry.
    """
    _lock_invoices(lines)
    bill = lock(Bill, bill_id, version=version)
    _require_side(bill, BillSide.RECEIVED)
    transition(bill, BillState.ENDORSED, actor=actor, at=at)
    day = document_date or business_date(at)
    record_payment(
        bill_id=bill.pk,
        partner_id=partner_id,
        kind=str(Side.SUPPLIER),
        direction=str(Direction.OUT),
        amount=bill.amount,
        exchange_rate=bill.exchange_rate,
        document_date=day,
        lines=lines,
        actor=actor,
        at=at,
    )
    bill.endorsed_to_id, bill.settled_date = partner_id, day
    bill.save(update_fields=["endorsed_to", "settled_date"])
    return bill


@operation(permission="finance.discount_bill", document=(Bill, "bill_id"))
def discount_bill(
    *,
    bill_id: int,
    version: int | None = None,
    bank_account_id: int,
    interest: Decimal,
    document_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> Bill:
    """Sell a bill we hold to a bank before it is due (贴现): money less ``interest``.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: we do not hold it.
        WrongBillSide: we issued it ourselves.
        AmountMissing: the interest is below nothing, or not below the amount.
        CurrencyMismatch: the bank account is in another currency.
        PeriodClosed, NoFiscalPeriod: the date takes no entry.
    """
    bill = lock(Bill, bill_id, version=version)
    _require_side(bill, BillSide.RECEIVED)
    transition(bill, BillState.DISCOUNTED, actor=actor, at=at)
    bill.interest = round_amount(interest, bill.currency.decimals)
    if not 0 <= bill.interest < bill.amount:
        raise AmountMissing(field="interest")
    _to_bank(bill, bank_account_id, document_date or business_date(at), EntryEvent.DISCOUNTED, actor=actor, at=at)
    return bill


@operation(permission="finance.settle_bill", document=(Bill, "bill_id"))
def settle_bill(
    *,
    bill_id: int,
    version: int | None = None,
    bank_account_id: int,
    document_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> Bill:
    """Collect a bill we hold, or honour one we issued, at maturity (到期兑付).

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is neither held nor outstanding.
        CurrencyMismatch: the bank account is in another currency.
        PeriodClosed, NoFiscalPeriod: the date takes no entry.
    """
    bill = lock(Bill, bill_id, version=version)
    transition(bill, BillState.SETTLED, actor=actor, at=at)
    _to_bank(bill, bank_account_id, document_date or business_date(at), EntryEvent.SETTLED, actor=actor, at=at)
    return bill


@operation(permission="finance.dishonour_bill", document=(Bill, "bill_id"))
def dishonour_bill(*, bill_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = "") -> Bill:
    """The bill was not paid (拒付): what it settled is open again today; a discounting bank takes its money back.

    Of a bill that is older than the books its amount is owed again, as an item of its own.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is a draft, settled or cancelled.
        PeriodClosed, NoFiscalPeriod: today takes no entry.
    """
    payments = Payment.objects.filter(bill=bill_id, state=PaymentState.POSTED)
    allocated = Allocation.objects.filter(payment__in=payments).values_list("invoice", flat=True)
    lock_many(Invoice, set(allocated))
    bill = lock(Bill, bill_id, version=version)
    lock_many(Payment, payments.values_list("pk", flat=True))
    before = bill.state
    transition(bill, BillState.DISHONOURED, actor=actor, at=at, reason=reason)
    day = business_date(at)
    if before == BillState.DISCOUNTED:
        book = account_book()
        bank = bill.bank_account
        lines = [
            bill_line(bill, book, bill.amount, bill.base_amount),
            _bank_line(bill, bank, -bill.amount, -bill.base_amount),
        ]
        post_entry(
            source=bill,
            event=EntryEvent.REVERSED,
            lines=lines,
            date=day,
            description=reason,
            book=book,
            actor=actor,
            at=at,
        )
    for payment in payments.order_by("-pk"):
        reverse_payment(payment_id=payment.pk, date=day, actor=actor, at=at, reason=reason)
    if bill.is_opening:
        reopen_claims(bill, day, actor=actor, at=at)
    return bill


@operation(permission="finance.cancel_bill", document=(Bill, "bill_id"))
def cancel_bill(*, bill_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Bill:
    """Cancel a draft.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is registered already.
    """
    bill = lock(Bill, bill_id, version=version)
    if bill.state != BillState.DRAFT:
        raise InvalidTransition(document=bill, state=bill.get_state_display(), to=BillState.CANCELLED.label)
    transition(bill, BillState.CANCELLED, actor=actor, at=at)
    return bill


def _lock_invoices(lines: Rows) -> None:
    lock_many(Invoice, {int(row["invoice_id"]) for row in lines})


def _require_side(bill: Bill, side: BillSide) -> None:
    if bill.side != side:
        raise WrongBillSide(document=bill)


def _to_bank(bill: Bill, bank_account_id: int, day: dt.date, event: EntryEvent, *, actor: Any, at: dt.datetime) -> None:
    """Book the money of a bill at its bank account, less the interest of a discount, and note where it went."""
    bank = BankAccount.objects.select_related("currency").get(pk=bank_account_id)
    if bank.currency_id != bill.currency_id:
        raise CurrencyMismatch(account=bank, currency=bill.currency)
    book = account_book()
    sign = 1 if bill.side == BillSide.RECEIVED else -1
    rate = rate_on(bill.currency, day)
    money = bill.amount - bill.interest
    base, interest = round_amount(money * rate, book.decimals), round_amount(bill.interest * rate, book.decimals)
    lines = [
        _bank_line(bill, bank, sign * money, sign * base, rate),
        Line(account_id=book.account(AccountRole.BILL_INTEREST), amount=interest, partner_id=bill.partner_id),
        bill_line(bill, book, -sign * bill.amount, -sign * bill.base_amount),
    ]
    rest = -sum((line.amount for line in lines), ZERO)
    lines.append(Line(account_id=book.account(AccountRole.EXCHANGE), amount=rest))
    post_entry(
        source=bill, event=event, lines=lines, date=day, description=bill.bill_number, book=book, actor=actor, at=at
    )
    bill.bank_account, bill.settled_date = bank, day
    bill.save(update_fields=["bank_account", "settled_date", "interest"])


def _bank_line(
    bill: Bill, bank: BankAccount | None, amount: Decimal, base: Decimal, rate: Decimal | None = None
) -> Line:
    if bank is None:
        raise BillInUse(document=bill)
    return Line(
        account_id=bank.account_id,
        amount=base,
        currency_id=bill.currency_id,
        currency_amount=amount,
        rate=rate or bill.exchange_rate,
    )

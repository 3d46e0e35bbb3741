"""Bills of exchange that are older than the books (期初应收应付票据): held, or passed on and still liable."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.documents import lock, next_number, transition
from core.money import round_amount
from core.operations import operation
from finance.errors import (
    AmountMissing,
    CurrencyMismatch,
    DuplicateBill,
    NoOpeningItem,
    OpeningBillIncomplete,
    OpeningInUse,
    WrongBillSide,
)
from finance.models import BankAccount, Bill, Invoice
from finance.selectors.accounts import AccountBook, account_book
from finance.selectors.bills import bill_account
from finance.services.opening_items import enter_item, opening_day, own_partner
from finance.services.posting import Line, live_entry, post_entry, reverse_entry
from finance.states import OPENING_BILLS, AccountRole, BillSide, BillState, EntryEvent, Journal, Side
from masterdata.models import Currency, Partner
from masterdata.selectors.currencies import base_currency, rate_on


@operation(permission="finance.enter_openingitem")
def record_opening_bill(
    *,
    side: str,
    kind: str,
    bill_number: str,
    partner_id: int,
    amount: Decimal,
    issue_date: dt.date,
    due_date: dt.date,
    state: str = BillState.HELD,
    drawer: str = "",
    acceptor: str = "",
    endorsed_to_id: int | None = None,
    bank_account_id: int | None = None,
    currency_id: int | None = None,
    exchange_rate: Decimal | None = None,
    base_amount: Decimal | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Bill:
    """Enter a bill that was taken in or issued before the books began; of the first day of the books.

    state  what it was then: held (outstanding) is booked against the opening account. One that was endorsed to
    ``endorsed_to_id`` or discounted at ``bank_account_id`` books nothing: we are still liable for it, and it counts in
    the customer's exposure until its day.

    Raises:
        AmountMissing: the amount is not above zero.
        OpeningBillIncomplete, WrongBillSide, CurrencyMismatch: its state cannot be, or lacks supplier or bank account.
        DuplicateBill: a bill with this number was entered before.
        OpeningTooLate, BooksNotOpen, RoleWithoutAccount, MergedAway, NoExchangeRate: see `record_opening_item`.
    """
    day, partner, book = opening_day(), own_partner(partner_id), account_book()
    currency = Currency.objects.get(pk=currency_id) if currency_id else base_currency()
    amount = round_amount(amount, currency.decimals)
    bill = Bill(
        number=next_number(Bill, at),
        side=BillSide(side),
        kind=kind,
        bill_number=bill_number.strip(),
        partner=partner,
        drawer=drawer,
        acceptor=acceptor,
        currency=currency,
        exchange_rate=exchange_rate or rate_on(currency, day),
        amount=amount,
        issue_date=issue_date,
        due_date=due_date,
        endorsed_to=Partner.objects.get(pk=endorsed_to_id) if endorsed_to_id else None,
        bank_account=BankAccount.objects.get(pk=bank_account_id) if bank_account_id else None,
        document_date=day,
        opening_state=_state_of(state),
        note=note,
        owner=actor if getattr(actor, "pk", None) else None,
        created_at=at,
    )
    bill.base_amount = round_amount(amount * bill.exchange_rate, book.decimals) if base_amount is None else base_amount
    _enter(bill, book, actor=actor, at=at)
    return bill


@operation(permission="finance.enter_openingitem", document=(Bill, "bill_id"))
def withdraw_opening_bill(
    *, bill_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> Bill:
    """Take back an opening bill that was entered wrongly; its number may be entered again.

    Raises:
        StaleVersion: somebody changed it since.
        NoOpeningItem: it was taken in or issued in these books.
        OpeningInUse: it was endorsed, discounted, split, paid or dishonoured since.
        OpeningTooLate: the first period is closed.
    """
    bill = lock(Bill, bill_id, version=version)
    if not bill.is_opening:
        raise NoOpeningItem(document=bill)
    if bill.state != bill.opening_state or bill.split_from_id is not None:
        raise OpeningInUse(document=bill)
    day = opening_day()
    transition(bill, BillState.CANCELLED, actor=actor, at=at, reason=reason)
    entry = live_entry(bill, EntryEvent.PAYMENT)
    if entry is not None:
        reverse_entry(entry=entry, date=day, description=reason, actor=actor, at=at)
    return bill


def reopen_claims(bill: Bill, day: dt.date, *, actor: Any, at: dt.datetime) -> None:
    """Enter what is owed again when an opening bill is dishonoured, as no payment behind it could be undone.

    Its partner owes it, or we him; and where it was endorsed before the books began we owe it to whom we passed it on.
    """
    side = Side.CUSTOMER if bill.side == BillSide.RECEIVED else Side.SUPPLIER
    _reopen(bill, side, bill.partner, day, actor=actor, at=at)
    if bill.opening_state == BillState.ENDORSED and bill.endorsed_to is not None:
        _reopen(bill, Side.SUPPLIER, bill.endorsed_to, day, actor=actor, at=at)


def bill_line(bill: Bill, book: AccountBook, amount: Decimal, base: Decimal) -> Line:
    """Return the line of ``amount`` (``base``; debit positive) on the account that the bill stands on."""
    return Line(
        account_id=bill_account(bill, book),
        amount=base,
        currency_id=bill.currency_id,
        currency_amount=amount,
        rate=bill.exchange_rate,
        partner_id=bill.partner_id,
    )


def _enter(bill: Bill, book: AccountBook, *, actor: Any, at: dt.datetime) -> None:
    _refuse_if_wrong(bill)
    bill.save()
    transition(bill, BillState.HELD, actor=actor, at=at)
    if bill.opening_state == BillState.HELD:
        _book(bill, book, actor=actor, at=at)
    else:
        transition(bill, bill.opening_state, actor=actor, at=at)


def _state_of(state: str) -> BillState:
    if state not in OPENING_BILLS:
        raise OpeningBillIncomplete(field="state")
    return BillState(state)


def _refuse_if_wrong(bill: Bill) -> None:
    if bill.amount <= 0:
        raise AmountMissing(field="amount")
    if bill.side != BillSide.RECEIVED and bill.opening_state != BillState.HELD:
        raise WrongBillSide(document=bill.bill_number)
    needed = {BillState.ENDORSED: "endorsed_to", BillState.DISCOUNTED: "bank_account"}
    for state, name in needed.items():
        if (bill.opening_state == state) != (getattr(bill, name) is not None):
            raise OpeningBillIncomplete(field=name)
    if bill.due_date < bill.issue_date:
        raise OpeningBillIncomplete(field="due_date")
    if bill.bank_account is not None and bill.bank_account.currency_id != bill.currency_id:
        raise CurrencyMismatch(account=bill.bank_account, currency=bill.currency)
    same = Bill.objects.filter(side=bill.side, bill_number=bill.bill_number).exclude(state=BillState.CANCELLED)
    twin = same.first()
    if twin is not None:
        raise DuplicateBill(bill_number=bill.bill_number, document=twin)


def _book(bill: Bill, book: AccountBook, *, actor: Any, at: dt.datetime) -> None:
    """Book an outstanding bill in the journal of its side, whose part of the first period must be open."""
    is_received = bill.side == BillSide.RECEIVED
    sign = 1 if is_received else -1
    post_entry(
        source=bill,
        event=EntryEvent.PAYMENT,
        lines=[
            bill_line(bill, book, sign * bill.amount, sign * bill.base_amount),
            Line(account_id=book.account(AccountRole.OPENING), amount=-sign * bill.base_amount),
        ],
        date=bill.document_date,
        description=f"{bill.partner} {bill.bill_number}",
        book=book,
        journal=Journal.SALES if is_received else Journal.PURCHASE,
        is_first=True,
        actor=actor,
        at=at,
    )


def _reopen(bill: Bill, side: Side, partner: Partner, day: dt.date, *, actor: Any, at: dt.datetime) -> None:
    book = account_book()
    claim = Invoice(
        number=next_number(Invoice, at),
        kind=side,
        is_opening=True,
        partner=partner,
        currency=bill.currency,
        exchange_rate=bill.exchange_rate,
        supplier_reference=bill.bill_number,
        document_date=day,
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
        note=str(bill),
        net_amount=bill.amount,
        gross_amount=bill.amount,
        base_net_amount=bill.base_amount,
        base_gross_amount=bill.base_amount,
    )
    sign = -1 if side == Side.CUSTOMER else 1
    counter = bill_line(bill, book, sign * bill.amount, sign * bill.base_amount)
    enter_item(claim, [(bill.due_date, bill.amount)], counter, book, actor=actor, at=at)

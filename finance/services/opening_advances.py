"""Money paid in advance before the books began (期初预收预付), advance by advance; allocated like any other."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.documents import next_number, transition
from core.money import round_amount
from core.operations import operation
from crm.models import SalesOrder
from finance.errors import AmountMissing, OpeningItemKnown
from finance.models import Payment
from finance.selectors.accounts import AccountBook, account_book
from finance.selectors.payments import NATURAL
from finance.services.opening_items import opening_day, own_partner
from finance.services.payments.control import advance_lines
from finance.services.payments.drafts import order_of_partner
from finance.services.posting import Line, post_entry
from finance.signals import payment_posted
from finance.states import AccountRole, EntryEvent, Journal, PaymentState, Side
from masterdata.models import Currency
from masterdata.selectors.currencies import base_currency, rate_on
from scm.models import PurchaseOrder


@operation(permission="finance.enter_openingitem")
def record_opening_advance(
    *,
    partner_id: int,
    kind: str,
    reference: str,
    amount: Decimal,
    currency_id: int | None = None,
    exchange_rate: Decimal | None = None,
    base_amount: Decimal | None = None,
    sales_order_id: int | None = None,
    purchase_order_id: int | None = None,
    opening_entry_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Payment:
    """Enter what a customer paid us, or we paid a supplier, ahead; posted on the first day of the books.

    Arguments as of `record_opening_item`; ``amount`` is above zero. It settles invoices and lowers the exposure like a
    payment in advance, but no bank account moves: the other side is the opening account.

    Raises:
        AmountMissing: the amount is not above zero.
        OpeningItemKnown: the partner has an advance of this number.
        OpeningTooLate: there is no first period, or it is closed.
        OrderOfAnother, CurrencyMismatch: the order it was paid for is another partner's, or in another currency.
        BooksNotOpen, RoleWithoutAccount, MergedAway, NoExchangeRate: see `record_opening_item`.
    """
    day, partner, book = opening_day(), own_partner(partner_id), account_book()
    currency = Currency.objects.get(pk=currency_id) if currency_id else base_currency()
    amount = round_amount(amount, currency.decimals)
    if amount <= 0:
        raise AmountMissing(field="amount")
    payment = Payment(
        number=next_number(Payment, at),
        kind=Side(kind),
        direction=NATURAL[Side(kind)],
        is_opening=True,
        opening_entry_id=opening_entry_id,
        partner=partner,
        currency=currency,
        exchange_rate=exchange_rate or rate_on(currency, day),
        amount=amount,
        reference=reference.strip(),
        document_date=day,
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
        note=note,
    )
    base = round_amount(amount * payment.exchange_rate, book.decimals)
    payment.base_amount = base if base_amount is None else base_amount
    payment.sales_order = order_of_partner(SalesOrder, sales_order_id, payment)
    payment.purchase_order = order_of_partner(PurchaseOrder, purchase_order_id, payment)
    _refuse_twin(payment)
    payment.save()
    _book(payment, book, actor=actor, at=at)
    transition(payment, PaymentState.POSTED, actor=actor, at=at)
    payment.recount_open()
    payment_posted.send(sender=Payment, payment=payment, actor=actor, at=at)
    return payment


def _refuse_twin(payment: Payment) -> None:
    twins = Payment.objects.filter(kind=payment.kind, partner=payment.partner, reference=payment.reference)
    twin = twins.filter(is_opening=True, state=PaymentState.POSTED).first()
    if twin is not None:
        raise OpeningItemKnown(partner=payment.partner, reference=payment.reference, document=twin)


def _book(payment: Payment, book: AccountBook, *, actor: Any, at: dt.datetime) -> None:
    """Book the advance in the journal of its side, whose part of the first period must be open."""
    is_customer = payment.kind == Side.CUSTOMER
    sign = -1 if is_customer else 1
    lines = advance_lines(payment, book, sign * payment.amount, sign * payment.base_amount)
    counter = Line(account_id=book.account(AccountRole.OPENING), amount=-sign * payment.base_amount)
    post_entry(
        source=payment,
        event=EntryEvent.PAYMENT,
        lines=[*lines, counter],
        date=payment.document_date,
        description=f"{payment.partner} {payment.reference}",
        book=book,
        journal=Journal.SALES if is_customer else Journal.PURCHASE,
        is_first=True,
        actor=actor,
        at=at,
    )

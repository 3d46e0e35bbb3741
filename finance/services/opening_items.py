"""What was open of customers and suppliers before the books began (期初应收应付), item by item with its due date."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.documents import next_number, transition
from core.fields import ZERO
from core.money import round_amount
from core.operations import operation
from finance.errors import AmountMissing, OpeningItemKnown, OpeningTooLate
from finance.models import FiscalPeriod, Invoice, InvoiceLine
from finance.selectors.accounts import AccountBook, account_book
from finance.services.instalments import write_parts
from finance.services.posting import Line, in_currency, post_entry
from finance.states import GONE_INVOICES, AccountRole, EntryEvent, InvoiceState, PeriodState, Side
from masterdata.models import Currency, Partner
from masterdata.selectors.currencies import base_currency, rate_on
from masterdata.services.entry import require_own_record


@operation(permission="finance.enter_openingitem")
def record_opening_item(
    *,
    partner_id: int,
    kind: str,
    reference: str,
    due_date: dt.date,
    amount: Decimal,
    currency_id: int | None = None,
    exchange_rate: Decimal | None = None,
    base_amount: Decimal | None = None,
    parts: Sequence[tuple[dt.date, Decimal]] = (),
    opening_entry_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Invoice:
    """Enter one open item, posted at once on the first day of the books against the opening account.

    reference  the number the item had before; ``amount`` with tax, in its currency; below zero: a credit note.
    ``parts``: its instalments (due date, amount) where it has several; ``base_amount``: where the rate does not say it.
    ``opening_entry_id``: the opening voucher that names it, and takes it back when it is reversed.
    It is dunned, aged, paid and allocated like an invoice, but in no tax report: its tax was declared before.

    Raises:
        AmountMissing: the amount is nothing.
        OpeningItemKnown: the partner has an item of this number.
        OpeningTooLate: there is no first period, or it is closed.
        BooksNotOpen, RoleWithoutAccount: no chart, or no account for opening balances.
        MergedAway: the partner was merged into another one. NoExchangeRate: the currency has no rate on that day.
    """
    day, partner, book = opening_day(), own_partner(partner_id), account_book()
    currency = Currency.objects.get(pk=currency_id) if currency_id else base_currency()
    amount = round_amount(amount, currency.decimals)
    if not amount:
        raise AmountMissing(field="amount")
    invoice = Invoice(
        number=next_number(Invoice, at),
        kind=Side(kind),
        is_opening=True,
        opening_entry_id=opening_entry_id,
        is_credit=amount < 0,
        partner=partner,
        currency=currency,
        exchange_rate=exchange_rate or rate_on(currency, day),
        supplier_reference=reference.strip(),
        document_date=day,
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
        note=note,
        net_amount=amount,
        gross_amount=amount,
    )
    base = round_amount(amount * invoice.exchange_rate, book.decimals) if base_amount is None else base_amount
    invoice.base_net_amount = invoice.base_gross_amount = base
    counter = Line(account_id=book.account(AccountRole.OPENING), amount=ZERO)
    enter_item(invoice, parts or [(due_date, amount)], counter, book, actor=actor, at=at)
    return invoice


def enter_item(
    invoice: Invoice,
    parts: Sequence[tuple[dt.date, Decimal]],
    counter: Line,
    book: AccountBook,
    *,
    actor: Any,
    at: dt.datetime,
) -> None:
    """Store and post an item that no invoice of ours stands behind; ``counter`` takes the other side of its amount.

    Raises:
        OpeningItemKnown: the partner has an item of this number.
    """
    _refuse_twin(invoice)
    invoice.due_date = max(due for due, _amount in parts)
    invoice.save()
    _write_line(invoice, counter.account_id)
    write_parts(invoice, parts)
    _book(invoice, counter, book, actor=actor, at=at)
    transition(invoice, InvoiceState.POSTED, actor=actor, at=at, fields=["due_date"])
    invoice.recount_open()


def own_partner(partner_id: int) -> Partner:
    """Return the partner of an opening, who may be closed.

    Raises:
        MergedAway: he was merged into another one.
    """
    partner = Partner.objects.get(pk=partner_id)
    require_own_record(partner)
    return partner


def opening_day() -> dt.date:
    """Return the day that openings are booked on, the first of the books.

    Raises:
        OpeningTooLate: there is no first period, or it is closed.
    """
    first = FiscalPeriod.objects.order_by("d0").first()
    if first is None or first.state == PeriodState.CLOSED:
        raise OpeningTooLate(period=str(first or ""))
    return first.d0


def _refuse_twin(invoice: Invoice) -> None:
    """An item is entered once: two clerks or two runs of an import do not double it."""
    twins = Invoice.objects.filter(
        kind=invoice.kind, partner=invoice.partner, supplier_reference=invoice.supplier_reference
    )
    twin = twins.exclude(state__in=GONE_INVOICES).first()
    if twin is not None:
        raise OpeningItemKnown(partner=invoice.partner, reference=invoice.supplier_reference, document=twin)


def _write_line(invoice: Invoice, account_id: int) -> None:
    sign = -1 if invoice.is_credit else 1
    InvoiceLine.objects.create(
        invoice=invoice,
        line_no=1,
        account_id=account_id,
        description=str(EntryEvent.OPENING.label),
        quantity=sign,
        price=abs(invoice.gross_amount),
        net_amount=invoice.gross_amount,
        gross_amount=invoice.gross_amount,
        base_net_amount=invoice.base_net_amount,
        tax_rate=ZERO,
    )


def _book(invoice: Invoice, counter: Line, book: AccountBook, *, actor: Any, at: dt.datetime) -> None:
    sign = 1 if invoice.kind == Side.CUSTOMER else -1
    control = Line(
        account_id=book.account(AccountRole.RECEIVABLE if sign > 0 else AccountRole.PAYABLE),
        amount=sign * invoice.base_gross_amount,
        currency_id=invoice.currency_id,
        currency_amount=sign * invoice.gross_amount,
        rate=invoice.exchange_rate,
        partner_id=invoice.partner_id,
    )
    lines = in_currency(control, book.decimals)
    rest = -sum((line.amount for line in lines), ZERO)
    post_entry(
        source=invoice,
        event=EntryEvent.INVOICE,
        lines=[*lines, replace(counter, amount=rest)],
        date=invoice.document_date,
        description=f"{invoice.partner} {invoice.supplier_reference}",
        book=book,
        actor=actor,
        at=at,
    )

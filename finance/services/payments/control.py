"""The lines that settling books: on the control accounts, for discounts and small differences, for exchange."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from core.fields import ZERO
from finance.models import Allocation, Invoice, Payment
from finance.selectors.accounts import AccountBook
from finance.services.posting import Line, in_currency
from finance.states import AccountRole, AllocationKind, Side

COUNTER_ROLES = {
    AllocationKind.DISCOUNT: AccountRole.CASH_DISCOUNT,
    AllocationKind.DIFFERENCE: AccountRole.SMALL_DIFFERENCE,
}


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


def counter_lines(rows: Iterable[Allocation], book: AccountBook) -> list[Line]:
    """Return the other side of discounts and written-off differences: cost with a customer, gain with a supplier."""
    return [
        Line(
            account_id=book.account(COUNTER_ROLES[AllocationKind(row.kind)]),
            amount=row.base_amount if row.invoice.kind == Side.CUSTOMER else -row.base_amount,
            partner_id=row.invoice.partner_id,
        )
        for row in rows
    ]


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
    """Complete lines with the exchange difference between the rates of their two sides."""
    rest = -sum((line.amount for line in lines), ZERO)
    return [*lines, Line(account_id=book.account(AccountRole.EXCHANGE), amount=rest)]

"""What a posted invoice takes off the sub-ledgers, and the lines that books."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from core.money import round_amount
from finance.engines.recognition import share
from finance.models import GrniLine, Invoice, InvoiceLine, UnbilledLine
from finance.selectors.accounts import AccountBook
from finance.services.automatic.recognition import Recognition, save_rows
from finance.services.posting import Line, in_currency, merged
from finance.states import AccountRole, Side


class Clearing:
    """The entry of one invoice. Changes its lines (base amounts, what they cleared) and the sub-ledger rows in memory.

    The customer's side: receivable against unbilled receivables and output tax. The supplier's: payable against goods
    received and input tax. What differs from the sub-ledger is price (revenue, purchase price difference) or exchange.
    """

    def __init__(self, invoice: Invoice, lines: Sequence[InvoiceLine], book: AccountBook) -> None:
        self.invoice = invoice
        self.lines = lines
        self.book = book
        self.sign = 1 if invoice.kind == Side.CUSTOMER else -1
        self.unbilled: dict[int, UnbilledLine] = _rows(UnbilledLine, "shipment_line", lines)
        self.grni: dict[int, GrniLine] = _rows(GrniLine, "receipt_line", lines)

    def entry_lines(self, date: dt.date) -> list[Line]:
        """Return the balanced lines of the invoice's entry, in base currency but for the control account's."""
        for line in self.lines:
            line.base_net_amount = self._in_base(line.net_amount)
            line.base_tax_amount = self._in_base(line.tax_amount)
        self.invoice.base_net_amount = sum((line.base_net_amount for line in self.lines), ZERO)
        self.invoice.base_tax_amount = sum((line.base_tax_amount for line in self.lines), ZERO)
        amounts: dict[int, tuple[Decimal, Decimal, Decimal]] = {}
        booked = [one for line in self.lines for one in self._lines_of(line, amounts)]
        touched = [self.unbilled[line.shipment_line_id] for line in self.lines if line.shipment_line_id]
        recognised = Recognition(list(dict.fromkeys(touched)), date, amounts).lines() if touched else []
        control = in_currency(self._control_line(), self.book.decimals)
        lines = control + merged([*booked, *self._tax_lines(), *recognised])
        rest = -sum((line.amount for line in lines), ZERO)
        return [*lines, Line(account_id=self.book.account(AccountRole.ROUNDING), amount=rest)]

    def save(self) -> None:
        """Store the sub-ledger rows that changed."""
        save_rows(list(self.unbilled.values()))
        GrniLine.objects.bulk_update(self.grni.values(), ["invoiced_quantity", "invoiced_amount"])

    def _in_base(self, amount: Decimal) -> Decimal:
        return round_amount(amount * self.invoice.exchange_rate, self.book.decimals)

    def _control_line(self) -> Line:
        role = AccountRole.RECEIVABLE if self.sign > 0 else AccountRole.PAYABLE
        return Line(
            account_id=self.book.account(role),
            amount=self.sign * self.invoice.base_gross_amount,
            currency_id=self.invoice.currency_id,
            currency_amount=self.sign * self.invoice.gross_amount,
            rate=self.invoice.exchange_rate,
            partner_id=self.invoice.partner_id,
        )

    def _tax_lines(self) -> Iterable[Line]:
        role = AccountRole.OUTPUT_TAX if self.sign > 0 else AccountRole.INPUT_TAX
        for line in self.lines:
            code = line.tax.code if line.tax else ""
            yield Line(account_id=self.book.account(role), amount=-self.sign * line.base_tax_amount, tax_code=code)

    def _lines_of(self, line: InvoiceLine, amounts: dict[int, tuple[Decimal, Decimal, Decimal]]) -> list[Line]:
        """Return the counter lines of one invoice line; with the revenue point *invoice* note what it recognises."""
        if line.shipment_line_id:
            row = self.unbilled[line.shipment_line_id]
            _clear_delivery(line, row, self.book.decimals, self.invoice.currency.decimals)
            if row.revenue_point == "invoice":
                quantity, currency_amount, amount = amounts.get(row.pk, (ZERO, ZERO, ZERO))
                amounts[row.pk] = (
                    quantity + line.billed_quantity,
                    currency_amount + line.cleared_currency_amount,
                    amount + line.cleared_amount,
                )
            return self._against(line, AccountRole.UNBILLED, AccountRole.REVENUE)
        if line.receipt_line_id:
            _clear_receipt(line, self.grni[line.receipt_line_id], self.book.decimals, self.invoice.currency.decimals)
            return self._against(line, AccountRole.GRNI, AccountRole.PRICE_DIFFERENCE)
        other = AccountRole.REVENUE if self.sign > 0 else AccountRole.PURCHASE_EXPENSE
        return [
            Line(
                account_id=line.account_id or self.book.account(other),
                amount=-self.sign * line.base_net_amount,
                sales_order_id=line.sales_order_line.order_id if line.sales_order_line else None,
            )
        ]

    def _against(self, line: InvoiceLine, sub_ledger: AccountRole, price: AccountRole) -> list[Line]:
        """Clear the sub-ledger; of what is left the part that only the rate explains is an exchange difference."""
        at_rate = self._in_base(line.cleared_currency_amount)
        order_id = line.sales_order_line.order_id if line.sales_order_line else None
        sign = -self.sign
        return [
            Line(
                account_id=self.book.account(sub_ledger, line.item_id),
                amount=sign * line.cleared_amount,
                partner_id=self.invoice.partner_id,
                sales_order_id=order_id,
            ),
            Line(
                account_id=self.book.account(price, line.item_id),
                amount=sign * (line.base_net_amount - at_rate),
                item_id=line.item_id,
                sales_order_id=order_id,
            ),
            Line(account_id=self.book.account(AccountRole.EXCHANGE), amount=sign * (at_rate - line.cleared_amount)),
        ]


def _rows(model: Any, column: str, lines: Sequence[InvoiceLine]) -> dict[int, Any]:
    keys = {getattr(line, f"{column}_id") for line in lines} - {None}
    if not keys:
        return {}
    rows = model.objects.filter(**{f"{column}__in": keys}).select_related(column)
    rows = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    return {getattr(row, f"{column}_id"): row for row in rows}


def _clear_delivery(line: InvoiceLine, row: UnbilledLine, decimals: int, places: int) -> None:
    """Take the line's quantity off its delivery: the share of what is open there, all of it at the end.

    With the revenue point *invoice* nothing was recognised before: the line clears just what it says.
    """
    quantity = line.billed_quantity
    open_quantity = row.recognised_quantity - row.invoiced_quantity
    if row.revenue_point == "invoice" and quantity > 0:
        line.cleared_currency_amount, line.cleared_amount = line.net_amount, line.base_net_amount
    else:
        is_within = quantity * open_quantity > 0 and abs(quantity) <= abs(open_quantity)
        open_currency_amount = row.recognised_currency_amount - row.invoiced_currency_amount
        open_amount = row.recognised_amount - row.invoiced_amount
        if is_within:
            line.cleared_currency_amount = share(open_currency_amount, quantity, open_quantity, places)
            line.cleared_amount = share(open_amount, quantity, open_quantity, decimals)
        else:
            line.cleared_currency_amount = _given_back(line, "cleared_currency_amount", places)
            line.cleared_amount = _given_back(line, "cleared_amount", decimals)
    row.invoiced_quantity += quantity
    row.invoiced_currency_amount += line.cleared_currency_amount
    row.invoiced_amount += line.cleared_amount


def _clear_receipt(line: InvoiceLine, row: GrniLine, decimals: int, places: int) -> None:
    """Take the line's quantity off its receipt at the receipt's value, never at the invoice's price."""
    quantity = line.billed_quantity
    open_quantity = row.received_quantity - row.returned_quantity - row.invoiced_quantity
    open_amount = row.received_amount - row.returned_amount - row.invoiced_amount
    is_within = quantity * open_quantity > 0 and abs(quantity) <= abs(open_quantity)
    line.cleared_amount = (
        share(open_amount, quantity, open_quantity, decimals)
        if is_within
        else _given_back(line, "cleared_amount", decimals)
    )
    received = row.receipt_line
    line.cleared_currency_amount = share(received.net_amount, quantity, received.stock_quantity, places)
    if row.currency_id and line.invoice.exchange_rate == 1:
        line.cleared_currency_amount = line.cleared_amount
    row.invoiced_quantity += quantity
    row.invoiced_amount += line.cleared_amount


def _given_back(line: InvoiceLine, name: str, places: int) -> Decimal:
    """Return the share of what the corrected line cleared that a credit note beyond the open quantity gives back."""
    original = line.corrects_line
    if original is None:
        return ZERO
    return -share(getattr(original, name), -line.billed_quantity, original.billed_quantity, places)

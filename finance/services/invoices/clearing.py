"""What a posted invoice takes off the sub-ledgers, and the lines that books."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F, Sum

from core.context import change_later
from core.fields import ZERO
from core.money import round_amount
from finance.engines.recognition import share
from finance.errors import NothingToCredit
from finance.models import AccruedCharge, EarlyLine, EarlyMatch, GrniLine, Invoice, InvoiceLine, UnbilledLine
from finance.selectors.accounts import AccountBook
from finance.selectors.grni import opening_goods
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
        older = {row.item_id for row in self.grni.values() if row.item_id and row.receipt.is_opening}
        self.opening = opening_goods(older) if older else {}
        self.charges: dict[int, AccruedCharge] = _rows(AccruedCharge, "charge", lines, "landed_charge")
        self.dearer_charges: dict[int, Decimal] = {}  # what charges cost more than was accrued, by charge
        self.corrections: dict[int, Decimal] = {}  # what goods cost more than they were received at, by receipt line
        corrected = [line.corrects_line_id for line in lines if line.corrects_line_id and is_early(line)]
        self.early: dict[Any, EarlyLine] = (
            {row.invoice_line_id: row for row in EarlyLine.objects.filter(invoice_line__in=corrected)}
            if corrected
            else {}
        )

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
        change_later(self.grni.values(), ["invoiced_quantity", "invoiced_amount", "received_amount"])
        change_later(self.charges.values(), ["accrued_amount", "invoiced_quantity", "invoiced_amount"])
        if self.early:
            columns = ["credited_quantity", "credited_amount", "credited_currency_amount"]
            EarlyLine.objects.bulk_update(self.early.values(), columns)
        EarlyLine.objects.bulk_create(
            [
                EarlyLine(
                    invoice_line=line,
                    kind=self.invoice.kind,
                    partner_id=self.invoice.partner_id,
                    item_id=line.item_id,
                    sales_order_line_id=line.sales_order_line_id,
                    purchase_order_line_id=line.purchase_order_line_id,
                    invoiced_date=self.invoice.document_date,
                    quantity=line.billed_quantity,
                    currency_amount=line.net_amount,
                    amount=line.base_net_amount,
                )
                for line in self.lines
                if is_early(line) and line.billed_quantity > 0
            ]
        )

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
            return self._against_receipt(line)
        if line.landed_charge_id:
            return self._against_charge(line, self.charges[line.landed_charge_id])
        if is_early(line):
            return self._ahead_of_goods(line)
        bought = AccountRole.PRICE_DIFFERENCE if line.item_id else AccountRole.PURCHASE_EXPENSE
        other = AccountRole.REVENUE if self.sign > 0 else bought
        return [
            Line(
                account_id=line.account_id or self.book.account(other, line.item_id),
                amount=-self.sign * line.base_net_amount,
                sales_order_id=line.sales_order_line.order_id if line.sales_order_line else None,
                project_id=_project_of(line),
                department_id=_department_of(line),
            )
        ]

    def _ahead_of_goods(self, line: InvoiceLine) -> list[Line]:
        """Keep what is invoiced before its goods come; a credit note takes it off what has not come yet."""
        role = AccountRole.EARLY_INVOICED if self.sign > 0 else AccountRole.NOT_RECEIVED
        amount = line.base_net_amount
        if line.billed_quantity < 0:
            amount = -self._credited(line)
        return [
            Line(
                account_id=self.book.account(role, line.item_id),
                amount=-self.sign * amount,
                partner_id=self.invoice.partner_id,
                sales_order_id=line.sales_order_line.order_id if line.sales_order_line else None,
            )
        ]

    def _credited(self, line: InvoiceLine) -> Decimal:
        """Take a credited quantity off the early line it corrects; what is left of it at the end goes with it."""
        early = self.early.get(line.corrects_line_id)
        quantity = -line.billed_quantity
        left = early.quantity - early.cleared_quantity - early.credited_quantity if early else ZERO
        if early is None or quantity > left:
            raise NothingToCredit(line=line.description, open=left, quantity=quantity)
        amount = share(early.amount - early.cleared_amount - early.credited_amount, quantity, left, self.book.decimals)
        early.credited_quantity += quantity
        early.credited_amount += amount
        early.credited_currency_amount += share(
            early.currency_amount - early.cleared_currency_amount - early.credited_currency_amount,
            quantity,
            left,
            self.invoice.currency.decimals,
        )
        return amount

    def _against_receipt(self, line: InvoiceLine) -> list[Line]:
        """Clear the receipt at what the invoice says it cost; the difference to its value follows the goods.

        Of a receipt older than the books the goods are in the opening stock; what of them was gone by then has no
        place to follow to, and its part is a purchase price difference.


        The receipt's row rises (or falls) by the difference with the goods, and is cleared with it: nothing of it stays
        in the accrual. What only the rate explains is an exchange difference. Source: HARD_RULES §11.
        """
        at_rate = self._in_base(line.cleared_currency_amount)
        dearer = line.base_net_amount - at_rate
        row = self.grni[line.receipt_line_id or 0]
        follows = self._of_goods(row, dearer)
        row.received_amount += follows
        row.invoiced_amount += follows
        self.corrections[row.receipt_line_id] = self.corrections.get(row.receipt_line_id, ZERO) + follows
        return [
            Line(
                account_id=self.book.account(AccountRole.GRNI, line.item_id),
                amount=line.cleared_amount + follows,
                partner_id=self.invoice.partner_id,
            ),
            Line(account_id=self.book.account(AccountRole.PRICE_DIFFERENCE, line.item_id), amount=dearer - follows),
            Line(account_id=self.book.account(AccountRole.EXCHANGE), amount=at_rate - line.cleared_amount),
        ]

    def _of_goods(self, row: GrniLine, dearer: Decimal) -> Decimal:
        """Return the part of a price difference that follows goods: of an opening receipt those in opening stock."""
        if not row.receipt.is_opening or not dearer:
            return dearer
        there = sum(self.opening.get(row.item_id or 0, {}).values(), ZERO)
        return share(dearer, min(there, row.received_quantity), row.received_quantity, self.book.decimals)

    def _against_charge(self, line: InvoiceLine, row: AccruedCharge) -> list[Line]:
        """Clear an accrued charge at what the carrier invoices; the difference to the estimate follows the goods.

        In the estimate's own currency what only the rate explains is an exchange difference. Source: HARD_RULES §11.
        """
        clear_charge(line, row, self.book.decimals, self.invoice.currency.decimals)
        is_alike = row.currency_id == self.invoice.currency_id
        at_rate = self._in_base(line.cleared_currency_amount) if is_alike else line.cleared_amount
        dearer = line.base_net_amount - at_rate
        row.accrued_amount += dearer
        row.invoiced_amount += line.cleared_amount + dearer
        self.dearer_charges[row.charge_id] = self.dearer_charges.get(row.charge_id, ZERO) + dearer
        account_id = self.book.account(AccountRole.LANDED_COST)
        return [
            Line(account_id=account_id, amount=line.cleared_amount, partner_id=row.partner_id),
            Line(account_id=account_id, amount=dearer, partner_id=self.invoice.partner_id),
            Line(account_id=self.book.account(AccountRole.EXCHANGE), amount=at_rate - line.cleared_amount),
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


def is_early(line: InvoiceLine) -> bool:
    """Return whether the line bills goods of an order that no delivery or receipt stands behind."""
    of_order = line.item_id and (line.sales_order_line_id or line.purchase_order_line_id)
    return bool(of_order and line.billed_quantity and not line.shipment_line_id and not line.receipt_line_id)


def _project_of(line: InvoiceLine) -> int | None:
    """The project a purchased service was ordered for."""
    return line.purchase_order_line.order.project_id if line.purchase_order_line else None


def _department_of(line: InvoiceLine) -> int | None:
    """The department that asked for a purchased service, else the one its order names."""
    ordered = line.purchase_order_line
    asked = ordered.requisition_line if ordered else None
    if asked is not None:
        return asked.requisition.department_id
    return ordered.order.department_id if ordered else None


def _rows(model: Any, column: str, lines: Sequence[InvoiceLine], named: str = "") -> dict[int, Any]:
    keys = {getattr(line, f"{named or column}_id") for line in lines} - {None}
    if not keys:
        return {}
    related = {
        UnbilledLine: (column, "sales_order_line", "item"),
        GrniLine: (column, "item", "receipt"),
    }.get(model, (column,))
    rows = model.objects.filter(**{f"{column}__in": keys}).select_related(*related)
    if not settings.LOCKS_OFF:
        rows = rows.select_for_update(of=("self",), no_key=True)
    rows = rows.order_by("pk")
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
    open_quantity, open_amount = row.quantity_left, row.value_left
    is_within = quantity * open_quantity > 0 and abs(quantity) <= abs(open_quantity)
    line.cleared_amount = (
        share(open_amount, quantity, open_quantity, decimals)
        if is_within
        else _given_back(line, "cleared_amount", decimals)
    )
    received = row.receipt_line
    line.cleared_currency_amount = share(received.net_amount, quantity, received.stock_quantity, places)
    original = line.corrects_line
    if is_within and original is not None and original.billed_quantity:
        invoiced = share(original.net_amount, quantity, original.billed_quantity, places)
        at_order = abs(line.cleared_currency_amount * row.receipt.exchange_rate - line.cleared_amount)
        if abs(invoiced * original.invoice.exchange_rate - line.cleared_amount) < at_order:
            line.cleared_currency_amount = invoiced  # the goods went back at what he invoiced
    if row.currency_id and line.invoice.exchange_rate == 1:
        line.cleared_currency_amount = line.cleared_amount
    row.invoiced_quantity += quantity
    row.invoiced_amount += line.cleared_amount


def clear_charge(line: InvoiceLine, row: AccruedCharge, decimals: int, places: int) -> None:
    """Take the line's part off the accrued charge: the share of what is open, all of it at the end."""
    part = line.billed_quantity
    if 0 < part <= row.part_left:
        line.cleared_amount = share(row.value_left, part, row.part_left, decimals)
        line.cleared_currency_amount = round_amount(row.amount * part, places)
    elif part < 0:
        line.cleared_amount = _given_back(line, "cleared_amount", decimals)
        line.cleared_currency_amount = _given_back(line, "cleared_currency_amount", places)
    row.invoiced_quantity += part


def _given_back(line: InvoiceLine, name: str, places: int) -> Decimal:
    """Return the share of what the corrected line cleared that a credit note beyond the open quantity gives back."""
    original = line.corrects_line
    if original is None or not original.billed_quantity:
        return ZERO
    if is_early(original):
        return _matched_back(line, original, name, places)
    return -share(getattr(original, name), -line.billed_quantity, original.billed_quantity, places)


def _matched_back(line: InvoiceLine, original: InvoiceLine, name: str, places: int) -> Decimal:
    """Return the share of what the goods of an early line had cleared on their delivery or receipt."""
    is_currency = "currency" in name
    figure = F("ledger_currency_amount") if is_currency else F("ledger_amount") - F("followed_amount")
    goods = {"unbilled__shipment_line": line.shipment_line_id, "grni__receipt_line": line.receipt_line_id}
    sums = EarlyMatch.objects.filter(
        early__invoice_line=original, **{key: value for key, value in goods.items() if value}
    ).aggregate(quantity=Sum("quantity"), amount=Sum(figure))
    if not sums["quantity"]:
        return ZERO
    return -share(sums["amount"], -line.billed_quantity, sums["quantity"], places)

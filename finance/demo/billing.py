"""Invoices and payments of the demo company: deposits, Friday's invoices of both sides, what is paid when."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from crm.models import SalesOrder
from crm.ports import received_for_order
from crm.states import SalesOrderState
from erp.states import ShipmentState
from finance.demo import facts
from finance.demo.abroad import CUSTOMERS_PAY_AFTER
from finance.models import BankAccount, GrniLine, Invoice, JournalLine, UnbilledLine
from finance.services import invoices, payments
from finance.states import InvoiceState
from masterdata.selectors.currencies import base_currency

D = Decimal
Do = Callable[..., Any]

LEFT = 2
"""So many deliveries and receipts are still to be invoiced on the last day."""
LAST_DAYS = 12
"""Calendar days before the end."""
FORGOTTEN = (30, 6)
"""A customer forgets one invoice that falls due in these calendar days before the end: on no day is none overdue."""


class Billing:
    """Does what the accountants of receivables and payables do; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do) -> None:
        self.end, self.do = end, do
        self.forgotten: int | None = None
        self.pays_after = {row[0]: row[9] for row in facts.CUSTOMERS} | CUSTOMERS_PAY_AFTER
        self.base = base_currency()
        self.banks = {bank.currency_id: bank for bank in BankAccount.objects.filter(code__in=["BANK", "USD", "EUR"])}

    def collect_deposits(self) -> None:
        """Customers who pay before delivery do so."""
        waiting = SalesOrder.objects.filter(state=SalesOrderState.CONFIRMED, payment_plan__basis="order")
        for order in waiting.annotate(due=Sum("payment_plan__amount")).order_by("pk"):
            if order.due and not received_for_order(order.pk):
                self.do(
                    "zheng",
                    payments.record_payment,
                    partner_id=order.partner_id,
                    kind="customer",
                    bank_account_id=self.banks[order.currency_id].pk,
                    amount=order.due,
                    sales_order_id=order.pk,
                    reference=f"预付 {order.number}",
                )

    def invoice(self, day: dt.date) -> None:
        """Fridays: invoice what was signed for, and take down the suppliers' bills, one a supplier and currency."""
        kept = LEFT if (self.end - day).days < LAST_DAYS else 0
        signed = UnbilledLine.objects.filter(shipment__state=ShipmentState.SIGNED, open_quantity__gt=0)
        deliveries = list(signed.order_by("pk").values_list("shipment_line_id", flat=True))
        keys = {str(pk): None for pk in deliveries[: len(deliveries) - kept]}
        if keys:
            for pk in self.do("zheng", invoices.invoice_deliveries, deliveries=keys) or ():
                self.do("zheng", invoices.post_invoice, invoice_id=pk)
        open_ones = GrniLine.objects.filter(open_quantity__gt=0).order_by("pk")
        receipts = list(open_ones.values_list("receipt_line_id", "partner_id", "currency_id"))
        bills: dict[tuple[int, int], list[int]] = {}
        for pk, *biller in receipts[: len(receipts) - kept]:
            bills.setdefault((biller[0], biller[1]), []).append(pk)
        for lines in bills.values():
            self.enter_bill(day, lines)

    def enter_bill(self, day: dt.date, receipt_lines: list[int]) -> None:
        made = self.do(
            "zheng",
            invoices.invoice_receipts,
            receipts={str(pk): None for pk in receipt_lines},
            supplier_reference=f"FP{day:%y%m%d}-{receipt_lines[0]}",
        )
        for key in made or ():
            self.do("zheng", invoices.post_invoice, invoice_id=key)

    def pay(self, day: dt.date) -> None:
        """Customers pay after their habit; suppliers are paid when due and the bank has it."""
        due = Invoice.objects.filter(state=InvoiceState.POSTED, is_credit=False, open_amount__gt=0)
        for invoice in due.select_related("partner").order_by("document_date", "id"):
            days = self.pays_after.get(invoice.partner.code, 30)
            if invoice.document_date + dt.timedelta(days=days) > day or self.is_forgotten(invoice):
                continue
            bank = self.banks[invoice.currency_id]
            if invoice.kind == "supplier" and self.balance(bank) < invoice.open_amount:
                continue
            self.do(
                "zheng",
                payments.record_payment,
                partner_id=invoice.partner_id,
                kind=invoice.kind,
                bank_account_id=bank.pk,
                amount=invoice.open_amount,
                reference=f"{day:%Y%m%d}-{invoice.pk}",
                lines=[{"invoice_id": invoice.pk, "amount": invoice.open_amount}],
            )

    def is_forgotten(self, invoice: Invoice) -> bool:
        """Return whether it is the one that stays unpaid."""
        first, last = (self.end - dt.timedelta(days=before) for before in FORGOTTEN)
        at_home = invoice.kind == "customer" and invoice.currency_id == self.base.pk
        if self.forgotten is None and at_home and invoice.due_date and first <= invoice.due_date <= last:
            self.forgotten = invoice.pk
        return self.forgotten == invoice.pk

    def balance(self, bank: BankAccount) -> Decimal:
        """What lies on the account, in its own currency."""
        lines = JournalLine.objects.filter(account_id=bank.account_id)
        column = "amount" if bank.currency_id == self.base.pk else "currency_amount"
        return lines.aggregate(total=Sum(column))["total"] or D(0)

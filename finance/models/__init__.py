"""Tables of the app."""

from finance.models.accounts import Account, AccountMapping, BankAccount
from finance.models.entries import JournalEntry, JournalLine
from finance.models.invoices import Invoice, InvoiceInstalment, InvoiceLine
from finance.models.payments import Allocation, Payment, PaymentLine
from finance.models.periods import ClosingBalance, FiscalPeriod, ModulePeriod, PeriodEvent
from finance.models.statements import CashClassification, StatementLayout, StatementRow
from finance.models.subledgers import GrniLine, UnbilledLine

__all__ = [
    "Account",
    "AccountMapping",
    "Allocation",
    "BankAccount",
    "CashClassification",
    "ClosingBalance",
    "FiscalPeriod",
    "GrniLine",
    "Invoice",
    "InvoiceInstalment",
    "InvoiceLine",
    "JournalEntry",
    "JournalLine",
    "ModulePeriod",
    "Payment",
    "PaymentLine",
    "PeriodEvent",
    "StatementLayout",
    "StatementRow",
    "UnbilledLine",
]

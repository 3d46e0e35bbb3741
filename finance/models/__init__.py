"""Tables of the app."""

from finance.models.accounts import Account, AccountMapping, BankAccount
from finance.models.balances import AccountBalance, SummedPeriod
from finance.models.entries import JournalEntry, JournalLine
from finance.models.invoices import Invoice, InvoiceInstalment, InvoiceLine
from finance.models.manual_entries import EntryTemplate, EntryTemplateLine, ManualEntry, ManualEntryLine
from finance.models.payments import Allocation, Payment, PaymentLine
from finance.models.periods import ClosingBalance, FiscalPeriod, ModulePeriod, PeriodEvent
from finance.models.statements import CashClassification, StatementLayout, StatementRow
from finance.models.subledgers import GrniLine, UnbilledLine
from finance.models.vouchers import LedgerSettings, Voucher, VoucherEntry, VoucherLine, VoucherSeal

__all__ = [
    "Account",
    "AccountBalance",
    "AccountMapping",
    "Allocation",
    "BankAccount",
    "CashClassification",
    "ClosingBalance",
    "EntryTemplate",
    "EntryTemplateLine",
    "FiscalPeriod",
    "GrniLine",
    "Invoice",
    "InvoiceInstalment",
    "InvoiceLine",
    "JournalEntry",
    "JournalLine",
    "LedgerSettings",
    "ManualEntry",
    "ManualEntryLine",
    "ModulePeriod",
    "Payment",
    "PaymentLine",
    "PeriodEvent",
    "StatementLayout",
    "StatementRow",
    "SummedPeriod",
    "UnbilledLine",
    "Voucher",
    "VoucherEntry",
    "VoucherLine",
    "VoucherSeal",
]

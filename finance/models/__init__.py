"""Tables of the app."""

from finance.models.accounts import Account, AccountMapping, BankAccount
from finance.models.accrued_charges import AccruedCharge
from finance.models.balances import AccountBalance, SummedPeriod
from finance.models.bank_statements import BankImportMapping, BankMatch, BankMovement, BankStatement
from finance.models.bills import Bill
from finance.models.budgets import (
    Budget,
    BudgetAlert,
    BudgetCarry,
    BudgetCarryLine,
    BudgetCarryUndo,
    BudgetLine,
    BudgetRelease,
    Commitment,
)
from finance.models.cash_plan import CashPlanAccount, CashShortfall, RecurringCash
from finance.models.dunning import DunningBlock, DunningLetter, DunningLevel, DunningLine
from finance.models.early import EarlyLine, EarlyMatch
from finance.models.entries import JournalEntry, JournalLine
from finance.models.invoices import Invoice, InvoiceInstalment, InvoiceLine
from finance.models.journals import LedgerJournal
from finance.models.manual_entries import EntryTemplate, EntryTemplateLine, ManualEntry, ManualEntryLine
from finance.models.matching import MatchDifference, MatchTolerance
from finance.models.order_expenses import OrderExpense
from finance.models.payments import Allocation, Payment, PaymentLine
from finance.models.periods import ClosingBalance, FiscalPeriod, ModulePeriod, PeriodEvent
from finance.models.proofs import Breach, ProofMark
from finance.models.revaluations import Revaluation, RevaluationLine
from finance.models.settings import FinanceSettings
from finance.models.statements import CashClassification, StatementLayout, StatementRow
from finance.models.subledgers import GrniLine, UnbilledLine
from finance.models.tax_invoices import TaxInvoice
from finance.models.vouchers import LedgerSettings, Voucher, VoucherEntry, VoucherLine, VoucherSeal
from finance.models.write_offs import ProvisionBand, ProvisionLine, ProvisionRun, WriteOff, WriteOffLine

__all__ = [
    "Account",
    "AccountBalance",
    "AccountMapping",
    "AccruedCharge",
    "Allocation",
    "BankAccount",
    "BankImportMapping",
    "BankMatch",
    "BankMovement",
    "BankStatement",
    "Bill",
    "Breach",
    "Budget",
    "BudgetAlert",
    "BudgetCarry",
    "BudgetCarryLine",
    "BudgetCarryUndo",
    "BudgetLine",
    "BudgetRelease",
    "CashClassification",
    "CashPlanAccount",
    "CashShortfall",
    "ClosingBalance",
    "Commitment",
    "DunningBlock",
    "DunningLetter",
    "DunningLevel",
    "DunningLine",
    "EarlyLine",
    "EarlyMatch",
    "EntryTemplate",
    "EntryTemplateLine",
    "FinanceSettings",
    "FiscalPeriod",
    "GrniLine",
    "Invoice",
    "InvoiceInstalment",
    "InvoiceLine",
    "JournalEntry",
    "JournalLine",
    "LedgerJournal",
    "LedgerSettings",
    "ManualEntry",
    "ManualEntryLine",
    "MatchDifference",
    "MatchTolerance",
    "ModulePeriod",
    "OrderExpense",
    "Payment",
    "PaymentLine",
    "PeriodEvent",
    "ProofMark",
    "ProvisionBand",
    "ProvisionLine",
    "ProvisionRun",
    "RecurringCash",
    "Revaluation",
    "RevaluationLine",
    "StatementLayout",
    "StatementRow",
    "SummedPeriod",
    "TaxInvoice",
    "UnbilledLine",
    "Voucher",
    "VoucherEntry",
    "VoucherLine",
    "VoucherSeal",
    "WriteOff",
    "WriteOffLine",
]

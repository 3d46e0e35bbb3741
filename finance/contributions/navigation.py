"""Finance in the navigation, folded by job, and in the table of facts."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.contributions import Fact, Navigation, Section

SECTIONS = (
    Section("finance", "ledger", _("Bookkeeping"), 10),
    Section("finance", "openings", _("Openings"), 15),
    Section("finance", "receivables", _("Receivables"), 20),
    Section("finance", "payables", _("Payables"), 30),
    Section("finance", "treasury", _("Treasury"), 40),
    Section("finance", "tax", pgettext_lazy("navigation", "Tax"), 50),
    Section("finance", "reports", _("Statements and control"), 60),
    Section("finance", "settings", _("Finance settings"), 70),
)


def _section(key: str, start: int, *entries: tuple[Any, str, str, str]) -> tuple[Navigation, ...]:
    """Return the entries of a section: (label, page with what narrows it, right, icon) each."""
    made = []
    for place, (label, address, right, icon) in enumerate(entries, start):
        page, _mark, query = address.partition("?")
        made.append(Navigation("finance", label, f"finance:{page}", f"finance.{right}", icon, place, key, query))
    return tuple(made)


LEDGER = _section(
    "ledger",
    10,
    (_("Vouchers"), "voucher-list", "view_voucher", "file-certificate"),
    (_("Typed entries"), "manual-entry-list", "view_manualentry", "pencil"),
    (_("Entry templates"), "entry-template-list", "view_entrytemplate", "template"),
    (_("Journal entries"), "entry-list", "view_journalentry", "notebook"),
    (_("General ledger"), "general-ledger", "view_account", "book"),
    (_("Balances by dimension"), "dimension-balances", "view_account", "cube"),
    (_("Trial balance"), "trial-balance", "view_account", "scale"),
    (_("Fiscal periods"), "period-list", "view_fiscalperiod", "calendar-stats"),
)

OPENINGS = _section(
    "openings",
    15,
    (_("Opening items"), "opening-item-list", "view_invoice", "flag-up"),
    (_("Opening advances"), "opening-advance-list", "view_payment", "coins"),
    (_("Opening bills"), "opening-bill-list", "view_bill", "file-dollar"),
    (_("Opening receipts"), "opening-receipt-list", "view_payables", "package-import"),
)

RECEIVABLES = _section(
    "receivables",
    20,
    (_("To invoice"), "to-invoice", "add_invoice", "checklist"),
    (_("Customer invoices"), "invoice-list?kind=customer", "view_invoice", "receipt"),
    (_("Receivables by age"), "receivables", "view_receivables", "arrow-down-left"),
    (_("Open receivables"), "receivable-list", "view_receivables", "list"),
    (_("Statements of account"), "partner-statement", "view_receivables", "file-invoice"),
    (_("Dunning"), "dunning", "view_dunningletter", "bell-ringing"),
    (_("Dunning letters"), "dunning-letter-list", "view_dunningletter", "mail"),
    (_("Write-offs"), "write-off-list", "view_writeoff", "eraser"),
    (_("Provision for bad debts"), "provision-list", "view_provisionrun", "shield"),
)

PAYABLES = _section(
    "payables",
    30,
    (_("Supplier invoices"), "invoice-list?kind=supplier", "view_invoice", "receipt-2"),
    (_("Payables by age"), "payables", "view_payables", "arrow-up-right"),
    (_("Open payables"), "payable-list", "view_payables", "list"),
    (_("Received, not invoiced"), "grni-list", "view_payables", "package-import"),
    (_("Accrued freight and charges"), "accrued-charge-list", "view_payables", "truck-loading"),
)

TREASURY = _section(
    "treasury",
    40,
    (_("Payments"), "payment-list", "view_payment", "cash"),
    (_("Bills of exchange"), "bill-list", "view_bill", "file-dollar"),
    (_("Bank statements"), "bank-statement-list", "view_bankstatement", "building-bank"),
    (_("Bank movements"), "bank-movement-list", "view_bankstatement", "arrows-exchange"),
    (_("Cash and bank journal"), "bank-journal", "view_bankaccount", "book-2"),
    (_("Bank reconciliation"), "bank-reconciliation", "view_bankaccount", "checks"),
    (_("Cash plan"), "cash-plan", "view_cashplan", "calendar-dollar"),
    (_("Recurring payments"), "recurring-cash-list", "view_cashplan", "repeat"),
    (_("Currency revaluation"), "revaluation-list", "view_revaluation", "currency"),
    (_("Bank accounts"), "bank-account-list", "view_bankaccount", "credit-card"),
)

TAX = _section(
    "tax",
    50,
    (_("VAT report"), "vat-report", "view_invoice", "receipt-tax"),
    (_("Lines of the VAT report"), "vat-lines", "view_invoice", "list-details"),
    (_("Electronic invoices"), "tax-invoice-list", "view_taxinvoice", "file-invoice"),
    (_("Invoices to issue electronically"), "tax-invoice-due", "issue_taxinvoice", "file-export"),
)

REPORTS = _section(
    "reports",
    60,
    (_("Reports"), "reports", "view_statements", "report-analytics"),
    (_("Order profit"), "order-profit", "view_orderprofit", "chart-bar"),
    (_("Suppliers' costs of orders"), "order-expense-list", "view_orderexpense", "receipt-refund"),
    (_("Budgets"), "budget-list", "view_budget", "target"),
    (_("Budget alerts"), "budget-alerts", "view_budgetalert", "alert-triangle"),
    (_("Proof of the books"), "breach-list", "view_breach", "shield-check"),
)

SETTINGS = _section(
    "settings",
    70,
    (_("Chart of accounts"), "account-list", "view_account", "list-tree"),
    (_("Journals"), "journal-list", "view_ledgerjournal", "notebook"),
    (_("Account mapping"), "mapping-list", "view_accountmapping", "arrows-split"),
    (_("Ledger settings"), "ledger-settings", "change_ledgersettings", "adjustments"),
    (_("Receivables settings"), "settings", "configure_receivables", "adjustments"),
    (_("Three-way match"), "tolerance-list", "view_matchtolerance", "arrows-diff"),
    (_("Provision by age"), "provision-bands", "configure_receivables", "percentage"),
    (_("Dunning levels"), "dunning-level-list", "view_dunninglevel", "stairs"),
    (_("Statement layouts"), "layout-list", "change_statementlayout", "layout-rows"),
)

NAVIGATION = (*SECTIONS, *LEDGER, *OPENINGS, *RECEIVABLES, *PAYABLES, *TREASURY, *TAX, *REPORTS, *SETTINGS)

FACTS = (
    Fact(_("journal entry, account, fiscal period"), "finance", 8),
    Fact(_("voucher, typed entry, opening balances"), "finance", 8),
    Fact(_("invoice and credit note"), "finance", 7),
    Fact(_("payment and its allocation to invoices"), "finance", 7),
)


CONTRIBUTIONS = (*NAVIGATION, *FACTS)

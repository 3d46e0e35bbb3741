"""Finance in the navigation and in the table of facts."""

from django.utils.translation import gettext_lazy as _

from core.contributions import (
    Fact,
    Navigation,
)

NAVIGATION = (
    Navigation("finance", _("To invoice"), "finance:to-invoice", "finance.add_invoice", "checklist", 10),
    Navigation("finance", _("Invoices"), "finance:invoice-list", "finance.view_invoice", "receipt", 20),
    Navigation("finance", _("Payments"), "finance:payment-list", "finance.view_payment", "cash", 30),
    Navigation("finance", _("Receivables"), "finance:receivables", "finance.view_receivables", "arrow-down-left", 40),
    Navigation("finance", _("Payables"), "finance:payables", "finance.view_payables", "arrow-up-right", 50),
    Navigation("finance", _("Trial balance"), "finance:trial-balance", "finance.view_account", "scale", 60),
    Navigation("finance", _("Vouchers"), "finance:voucher-list", "finance.view_voucher", "file-certificate", 64),
    Navigation("finance", _("Typed entries"), "finance:manual-entry-list", "finance.view_manualentry", "pencil", 66),
    Navigation("finance", _("Journal entries"), "finance:entry-list", "finance.view_journalentry", "notebook", 70),
    Navigation("finance", _("Chart of accounts"), "finance:account-list", "finance.view_account", "list-tree", 80),
    Navigation(
        "finance", _("Bank accounts"), "finance:bank-account-list", "finance.view_bankaccount", "building-bank", 90
    ),
    Navigation(
        "finance", _("Fiscal periods"), "finance:period-list", "finance.view_fiscalperiod", "calendar-stats", 100
    ),
)


FACTS = (
    Fact(_("journal entry, account, fiscal period"), "finance", 8),
    Fact(_("voucher, typed entry, opening balances"), "finance", 8),
    Fact(_("invoice and credit note"), "finance", 7),
    Fact(_("payment and its allocation to invoices"), "finance", 7),
)


CONTRIBUTIONS = (*NAVIGATION, *FACTS)

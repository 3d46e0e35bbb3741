"""API routes of the app."""

from django.urls import path
from rest_framework.routers import DefaultRouter

from finance.api.viewsets import (
    accounts,
    bank_statements,
    bills,
    budgets,
    cash_plan,
    dunning,
    entries,
    invoices,
    journals,
    ledgers,
    order_profit,
    payments,
    periods,
    proofs,
    receivable_settings,
    revaluations,
    settings,
    statements,
    tax,
    vouchers,
    write_offs,
)

router = DefaultRouter()
router.register("accounts", accounts.AccountViewSet, basename="finance-account")
router.register("bank-accounts", accounts.BankAccountViewSet, basename="finance-bank-account")
router.register("account-mapping", settings.MappingViewSet, basename="finance-account-mapping")
router.register("journals", journals.JournalViewSet, basename="finance-journal")
router.register("vouchers", vouchers.VoucherViewSet, basename="finance-voucher")
router.register("typed-entries", vouchers.ManualEntryViewSet, basename="finance-manual-entry")
router.register("entry-templates", vouchers.EntryTemplateViewSet, basename="finance-entry-template")
router.register("periods", periods.FiscalPeriodViewSet, basename="finance-period")
router.register("breaches", proofs.BreachViewSet, basename="finance-breach")
router.register("entries", entries.JournalEntryViewSet, basename="finance-entry")
router.register("invoices", invoices.InvoiceViewSet, basename="finance-invoice")
router.register("payments", payments.PaymentViewSet, basename="finance-payment")
router.register("budgets", budgets.BudgetViewSet, basename="finance-budget")
router.register("commitments", budgets.CommitmentViewSet, basename="finance-commitment")
router.register("budget-alerts", budgets.BudgetAlertViewSet, basename="finance-budget-alert")
router.register("cash-plan", cash_plan.RecurringCashViewSet, basename="finance-cash-plan")
router.register("order-profit", order_profit.OrderProfitViewSet, basename="finance-order-profit")
router.register("order-expenses", order_profit.OrderExpenseViewSet, basename="finance-order-expense")
router.register("statements", statements.StatementViewSet, basename="finance-statement")
router.register("write-offs", write_offs.WriteOffViewSet, basename="finance-write-off")
router.register("provisions", write_offs.ProvisionViewSet, basename="finance-provision")
router.register("accrued-charges", write_offs.AccruedChargeViewSet, basename="finance-accrued-charge")
router.register("received-not-invoiced", write_offs.GrniViewSet, basename="finance-grni")
router.register("bills", bills.BillViewSet, basename="finance-bill")
router.register("bank-statements", bank_statements.BankStatementViewSet, basename="finance-bank-statement")
router.register("bank-movements", bank_statements.BankMovementViewSet, basename="finance-bank-movement")
router.register("dunning-letters", dunning.DunningLetterViewSet, basename="finance-dunning-letter")
router.register("revaluations", revaluations.RevaluationViewSet, basename="finance-revaluation")
router.register("electronic-invoices", tax.TaxInvoiceViewSet, basename="finance-tax-invoice")
router.register("vat-lines", tax.TaxLineViewSet, basename="finance-vat-line")
router.register("match-tolerances", receivable_settings.ToleranceViewSet, basename="finance-tolerance")
router.register("provision-bands", receivable_settings.ProvisionBandViewSet, basename="finance-provision-band")
router.register("dunning-levels", receivable_settings.DunningLevelViewSet, basename="finance-dunning-level")
router.register("dunning-blocks", receivable_settings.DunningBlockViewSet, basename="finance-dunning-block")

urlpatterns = [
    path("reports/trial-balance/", ledgers.TrialBalanceReport.as_view(), name="finance-trial-balance"),
    path("reports/general-ledger/", ledgers.GeneralLedgerReport.as_view(), name="finance-general-ledger"),
    path("reports/account-ledger/", ledgers.AccountLedgerReport.as_view(), name="finance-account-ledger"),
    path("reports/subsidiary-ledger/", ledgers.SubsidiaryLedgerReport.as_view(), name="finance-subsidiary-ledger"),
    path("reports/bank-journal/", ledgers.BankJournalReport.as_view(), name="finance-bank-journal"),
    path("reports/bank-reconciliation/", ledgers.BankReconciliationReport.as_view(), name="finance-reconciliation"),
    path("reports/statement-of-account/", ledgers.PartnerStatementReport.as_view(), name="finance-partner-statement"),
    path("ledger-settings/", settings.LedgerSettingsView.as_view(), name="finance-ledger-settings"),
    path("receivable-settings/", settings.ReceivableSettingsView.as_view(), name="finance-receivable-settings"),
    path("reports/ageing/", ledgers.AgeingReport.as_view(), name="finance-ageing"),
    path("reports/vat/", ledgers.VatReport.as_view(), name="finance-vat"),
    *router.urls,
]

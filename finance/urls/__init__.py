"""Pages of the app: one module per document."""

from finance.urls import (
    accounts,
    ageing,
    bank_accounts,
    bank_statements,
    bills,
    dunning,
    invoices,
    journals,
    ledger,
    manual_entries,
    partner_statements,
    payments,
    periods,
    reports,
    revaluations,
    settings,
    tax,
    vouchers,
    write_offs,
)

app_name = "finance"

urlpatterns = [
    *accounts.urlpatterns,
    *bank_accounts.urlpatterns,
    *journals.urlpatterns,
    *ledger.urlpatterns,
    *periods.urlpatterns,
    *ageing.urlpatterns,
    *invoices.urlpatterns,
    *payments.urlpatterns,
    *reports.urlpatterns,
    *vouchers.urlpatterns,
    *manual_entries.urlpatterns,
    *bills.urlpatterns,
    *bank_statements.urlpatterns,
    *dunning.urlpatterns,
    *partner_statements.urlpatterns,
    *revaluations.urlpatterns,
    *tax.urlpatterns,
    *settings.urlpatterns,
    *write_offs.urlpatterns,
]

"""Pages of the app: one module per document."""

from finance.urls import (
    accounts,
    ageing,
    bank_accounts,
    bills,
    invoices,
    ledger,
    manual_entries,
    payments,
    periods,
    reports,
    settings,
    vouchers,
    write_offs,
)

app_name = "finance"

urlpatterns = [
    *accounts.urlpatterns,
    *bank_accounts.urlpatterns,
    *ledger.urlpatterns,
    *periods.urlpatterns,
    *ageing.urlpatterns,
    *invoices.urlpatterns,
    *payments.urlpatterns,
    *reports.urlpatterns,
    *vouchers.urlpatterns,
    *manual_entries.urlpatterns,
    *bills.urlpatterns,
    *settings.urlpatterns,
    *write_offs.urlpatterns,
]

"""Pages of the app."""

from django.urls import path

from finance.views import accounts, ageing, entries, invoice_forms, invoices, payments, to_invoice

app_name = "finance"

book_urls = [
    path("accounts/", accounts.ChartOfAccounts.as_view(), name="account-list"),
    path("accounts/new/", accounts.AccountCreate.as_view(), name="account-create"),
    path("accounts/<int:pk>/", accounts.AccountDetail.as_view(), name="account-detail"),
    path("accounts/<int:pk>/edit/", accounts.AccountEdit.as_view(), name="account-edit"),
    path("account-mapping/", accounts.MappingList.as_view(), name="mapping-list"),
    path("account-mapping/edit/", accounts.MappingEdit.as_view(), name="mapping-edit"),
    path("bank-accounts/", accounts.BankAccountList.as_view(), name="bank-account-list"),
    path("bank-accounts/new/", accounts.BankAccountCreate.as_view(), name="bank-account-create"),
    path("bank-accounts/<int:pk>/edit/", accounts.BankAccountEdit.as_view(), name="bank-account-edit"),
    path("entries/", entries.EntryList.as_view(), name="entry-list"),
    path("entries/<int:pk>/", entries.EntryDetail.as_view(), name="entry-detail"),
    path("trial-balance/", entries.TrialBalancePage.as_view(), name="trial-balance"),
    path("periods/", entries.PeriodList.as_view(), name="period-list"),
    path("periods/new-year/", entries.CreateYear.as_view(), name="year-create"),
    path("periods/<int:pk>/close/", entries.ClosePeriod.as_view(), name="period-close"),
    path("periods/<int:pk>/reopen/", entries.ReopenPeriod.as_view(), name="period-reopen"),
]

ageing_urls = [
    path("receivables/", ageing.Receivables.as_view(), name="receivables"),
    path("receivables/open/", ageing.ReceivableList.as_view(), name="receivable-list"),
    path("payables/", ageing.Payables.as_view(), name="payables"),
    path("payables/open/", ageing.PayableList.as_view(), name="payable-list"),
]

invoice_urls = [
    path("to-invoice/", to_invoice.ToInvoice.as_view(), name="to-invoice"),
    path("invoices/", invoices.InvoiceList.as_view(), name="invoice-list"),
    path("invoices/new/", invoice_forms.InvoiceCreate.as_view(), name="invoice-create"),
    path("invoices/recalculate/", invoice_forms.RecalculateInvoice.as_view(), name="invoice-recalculate"),
    path("invoices/<int:pk>/", invoices.InvoiceDetail.as_view(), name="invoice-detail"),
    path("invoices/<int:pk>/edit/", invoice_forms.InvoiceEdit.as_view(), name="invoice-edit"),
    path("invoices/<int:pk>/post/", invoices.PostInvoice.as_view(), name="invoice-post"),
    path("invoices/<int:pk>/cancel/", invoices.CancelInvoice.as_view(), name="invoice-cancel"),
    path("invoices/<int:pk>/credit/", invoice_forms.CreditNoteCreate.as_view(), name="invoice-credit"),
    path("invoices/<int:pk>/pay/", payments.PayInvoice.as_view(), name="invoice-pay"),
    path("invoices/<int:pk>/print/", invoices.InvoicePrint.as_view(), name="invoice-print"),
]

payment_urls = [
    path("payments/", payments.PaymentList.as_view(), name="payment-list"),
    path("payments/new/", payments.PaymentCreate.as_view(), name="payment-create"),
    path("payments/open-invoices/", payments.OpenInvoices.as_view(), name="payment-open-invoices"),
    path("payments/<int:pk>/", payments.PaymentDetail.as_view(), name="payment-detail"),
    path("payments/<int:pk>/edit/", payments.PaymentEdit.as_view(), name="payment-edit"),
    path("payments/<int:pk>/post/", payments.PostPayment.as_view(), name="payment-post"),
    path("payments/<int:pk>/cancel/", payments.CancelPayment.as_view(), name="payment-cancel"),
    path("payments/<int:pk>/allocate/", payments.AllocatePayment.as_view(), name="payment-allocate"),
    path("payments/<int:pk>/reverse/", payments.ReversePayment.as_view(), name="payment-reverse"),
]

urlpatterns = [*book_urls, *ageing_urls, *invoice_urls, *payment_urls]

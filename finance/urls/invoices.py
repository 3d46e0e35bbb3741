"""Pages of invoices."""

from django.urls import path

from finance.views import credits, deductions, invoice_forms, invoices, opening_items, payments, to_invoice

urlpatterns = [
    path("to-invoice/", to_invoice.ToInvoice.as_view(), name="to-invoice"),
    path("to-invoice/charges/", deductions.ChargeDeductions.as_view(), name="charge-deductions"),
    path("invoices/", invoices.InvoiceList.as_view(), name="invoice-list"),
    path("invoices/new/", invoice_forms.InvoiceCreate.as_view(), name="invoice-create"),
    path("invoices/recalculate/", invoice_forms.RecalculateInvoice.as_view(), name="invoice-recalculate"),
    path("opening-items/", opening_items.OpeningItemList.as_view(), name="opening-item-list"),
    path("opening-items/new/", opening_items.OpeningItemCreate.as_view(), name="opening-item-create"),
    path("opening-advances/", opening_items.OpeningAdvanceList.as_view(), name="opening-advance-list"),
    path("opening-advances/new/", opening_items.OpeningAdvanceCreate.as_view(), name="opening-advance-create"),
    path("opening-receipts/", opening_items.OpeningReceiptList.as_view(), name="opening-receipt-list"),
    path("opening-receipts/new/", opening_items.OpeningReceiptCreate.as_view(), name="opening-receipt-create"),
    path("invoices/<int:pk>/withdraw/", opening_items.WithdrawOpeningItem.as_view(), name="opening-item-withdraw"),
    path("invoices/<int:pk>/", invoices.InvoiceDetail.as_view(), name="invoice-detail"),
    path("invoices/<int:pk>/edit/", invoice_forms.InvoiceEdit.as_view(), name="invoice-edit"),
    path("invoices/<int:pk>/post/", invoices.PostInvoice.as_view(), name="invoice-post"),
    path("invoices/<int:pk>/cancel/", invoices.CancelInvoice.as_view(), name="invoice-cancel"),
    path("invoices/<int:pk>/credit/", invoice_forms.CreditNoteCreate.as_view(), name="invoice-credit"),
    path("invoices/<int:pk>/correct/", invoice_forms.PriceCorrectionCreate.as_view(), name="invoice-correct"),
    path("invoices/<int:pk>/release/", invoices.ReleaseInvoice.as_view(), name="invoice-release"),
    path("invoices/<int:pk>/allocate/", credits.AllocateCredit.as_view(), name="invoice-allocate"),
    path("invoices/<int:pk>/pay/", payments.PayInvoice.as_view(), name="invoice-pay"),
    path("invoices/<int:pk>/print/", invoices.InvoicePrint.as_view(), name="invoice-print"),
]

"""Pages of value-added tax and electronic invoices."""

from django.urls import path

from finance.views import tax as pages

urlpatterns = [
    path("vat/", pages.VatReport.as_view(), name="vat-report"),
    path("vat/lines/", pages.TaxLines.as_view(), name="vat-lines"),
    path("einvoices/", pages.TaxInvoiceList.as_view(), name="tax-invoice-list"),
    path("einvoices/to-issue/", pages.IssuableInvoices.as_view(), name="tax-invoice-due"),
    path("einvoices/prepare/", pages.PrepareTaxInvoices.as_view(), name="tax-invoice-prepare"),
    path("einvoices/prepare/<str:kind>/", pages.PrepareTaxInvoices.as_view(), name="tax-invoice-prepare-kind"),
    path("einvoices/export/", pages.ExportTaxInvoices.as_view(), name="tax-invoice-export"),
    path("einvoices/answers/", pages.ImportAnswers.as_view(), name="tax-invoice-answers"),
    path("einvoices/<int:pk>/", pages.TaxInvoiceEdit.as_view(), name="tax-invoice-edit"),
]

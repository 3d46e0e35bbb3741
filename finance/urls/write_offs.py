"""Pages of write-offs, of receipts not invoiced, and of provisions."""

from django.urls import path

from finance.views import accrued_charges as charges
from finance.views import write_offs as pages

urlpatterns = [
    path("invoices/<int:pk>/write-off/", pages.BadDebtCreate.as_view(), name="invoice-write-off"),
    path("write-offs/", pages.WriteOffList.as_view(), name="write-off-list"),
    path("write-offs/<int:pk>/", pages.WriteOffDetail.as_view(), name="write-off-detail"),
    path("write-offs/<int:pk>/post/", pages.PostWriteOff.as_view(), name="write-off-post"),
    path("write-offs/<int:pk>/reverse/", pages.ReverseWriteOff.as_view(), name="write-off-reverse"),
    path("write-offs/<int:pk>/cancel/", pages.CancelWriteOff.as_view(), name="write-off-cancel"),
    path("received-not-invoiced/", pages.GrniList.as_view(), name="grni-list"),
    path("received-not-invoiced/write-off/", pages.GrniWriteOff.as_view(), name="grni-write-off"),
    path("accrued-charges/", charges.AccruedChargeList.as_view(), name="accrued-charge-list"),
    path("accrued-charges/invoice/", charges.InvoiceCharges.as_view(), name="accrued-charge-invoice"),
    path("provisions/", pages.ProvisionList.as_view(), name="provision-list"),
    path("provisions/new/", pages.ProvisionCreate.as_view(), name="provision-create"),
    path("provisions/<int:pk>/", pages.ProvisionDetail.as_view(), name="provision-detail"),
    path("provisions/<int:pk>/post/", pages.PostProvision.as_view(), name="provision-post"),
    path("provisions/<int:pk>/cancel/", pages.CancelProvision.as_view(), name="provision-cancel"),
]

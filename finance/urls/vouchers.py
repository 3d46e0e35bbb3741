"""Pages of vouchers and of the ledger's settings."""

from django.urls import path

from finance.views import vouchers

urlpatterns = [
    path("vouchers/", vouchers.VoucherList.as_view(), name="voucher-list"),
    path("vouchers/prepare/", vouchers.PrepareVouchers.as_view(), name="voucher-prepare"),
    path("vouchers/prepare/<int:pk>/", vouchers.PrepareOfPeriod.as_view(), name="voucher-prepare-period"),
    path("vouchers/review/", vouchers.ReviewVouchers.as_view(), name="vouchers-review"),
    path("vouchers/post/", vouchers.PostVouchers.as_view(), name="vouchers-post"),
    path("vouchers/return/", vouchers.ReturnVouchers.as_view(), name="vouchers-return"),
    path("vouchers/discard/", vouchers.DiscardVouchers.as_view(), name="vouchers-discard"),
    path("vouchers/seals/", vouchers.VerifySeals.as_view(), name="voucher-seals"),
    path("vouchers/<int:pk>/", vouchers.VoucherDetail.as_view(), name="voucher-detail"),
    path("vouchers/<int:pk>/review/", vouchers.ReviewVoucher.as_view(), name="voucher-review"),
    path("vouchers/<int:pk>/post/", vouchers.PostVoucher.as_view(), name="voucher-post"),
    path("vouchers/<int:pk>/return/", vouchers.ReturnVoucher.as_view(), name="voucher-return"),
    path("vouchers/<int:pk>/discard/", vouchers.DiscardVoucher.as_view(), name="voucher-discard"),
    path("vouchers/<int:pk>/attachments/", vouchers.SetAttachments.as_view(), name="voucher-attachments"),
    path("vouchers/<int:pk>/print/", vouchers.VoucherPrint.as_view(), name="voucher-print"),
    path("ledger-settings/", vouchers.EditLedgerSettings.as_view(), name="ledger-settings"),
]

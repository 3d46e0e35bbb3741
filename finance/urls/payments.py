"""Pages of payments."""

from django.urls import path

from finance.views import payments

urlpatterns = [
    path("payments/", payments.PaymentList.as_view(), name="payment-list"),
    path("payments/new/", payments.PaymentCreate.as_view(), name="payment-create"),
    path("payments/open-invoices/", payments.OpenInvoices.as_view(), name="payment-open-invoices"),
    path("payments/<int:pk>/", payments.PaymentDetail.as_view(), name="payment-detail"),
    path("payments/<int:pk>/edit/", payments.PaymentEdit.as_view(), name="payment-edit"),
    path("payments/<int:pk>/post/", payments.PostPayment.as_view(), name="payment-post"),
    path("payments/<int:pk>/cancel/", payments.CancelPayment.as_view(), name="payment-cancel"),
    path("payments/<int:pk>/allocate/", payments.AllocatePayment.as_view(), name="payment-allocate"),
    path(
        "payments/<int:pk>/allocations/<int:allocation_pk>/undo/",
        payments.UndoAllocation.as_view(),
        name="payment-undo-allocation",
    ),
    path("payments/<int:pk>/reverse/", payments.ReversePayment.as_view(), name="payment-reverse"),
]

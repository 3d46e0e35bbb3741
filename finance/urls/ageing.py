"""Pages of receivables and payables."""

from django.urls import path

from finance.views import ageing

urlpatterns = [
    path("receivables/", ageing.Receivables.as_view(), name="receivables"),
    path("receivables/open/", ageing.ReceivableList.as_view(), name="receivable-list"),
    path("payables/", ageing.Payables.as_view(), name="payables"),
    path("payables/open/", ageing.PayableList.as_view(), name="payable-list"),
]

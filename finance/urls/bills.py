"""Pages of bills of exchange."""

from django.urls import path

from finance.views import bills, opening_items

urlpatterns = [
    path("bills/", bills.BillList.as_view(), name="bill-list"),
    path("bills/new/", bills.BillCreate.as_view(), name="bill-create"),
    path("opening-bills/", opening_items.OpeningBillList.as_view(), name="opening-bill-list"),
    path("opening-bills/new/", opening_items.OpeningBillCreate.as_view(), name="opening-bill-create"),
    path("bills/<int:pk>/withdraw/", bills.WithdrawOpeningBill.as_view(), name="opening-bill-withdraw"),
    path("bills/<int:pk>/", bills.BillDetail.as_view(), name="bill-detail"),
    path("bills/<int:pk>/register/", bills.RegisterBill.as_view(), name="bill-register"),
    path("bills/<int:pk>/endorse/", bills.EndorseBill.as_view(), name="bill-endorse"),
    path("bills/<int:pk>/discount/", bills.DiscountBill.as_view(), name="bill-discount"),
    path("bills/<int:pk>/settle/", bills.SettleBill.as_view(), name="bill-settle"),
    path("bills/<int:pk>/split/", bills.SplitBill.as_view(), name="bill-split"),
    path("bills/<int:pk>/dishonour/", bills.DishonourBill.as_view(), name="bill-dishonour"),
    path("bills/<int:pk>/cancel/", bills.CancelBill.as_view(), name="bill-cancel"),
]

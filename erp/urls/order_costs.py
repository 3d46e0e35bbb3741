"""Addresses of order costing."""

from django.urls import path

from erp.views import order_costs

urlpatterns = [
    path("order-costs/", order_costs.OrderCosts.as_view(), name="order-costs"),
    path(
        "work-orders/<int:pk>/outputs/receive/", order_costs.ReceiveOutput.as_view(), name="work-order-receive-output"
    ),
    path("order-costs/settings/", order_costs.EditCostingSettings.as_view(), name="costing-settings"),
]

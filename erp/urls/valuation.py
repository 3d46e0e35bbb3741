"""Pages of the value of stock: layers, their uses, the month-end average."""

from django.urls import path

from erp.views import valuation

urlpatterns = [
    path("stock/items/<int:pk>/layers/", valuation.ItemLayers.as_view(), name="item-layers"),
    path("stock/layers/<int:pk>/", valuation.LayerPage.as_view(), name="cost-layer"),
    path("stock/average/", valuation.AverageRunList.as_view(), name="average-run-list"),
    path("stock/average/<str:month>/preview/", valuation.PreviewAverage.as_view(), name="average-run-preview"),
    path("stock/average/run/", valuation.RunAverage.as_view(), name="average-run"),
    path("stock/average/<int:pk>/", valuation.AverageRunPage.as_view(), name="average-run-detail"),
]

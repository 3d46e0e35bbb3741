"""Pages of the app: stock, counts, production."""

from erp.urls import counts, make, making, revaluations, stock, valuation

app_name = "erp"

urlpatterns = [
    *stock.urlpatterns,
    *counts.urlpatterns,
    *make.urlpatterns,
    *making.urlpatterns,
    *valuation.urlpatterns,
    *revaluations.urlpatterns,
]

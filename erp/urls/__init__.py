"""Pages of the app: stock, counts, production."""

from erp.urls import counts, make, revaluations, stock, valuation

app_name = "erp"

urlpatterns = [
    *stock.urlpatterns,
    *counts.urlpatterns,
    *make.urlpatterns,
    *valuation.urlpatterns,
    *revaluations.urlpatterns,
]

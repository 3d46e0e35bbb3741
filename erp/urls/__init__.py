"""Pages of the app: stock, counts, production."""

from erp.urls import (
    counts,
    demand,
    engineering,
    make,
    making,
    order_costs,
    quality,
    questions,
    revaluations,
    stock,
    valuation,
)

app_name = "erp"

urlpatterns = [
    *stock.urlpatterns,
    *counts.urlpatterns,
    *demand.urlpatterns,
    *make.urlpatterns,
    *making.urlpatterns,
    *engineering.urlpatterns,
    *questions.urlpatterns,
    *valuation.urlpatterns,
    *revaluations.urlpatterns,
    *quality.urlpatterns,
    *order_costs.urlpatterns,
]

"""API routes of the app: stock, counts, production."""

from rest_framework.routers import SimpleRouter

from erp.api.viewsets import (
    counts,
    forecasts,
    inspections,
    make,
    making,
    pegging,
    questions,
    revaluations,
    stock,
    stock_control,
    valuation,
)

router = SimpleRouter()
for module in (
    stock,
    counts,
    stock_control,
    make,
    making,
    valuation,
    revaluations,
    forecasts,
    inspections,
    questions,
    pegging,
):
    for prefix, viewset, name in module.ROUTES:
        router.register(prefix, viewset, basename=f"erp-{name}")

urlpatterns = [*router.urls]

"""API routes of the app: stock, counts, production."""

from rest_framework.routers import SimpleRouter

from erp.api.viewsets import counts, make, stock, stock_control, valuation

router = SimpleRouter()
for prefix, viewset, name in (*stock.ROUTES, *counts.ROUTES, *stock_control.ROUTES, *make.ROUTES, *valuation.ROUTES):
    router.register(prefix, viewset, basename=f"erp-{name}")

urlpatterns = [*router.urls]

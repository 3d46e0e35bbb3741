"""API routes of the app: the stock half and the make half."""

from rest_framework.routers import SimpleRouter

from erp.api.viewsets import make, stock

router = SimpleRouter()
for prefix, viewset, name in (*stock.ROUTES, *make.ROUTES):
    router.register(prefix, viewset, basename=f"erp-{name}")

urlpatterns = [*router.urls]

"""Pages of stock, shipments and returns."""

urlpatterns: list = []

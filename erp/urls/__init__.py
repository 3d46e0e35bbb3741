"""Pages of the app: the stock half and the make half."""

from erp.urls import make, stock

app_name = "erp"

urlpatterns = [*stock.urlpatterns, *make.urlpatterns]

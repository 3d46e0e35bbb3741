"""Pages of the app."""

app_name = "erp"

urlpatterns: list = []

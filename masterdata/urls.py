"""Pages of the app."""

app_name = "masterdata"

urlpatterns: list = []

"""Pages of the app."""

app_name = "crm"

urlpatterns: list = []

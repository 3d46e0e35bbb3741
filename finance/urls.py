"""Pages of the app."""

app_name = "finance"

urlpatterns: list = []

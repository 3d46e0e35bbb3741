"""Pages of the app."""

app_name = "scm"

urlpatterns: list = []

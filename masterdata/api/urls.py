"""API routes of the app."""

urlpatterns: list = []

"""Pages of engineering, planning and production."""

urlpatterns: list = []

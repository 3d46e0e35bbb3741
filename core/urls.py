"""Pages of the platform."""

from typing import Any

from django.urls import path

from core.views import home

app_name = "core"

urlpatterns: list[Any] = [
    path("", home.Home.as_view(), name="home"),
    path("health/", home.health, name="health"),
]

"""API routes of the platform."""

from typing import Any

urlpatterns: list[Any] = []

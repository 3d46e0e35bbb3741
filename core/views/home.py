"""The first page and the health check."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from core.views.base import SIGNED_IN, Page


class Home(Page):
    """The page after login."""

    permission_required = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "core/home.html", {})


def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


health.permission_required = "public"  # type: ignore[attr-defined]

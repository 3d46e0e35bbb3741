"""The first page, the dashboard and the health check."""

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from core.clock import company
from core.dashboards import selectors
from core.models import User
from core.views.base import SIGNED_IN, Page


class Home(Page):
    """The set-up wizard before there is a company, else the sign-in, then My work."""

    permission_required = SIGNED_IN

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if company() is None and not User.objects.exists():
            return HttpResponseRedirect(reverse("setup"))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("core:my-work"))


class Dashboard(Page):
    """Real figures, each opens the list behind it."""

    permission_required = "core.view_dashboard"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"groups": selectors.kpi_groups(request.user), "charts": selectors.charts(request.user)}
        return render(request, "core/dashboard.html", context)


def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


health.permission_required = "public"  # type: ignore[attr-defined]

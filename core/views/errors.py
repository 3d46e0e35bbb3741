"""Answers for what is not a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: say which right is missing and who can grant it."""
    right = str(exception) if exception and "." in str(exception) else ""
    return render(request, "errors/403.html", {"right": right}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: does not exist, or is not for this user."""
    return render(request, "errors/404.html", status=404)


def defect(request: HttpRequest) -> HttpResponse:
    """500: a defect; the log has the trace."""
    return render(request, "errors/500.html", status=500)

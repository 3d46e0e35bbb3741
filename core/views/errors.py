"""Answers for what is not a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from core.people import granters, right_name


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: say which right is missing and who can grant it."""
    right = str(exception) if exception else ""
    sentence = gettext("You do not have the right to open this page.")
    if right:
        sentence = gettext("You do not have the right for this (%(right)s).") % {"right": right_name(right)}
    return render(
        request, "errors/403.html", {"sentence": sentence, "grantors": granters(), "code": "missing_right"}, status=403
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: does not exist, or is not for this user."""
    sentence = gettext("This page or document does not exist, or it is not for you.")
    return render(request, "errors/404.html", {"sentence": sentence, "code": "not_found"}, status=404)


def defect(request: HttpRequest) -> HttpResponse:
    """500: a defect; the log has the trace."""
    return render(request, "errors/500.html", status=500)

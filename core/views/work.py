"""My work, search, notifications: what a user has on his desk."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from core import search as searching
from core.clock import today
from core.contributions import WorkItems, contributions
from core.counting import counted
from core.models.audit import FollowUp
from core.notifications.selectors import notifications_of
from core.notifications.services import mark_read
from core.operations import perform
from core.services.conversations import find_document
from core.typed import is_key
from core.views.base import SIGNED_IN, Page

PER_QUEUE = 8


def queues(user: Any) -> list[dict[str, Any]]:
    """Return the user's queues that are not empty, each with its first items and its full count."""
    own = contributions(WorkItems, user=user)
    counts = counted({one.key: one.waiting(user) for one in own})
    return [
        {
            "key": one.key,
            "label": one.label,
            "count": counts[one.key],
            "items": one.items(user, PER_QUEUE),
            "url": one.url(),
        }
        for one in own
        if counts[one.key]
    ]


class MyWork(Page):
    """Everything that waits for this user, by queue."""

    permission_required = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        follow_ups = (
            FollowUp.objects.filter(assignee=request.user, done_at__isnull=True)
            .select_related("created_by")
            .order_by("due_date")[:50]
        )
        context = {
            "queues": queues(request.user),
            "follow_ups": [_with_link(row) for row in follow_ups],
            "today": today(),
            "notifications": notifications_of(request.user)[:8],
        }
        return render(request, "core/my_work.html", context)


def _with_link(row: FollowUp) -> dict[str, Any]:
    return {"row": row, "url": reverse("core:object", args=[row.object_label, row.object_id])}


class OpenObject(Page):
    """Redirects from (kind, key) to the page of that document."""

    permission_required = SIGNED_IN

    def get(self, request: HttpRequest, label: str, pk: int) -> HttpResponse:
        return HttpResponseRedirect(find_document(label, pk, request.user).get_absolute_url())  # type: ignore[attr-defined]


class Search(Page):
    """The global search; a fragment for htmx, a page with Enter; one exact finding opens at once."""

    permission_required = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "")
        groups = searching.search(text, request.user)
        context = {"q": text, "groups": groups, "pages": searching.pages(text, request.user)}
        if request.headers.get("HX-Request"):
            return render(request, "core/_search.html", context)
        exact = searching.single(groups)
        if exact is not None:
            return HttpResponseRedirect(exact.url)
        return render(request, "core/search.html", context)


class Notifications(Page):
    """The user's messages; POST marks them read."""

    permission_required = "core.read_own_notifications"

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "core/notifications.html", {"notifications": notifications_of(request.user)[:200]})

    def post(self, request: HttpRequest) -> HttpResponse:
        ids = [int(value) for value in request.POST.getlist("id") if is_key(value)]
        perform(mark_read, actor=request.user, notification_ids=ids or None)
        following = request.POST.get("next", "")
        safe = following.startswith("/") and not following.startswith("//")
        return HttpResponseRedirect(following if safe else reverse("core:notifications"))

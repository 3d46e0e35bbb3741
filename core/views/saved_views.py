"""Keeping and removing saved views of lists."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.operations import perform
from core.services import preferences
from core.views.base import Page


def _back(request: HttpRequest, query: str = "") -> HttpResponse:
    target = request.POST.get("next") or request.POST.get("path") or request.headers.get("Referer", "/")
    safe = target.startswith("/") and not target.startswith("//")
    target = target if safe else "/"
    return HttpResponseRedirect(f"{target}?{query}" if query else target)


class SaveView(Page):
    """POST name, querystring, shared, is_default."""

    permission_required = preferences.RIGHT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, page: str) -> HttpResponse:
        query = request.POST.get("querystring", "")
        row = perform(
            preferences.save_view,
            actor=request.user,
            page=page,
            name=request.POST.get("name", "").strip() or "1",
            query=query,
            columns=[],
            shared="shared" in request.POST,
            default="is_default" in request.POST,
        )
        return _back(request, f"{query}&view={row.pk}" if query else f"view={row.pk}")


class DeleteView(Page):
    """POST: remove one of the own views."""

    permission_required = preferences.RIGHT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        perform(preferences.delete_view, actor=request.user, view_id=pk)
        return _back(request)


class SaveColumns(Page):
    """POST columns in their order."""

    permission_required = preferences.RIGHT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, page: str) -> HttpResponse:
        perform(preferences.choose_columns, actor=request.user, page=page, columns=request.POST.getlist("columns"))
        return _back(request)

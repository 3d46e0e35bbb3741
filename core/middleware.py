"""The reader's language and zone, and refusals as answers."""

from zoneinfo import ZoneInfo

from django.contrib.auth.models import Permission
from django.db import DataError
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from core.clock import company
from core.context import page_memory
from core.errors import DomainError
from core.models.users import RoleDetail
from core.plausible import unreadable

PREVIEW_KEY = "preview_role_of"


class PreviewOnly(DomainError):
    code = "preview_only"
    sentence = _("You are previewing a role. End the preview to change something.")


class PageMemoryMiddleware:
    """A request that changes nothing reads the company's row and the like once."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with page_memory():
            return self.get_response(request)


class UserLocaleMiddleware:
    """Activate the user's language and time zone; before login the browser's or the cookie's language."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        language = user.language if user.is_authenticated else translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
        zone = user.time_zone if user.is_authenticated else ""
        if not zone:
            own = company()
            zone = own.time_zone if own else "Asia/Shanghai"
        timezone.activate(ZoneInfo(zone))
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        if user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class PreviewMiddleware:
    """While an administrator previews a role, his request has that role's rights only and changes nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        group_id = request.session.get(PREVIEW_KEY) if request.user.is_authenticated else None
        if group_id is None:
            return self.get_response(request)
        ending = reverse("core:preview-end")
        if request.method not in {"GET", "HEAD"} and request.path not in {ending, reverse("account_logout")}:
            return refusal_response(request, PreviewOnly())
        rows = Permission.objects.filter(group=group_id).values_list("content_type__app_label", "codename")
        user = request.user
        user.is_superuser = False
        user._perm_cache = {f"{app}.{codename}" for app, codename in rows}
        request.previewed_role = RoleDetail.objects.filter(group_id=group_id).first()
        return self.get_response(request)


class RefusalMiddleware:
    """Turn a refusal that no page caught into an answer: the one place for HTML."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if request.path.startswith("/api/"):
            return None
        if isinstance(exception, DataError):
            exception = unreadable(exception) or exception
        return refusal_response(request, exception) if isinstance(exception, DomainError) else None


def refusal_response(request, refusal: DomainError):
    """Answer a refusal: a fragment for htmx (put into #refusal), a page otherwise."""
    context = {"sentence": str(refusal), "code": refusal.code, "params": refusal.params}
    if request.headers.get("HX-Request"):
        response = render(request, "errors/_refusal.html", context, status=refusal.status)
        response.headers["HX-Retarget"] = "#refusal"
        response.headers["HX-Reswap"] = "innerHTML show:window:top"
        return response
    template = "errors/422.html" if refusal.status == 422 else "errors/409.html"
    return render(request, template, context, status=refusal.status)

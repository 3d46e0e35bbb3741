"""Settings: the company, the demo and language switches."""

from typing import Any

from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.i18n import set_language

from core.clock import company
from core.forms import CompanyForm
from core.operations import perform
from core.services import company as company_services
from core.services import preferences
from core.views.base import FormPage


class CompanySettings(FormPage):
    """The company's own data and rules."""

    service = company_services.change_company
    form_class = CompanyForm
    template_name = "core/form.html"

    def get_document(self) -> Any:
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"instance": company()}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"values": form.cleaned_data, "version": None}

    def extra_context(self) -> dict[str, Any]:
        return {"title": _("Company"), "back_url": reverse("core:home")}

    def success_url(self, result: Any) -> str:
        return reverse("core:company")


class SetPassword(PasswordResetConfirmView):
    """The page behind a one-time link: the person chooses a password."""

    permission_required = "public"
    template_name = "account/set_password.html"
    success_url = reverse_lazy("account_login")


def switch_language(request: HttpRequest) -> HttpResponse:
    """POST language: for this browser, and for the account when signed in."""
    response = set_language(request)
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in {"zh-hans", "en"} and request.method == "POST":
        perform(preferences.choose_language, actor=request.user, language=language)
    return response


switch_language.permission_required = "public"  # type: ignore[attr-defined]

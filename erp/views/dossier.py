"""输入单号便可查询完整档案: one field, any number, everything about it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from core.clock import company
from core.printing import pdf_available, render_document, render_pdf
from core.views.base import Page
from core.views.printing import LANGUAGES
from erp.selectors.dossier import dossier_of, find_subjects


class DossierPage(Page, TemplateView):
    """Type or scan a number; several things of that number are offered to choose from."""

    permission_required = "erp.view_dossier"
    template_name = "erp/dossier/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()
        subjects = find_subjects(text, self.request.user) if text else []
        chosen = subjects[0] if len(subjects) == 1 else None
        return super().get_context_data(**kwargs) | {
            "q": text,
            "subjects": [] if chosen else subjects,
            "dossier": dossier_of(chosen, self.request.user) if chosen else None,
            "prints": _print_links(chosen.key) if chosen else [],
        }


def _print_links(key: str) -> list[dict[str, Any]]:
    base = reverse("erp:dossier-print", args=[key])
    kind = "pdf" if pdf_available() else "html"
    return [
        {"label": label, "url": f"{base}?language={code}&format={kind}", "icon": "printer"}
        for code, label in (("zh", "中文"), ("en", "English"))
    ]


class PrintDossier(Page):
    """The dossier on paper."""

    permission_required = "erp.view_dossier"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        subjects = find_subjects(kwargs["key"], request.user)
        if len(subjects) != 1:
            raise Http404
        as_pdf = request.GET.get("format", "pdf") == "pdf" and pdf_available()
        language = LANGUAGES.get(request.GET.get("language", ""), request.user.language)  # type: ignore[union-attr]
        context = {
            "document": subjects[0].title,
            "dossier": dossier_of(subjects[0], request.user),
            "company": company(),
            "user": request.user,
            "printed_at": timezone.now(),
            "pdf": as_pdf,
            "pdf_missing": False,
        }
        html = render_document("erp/dossier/print.html", context, language)
        if not as_pdf:
            return HttpResponse(html)
        response = HttpResponse(render_pdf(html), content_type="application/pdf")
        response.headers["Content-Disposition"] = 'inline; filename="dossier.pdf"'
        return response

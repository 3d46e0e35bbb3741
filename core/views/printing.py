"""Print pages of documents."""

from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from core.clock import company
from core.printing import pdf_available, render_document, render_pdf
from core.views.base import Page, visible

LANGUAGES = {"zh": "zh-hans", "en": "en"}


class PrintView(Page):
    """GET …/print/?language=zh|en&format=pdf|html: one document on paper.

    A subclass sets model, template_name, permission_required and may add ``context_for``; the language is the
    partner's unless asked for. Without Pango the printable page is given, which says so.
    """

    model: ClassVar[type[models.Model]]
    template_name: ClassVar[str]

    def get_object_queryset(self) -> models.QuerySet:
        return visible(self.model, self.request.user)

    def context_for(self, document: Any) -> dict[str, Any]:
        """Return what the template needs besides document, company, lines."""
        return {}

    def language_for(self, document: Any) -> str:
        """Return the asked language, else the partner's, else the reader's."""
        asked = self.request.GET.get("language", "")
        partner = getattr(document, "partner", None)
        return LANGUAGES.get(asked) or getattr(partner, "language", "") or self.request.user.language

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        document = self.get_object_queryset().filter(pk=kwargs["pk"]).first()
        if document is None:
            raise Http404
        wants_pdf = request.GET.get("format", "pdf") == "pdf"
        as_pdf = wants_pdf and pdf_available()
        context = {
            "document": document,
            "company": company(),
            "user": request.user,
            "printed_at": timezone.now(),
            "pdf": as_pdf,
            "pdf_missing": wants_pdf and not as_pdf,
        }
        html = render_document(self.template_name, context | self.context_for(document), self.language_for(document))
        if not as_pdf:
            return HttpResponse(html)
        response = HttpResponse(render_pdf(html), content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{document}.pdf"'
        return response

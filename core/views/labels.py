"""Labels of what was chosen in a list: the paper is asked for, then they are printed."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.labels import CODES, MOST, SIZES, Label, label_pages
from core.printing import pdf_available, render_document, render_pdf
from core.views.base import Page


def labels_action(url_name: str) -> dict[str, Any]:
    """Return the context that lets a list print labels of its ticked rows; nothing without an address."""
    if not url_name:
        return {}
    action = {"name": "labels", "label": _("Print labels"), "url": reverse(url_name), "icon": "barcode"}
    return {"bulk_actions": [action]}


class LabelForm(forms.Form):
    """Paper, code, and how many of each."""

    size = forms.ChoiceField(label=_("Paper"), choices=[(one.code, one.label) for one in SIZES.values()])
    code = forms.ChoiceField(label=_("Code"), choices=CODES)
    copies = forms.IntegerField(label=_("Labels of each"), min_value=1, max_value=MOST, initial=1)


class LabelsPage(Page):
    """POST of the ticked rows (``ids``, or ``all`` with the filter in the address) asks for the paper; with a paper it
    answers the labels. GET …/<pk>/ begins with one row.

    A subclass sets model, filterset_class, permission_required and gives ``labels``.
    """

    model: ClassVar[type[models.Model]]
    filterset_class: ClassVar[Any]

    def rows(self) -> models.QuerySet:
        """Return what may be chosen, with what the labels show of it."""
        raise AssertionError("a page of labels says of what")

    def labels(self, rows: Sequence[Any]) -> list[Label]:
        """Return the label of each row."""
        raise AssertionError("a page of labels says what stands on them")

    def get(self, request: HttpRequest, **keys: Any) -> HttpResponse:
        return self.ask(self.chosen([str(keys.get("pk", ""))]), LabelForm())

    def post(self, request: HttpRequest, **_keys: Any) -> HttpResponse:
        rows = self.chosen(request.POST.getlist("ids"))
        if "size" not in request.POST:
            return self.ask(rows, LabelForm())
        form = LabelForm(request.POST)
        if form.is_valid() and len(rows) * form.cleaned_data["copies"] > MOST:
            form.add_error("copies", gettext("At most %(most)s labels are printed at once.") % {"most": MOST})
        return self.printed(rows, form.cleaned_data) if form.is_valid() else self.ask(rows, form)

    def chosen(self, keys: Sequence[str]) -> list[Any]:
        rows = self.rows()
        if self.request.POST.get("all"):
            rows = self.filterset_class(self.request.GET, queryset=rows, request=self.request).qs
        else:
            rows = rows.filter(pk__in=[int(key) for key in keys if key.isdecimal() and len(key) < 19])
        found = list(rows[: MOST + 1])
        if not found:
            raise Http404
        return found

    def ask(self, rows: Sequence[Any], form: LabelForm) -> HttpResponse:
        context = {"title": gettext("Labels"), "form": form, "rows": rows, "count": len(rows), "most": MOST}
        return render(self.request, "core/labels.html", context, status=422 if form.errors else 200)

    def printed(self, rows: Sequence[Any], chosen: dict[str, Any]) -> HttpResponse:
        size, as_pdf = SIZES[chosen["size"]], pdf_available()
        pages = list(label_pages(self.labels(rows), size, chosen["code"], chosen["copies"]))
        context = {"pages": pages, "size": size, "code": chosen["code"], "pdf": as_pdf}
        html = render_document("print/labels.html", context, self.request.user.language)  # type: ignore[union-attr]
        if not as_pdf:
            return HttpResponse(html)
        response = HttpResponse(render_pdf(html), content_type="application/pdf")
        response.headers["Content-Disposition"] = 'inline; filename="labels.pdf"'
        return response

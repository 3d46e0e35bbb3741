"""Base classes of pages: every one names its right, the default is deny."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View
from django_filters.views import FilterView
from django_htmx.http import HttpResponseClientRedirect
from django_tables2 import RequestConfig, SingleTableMixin

from core import timeline
from core.contributions import Panel, RelatedDocuments, contributions
from core.errors import DomainError
from core.exchange.export import export_table
from core.formats import plain
from core.middleware import refusal_response
from core.operations import may_perform, perform
from core.printing import pdf_available
from core.shell import stands_under
from core.typed import is_key
from core.views import listviews
from core.views.approval_context import approval_context

SIGNED_IN = "signed-in"
"""The declared right of pages that every signed-in staff user may open (My work, search, own profile)."""


class Page(View):
    """A page with a declared right: ``permission_required`` is ``app.codename`` or SIGNED_IN.

    Anonymous users are sent to the login page, users without the right get 403; suppliers never pass.
    """

    permission_required: ClassVar[str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            if request.headers.get("HX-Request"):
                return HttpResponseClientRedirect(reverse("account_login"))
            return redirect_to_login(request.get_full_path())
        if user.kind != "staff":  # type: ignore[union-attr]
            raise PermissionDenied
        right = self.permission_required
        if right != SIGNED_IN and not user.has_perm(right):
            raise PermissionDenied(right)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]


@dataclass(frozen=True)
class Verb:
    """A button of a document page: shown when the user has the right and the state allows it.

    service   the operation (its right is asked); None with ``permission`` for a link to a form.
    url_name  posted to (or opened, with ``link``) with the document's pk.
    to        target state: shown only when TRANSITIONS has the edge. states: shown only in these states.
    reason    asks for a reason in a dialog and posts it as ``reason``.
    """

    label: Any
    url_name: str
    service: Callable[..., Any] | None = None
    permission: str = ""
    to: str | None = None
    states: frozenset[str] | None = None
    when: Callable[[Any], bool] | None = None
    main: bool = False
    link: bool = False
    reason: bool = False
    danger: bool = False
    confirm: Any = ""
    icon: str = ""

    def is_allowed(self, document: Any, user: Any) -> bool:
        """Return whether ``user`` sees this verb on ``document`` now."""
        if self.service is not None and not may_perform(self.service, user):
            return False
        if self.permission and not user.has_perm(self.permission):
            return False
        if self.to is not None and self.to not in document.TRANSITIONS.get(document.state, ()):
            return False
        if self.states is not None and document.state not in self.states:
            return False
        return self.when is None or self.when(document)


def visible(model: type[models.Model], user: Any) -> models.QuerySet:
    """Return the rows of ``model`` in the user's scope."""
    manager = model._default_manager
    return manager.visible_to(user) if hasattr(manager, "visible_to") else manager.all()  # type: ignore[attr-defined]


class ListPage(Page, SingleTableMixin, FilterView):
    """A list: filters in the address, sortable dense table, CSV/XLSX export, row scope.

    A subclass sets model, table_class, filterset_class, title, permission_required and may override
    ``base_queryset`` (select_related there), ``create_url`` (+ ``create_label``, ``create_permission``),
    ``empty_text``; ``page_key`` (``crm.salesorder``) names it for saved views and row badges.
    """

    template_name = "core/list.html"
    title: Any = ""
    empty_text: Any = ""
    create_url: str = ""
    create_label: Any = ""
    create_permission: str = ""
    paginate_by = 50
    strict = False
    views: ClassVar[Sequence[tuple[str, Any, str]]] = ()

    @property
    def page_key(self) -> str:
        return self.model._meta.label_lower

    def base_queryset(self) -> models.QuerySet:
        return visible(self.model, self.request.user)

    def get_queryset(self) -> models.QuerySet:
        return self.base_queryset()

    def get_table_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = {"user": self.request.user, "page_key": self.page_key}
        kwargs["per_page_field"] = ""  # the table does not read it again from the address: `get_paginate_by` bounds it
        chosen = listviews.chosen_columns(self.request, self.page_key)
        if chosen:
            kwargs["chosen"] = chosen
        return kwargs

    def get_paginate_by(self, table_data: Any) -> int:
        asked = self.request.GET.get("per_page", "")
        return min(max(int(asked), 10), 200) if is_key(asked) else self.paginate_by

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        default = listviews.default_query(request, self.page_key)
        if default:
            return HttpResponseRedirect(f"{request.path}?{default}")
        export = request.GET.get("export")
        if export:
            if not request.user.has_perm("core.export_data"):
                raise PermissionDenied("core.export_data")
            filterset = self.get_filterset(self.get_filterset_class())
            table = self.table_class(filterset.qs, **self.get_table_kwargs())
            RequestConfig(request, paginate=False).configure(table)
            return export_table(table, name=self.page_key.replace(".", "-"), kind=export, title=str(self.title))
        response = super().get(request, *args, **kwargs)
        if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "list":
            response.template_name = ["core/_list.html"]  # type: ignore[attr-defined]
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = self.request.user
        context["table"].sum_up(context["filter"].qs)
        may_create = self.create_url and (not self.create_permission or user.has_perm(self.create_permission))
        return (
            context
            | {
                "title": self.title,
                "empty_text": self.empty_text,
                "page_key": self.page_key,
                "create_url": reverse(self.create_url) if may_create else "",
                "create_label": self.create_label,
                "may_export": user.has_perm("core.export_data"),
                "view_links": self.view_links(),
            }
            | listviews.context(self.request, self.page_key, context["table"], context["filter"])
        )

    def view_links(self) -> list[dict[str, Any]]:
        """Return the other ways to see the same rows, keeping the filters: ``views`` = [(url name, label, icon)]."""
        query, here = self.request.GET.urlencode(), self.request.path
        links = [(reverse(name), label, icon) for name, label, icon in self.views]
        return [
            {"url": f"{url}?{query}" if query else url, "label": label, "icon": icon, "active": url == here}
            for url, label, icon in links
        ]


class DocumentPage(Page, TemplateView):
    """A document: verbs, state steps, related documents, panels of other apps, timeline.

    A subclass sets model, permission_required, template_name (extends "core/document.html"), ``verbs``,
    ``main_path`` (states shown as steps), ``list_url``, ``print_url``, ``shown_under`` (fields that narrow list and
    navigation to the document's kind), and may override ``get_object_queryset`` and ``extra_context_for``.
    """

    model: ClassVar[type[models.Model]]
    verbs: ClassVar[Sequence[Verb]] = ()
    main_path: ClassVar[Sequence[str]] = ()
    list_url: ClassVar[str] = ""
    shown_under: ClassVar[Sequence[str]] = ()
    print_url: ClassVar[str] = ""
    refusal: DomainError | None = None

    def get_object_queryset(self) -> models.QuerySet:
        return visible(self.model, self.request.user)

    def get_object(self) -> Any:
        found = self.get_object_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        """Return what the subclass's template needs besides the shell of a document."""
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document = self.get_object()
        user = self.request.user
        page = document._meta.label_lower
        narrowed = stands_under(self.request, document, self.shown_under)
        context = super().get_context_data(**kwargs)
        context |= {
            "document": document,
            "object": document,
            "page_key": page,
            "number": str(document),
            "kind": document._meta.verbose_name_plural,
            "list_url": reverse(self.list_url) + narrowed if self.list_url else "",
            "refusal": self.refusal,
            "steps": self._steps(document),
            "verbs": [_verb_row(verb, document) for verb in self.verbs if verb.is_allowed(document, user)],
            "related": [
                {"label": one.label, "icon": one.icon, "count": count, "url": one.url(document), "key": one.key}
                for one in contributions(RelatedDocuments, page=page, user=user)
                if (count := one.count(document, user))
            ],
            "panels": rendered_panels(page, document, self.request),
            "timeline": timeline.entries(document, user),
            "approval": approval_context(document, user),
            "prints": self.print_links(document),
        }
        if user.has_perm("core.comment_document"):
            keys = [page, document.pk]
            context |= {
                "comment_url": reverse("core:comment", args=keys),
                "upload_url": reverse("core:attach", args=keys),
                "follow_url": reverse("core:follow-up", args=keys),
            }
        return context | self.extra_context_for(document)

    def print_links(self, document: Any) -> list[dict[str, Any]]:
        """Return the print menu: both languages as PDF, or as a printable page where PDF is not available."""
        if not self.print_url:
            return []
        url = reverse(self.print_url, args=[document.pk])
        kind = "pdf" if pdf_available() else "html"
        return [
            {"label": label, "url": f"{url}?language={code}&format={kind}", "icon": "printer"}
            for code, label in (("zh", "中文"), ("en", "English"))
        ]

    def _steps(self, document: Any) -> list[dict[str, Any]]:
        if not self.main_path:
            return []
        labels = dict(document._meta.get_field("state").choices)
        path = list(self.main_path)
        if document.state not in path:
            path.append(document.state)
        here = path.index(document.state)
        return [
            {"code": code, "label": labels[code], "done": place < here, "current": place == here}
            for place, code in enumerate(path)
        ]

    def refused(self, refusal: DomainError) -> HttpResponse:
        """Show the document again with the sentence that says why not."""
        self.refusal = refusal
        response = self.render_to_response(self.get_context_data())
        response.status_code = refusal.status
        return response


def _verb_row(verb: Verb, document: Any) -> dict[str, Any]:
    return {
        "name": verb.url_name.rsplit(":", 1)[-1],
        "label": verb.label,
        "url": reverse(verb.url_name, args=[document.pk]),
        "main": verb.main,
        "link": verb.link,
        "danger": verb.danger,
        "needs_reason": verb.reason,
        "confirm": verb.confirm,
        "icon": verb.icon,
    }


def rendered_panels(page: str, document: Any, request: HttpRequest) -> list[dict[str, Any]]:
    """Render the panels that other apps contribute to ``page`` for this user; one that comes out blank is left out."""
    shown = []
    for one in contributions(Panel, page=page, user=request.user):
        html = render_to_string(one.template, one.context(document, request.user) | {"object": document}, request)
        if html.strip():
            shown.append({"key": one.key, "title": one.title, "html": html, "is_notice": one.is_notice})
    return shown


class OperationView(Page):
    """POST: one operation on one document, then back to its page (or where ``success_url`` says).

    A subclass (or ``as_view``) sets ``service``; ``page`` (a DocumentPage class) shows a refusal in place;
    ``pk_argument`` is the name of the service's key argument; ``arguments`` adds what the form posted.
    """

    http_method_names: ClassVar = ["post"]
    service: Callable[..., Any] | None = None
    page: type[DocumentPage] | None = None
    pk_argument: str = ""
    message: Any = ""

    @property
    def permission_required(self) -> str:  # type: ignore[override]
        return self.the_service.operation.permission  # type: ignore[attr-defined, no-any-return]

    @property
    def the_service(self) -> Callable[..., Any]:
        """The operation: of this instance (given to ``as_view``) or of the class, never bound as a method."""
        found = self.__dict__.get("service") or type(self).service
        assert found is not None, f"{type(self).__name__} names no service"
        return found

    def arguments(self) -> dict[str, Any]:
        """Return the service's arguments besides the key of the document (``reason`` is passed to perform)."""
        return {}

    def key_arguments(self) -> dict[str, Any]:
        if "pk" not in self.kwargs:
            return {}
        spec = self.the_service.operation  # type: ignore[attr-defined]
        name = self.pk_argument or (spec.document[1] if spec.document else "pk")
        return {name: self.kwargs["pk"]}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            result = perform(
                self.the_service,
                actor=request.user,
                key=request.POST.get("_key") or None,
                reason=request.POST.get("reason", "").strip(),
                **self.key_arguments(),
                **self.arguments(),
            )
        except DomainError as refusal:
            if refusal.status == 404:
                raise Http404 from refusal
            if refusal.status == 403:
                raise PermissionDenied(refusal.params.get("right", "")) from refusal
            return self.refused(refusal)
        return self.done(result)

    def refused(self, refusal: DomainError) -> HttpResponse:
        if self.page is None or self.request.headers.get("HX-Request"):
            return refusal_response(self.request, refusal)
        view = self.page()
        view.setup(self.request, **self.kwargs)
        return view.refused(refusal)

    def done(self, result: Any) -> HttpResponse:
        """Answer after success; by default a redirect to ``success_url``."""
        if self.message:
            messages.success(self.request, str(self.message))
        url = self.success_url(result)
        if self.request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(url)
        return HttpResponseRedirect(url)

    def success_url(self, result: Any) -> str:
        """Return where to go: the posted ``next`` when it is a local path, else the document's own page."""
        following = self.request.POST.get("next", "")
        if following.startswith("/") and not following.startswith("//"):
            return following
        return str(result.get_absolute_url())


class FormPage(Page):
    """GET shows a form, POST gives it to an operation; whatever goes wrong, what was typed is kept.

    A subclass sets service, form_class, template_name, title and implements ``arguments(form, formset)``.
    With ``formset_class`` the page has a lines grid (prefix ``lines``). Editing: ``get_document`` by ``pk``.
    """

    service: ClassVar[Callable[..., Any]]
    form_class: ClassVar[Any]
    formset_class: ClassVar[Any] = None
    template_name: ClassVar[str]
    title: Any = ""
    submit_label: Any = ""
    model: ClassVar[type[models.Model] | None] = None
    shown_under: ClassVar[Sequence[str]] = ()
    message: Any = ""

    @property
    def permission_required(self) -> str:  # type: ignore[override]
        return type(self).service.operation.permission  # type: ignore[attr-defined]

    def get_document(self) -> Any:
        if self.model is None or "pk" not in self.kwargs:
            return None
        found = visible(self.model, self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_initial(self) -> dict[str, Any]:
        return dict(self.request.GET.items())

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return []

    def form_kwargs(self) -> dict[str, Any]:
        return {}

    def formset_kwargs(self) -> dict[str, Any]:
        return {}

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        """Return (form, formset or None), bound when data is given."""
        form = self.form_class(data, files, initial=None if data else self.get_initial(), **self.form_kwargs())
        form.initial |= {name: plain(value) for name, value in form.initial.items() if isinstance(value, Decimal)}
        if self.formset_class is None:
            return form, None
        initial = None if data else self.get_lines_initial()
        return form, self.formset_class(data, initial=initial, prefix="lines", **self.formset_kwargs())

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        """Return the service's arguments from the cleaned data."""
        raise AssertionError("a FormPage names its service's arguments")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self._document: Any = None

    @property
    def document(self) -> Any:
        if self._document is None:
            self._document = self.get_document()
        return self._document

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, formset = self.build()
        return self.show(form, formset)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, formset = self.build(request.POST, request.FILES)
        valid = form.is_valid()
        if formset is not None:
            valid = formset.is_valid() and valid
        if not valid:
            return self.show(form, formset, status=422)
        arguments = self.arguments(form, formset)
        reason = arguments.pop("reason", None) or request.POST.get("reason", "")  # a field of the form, or of a dialog
        try:
            result = perform(
                type(self).service,
                actor=request.user,
                key=request.POST.get("_key") or None,
                reason=reason.strip(),
                **arguments,
            )
        except DomainError as refusal:
            if refusal.status == 404:
                raise Http404 from refusal
            return self.show(form, formset, refusal=refusal, status=refusal.status)
        return self.done(result)

    def extra_context(self) -> dict[str, Any]:
        return {}

    def show(self, form: Any, formset: Any, *, refusal: DomainError | None = None, status: int = 200) -> HttpResponse:
        context = {
            "title": self.title,
            "submit_label": self.submit_label,
            "form": form,
            "formset": formset,
            "document": self.document,
            "refusal": refusal,
            "has_errors": status == 422,
        }
        if self.document is not None:
            stands_under(self.request, self.document, self.shown_under)
        return render(self.request, self.template_name, context | self.extra_context(), status=status)

    def done(self, result: Any) -> HttpResponse:
        messages.success(self.request, str(self.message or _("Saved.")))
        return HttpResponseRedirect(self.success_url(result))

    def success_url(self, result: Any) -> str:
        return str(result.get_absolute_url())

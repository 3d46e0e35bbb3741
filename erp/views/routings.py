"""Pages of routings: list, document, form, paper."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.clock import today
from core.exchange.export import as_xlsx
from core.permissions import may_view_field
from core.views.base import DocumentPage, ListPage, Page, Verb
from core.views.printing import PrintView
from erp.contributions.engineering_imports import routing_rows
from erp.filters.engineering import RoutingFilter
from erp.forms.routings import (
    PRICE,
    Alternates,
    Operations,
    RoutingForm,
    alternates_initial,
    operations_initial,
)
from erp.models import Routing
from erp.selectors.comparing import compare_routings
from erp.selectors.operation_files import files_of_routing
from erp.selectors.routings import with_operations
from erp.services import routings
from erp.states.engineering import RoutingState
from erp.tables.engineering import RoutingTable
from erp.views.comparing import ComparePage
from erp.views.grids import GridsFormPage
from erp.views.verbs import posted_version

DRAFT = frozenset({RoutingState.DRAFT})


class RoutingList(ListPage):
    """All routings."""

    model = Routing
    table_class = RoutingTable
    filterset_class = RoutingFilter
    permission_required = "erp.view_routing"
    title = _("Routings")
    empty_text = _("How an item is made: operation by operation, in which work centre, how long.")
    create_url = "erp:routing-create"
    create_label = _("New routing")
    create_permission = "erp.add_routing"
    template_name = "erp/engineering/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_export = self.request.user.has_perm("core.export_data")
        url = reverse("erp:routing-export") if may_export else ""
        return super().get_context_data(**kwargs) | {"lines_url": url}

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("item")


class RoutingPage(DocumentPage):
    """One routing with its operations; drawings and papers hang on an operation, or on the whole in its timeline."""

    model = Routing
    permission_required = "erp.view_routing"
    template_name = "erp/routing/detail.html"
    list_url = "erp:routing-list"
    print_url = "erp:routing-print"
    main_path = (RoutingState.DRAFT, RoutingState.RELEASED)
    verbs = (
        Verb(
            pgettext_lazy("routing", "Release"),
            "erp:routing-release",
            routings.release_routing,
            to=RoutingState.RELEASED,
            main=True,
            icon="check",
        ),
        Verb(_("Edit"), "erp:routing-edit", routings.update_routing, states=DRAFT, link=True, icon="edit"),
        Verb(_("Copy to a new revision"), "erp:routing-copy", routings.copy_routing, icon="copy"),
        Verb(
            _("Retire"),
            "erp:routing-retire",
            routings.retire_routing,
            to=RoutingState.OBSOLETE,
            danger=True,
            confirm=_("Nothing new will be made by it."),
            icon="archive",
        ),
    )

    def get_object_queryset(self) -> Any:
        return with_operations(super().get_object_queryset())

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        operations = list(document.operations.all())
        files = files_of_routing(document)
        for one in operations:
            one.files = files.get(one.number, [])
        return {
            "subtitle": f"{document.item} · {_('Revision')} {document.revision}",
            "operations": operations,
            "may_attach": routings.may_change_files(document, self.request.user),
            "others": Routing.objects.filter(item=document.item).exclude(pk=document.pk).order_by("-valid_from", "-pk"),
            "sees_price": may_view_field(self.request.user, PRICE),
            "may_export": self.request.user.has_perm("core.export_data"),
        }


class CompareRoutings(ComparePage):
    """What differs between two routings, usually two revisions of one item."""

    permission_required = "erp.view_routing"
    template_name = "erp/routing/compare.html"
    model = Routing
    compare = staticmethod(compare_routings)


class ExportRoutings(Page):
    """The operations of one routing, or of all that the list shows and that still count, as a file to import again."""

    permission_required = "core.export_data"

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
        if not request.user.has_perm("erp.view_routing"):
            raise PermissionDenied("erp.view_routing")
        seen = Routing.objects.visible_to(request.user)
        counting = seen.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today())).exclude(state=RoutingState.OBSOLETE)
        rows = seen.filter(pk=pk) if pk else RoutingFilter(request.GET, counting).qs
        name = "routings" if pk is None else f"routing-{pk}"
        return as_xlsx(routing_rows(rows, request.user), name, str(_("Routings")))


class CreateRouting(GridsFormPage):
    """Draft a routing."""

    service = routings.create_routing
    form_class = RoutingForm
    title = _("New routing")
    grids = (("operations", _("Operations"), Operations), ("alternates", _("Alternative work centres"), Alternates))

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": today()} | super().get_initial()

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        stored = self.document.operations.all() if self.document else ()
        rows = formset["operations"].typed(stored)
        others = formset["alternates"].by_operation()
        last = 0
        for row in rows:
            row["number"] = last = row["number"] or last + 10
            row["alternates"] = others.get(last, [])
        return form.header() | {"operations": rows}

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:routing-list")}


class EditRouting(CreateRouting):
    """Change a draft."""

    service = routings.update_routing
    title = _("Edit routing")
    model = Routing

    def form_kwargs(self) -> dict[str, Any]:
        return {"of_draft": True}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.document, name) for name in ("revision", "valid_from", "valid_to", "note")}

    def grid_initial(self, prefix: str) -> list[dict[str, Any]]:
        operations = self.document.operations.prefetch_related("alternates")
        return operations_initial(operations) if prefix == "operations" else alternates_initial(operations)

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        own = {"routing_id": self.document.pk, "version": posted_version(self.request)}
        return super().arguments(form, formset) | own

    def extra_context(self) -> dict[str, Any]:
        return {}


class RoutingPrint(PrintView):
    """A routing on paper, for the shop floor."""

    model = Routing
    template_name = "erp/routing/print.html"
    permission_required = "erp.view_routing"

    def get_object_queryset(self) -> Any:
        return with_operations(super().get_object_queryset())

    def context_for(self, document: Any) -> dict[str, Any]:
        operations, files = list(document.operations.all()), files_of_routing(document)
        for one in operations:
            one.files = files.get(one.number, [])
        return {"operations": operations}

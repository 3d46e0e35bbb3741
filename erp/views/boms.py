"""Pages of bills of material: list, document with its tree and cost, form, where an item is used."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import TemplateView

from core.clock import today
from core.exchange.export import as_xlsx, export_table
from core.formats import plain
from core.permissions import may_view_field
from core.typed import day_typed
from core.views.base import DocumentPage, ListPage, Page, Verb
from erp.contributions.bom_files import bom_rows
from erp.filters.make import BomFilter
from erp.forms.boms import AMOUNT, BomForm, BomLines, BomOutputs, BomSubstitutes, initial_of
from erp.models import Bom
from erp.selectors.bom_groups import groups_of_lines
from erp.selectors.bom_uses import uses_above
from erp.selectors.boms import bom_tree, open_boms, released_boms
from erp.selectors.comparing import compare_boms
from erp.services import boms
from erp.states import BomState
from erp.states.engineering import BomLineKind
from erp.tables.make import BomTable
from erp.tables.structures import TreeTable, UseTable
from erp.views.comparing import ComparePage
from erp.views.grids import GridSet, GridsFormPage
from erp.views.verbs import posted_version
from masterdata.models import Item

DRAFT = frozenset({BomState.DRAFT})
SEE_COST = "masterdata.view_cost"
FILES = {"tree": _("Structure"), "uses": _("Where used")}


class BomList(ListPage):
    """All bills of material."""

    model = Bom
    table_class = BomTable
    filterset_class = BomFilter
    permission_required = "erp.view_bom"
    title = _("Bills of material")
    empty_text = _("What an item is made of. The planner explodes it, work orders take their material from it.")
    create_url = "erp:bom-create"
    create_label = _("New bill of material")
    create_permission = "erp.add_bom"
    template_name = "erp/engineering/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_export = self.request.user.has_perm("core.export_data")
        url = reverse("erp:bom-export") if may_export else ""
        return super().get_context_data(**kwargs) | {"lines_url": url}

    def base_queryset(self) -> Any:
        return open_boms()


class BomPage(DocumentPage):
    """One bill of material, with everything below it."""

    model = Bom
    permission_required = "erp.view_bom"
    template_name = "erp/bom/detail.html"
    list_url = "erp:bom-list"
    main_path = (BomState.DRAFT, BomState.RELEASED)
    verbs = (
        Verb(
            pgettext_lazy("bill of material", "Release"),
            "erp:bom-release",
            boms.release_bom,
            to=BomState.RELEASED,
            main=True,
            icon="check",
        ),
        Verb(_("Edit"), "erp:bom-edit", boms.update_bom, states=DRAFT, link=True, icon="edit"),
        Verb(_("Copy to a new revision"), "erp:bom-copy", boms.copy_bom, icon="copy"),
        Verb(
            _("Retire"),
            "erp:bom-retire",
            boms.retire_bom,
            to=BomState.OBSOLETE,
            danger=True,
            confirm=_("Nothing new will be made by it."),
            icon="archive",
        ),
    )

    def get_object_queryset(self) -> Any:
        related = super().get_object_queryset().select_related("item__uom", "owner")
        return related.prefetch_related("lines__component__uom", "lines__substitutes__item__uom")

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        quantity = asked_quantity(self.request, document.quantity)
        tree = bom_tree(document.item, asked_day(self.request), quantity, top=document)
        components = [line for line in document.lines.all() if line.line_kind == BomLineKind.COMPONENT]
        return {
            "subtitle": f"{document.item} · {_('Revision')} {document.revision}",
            "tree": tree,
            "rows": tree.flat(),
            "quantity": quantity,
            "sees_cost": self.request.user.has_perm(SEE_COST),
            "sees_amount": may_view_field(self.request.user, AMOUNT),
            "components": components,
            "groups": groups_of_lines(components),
            "outputs": [line for line in document.lines.all() if line.line_kind != BomLineKind.COMPONENT],
            "others": Bom.objects.filter(item=document.item).exclude(pk=document.pk).order_by("-valid_from", "-pk"),
            "may_export": self.request.user.has_perm("core.export_data"),
        }


def asked_quantity(request: HttpRequest, default: Decimal) -> Decimal:
    """Return the quantity asked for in the address."""
    try:
        quantity = Decimal(request.GET.get("quantity", ""))
    except InvalidOperation:
        return default
    return quantity if quantity.is_finite() and 0 < quantity < 10**9 else default


def asked_day(request: HttpRequest) -> dt.date:
    """Return the day asked for in the address, today without one."""
    return day_typed(request.GET.get("date", "")) or today()


class ItemStructure(Page, TemplateView):
    """What an item is made of on a day, and what it goes into."""

    permission_required = "erp.view_bom"
    template_name = "erp/bom/item.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item = Item.objects.select_related("uom").filter(pk=self.kwargs["pk"]).first()
        if item is None:
            raise Http404
        day, quantity = asked_day(self.request), asked_quantity(self.request, Decimal(1))
        tree = bom_tree(item, day, quantity)
        asked = f"date={day.isoformat()}&quantity={plain(quantity)}"
        return super().get_context_data(**kwargs) | {
            "item": item,
            "date": day,
            "quantity": quantity,
            "bom": released_boms([item.pk], day).get(item.pk),
            "tree": tree,
            "rows": tree.flat(),
            "uses": uses_above(item, day),
            "boms": Bom.objects.filter(item=item).order_by("-valid_from", "-id"),
            "sees_cost": self.request.user.has_perm(SEE_COST),
            "files": [f"{reverse('erp:item-structure-file', args=[item.pk, part])}?{asked}" for part in FILES]
            if self.request.user.has_perm("core.export_data")
            else [],
            "create_url": f"{reverse('erp:bom-create')}?item={item.pk}"
            if self.request.user.has_perm("erp.add_bom")
            else "",
        }


class StructureFile(Page):
    """The tree of an item, or all its uses, as CSV or XLSX."""

    permission_required = "core.export_data"

    def get(self, request: HttpRequest, pk: int, part: str) -> HttpResponseBase:
        if not request.user.has_perm("erp.view_bom"):
            raise PermissionDenied("erp.view_bom")
        item = Item.objects.select_related("uom").filter(pk=pk).first()
        if item is None or part not in FILES:
            raise Http404
        day, kind = asked_day(request), request.GET.get("export", "xlsx")
        table: Any = UseTable(uses_above(item, day), user=request.user) if part == "uses" else None
        if table is None:
            tree = bom_tree(item, day, asked_quantity(request, Decimal(1)))
            table = TreeTable(tree.flat(), user=request.user, sees_cost=request.user.has_perm(SEE_COST))
        return export_table(table, name=f"{part}-{item.pk}", kind=kind, title=f"{FILES[part]} {item.code}")


class BomGrids(GridSet):
    """Components, outputs and substitutes: a substitute replaces one of the components."""

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        components = {form.cleaned_data["component"] for form in self["lines"].live}
        strangers = [form for form in self["substitutes"].live if form.cleaned_data["component"] not in components]
        for form in strangers:
            form.add_error("component", _("It is no component of this bill."))
        return not strangers


class CreateBom(GridsFormPage):
    """Draft a bill of material."""

    service = boms.create_bom
    form_class = BomForm
    title = _("New bill of material")
    grid_set = BomGrids
    grids = (
        ("lines", _("Components"), BomLines),
        ("substitutes", _("Substitutes"), BomSubstitutes),
        ("outputs", _("Co- and by-products"), BomOutputs),
    )

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": today(), "quantity": 1} | super().get_initial()

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        stored = self.document.lines.all() if self.document else ()
        substitutes = formset["substitutes"].by_component()
        lines = [line | {"substitutes": substitutes.get(line["component_id"], [])} for line in formset["lines"].typed()]
        return form.header() | {"lines": lines + formset["outputs"].typed_beside(stored)}

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:bom-list")}


class EditBom(CreateBom):
    """Change a draft."""

    service = boms.update_bom
    title = _("Edit bill of material")
    model = Bom

    def form_kwargs(self) -> dict[str, Any]:
        return {"of_draft": True}

    def get_initial(self) -> dict[str, Any]:
        names = (
            "revision",
            "quantity",
            "valid_from",
            "valid_to",
            "material_weight",
            "conversion_weight",
            "note",
        )
        return {name: getattr(self.document, name) for name in names}

    def grid_initial(self, prefix: str) -> list[dict[str, Any]]:
        if not hasattr(self, "_initial"):
            self._initial = initial_of(self.document.lines.order_by("line_no").prefetch_related("substitutes"))
        return self._initial[prefix]

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        own = {"bom_id": self.document.pk, "version": posted_version(self.request)}
        return own | super().arguments(form, formset)

    def extra_context(self) -> dict[str, Any]:
        return {}


class CompareBoms(ComparePage):
    """What differs between two bills of material, usually two revisions of one item."""

    permission_required = "erp.view_bom"
    template_name = "erp/bom/compare.html"
    model = Bom
    compare = staticmethod(compare_boms)


class ExportBoms(Page):
    """The lines of one bill, or of all that the list shows, as a file that can be imported again."""

    permission_required = "core.export_data"

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
        if not request.user.has_perm("erp.view_bom"):
            raise PermissionDenied("erp.view_bom")
        rows = Bom.objects.filter(pk=pk) if pk else BomFilter(request.GET, open_boms()).qs
        name = "boms" if pk is None else f"bom-{pk}"
        return as_xlsx(bom_rows(rows, request.user), name, str(_("Bills of material")))

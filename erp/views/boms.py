"""Pages of bills of material: list, document with its tree and cost, form, where an item is used."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import TemplateView

from core.clock import today
from core.views.base import DocumentPage, FormPage, ListPage, Page, Verb
from erp.filters.make import BomFilter
from erp.forms.boms import BomForm, BomLines, initial_of
from erp.models import Bom
from erp.selectors.boms import bom_tree, open_boms, released_boms, where_used
from erp.services import boms
from erp.states import BomState
from erp.tables.make import BomTable
from erp.views.verbs import posted_version
from masterdata.models import Item

DRAFT = frozenset({BomState.DRAFT})
SEE_COST = "masterdata.view_cost"


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
        return related.prefetch_related("lines__component__uom")

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        quantity = asked_quantity(self.request, document.quantity)
        tree = bom_tree(document.item, asked_day(self.request), quantity, top=document)
        return {
            "subtitle": f"{document.item} · {_('Revision')} {document.revision}",
            "tree": tree,
            "rows": tree.flat(),
            "quantity": quantity,
            "sees_cost": self.request.user.has_perm(SEE_COST),
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
    try:
        return dt.date.fromisoformat(request.GET.get("date", ""))
    except ValueError:
        return today()


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
        return super().get_context_data(**kwargs) | {
            "item": item,
            "date": day,
            "quantity": quantity,
            "bom": released_boms([item.pk], day).get(item.pk),
            "tree": tree,
            "rows": tree.flat(),
            "uses": where_used(item, day),
            "boms": Bom.objects.filter(item=item).order_by("-valid_from", "-id"),
            "sees_cost": self.request.user.has_perm(SEE_COST),
            "create_url": f"{reverse('erp:bom-create')}?item={item.pk}"
            if self.request.user.has_perm("erp.add_bom")
            else "",
        }


class CreateBom(FormPage):
    """Draft a bill of material."""

    service = boms.create_bom
    form_class = BomForm
    formset_class = BomLines
    template_name = "core/form.html"
    title = _("New bill of material")

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": today(), "quantity": 1} | super().get_initial()

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return form.header() | {"lines": formset.typed()}

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:bom-list")}


class EditBom(FormPage):
    """Change a draft."""

    service = boms.update_bom
    form_class = BomForm
    formset_class = BomLines
    template_name = "core/form.html"
    title = _("Edit bill of material")
    model = Bom

    def form_kwargs(self) -> dict[str, Any]:
        return {"of_draft": True}

    def get_initial(self) -> dict[str, Any]:
        names = ("revision", "quantity", "valid_from", "valid_to", "note")
        return {name: getattr(self.document, name) for name in names}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return initial_of(self.document.lines.order_by("line_no"))

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        own = {"bom_id": self.document.pk, "version": posted_version(self.request), "lines": formset.typed()}
        return own | form.header()

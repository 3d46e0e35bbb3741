"""Pages of opportunities: list, board, one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.errors import DomainError, InvalidInput
from core.formats import readable
from core.middleware import refusal_response
from core.operations import may_perform, perform
from core.templatetags.figures import amount
from core.typed import is_key
from core.views.base import DocumentPage, FormPage, ListPage, Page, Verb
from crm.filters import OpportunityFilter
from crm.forms.decisions import LoseOpportunityForm
from crm.forms.leads import OpportunityForm, OpportunityLines
from crm.models import Opportunity
from crm.selectors.pipeline import StageColumn, open_opportunities, stage_columns
from crm.services import opportunities
from crm.states import OpportunityState
from crm.tables import OpportunityTable
from crm.views.verbs import verb_view
from masterdata.selectors.currencies import base_currency_code

OPEN = frozenset({OpportunityState.OPEN})
VIEWS = (("crm:opportunity-list", _("List"), "list"), ("crm:opportunity-board", _("Board"), "layout-kanban"))


class OpportunityList(ListPage):
    """All opportunities in the reader's scope."""

    model = Opportunity
    table_class = OpportunityTable
    filterset_class = OpportunityFilter
    permission_required = "crm.view_opportunity"
    title = _("Opportunities")
    empty_text = _("An opportunity is a customer's wish on its way to an order.")
    create_url = "crm:opportunity-create"
    create_label = _("New opportunity")
    create_permission = "crm.add_opportunity"
    views = VIEWS

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("partner", "stage", "currency", "owner")


class OpportunityBoard(Page):
    """Open opportunities as cards, one column for each stage."""

    permission_required = "crm.view_opportunity"

    def get(self, request: HttpRequest) -> HttpResponse:
        filterset = OpportunityFilter(request.GET, open_opportunities(request.user), request=request)
        query = request.GET.urlencode()
        found = stage_columns(filterset.qs, with_cards=True)
        context = {
            "title": _("Opportunities"),
            "filter": filterset,
            "columns": [_column(one) for one in found],
            "amount": sum(one.amount for one in found),
            "weighted": sum(one.weighted for one in found),
            "base_currency": base_currency_code(),
            "may_move": may_perform(opportunities.move_opportunity, request.user),
            "may_create": request.user.has_perm("crm.add_opportunity"),
            "view_links": [
                {
                    "url": f"{reverse(name)}?{query}" if query else reverse(name),
                    "label": label,
                    "icon": icon,
                    "active": name == "crm:opportunity-board",
                }
                for name, label, icon in VIEWS
            ],
        }
        return render(request, "crm/opportunity/board.html", context)


def _column(column: StageColumn) -> dict[str, Any]:
    return {
        "code": column.stage.pk,
        "label": str(column.stage),
        "count": column.count,
        "total": amount(column.amount, 0),
        "cards": [_card(one) for one in column.opportunities],
    }


def _card(one: Opportunity) -> dict[str, Any]:
    due = one.expected_date
    return {
        "id": one.pk,
        "title": one.title,
        "subtitle": str(one.partner),
        "href": one.get_absolute_url(),
        "amount": f"{one.currency.code} {amount(one.amount, 0)}",
        "foot": readable(due) if due else "",
        "late": bool(due and due < today()),
    }


class MoveOpportunity(Page):
    """POST ``id`` and ``to`` (a stage): move a card."""

    http_method_names = ["post"]
    permission_required = "crm.change_opportunity"

    def post(self, request: HttpRequest) -> HttpResponse:
        keys = [request.POST.get(name, "") for name in ("id", "to")]
        try:
            if not all(is_key(key) for key in keys):
                raise InvalidInput(message=str(_("Name the card and the column.")))
            perform(
                opportunities.move_opportunity,
                actor=request.user,
                opportunity_id=int(keys[0]),
                stage_id=int(keys[1]),
            )
        except DomainError as refusal:
            return refusal_response(request, refusal)
        return HttpResponse(status=204)


class OpportunityPage(DocumentPage):
    """One opportunity."""

    model = Opportunity
    permission_required = "crm.view_opportunity"
    template_name = "crm/opportunity/detail.html"
    list_url = "crm:opportunity-list"
    main_path = (OpportunityState.OPEN, OpportunityState.WON)
    verbs = (
        Verb(
            _("New quotation"),
            "crm:opportunity-quote",
            permission="crm.add_quotation",
            states=OPEN,
            link=True,
            main=True,
            icon="file-plus",
        ),
        Verb(
            _("Edit"),
            "crm:opportunity-edit",
            opportunities.update_opportunity,
            states=OPEN,
            link=True,
            icon="pencil",
        ),
        Verb(_("Won"), "crm:opportunity-win", opportunities.win_opportunity, to="won", icon="trophy"),
        Verb(
            _("Lost"),
            "crm:opportunity-lose",
            opportunities.lose_opportunity,
            to="lost",
            link=True,
            danger=True,
            icon="thumb-down",
        ),
    )

    def get_object_queryset(self) -> Any:
        related = ("partner", "stage", "currency", "owner", "campaign", "lead")
        return super().get_object_queryset().select_related(*related)

    def extra_context_for(self, document: Opportunity) -> dict[str, Any]:
        return {
            "subtitle": document.partner,
            "lines": document.lines.select_related("item", "uom"),
            "quotations": document.quotations.select_related("currency").order_by("-id"),
        }


class OpportunityForms(FormPage):
    """What creating and editing share."""

    model = Opportunity
    form_class = OpportunityForm
    formset_class = OpportunityLines
    template_name = "core/form.html"

    def form_kwargs(self) -> dict[str, Any]:
        return {"user": self.request.user, "document": self.document}


class CreateOpportunity(OpportunityForms):
    """A new opportunity."""

    service = staticmethod(opportunities.create_opportunity)
    title = _("New opportunity")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        partner = form.cleaned_data["partner"]
        return {"partner_id": partner.pk, "lines": formset.typed()} | form.typed()


class EditOpportunity(OpportunityForms):
    """An open opportunity."""

    service = staticmethod(opportunities.update_opportunity)
    title = _("Edit opportunity")

    def get_initial(self) -> dict[str, Any]:
        one = self.document
        names = ("title", "probability", "amount", "expected_date", "source", "note")
        keys = ("stage", "currency", "campaign", "owner")
        return {name: getattr(one, name) for name in names} | {name: getattr(one, f"{name}_id") for name in keys}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [
            {
                "item": line.item_id,
                "description": line.description,
                "quantity": line.quantity,
                "uom": line.uom_id,
                "price": line.price,
            }
            for line in self.document.lines.all()
        ]

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        version = self.request.POST.get("version", "")
        known = {"version": int(version)} if is_key(version) else {}
        return {"opportunity_id": self.kwargs["pk"], "lines": formset.typed()} | known | form.typed()


class LoseOpportunity(FormPage):
    """Why an opportunity was lost, and to whom."""

    model = Opportunity
    service = staticmethod(opportunities.lose_opportunity)
    form_class = LoseOpportunityForm
    template_name = "core/form.html"
    title = _("Opportunity lost")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        data = form.cleaned_data
        return {
            "opportunity_id": self.kwargs["pk"],
            "lost_reason": data["lost_reason"],
            "competitor": data["competitor"],
        }


win = verb_view(opportunities.win_opportunity, OpportunityPage, _("Won."))

"""Pages of quotations."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.views.base import DocumentPage, FormPage, ListPage, Verb
from core.views.printing import PrintView
from crm.filters import QuotationFilter
from crm.forms.decisions import LoseForm
from crm.forms.documents import QuotationForm
from crm.forms.lines import QuotationLines
from crm.models import Quotation, QuotationLine
from crm.permissions import MARGIN
from crm.selectors.amounts import costs_of, margin_of, margin_percent
from crm.selectors.prints import printed
from crm.selectors.promises import promises_of
from crm.services import quotations
from crm.states import QuotationState
from crm.tables import QuotationTable
from crm.views.priced import PricedFormPage, RecalculatePage
from crm.views.verbs import verb_view

OPEN = frozenset({QuotationState.DRAFT, QuotationState.SENT})


class QuotationList(ListPage):
    """All quotations in the reader's scope."""

    model = Quotation
    table_class = QuotationTable
    filterset_class = QuotationFilter
    permission_required = "crm.view_quotation"
    title = _("Quotations")
    empty_text = _("A quotation offers a customer goods at a price until a day.")
    create_url = "crm:quotation-create"
    create_label = _("New quotation")
    create_permission = "crm.add_quotation"

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("partner", "currency", "owner")


class QuotationPage(DocumentPage):
    """One quotation."""

    model = Quotation
    permission_required = "crm.view_quotation"
    template_name = "crm/quotation/detail.html"
    list_url = "crm:quotation-list"
    print_url = "crm:quotation-print"
    main_path = (QuotationState.DRAFT, QuotationState.SENT, QuotationState.ACCEPTED)
    verbs = (
        Verb(_("Send"), "crm:quotation-send", quotations.send_quotation, to="sent", main=True, icon="send"),
        Verb(_("Accept"), "crm:quotation-accept", quotations.accept_quotation, to="accepted", icon="check"),
        Verb(
            _("Edit"),
            "crm:quotation-edit",
            quotations.update_quotation,
            states=frozenset({QuotationState.DRAFT}),
            link=True,
            icon="pencil",
        ),
        Verb(
            _("Revise"),
            "crm:quotation-revise",
            quotations.revise_quotation,
            states=frozenset({QuotationState.SENT}),
            reason=True,
            icon="versions",
        ),
        Verb(
            _("Lost"),
            "crm:quotation-lose",
            quotations.lose_quotation,
            to="lost",
            link=True,
            danger=True,
            icon="thumb-down",
        ),
        Verb(
            _("Cancel"),
            "crm:quotation-cancel",
            quotations.cancel_quotation,
            to="cancelled",
            reason=True,
            danger=True,
            icon="x",
        ),
    )

    def get_object_queryset(self) -> Any:
        return (
            super()
            .get_object_queryset()
            .select_related("partner", "currency", "payment_term", "ship_to", "warehouse", "owner", "opportunity")
        )

    def extra_context_for(self, document: Quotation) -> dict[str, Any]:
        lines = list(document.lines.select_related("item", "uom", "tax").order_by("line_no"))
        return {
            "subtitle": document.partner,
            "lines": lines,
            "order": getattr(document, "sales_order", None),
            "successor": Quotation.objects.filter(supersedes=document).first(),
            "promises": promises_of(document, lines) if document.state in OPEN else {},
        } | margins(document, lines, self.request.user)


def margins(document: Any, lines: list[Any], user: Any) -> dict[str, Any]:
    """Return unit costs and margins for those who may see them; the lines get ``unit_cost`` and ``margin``."""
    if not user.has_perm(MARGIN):
        return {"shows_margin": False}
    costs = costs_of(lines)
    for line in lines:
        line.unit_cost = line.margin = None
        if line.item_id in costs and line.quantity > 0:
            whole = costs[line.item_id] * line.stock_quantity / document.exchange_rate
            line.unit_cost = whole / line.quantity
            line.margin = margin_percent(line.net_amount, whole)
    return {"shows_margin": True, "margin": margin_of(document, lines)}


class QuotationForms:
    """What creating and editing share."""

    model = Quotation
    line_model = QuotationLine
    form_class = QuotationForm
    formset_class = QuotationLines
    recalculate_url = "crm:quotation-recalculate"


class CreateQuotation(QuotationForms, PricedFormPage):
    """A new quotation."""

    service = staticmethod(quotations.create_quotation)
    title = _("New quotation")


class EditQuotation(QuotationForms, PricedFormPage):
    """A draft quotation."""

    service = staticmethod(quotations.update_quotation)
    title = _("Edit quotation")


class RecalculateQuotation(QuotationForms, RecalculatePage):
    """Figures while a quotation is typed."""

    permission_required = "crm.view_quotation"


class LoseQuotation(FormPage):
    """Why a quotation was lost."""

    model = Quotation
    service = staticmethod(quotations.lose_quotation)
    form_class = LoseForm
    template_name = "core/form.html"
    title = _("Quotation lost")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"quotation_id": self.document.pk, "lost_reason": form.cleaned_data["lost_reason"]}


class PrintQuotation(PrintView):
    """The quotation on paper."""

    model = Quotation
    permission_required = "crm.view_quotation"
    template_name = "crm/quotation/print.html"

    def context_for(self, document: Quotation) -> dict[str, Any]:
        return printed(document)


send = verb_view(quotations.send_quotation, QuotationPage, _("Sent."))
accept = verb_view(quotations.accept_quotation, QuotationPage, _("The quotation became an order."))
revise = verb_view(quotations.revise_quotation, QuotationPage, _("A new revision is ready to be edited."))
cancel = verb_view(quotations.cancel_quotation, QuotationPage, _("Cancelled."))

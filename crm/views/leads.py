"""Pages of leads."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.typed import is_key
from core.views.base import DocumentPage, FormPage, ListPage, Verb
from crm.filters import LeadFilter
from crm.forms.decisions import LoseForm, QualifyForm
from crm.forms.leads import LeadForm
from crm.models import Lead
from crm.services import leads
from crm.states import LeadState
from crm.tables import LeadTable

NEW = frozenset({LeadState.NEW})


class LeadList(ListPage):
    """All leads in the reader's scope."""

    model = Lead
    table_class = LeadTable
    filterset_class = LeadFilter
    permission_required = "crm.view_lead"
    title = _("Leads")
    empty_text = _("A lead is somebody who showed interest and is not a customer yet.")
    create_url = "crm:lead-create"
    create_label = _("New lead")
    create_permission = "crm.add_lead"

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("campaign", "owner")


class LeadPage(DocumentPage):
    """One lead."""

    model = Lead
    permission_required = "crm.view_lead"
    template_name = "crm/lead/detail.html"
    list_url = "crm:lead-list"
    main_path = (LeadState.NEW, LeadState.QUALIFIED)
    verbs = (
        Verb(_("Qualify"), "crm:lead-qualify", leads.qualify_lead, to="qualified", link=True, main=True, icon="check"),
        Verb(_("Edit"), "crm:lead-edit", leads.update_lead, states=NEW, link=True, icon="pencil"),
        Verb(_("Lost"), "crm:lead-lose", leads.lose_lead, to="lost", link=True, danger=True, icon="thumb-down"),
    )

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("campaign", "owner", "partner")

    def extra_context_for(self, document: Lead) -> dict[str, Any]:
        return {"subtitle": document.company_name, "opportunities": document.opportunities.all()}


class LeadFormPage(FormPage):
    """What creating and editing share."""

    model = Lead
    form_class = LeadForm
    template_name = "core/form.html"

    def form_kwargs(self) -> dict[str, Any]:
        return {"instance": self.document} if self.document is not None else {}

    def get_initial(self) -> dict[str, Any]:
        return {} if self.document is not None else super().get_initial()


class CreateLead(LeadFormPage):
    """A new lead."""

    service = staticmethod(leads.create_lead)
    title = _("New lead")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return form.typed()  # type: ignore[no-any-return]


class EditLead(LeadFormPage):
    """A lead that is still new."""

    service = staticmethod(leads.update_lead)
    title = _("Edit lead")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        version = self.request.POST.get("version", "")
        known = {"version": int(version)} if is_key(version) else {}
        return {"lead_id": self.kwargs["pk"]} | known | form.typed()


class QualifyLead(FormPage):
    """A lead becomes a customer and an opportunity."""

    model = Lead
    service = staticmethod(leads.qualify_lead)
    form_class = QualifyForm
    template_name = "core/form.html"
    title = _("Qualify lead")
    message = _("The opportunity is open.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"user": self.request.user, "lead": self.document}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        data = form.cleaned_data
        partner = data["partner"]
        return {
            "lead_id": self.kwargs["pk"],
            "partner_id": partner.pk if partner else None,
            "title": data["title"],
            "amount": data["amount"],
            "expected_date": data["expected_date"],
            "accept_duplicates": data["accept_duplicates"],
        }

    def show(self, form: Any, formset: Any, *, refusal: DomainError | None = None, status: int = 200) -> HttpResponse:
        if refusal is not None and refusal.code == "possible_duplicate":
            form.show_duplicate_question()
        return super().show(form, formset, refusal=refusal, status=status)


class LoseLead(FormPage):
    """Why a lead was given up."""

    model = Lead
    service = staticmethod(leads.lose_lead)
    form_class = LoseForm
    template_name = "core/form.html"
    title = _("Lead lost")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"lead_id": self.kwargs["pk"], "lost_reason": form.cleaned_data["lost_reason"]}

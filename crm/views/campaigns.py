"""Pages of campaigns and sales stages."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.typed import is_key
from core.views.base import DocumentPage, FormPage, ListPage, Verb
from crm.filters import CampaignFilter, StageFilter
from crm.forms.leads import CampaignForm, StageForm
from crm.models import Campaign, Lead, OpportunityStage, SalesOrder
from crm.selectors.pipeline import campaigns_with_results
from crm.services import campaigns
from crm.tables import CampaignTable, StageTable


class CampaignList(ListPage):
    """All campaigns with what came of them."""

    model = Campaign
    table_class = CampaignTable
    filterset_class = CampaignFilter
    permission_required = "crm.view_campaign"
    title = _("Campaigns")
    empty_text = _("A campaign is what you do to be found: a fair, a mailing, an advertisement.")
    create_url = "crm:campaign-create"
    create_label = _("New campaign")
    create_permission = "crm.add_campaign"

    def base_queryset(self) -> Any:
        return campaigns_with_results(super().base_queryset())


class CampaignPage(DocumentPage):
    """One campaign."""

    model = Campaign
    permission_required = "crm.view_campaign"
    template_name = "crm/campaign/detail.html"
    list_url = "crm:campaign-list"
    verbs = (Verb(_("Edit"), "crm:campaign-edit", campaigns.update_campaign, link=True, main=True, icon="pencil"),)

    def get_object_queryset(self) -> Any:
        return campaigns_with_results(super().get_object_queryset())

    def extra_context_for(self, document: Campaign) -> dict[str, Any]:
        user = self.request.user
        return {
            "recent_leads": Lead.objects.visible_to(user).filter(campaign=document).select_related("owner")[:20],
            "orders": SalesOrder.objects.visible_to(user)
            .filter(campaign=document)
            .select_related("partner", "currency")[:20],
        }


class StageList(ListPage):
    """The stages of the sales board."""

    model = OpportunityStage
    table_class = StageTable
    filterset_class = StageFilter
    permission_required = "crm.view_opportunitystage"
    title = _("Sales stages")
    empty_text = _("The columns of the sales board.")
    create_url = "crm:stage-create"
    create_label = _("New stage")
    create_permission = "crm.add_opportunitystage"


class RecordFormPage(FormPage):
    """The form of a plain record."""

    template_name = "core/form.html"
    key_argument = ""

    def form_kwargs(self) -> dict[str, Any]:
        known = {"instance": self.document} if self.document is not None else {}
        return {"user": self.request.user} | known

    def get_initial(self) -> dict[str, Any]:
        return {} if self.document is not None else super().get_initial()

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        if self.document is None:
            return dict(form.cleaned_data)
        version = self.request.POST.get("version", "")
        known = {"version": int(version)} if is_key(version) else {}
        return {self.key_argument: self.kwargs["pk"]} | known | form.cleaned_data


class CreateCampaign(RecordFormPage):
    """A new campaign."""

    model = Campaign
    service = staticmethod(campaigns.create_campaign)
    form_class = CampaignForm
    title = _("New campaign")


class EditCampaign(CreateCampaign):
    """A campaign."""

    service = staticmethod(campaigns.update_campaign)
    title = _("Edit campaign")
    key_argument = "campaign_id"


class CreateStage(RecordFormPage):
    """A new sales stage."""

    model = OpportunityStage
    service = staticmethod(campaigns.create_stage)
    form_class = StageForm
    title = _("New sales stage")

    def success_url(self, result: Any) -> str:
        return reverse("crm:stage-list")


class EditStage(CreateStage):
    """A sales stage."""

    service = staticmethod(campaigns.update_stage)
    title = _("Edit sales stage")
    key_argument = "stage_id"

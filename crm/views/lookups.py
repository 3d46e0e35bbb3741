"""Search-as-you-type for what hangs on a customer, and ways into forms with something filled in."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from core.typed import is_key
from core.views.base import Page, visible
from crm.models import Opportunity
from masterdata.models import Partner, PartnerAddress


class AddressLookup(Page):
    """GET ``partner`` (+ ``q``): the customer's active addresses, the usual one first."""

    permission_required = "masterdata.view_partner"

    def get(self, request: HttpRequest) -> JsonResponse:
        key = request.GET.get("partner", "")
        partner = Partner.objects.visible_to(request.user).filter(pk=key).first() if is_key(key) else None
        rows = PartnerAddress.objects.filter(partner=partner, is_active=True).order_by("-is_default", "id")
        wanted = request.GET.get("q", "").strip().lower()
        found = [_address(one) for one in rows] if partner is not None else []
        return JsonResponse({"results": [one for one in found if wanted in one["text"].lower()] or found})


def _address(one: PartnerAddress) -> dict[str, Any]:
    hint = " · ".join(filter(None, [str(one.get_kind_display()), one.contact_name, one.phone]))
    return {"id": one.pk, "text": one.one_line(), "hint": hint}


class QuoteOpportunity(Page):
    """From an opportunity to a new quotation for its customer."""

    permission_required = "crm.add_quotation"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        one = visible(Opportunity, request.user).filter(pk=pk).first()
        if one is None:
            raise Http404
        query = f"partner={one.partner_id}&opportunity={one.pk}"
        return HttpResponseRedirect(f"{reverse('crm:quotation-create')}?{query}")

"""Charges to suppliers that are deducted from what they are owed."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.operations import perform
from core.permissions import may_view_field
from core.typed import is_key
from core.views.base import Page
from finance.services.invoices import deduct_charges
from scm.selectors.subcontracting import open_charges


class ChargeDeductions(Page):
    """Ticked charges of one supplier become his debit note."""

    permission_required = "finance.post_invoice"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        ticked = [int(key) for key in request.POST.getlist("rows") if is_key(key)]
        key = request.POST.get("_key") or None
        try:
            made = perform(deduct_charges, actor=request.user, key=key, charge_ids=ticked)
        except DomainError as refusal:
            return self.show(refusal)
        return HttpResponseRedirect(made.get_absolute_url())

    def show(self, refusal: DomainError | None = None) -> HttpResponse:
        groups: dict[int, dict[str, Any]] = {}
        for charge in open_charges():
            group = groups.setdefault(charge.partner_id, {"partner": charge.partner, "rows": []})
            group["rows"].append(charge)
        context = {
            "title": _("Charges to deduct"),
            "groups": list(groups.values()),
            "sees_cost": may_view_field(self.request.user, "scm.subcontractchargeback.amount"),
            "back_url": f"{reverse('finance:to-invoice')}?kind=supplier",
            "refusal": refusal,
        }
        return render(self.request, "finance/deductions.html", context, status=refusal.status if refusal else 200)

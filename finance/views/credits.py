"""What is open of a credit note, and the invoices it may settle."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.operations import perform
from core.views.base import Page, visible
from finance.forms.payments import typed_allocations
from finance.models import Invoice
from finance.services import payments
from finance.views.payments import grid_rows, typed_in
from finance.views.shared import posted_version


class AllocateCredit(Page):
    permission_required = "finance.allocate_payment"

    def _credit(self) -> Invoice:
        rows = visible(Invoice, self.request.user).select_related("partner", "currency")
        found = rows.filter(pk=self.kwargs["pk"], is_credit=True).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self._credit())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        credit = self._credit()
        rows, _readable = typed_allocations(request.POST)
        try:
            perform(
                payments.allocate_credit_note,
                actor=request.user,
                key=request.POST.get("_key") or None,
                invoice_id=credit.pk,
                version=posted_version(request),
                allocations=rows,
            )
        except DomainError as refusal:
            return self.show(credit, refusal)
        messages.success(request, _("The credit note is allocated."))
        return HttpResponseRedirect(credit.get_absolute_url())

    def show(self, credit: Invoice, refusal: DomainError | None = None) -> HttpResponse:
        typed = typed_in(self.request.POST)
        rows = grid_rows(credit.partner_id, credit.kind, credit.currency_id, typed)
        context: dict[str, Any] = {
            "title": _("Settle invoices"),
            "credit": credit,
            "left": -credit.open_amount,
            "rows": [row for row in rows if not row["invoice"].is_credit],
            "partner_chosen": True,
            "refusal": refusal,
        }
        status = refusal.status if refusal else 200
        return render(self.request, "finance/invoice/allocate.html", context, status=status)

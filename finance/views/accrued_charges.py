"""Freight and charges that were accrued on goods, and the carriers' invoices for them."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.operations import perform
from core.typed import is_key
from core.views.base import ListPage, OperationView
from finance.filters.write_offs import AccruedChargeFilter
from finance.models import AccruedCharge
from finance.services import invoices
from finance.tables.write_offs import AccruedChargeTable


class AccruedChargeList(ListPage):
    """Charges of posted landed costs, the oldest first; ticked rows become drafts of the carriers' invoices."""

    model = AccruedCharge
    table_class = AccruedChargeTable
    filterset_class = AccruedChargeFilter
    permission_required = "finance.view_payables"
    title = _("Accrued freight and charges")
    empty_text = _("Charges of posted landed costs appear here; the carrier's invoice clears them.")

    def base_queryset(self) -> Any:
        rows = AccruedCharge.objects.exclude(accrued_amount=0)
        return rows.select_related("charge", "landed_cost", "partner", "currency").order_by("accrued_date", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.request.user.has_perm("finance.add_invoice"):
            context["bulk_actions"] = [
                {
                    "label": gettext("Enter the carrier's invoice"),
                    "url": reverse("finance:accrued-charge-invoice"),
                    "icon": "receipt-2",
                }
            ]
        return context


class InvoiceCharges(OperationView):
    """Ticked charges become one draft invoice per carrier."""

    service = invoices.invoice_charges

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = AccruedCharge.objects.exclude(accrued_amount=0).order_by("pk")
        if request.POST.get("all"):
            rows = AccruedChargeFilter(request.GET, queryset=rows).qs
        else:
            rows = rows.filter(pk__in=[int(key) for key in request.POST.getlist("ids") if is_key(key)])
        try:
            made = perform(
                invoices.invoice_charges,
                actor=request.user,
                key=request.POST.get("_key") or None,
                charge_ids=list(rows.values_list("charge_id", flat=True)),
            )
        except DomainError as refusal:
            return self.refused(refusal)
        if len(made) == 1:
            return HttpResponseRedirect(reverse("finance:invoice-edit", args=[made[0]]))
        return HttpResponseRedirect(f"{reverse('finance:invoice-list')}?state=draft&kind=supplier")

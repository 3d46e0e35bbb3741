"""What lies at subcontractors, and what they have to pay for."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.formats import plain
from core.permissions import may_view_field
from core.views.base import FormPage, ListPage, visible
from erp.models import StockBalance
from masterdata.models import Item, Partner
from scm.filters import ChargeBackFilter, MaterialToSendFilter, SupplierBalanceFilter
from scm.forms.fields import typed_rows, units_beside
from scm.forms.subcontract_orders import ChargeBackForm, CountedFormSet, SupplierCountForm
from scm.models import SubcontractChargeBack
from scm.selectors.subcontracting import charges_back
from scm.services import subcontract_orders as services
from scm.tables import ChargeBackTable, MaterialToSendTable, SupplierBalanceTable

MOST_COUNTS = 3
"""Suppliers for whom the page offers to count; of more, one filters first."""


class SupplierBalances(ListPage):
    """委外材料结存: opening, sent, returned, used, lost, counted, closing by supplier, item and lot."""

    model = Item
    table_class = SupplierBalanceTable
    filterset_class = SupplierBalanceFilter
    permission_required = "scm.view_subcontractorder"
    template_name = "scm/subcontract_order/balance.html"
    title = _("Material at subcontractors")
    empty_text = _("No material lies at a supplier. It comes there with the material of subcontract orders.")
    page_key = "scm.supplierbalance"

    def base_queryset(self) -> Any:
        return Item.objects.order_by("code")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        sees_value = may_view_field(self.request.user, "erp.itemcost.value")
        total = sum((row.value for row in context["filter"].qs), ZERO)
        partners = {row.partner.pk: row.partner for row in context["filter"].qs if row.closing}
        may_count = self.request.user.has_perm("scm.count_subcontractorder") and len(partners) <= MOST_COUNTS
        return context | {
            "sums": [(_("Value at subcontractors"), total)] if sees_value else [],
            "count_at": list(partners.values()) if may_count else [],
        }


class MaterialToSendList(ListPage):
    """委外发料计划: what is to be sent to subcontractors for open and planned orders, what lies there taken off."""

    model = Item
    table_class = MaterialToSendTable
    filterset_class = MaterialToSendFilter
    permission_required = "scm.view_subcontractorder"
    title = _("Material to send to subcontractors")
    empty_text = _("No subcontract order, open or planned, needs material until that day.")
    page_key = "scm.materialtosend"

    def base_queryset(self) -> Any:
        return Item.objects.order_by("code")


class ChargeBackList(ListPage):
    model = SubcontractChargeBack
    table_class = ChargeBackTable
    filterset_class = ChargeBackFilter
    permission_required = "scm.view_subcontractorder"
    title = _("Charges to subcontractors")
    empty_text = _("Material used beyond the allowance, or spoilt, is charged to the supplier here.")

    def base_queryset(self) -> Any:
        return charges_back(self.request.user)


class SettleChargeBack(FormPage):
    service = services.settle_charge_back
    form_class = ChargeBackForm
    template_name = "core/form.html"
    title = _("Set off a charge")
    model = SubcontractChargeBack

    def get_document(self) -> Any:
        found = charges_back(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found.order

    def arguments(self, form: ChargeBackForm, formset: Any) -> dict[str, Any]:
        return {"charge_id": self.kwargs["pk"], "settled_by": form.cleaned_data["settled_by"]}

    def success_url(self, result: Any) -> str:
        return str(result.order.get_absolute_url())


class CountAtSupplier(FormPage):
    """What lies at a supplier is counted: the books follow."""

    service = services.count_materials
    form_class = SupplierCountForm
    formset_class = CountedFormSet
    template_name = "scm/subcontract_order/materials.html"
    title = _("Count material at the supplier")
    model = Partner

    @cached_property
    def balances(self) -> list[StockBalance]:
        """What the books say lies there."""
        rows = StockBalance.objects.filter(location__partner=self.document, owner__isnull=True, on_hand__gt=0)
        return list(rows.select_related("item__uom", "lot").order_by("item__code", "lot__code"))

    def get_document(self) -> Any:
        found = visible(Partner, self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def formset_kwargs(self) -> dict[str, Any]:
        goods = [
            (f"{one.item_id}:{one.lot_id or ''}", " · ".join(filter(None, [str(one.item), str(one.lot or "")])))
            for one in self.balances
        ]
        units = units_beside({one.item_id for one in self.balances})
        return {"form_kwargs": {"goods": goods, "units": units}}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [{"goods": f"{one.item_id}:{one.lot_id or ''}", "counted": plain(one.on_hand)} for one in self.balances]

    def arguments(self, form: SupplierCountForm, formset: Any) -> dict[str, Any]:
        lines = []
        for row in typed_rows(formset):
            if row.get("counted") is None:
                continue
            item_id, _colon, lot_id = row["goods"].partition(":")
            lines.append(
                {
                    "item_id": int(item_id),
                    "lot_id": int(lot_id) if lot_id else None,
                    "counted": row["counted"],
                    "uom_id": row["uom"],
                }
            )
        return {"partner_id": self.document.pk, "lines": lines, "reason": form.cleaned_data["reason"]}

    def success_url(self, result: Any) -> str:
        return f"{reverse('scm:supplier-balance')}?partner={result.pk}"

"""Pages of landed costs."""

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.formats import plain
from core.views.base import DocumentPage, FormPage, ListPage, Verb, visible
from masterdata.selectors.currencies import base_currency, rate_on
from scm.filters import LandedCostFilter
from scm.forms.fields import typed_rows
from scm.forms.landed_costs import ChargeFormSet, LandedCostForm
from scm.models import GoodsReceipt, LandedCost
from scm.selectors.landed_costs import receipts_for_charges, shares_shown
from scm.services import landed_costs
from scm.states import LandedCostState
from scm.tables import LandedCostTable
from scm.views.shared import PricedFormPage, VersionedOperation, posted_version

S = LandedCostState


class LandedCostList(ListPage):
    model = LandedCost
    table_class = LandedCostTable
    filterset_class = LandedCostFilter
    permission_required = "scm.view_landedcost"
    title = _("Landed costs")
    create_url = "scm:landed-cost-create"
    create_label = _("Enter freight and charges")
    create_permission = "scm.add_landedcost"
    empty_text = _("Freight, duty and insurance that came with goods are entered here and become part of their cost.")

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("partner", "currency", "owner")


class LandedCostDetail(DocumentPage):
    model = LandedCost
    permission_required = "scm.view_landedcost"
    template_name = "scm/landed_cost/detail.html"
    list_url = "scm:landed-cost-list"
    main_path = (S.DRAFT, S.POSTED)
    verbs = (
        Verb(_("Post"), "scm:landed-cost-post", landed_costs.post_landed_cost, to=S.POSTED, main=True, icon="check"),
        Verb(
            _("Edit"),
            "scm:landed-cost-edit",
            permission="scm.change_landedcost",
            states=frozenset({S.DRAFT}),
            link=True,
            icon="edit",
        ),
        Verb(
            _("Reverse"),
            "scm:landed-cost-reverse",
            landed_costs.reverse_landed_cost,
            to=S.REVERSED,
            reason=True,
            danger=True,
        ),
        Verb(_("Cancel"), "scm:landed-cost-cancel", landed_costs.cancel_landed_cost, to=S.CANCELLED, danger=True),
    )

    def get_object_queryset(self) -> Any:
        return visible(LandedCost, self.request.user).select_related("partner", "currency", "owner")

    def extra_context_for(self, document: LandedCost) -> dict[str, Any]:
        rate = document.exchange_rate
        if document.state == S.DRAFT:
            rate = rate_on(document.currency, document.document_date)
        return {
            "lines": list(document.lines.all()),
            "receipts": list(document.receipts.select_related("partner").order_by("number")),
            "shares": shares_shown(document, rate),
            "base_currency": base_currency().code,
            "subtitle": str(document.partner or ""),
        }


class LandedCostOperation(VersionedOperation):
    """A verb on the page of landed costs."""

    page = LandedCostDetail


class PostLandedCost(LandedCostOperation):
    service = landed_costs.post_landed_cost


class ReverseLandedCost(LandedCostOperation):
    service = landed_costs.reverse_landed_cost


class CancelLandedCost(LandedCostOperation):
    service = landed_costs.cancel_landed_cost


class LandedCostFormPage(PricedFormPage, FormPage):
    """Which goods bear which charges."""

    form_class = LandedCostForm
    formset_class = ChargeFormSet
    template_name = "core/form.html"

    def typed(self, form: LandedCostForm, formset: Any) -> dict[str, Any]:
        data = form.cleaned_data
        return {
            "receipt_ids": sorted(receipt.pk for receipt in data["receipts"]),
            "partner_id": data["partner"].pk if data["partner"] else None,
            "currency_id": data["currency"].pk,
            "date": data["date"],
            "reference": data["reference"],
            "note": data["note"],
            "lines": [
                {name: row[name] for name in ("kind", "description", "basis", "amount")} for row in typed_rows(formset)
            ],
        }


class LandedCostCreate(LandedCostFormPage):
    service = landed_costs.create_landed_cost
    title = _("Freight and charges")

    def get_initial(self) -> dict[str, Any]:
        return {"currency": base_currency().pk, "receipts": [self.receipt.pk] if self.receipt else []}

    @cached_property
    def receipt(self) -> GoodsReceipt | None:
        """The receipt the charges are entered from, where there is one."""
        if "pk" not in self.kwargs:
            return None
        found = receipts_for_charges().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def form_kwargs(self) -> dict[str, Any]:
        return {"chosen": self.get_initial()["receipts"]}

    def arguments(self, form: LandedCostForm, formset: Any) -> dict[str, Any]:
        return self.typed(form, formset)


class LandedCostEdit(LandedCostFormPage):
    service = landed_costs.update_landed_cost
    model = LandedCost
    title = _("Edit freight and charges")

    def _chosen(self) -> list[int]:
        return list(self.document.receipts.values_list("pk", flat=True))

    def get_initial(self) -> dict[str, Any]:
        document = self.document
        return {
            "receipts": self._chosen(),
            "partner": document.partner_id,
            "currency": document.currency_id,
            "date": document.document_date,
            "reference": document.reference,
            "note": document.note,
        }

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        if self.document.partner is not None:
            form.fields["partner"].widget.label = str(self.document.partner)
        return form, formset

    def form_kwargs(self) -> dict[str, Any]:
        return {"chosen": self._chosen()}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [
            {"kind": one.kind, "description": one.description, "basis": one.basis, "amount": plain(one.amount)}
            for one in self.document.lines.all()
        ]

    def arguments(self, form: LandedCostForm, formset: Any) -> dict[str, Any]:
        own = {"landed_cost_id": self.document.pk, "version": posted_version(self.request)}
        return own | self.typed(form, formset)

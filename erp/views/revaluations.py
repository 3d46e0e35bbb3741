"""Pages of stock revaluations: what goods on hand are worth from now on, and why."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.formats import plain
from core.permissions import may_view_field
from core.typed import is_key
from core.views.base import DocumentPage, FormPage, ListPage, Verb
from erp.filters.revaluations import StockRevaluationFilter
from erp.forms.revaluations import RevaluationForm, RevaluationLines
from erp.models import ItemCost, StockRevaluation
from erp.services import revaluations
from erp.states import RevaluationState
from erp.tables.revaluations import StockRevaluationTable
from erp.views.verbs import posted_version

S = RevaluationState


class StockRevaluationList(ListPage):
    """All stock revaluations."""

    model = StockRevaluation
    table_class = StockRevaluationTable
    filterset_class = StockRevaluationFilter
    permission_required = "erp.view_stockrevaluation"
    title = _("Stock revaluations")
    create_url = "erp:stock-revaluation-create"
    create_label = pgettext_lazy("stock", "New revaluation")
    create_permission = "erp.add_stockrevaluation"
    empty_text = _("Write stock down, correct its cost, or set new standard costs: the difference is booked.")

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("owner")


class StockRevaluationPage(DocumentPage):
    """One stock revaluation."""

    model = StockRevaluation
    permission_required = "erp.view_stockrevaluation"
    template_name = "erp/stock_revaluation/detail.html"
    list_url = "erp:stock-revaluation-list"
    main_path = (S.DRAFT, S.POSTED)
    verbs = (
        Verb(
            _("Post"),
            "erp:stock-revaluation-post",
            revaluations.post_stock_revaluation,
            to=S.POSTED,
            main=True,
            icon="check",
        ),
        Verb(
            _("Edit"),
            "erp:stock-revaluation-edit",
            revaluations.update_stock_revaluation,
            states=frozenset({S.DRAFT}),
            link=True,
            icon="edit",
        ),
        Verb(
            _("Reverse"),
            "erp:stock-revaluation-reverse",
            revaluations.reverse_stock_revaluation,
            to=S.REVERSED,
            reason=True,
            danger=True,
        ),
        Verb(
            _("Cancel"),
            "erp:stock-revaluation-cancel",
            revaluations.cancel_stock_revaluation,
            to=S.CANCELLED,
            danger=True,
            icon="x",
        ),
    )

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("owner")

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        lines = list(document.lines.select_related("item__uom"))
        if document.state == S.DRAFT:  # as it would be now
            costs = {cost.item_id: cost for cost in ItemCost.objects.filter(item__in=[line.item_id for line in lines])}
            for line in lines:
                cost = costs.get(line.item_id)
                line.quantity, line.old_value = (cost.quantity, cost.value) if cost else (0, 0)
                line.new_value = line.quantity * line.unit_cost
        for line in lines:
            line.change = line.new_value - line.old_value
        sees_value = may_view_field(self.request.user, "erp.stockrevaluationline.unit_cost")
        return {"lines": lines, "sees_value": sees_value, "subtitle": document.reason}


class RevaluationFormPage(FormPage):
    """The new unit costs, typed."""

    form_class = RevaluationForm
    formset_class = RevaluationLines
    template_name = "core/form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not may_view_field(request.user, "erp.stockrevaluationline.unit_cost"):
            raise PermissionDenied("masterdata.view_cost")
        return super().dispatch(request, *args, **kwargs)

    def typed(self, form: Any, formset: Any) -> dict[str, Any]:
        return form.cleaned_data | {"lines": formset.typed()}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return self.typed(form, formset)


class CreateRevaluation(RevaluationFormPage):
    """A new revaluation."""

    service = revaluations.create_stock_revaluation
    title = pgettext_lazy("stock", "New revaluation")

    def get_lines_initial(self) -> list[dict[str, Any]]:
        item = self.request.GET.get("item", "")
        return [{"item": int(item)}] if is_key(item) else []


class EditRevaluation(RevaluationFormPage):
    """A draft changed."""

    service = revaluations.update_stock_revaluation
    model = StockRevaluation
    title = _("Edit revaluation")

    def get_initial(self) -> dict[str, Any]:
        document = self.document
        return {"cause": document.reason, "date": document.document_date, "note": document.note}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [{"item": line.item_id, "unit_cost": plain(line.unit_cost)} for line in self.document.lines.all()]

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        own = {"revaluation_id": self.document.pk, "version": posted_version(self.request)}
        return own | self.typed(form, formset)

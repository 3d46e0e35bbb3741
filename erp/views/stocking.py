"""Stocking advice: the list, running it, accepting it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from core.permissions import may_view_field
from core.typed import is_key
from core.views.base import ListPage, OperationView
from erp.filters.forecasts import StockingAdviceFilter
from erp.models import StockingAdvice
from erp.selectors.forecasts import demand_rules
from erp.selectors.stocking import open_effects, stocking_advice
from erp.services import stocking
from erp.tables.stocking import StockingAdviceTable


class StockingAdviceList(ListPage):
    """What is proposed for each item, and the effect in money."""

    model = StockingAdvice
    table_class = StockingAdviceTable
    filterset_class = StockingAdviceFilter
    permission_required = "erp.view_stockingadvice"
    template_name = "erp/stocking/list.html"
    title = _("Stocking advice")
    empty_text = _("Run it: it looks at how demand and lead times of each item vary.")

    def base_queryset(self) -> Any:
        return stocking_advice()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = self.request.user
        items, less, more, cost = open_effects()
        may_accept = user.has_perm("erp.accept_stockingadvice")
        accept = {
            "name": "accept",
            "label": pgettext_lazy("advice", "Accept"),
            "url": reverse("erp:stocking-advice-accept"),
            "icon": "check",
        }
        return context | {
            "may_run": user.has_perm("erp.run_stockingadvice"),
            "may_accept": may_accept and items,
            "bulk_actions": [accept] if may_accept else [],
            "open_items": items,
            "effects": (less, more, cost) if may_view_field(user, "erp.stockingadvice.value_effect") else None,
            "rules": demand_rules(),
        }


class RunStockingAdvice(OperationView):
    """Propose anew."""

    service = stocking.run_stocking_advice
    message = _("The advice is made anew.")

    def success_url(self, result: Any) -> str:
        return reverse("erp:stocking-advice")


class AcceptStockingAdvice(OperationView):
    """Accept the chosen rows, all that match the filter, or (without a choice) all that differ."""

    service = stocking.accept_stocking_advice

    def arguments(self) -> dict[str, Any]:
        if self.request.POST.get("all"):
            rows = StockingAdviceFilter(self.request.GET, queryset=stocking_advice()).qs
            return {"advice_ids": list(rows.values_list("pk", flat=True)) or [0]}  # an empty choice is not "all"
        return {"advice_ids": [int(pk) for pk in self.request.POST.getlist("ids") if is_key(pk)]}

    def done(self, result: Any) -> HttpResponse:
        text = ngettext("%(count)s item is planned by it now.", "%(count)s items are planned by it now.", result)
        messages.success(self.request, text % {"count": result})
        return super().done(result)

    def success_url(self, result: Any) -> str:
        return reverse("erp:stocking-advice")

"""Stock reports: as of any date, slow-moving, turnover, broken limits."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.permissions import may_view_field
from core.views.base import ListPage
from erp.filters.stock_reports import BreachFilter, SlowStockFilter, StockAsOfFilter, TurnoverFilter
from erp.tables.stock_reports import BreachTable, SlowStockTable, StockAsOfTable, TurnoverTable
from masterdata.models import Item

FINE = {"item": {"warehouse", "location", "lot"}, "warehouse": {"location", "lot"}, "place": {"lot"}, "lot": set()}


class StockReport(ListPage):
    """A list whose rows a selector computes."""

    model = Item
    permission_required = "erp.view_stockmove"
    template_name = "erp/stock/report.html"
    sums: tuple[tuple[str, Any], ...] = ()

    def base_queryset(self) -> Any:
        return Item.objects.order_by("code")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        sees_value = may_view_field(self.request.user, "erp.itemcost.value")
        rows = context["filter"].qs
        sums = [(label, sum((getattr(row, name) or ZERO for row in rows), Decimal(0))) for name, label in self.sums]
        return context | {"sums": sums if sees_value else []}


class StockAsOf(StockReport):
    """Stock at the end of any day, in quantity and value."""

    table_class = StockAsOfTable
    filterset_class = StockAsOfFilter
    title = _("Stock as of a date")
    empty_text = _("Nothing was on hand then.")
    page_key = "erp.stockasof"
    sums = (("value", _("Value")),)

    def get_table_kwargs(self) -> dict[str, Any]:
        asked = self.request.GET.get("group", "item")
        return super().get_table_kwargs() | {"exclude": tuple(FINE.get(asked, FINE["item"]))}


class SlowStock(StockReport):
    """呆滞料: what lies, since when, why, and what could be done with it."""

    table_class = SlowStockTable
    filterset_class = SlowStockFilter
    title = _("Slow-moving stock")
    empty_text = _("Everything on hand was used lately.")
    page_key = "erp.slowstock"
    sums = (("value", _("Value")), ("provision", _("Provision proposed")))


class StockTurnover(StockReport):
    """How often stock turns over, the slowest first."""

    table_class = TurnoverTable
    filterset_class = TurnoverFilter
    title = _("Turnover of stock")
    empty_text = _("There was no stock in this time.")
    page_key = "erp.turnover"
    sums = (("average", _("Average value")), ("consumed", _("Consumption")))


class LimitBreaches(StockReport):
    """Items below their minimum or above their maximum."""

    permission_required = "erp.view_stocklimit"
    table_class = BreachTable
    filterset_class = BreachFilter
    title = _("Broken stock limits")
    empty_text = _("Every item lies between its minimum and its maximum.")
    page_key = "erp.breaches"

"""Pages of the stock itself: balances, moves, an item's ledger and availability, the summary, reservations."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.clock import today
from core.permissions import may_view_field
from core.views.base import FormPage, ListPage, Page
from erp.filters.stock import LotFilter, StockBalanceFilter, StockMoveFilter, StockSummaryFilter
from erp.forms.shipments import ReassignForm
from erp.models import Demand, Lot, StockBalance, StockMove
from erp.selectors.availability import availability
from erp.selectors.places import open_warehouses
from erp.selectors.stock import balances, item_cost, lots, moves
from erp.selectors.stock_ledger import Span, item_ledger, totals_of
from erp.services import reservations
from erp.tables.stock import LotTable, StockBalanceTable, StockMoveTable, StockSummaryTable
from masterdata.models import Item


class StockBalanceList(ListPage):
    """Stock by item, place and lot."""

    model = StockBalance
    table_class = StockBalanceTable
    filterset_class = StockBalanceFilter
    permission_required = "erp.view_stockbalance"
    title = _("Stock")
    empty_text = _("What lies where: it fills with opening stock, receipts and production.")
    create_url = "erp:opening-stock"
    create_label = _("Enter opening stock")
    create_permission = "erp.post_opening_stock"

    def base_queryset(self) -> Any:
        return balances()


class StockMoveList(ListPage):
    """Every move of goods."""

    model = StockMove
    table_class = StockMoveTable
    filterset_class = StockMoveFilter
    permission_required = "erp.view_stockmove"
    title = _("Stock moves")
    empty_text = _("Every receipt, issue, transfer and count leaves its moves here.")

    def base_queryset(self) -> Any:
        return moves()


class LotList(ListPage):
    """Lots and serial numbers."""

    model = Lot
    table_class = LotTable
    filterset_class = LotFilter
    permission_required = "erp.view_lot"
    title = _("Lots and serial numbers")
    empty_text = _("Goods that are tracked by lot or serial number are found here, where they are and where they went.")

    def base_queryset(self) -> Any:
        return lots()


class StockSummary(ListPage):
    """收发存汇总表: opening, in, out and closing of every item."""

    model = Item
    table_class = StockSummaryTable
    filterset_class = StockSummaryFilter
    permission_required = "erp.view_stockmove"
    template_name = "erp/stock/summary.html"
    title = _("Stock ledger summary")
    empty_text = _("Nothing was there or moved in this time.")
    page_key = "erp.stocksummary"

    def base_queryset(self) -> Any:
        return Item.objects.select_related("uom", "category").order_by("code")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        span = context["filter"].span
        sees_value = may_view_field(self.request.user, "erp.itemcost.value") and not span.is_part
        return context | {"span": span, "totals": totals_of(context["filter"].qs) if sees_value else None}


class ItemLedgerPage(Page, TemplateView):
    """One item's moves with the balance after each."""

    permission_required = "erp.view_stockmove"
    template_name = "erp/stock/item_ledger.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item = _item(self.kwargs["pk"])
        asked = StockSummaryFilter(self.request.GET, queryset=Item.objects.none(), request=self.request)
        place = asked.span
        lot = Lot.objects.filter(item=item, pk=_number(self.request.GET.get("lot"))).first()
        span = Span(place.start, place.end, place.warehouse_id, None, lot.pk if lot else None)
        sees_value = may_view_field(self.request.user, "erp.itemcost.value") and not span.is_part
        return super().get_context_data(**kwargs) | {
            "title": _("Ledger of %(item)s") % {"item": item},
            "item": item,
            "lot": lot,
            "span": span,
            "warehouses": open_warehouses(),
            "ledger": item_ledger(item, span),
            "sees_value": sees_value,
        }


class ItemAvailability(Page, TemplateView):
    """One item: where it lies, who needs it, what is expected, what may be promised."""

    permission_required = "erp.view_stockbalance"
    template_name = "erp/stock/availability.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item = _item(self.kwargs["pk"])
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "title": str(item),
            "item": item,
            "outlook": availability(item),
            "today": today(),
            "cost": item_cost(item.pk) if may_view_field(user, "erp.itemcost.value") else None,
            "may_reassign": user.has_perm("erp.reassign_reservation"),
            "sees_moves": user.has_perm("erp.view_stockmove"),
            "sees_layers": user.has_perm("masterdata.view_cost"),
        }


class ReassignReservation(FormPage):
    """Move stock kept for one order to another."""

    service = reservations.reassign_reservation
    form_class = ReassignForm
    template_name = "erp/stock/reassign.html"
    title = _("Move reserved stock")
    message = _("The stock is kept for the other order now.")
    model = Demand

    def form_kwargs(self) -> dict[str, Any]:
        return {"giver": self.document}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {
            "from_demand_id": self.document.pk,
            "to_demand_id": form.cleaned_data["to_demand"],
            "quantity": form.cleaned_data["quantity"],
        }

    def extra_context(self) -> dict[str, Any]:
        return {"item": self.document.item, "back_url": self.success_url(self.document)}

    def success_url(self, result: Any) -> str:
        return reverse("erp:item-availability", args=[result.item_id])


def _item(pk: int) -> Item:
    found = Item.objects.select_related("uom", "category").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None

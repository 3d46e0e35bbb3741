"""Pages of the stock itself: balances, moves, an item's ledger and availability, the summary, reservations."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.clock import today
from core.permissions import may_view_field
from core.typed import is_key
from core.views.base import FormPage, ListPage, Page
from core.views.labels import labels_action
from erp import ports
from erp.filters.stock import LotFilter, StockBalanceFilter, StockMoveFilter, StockSummaryFilter
from erp.forms.shipments import ReassignForm
from erp.models import Demand, Lot, StockBalance, StockMove
from erp.selectors.availability import availability
from erp.selectors.places import open_warehouses
from erp.selectors.stock import balances, item_cost, lots, moves
from erp.selectors.stock_ledger import Span, item_ledger
from erp.selectors.stock_summary import totals_of
from erp.services import reservations
from erp.tables.stock import KINDS, LotTable, StockBalanceTable, StockMoveTable, StockSummaryTable
from erp.views.stock_prints import ReportPrint, export_ledger
from masterdata.models import Item

PARTS = ("warehouse", "lot")
PARTS_SHOWN = {"warehouse": {"warehouse"}, "lot": {"lot"}}


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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | labels_action("erp:lot-labels")


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
        whole = not span.is_part and not context["filter"].form.data.get("category") and not self.request.GET.get("q")
        sees_value = may_view_field(self.request.user, "erp.itemcost.value") and not span.is_part
        totals = totals_of(context["filter"].qs) if sees_value else None
        return context | {
            "span": span,
            "totals": totals,
            "in_books": ports.stock_in_books(span.end) if totals and whole else None,
            "print_query": self.request.GET.urlencode(),
        }

    def get_table_kwargs(self) -> dict[str, Any]:
        asked = self.request.GET
        hidden = set(PARTS) - PARTS_SHOWN.get(asked.get("group", ""), set())
        hidden |= {name for name in KINDS if not name.endswith("_value")} if asked.get("kinds") != "quantity" else set()
        hidden |= {name for name in KINDS if name.endswith("_value")} if asked.get("kinds") != "value" else set()
        return super().get_table_kwargs() | {"exclude": tuple(hidden)}


class ItemLedgerPage(Page, TemplateView):
    """One item's moves with the balance after each."""

    permission_required = "erp.view_stockmove"
    template_name = "erp/stock/item_ledger.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        kind = request.GET.get("export")
        if kind not in {"csv", "xlsx"}:
            return super().get(request, *args, **kwargs)
        if not request.user.has_perm("core.export_data"):
            raise PermissionDenied("core.export_data")
        asked = asked_ledger(request, kwargs["pk"])
        return export_ledger(asked["ledger"], kind, sees_value=asked["sees_value"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = asked_ledger(self.request, self.kwargs["pk"])
        return (
            super().get_context_data(**kwargs)
            | asked
            | {
                "title": _("Ledger of %(item)s") % {"item": asked["item"]},
                "warehouses": open_warehouses(),
                "may_export": self.request.user.has_perm("core.export_data"),
            }
        )


def asked_ledger(request: Any, pk: int) -> dict[str, Any]:
    """Return the ledger of an item over the span, warehouse and lot that a request asks for."""
    item = _item(pk)
    place = StockSummaryFilter(request.GET, queryset=Item.objects.none(), request=request).span
    lot = Lot.objects.filter(item=item, pk=_number(request.GET.get("lot"))).first()
    span = Span(place.start, place.end, place.warehouse_id, place.location_id, lot.pk if lot else None)
    sees_value = may_view_field(request.user, "erp.itemcost.value") and not span.is_part
    return {"item": item, "lot": lot, "span": span, "ledger": item_ledger(item, span), "sees_value": sees_value}


class ItemLedgerPrint(ReportPrint):
    """The ledger of an item on paper."""

    template_name = "erp/stock/ledger_print.html"

    def report(self) -> dict[str, Any]:
        return asked_ledger(self.request, self.kwargs["pk"])


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
    found = Item.objects.select_related("uom", "second_uom", "category").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _number(text: str | None) -> int | None:
    return int(text) if text and is_key(text) else None

"""Pages on which stock is controlled: settings, ABC classes, limits, reservations and holds."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views.base import FormPage, ListPage, OperationView
from erp.filters.stock_reports import ItemClassFilter, ReservationFilter, StockLimitFilter
from erp.forms.stock_control import Bands, HoldForm, StockLimitForm, StockSettingsForm, bands_initial
from erp.models import ItemClass, Reservation, StockLimit
from erp.selectors.demand import reservations as all_reservations
from erp.selectors.stock_rules import stock_rules
from erp.services import reservations, stock_control
from erp.tables.stock_reports import ItemClassTable, ReservationTable, StockLimitTable
from erp.views.verbs import DocumentVerb, posted_version


class StockSettingsPage(FormPage):
    """The rules stock is watched by, and the provision bands."""

    service = stock_control.configure_stock
    form_class = StockSettingsForm
    formset_class = Bands
    template_name = "core/form.html"
    title = _("Stock settings")

    def get_document(self) -> Any:
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"instance": stock_rules()}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return bands_initial()

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"rules": form.cleaned_data, "bands": formset.typed(), "version": posted_version(self.request)}

    def extra_context(self) -> dict[str, Any]:
        return {"lines_title": _("Provision by days without consumption")}

    def success_url(self, result: Any) -> str:
        return reverse("erp:stock-settings")


class ItemClasses(ListPage):
    """ABC classes: what the last run proposes, what was accepted."""

    model = ItemClass
    table_class = ItemClassTable
    filterset_class = ItemClassFilter
    permission_required = "erp.view_itemclass"
    template_name = "erp/item_class/list.html"
    title = _("ABC classes")
    empty_text = _("Run the classification: it weighs every item by the value of its consumption.")

    def base_queryset(self) -> Any:
        return ItemClass.objects.select_related("item").order_by("-consumption", "item__code")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.request.user.has_perm("erp.classify_items")
        return super().get_context_data(**kwargs) | {"may_classify": may, "rules": stock_rules()}


class ClassifyItems(OperationView):
    """Run the classification."""

    service = stock_control.classify_items
    message = _("The classes are proposed anew.")

    def success_url(self, result: Any) -> str:
        return reverse("erp:item-class-list")


class AcceptClasses(ClassifyItems):
    """Accept what is proposed."""

    service = stock_control.accept_classes
    message = _("The proposed classes are accepted.")


class StockLimitList(ListPage):
    """Minimum and maximum of items per warehouse."""

    model = StockLimit
    table_class = StockLimitTable
    filterset_class = StockLimitFilter
    permission_required = "erp.view_stocklimit"
    title = _("Stock limits")
    empty_text = _("A limit says how little and how much of an item should lie in a warehouse.")
    create_url = "erp:stock-limit-create"
    create_label = _("New limit")
    create_permission = "erp.add_stocklimit"

    def base_queryset(self) -> Any:
        return StockLimit.objects.select_related("item__uom", "warehouse").order_by("item__code", "warehouse__code")


class CreateStockLimit(FormPage):
    """Limits of one more item."""

    service = stock_control.create_stock_limit
    form_class = StockLimitForm
    template_name = "core/form.html"
    title = _("New limit")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        data = dict(form.cleaned_data)
        return {"item_id": data.pop("item"), "warehouse_id": data.pop("warehouse")} | data

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:stock-limit-list")}

    def success_url(self, result: Any) -> str:
        return reverse("erp:stock-limit-list")


class EditStockLimit(CreateStockLimit):
    """Change the limits of one item in one warehouse."""

    service = stock_control.update_stock_limit
    model = StockLimit
    template_name = "erp/stock_limit/form.html"
    title = _("Change limit")

    def get_initial(self) -> dict[str, Any]:
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        return {"limit": self.document}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"limit_id": self.document.pk, "version": posted_version(self.request)} | form.cleaned_data


class DeleteStockLimit(OperationView):
    """Give limits up."""

    service = stock_control.delete_stock_limit
    message = _("The limit is gone.")

    def success_url(self, result: Any) -> str:
        return reverse("erp:stock-limit-list")


class AskForGoods(OperationView):
    """Ask purchasing for what is missing."""

    service = stock_control.ask_for_goods
    message = _("Purchasing has a requisition for it.")

    def success_url(self, result: Any) -> str:
        return reverse("erp:stock-breaches")


class ReservationList(ListPage):
    """What is kept for whom, orders and quotations alike."""

    model = Reservation
    table_class = ReservationTable
    filterset_class = ReservationFilter
    permission_required = "erp.view_reservation"
    title = _("Reservations")
    empty_text = _("Stock is kept for orders that are due soon, and for quotations that hold it.")

    def base_queryset(self) -> Any:
        return all_reservations()

    def get_table_kwargs(self) -> dict[str, Any]:
        may_move = self.request.user.has_perm("erp.reassign_reservation")
        return super().get_table_kwargs() | ({} if may_move else {"exclude": ("move",)})


class HoldStock(DocumentVerb):
    """Hold stock for a quotation."""

    service = reservations.hold_for_quotation
    message = _("The stock is held for this quotation.")

    def arguments(self) -> dict[str, Any]:
        return {"until": HoldForm(self.request.POST).day()}


class ReleaseHold(DocumentVerb):
    """Give the held stock back."""

    service = reservations.release_hold
    message = _("The stock is free again.")

"""Pages of stock by project and order."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.typed import is_key
from core.views.base import FormPage, ListPage, Page
from erp.filters.project_stock import ProjectStockFilter, ProjectTransferFilter
from erp.forms.project_stock import ProjectTransferForm, ProjectTransferLines
from erp.models import ProjectTransfer, Reservation
from erp.selectors.project_stock import stock_by_project
from erp.selectors.project_transfers import project_transfers
from erp.services.project_stock import move_project_stock
from erp.tables.project_stock import ProjectStockTable, ProjectTransferTable


class ProjectStockList(ListPage):
    """按项目/按订单库存: what lies there for whom."""

    model = Reservation
    table_class = ProjectStockTable
    filterset_class = ProjectStockFilter
    permission_required = "erp.view_projectstock"
    title = _("Stock by project and order")
    empty_text = _("Goods made, bought or subcontracted for a project, or to order, are listed here as they come in.")
    page_key = "erp.projectstock"
    create_url = "erp:project-stock-move"
    create_label = _("Move between projects")
    create_permission = "erp.move_projectstock"

    def base_queryset(self) -> Any:
        return stock_by_project()

    def get_table_kwargs(self) -> dict[str, Any]:
        user = self.request.user
        may_move = user.has_perm("erp.move_projectstock") and user.has_perm("erp.reassign_reservation")
        hidden = (() if may_move else ("move",)) + (() if user.has_perm("erp.view_stockmove") else ("moves",))
        return super().get_table_kwargs() | ({"exclude": hidden} if hidden else {})


class ProjectTransferList(ListPage):
    """项目库存调拨单: which stock went from which project to which one, when, by whom and why."""

    model = ProjectTransfer
    table_class = ProjectTransferTable
    filterset_class = ProjectTransferFilter
    permission_required = "erp.view_projectstock"
    title = _("Project stock transfers")
    empty_text = _("Stock that one project gives to another one, or to common stock, is written down here.")
    page_key = "erp.projecttransfer"
    create_url = "erp:project-stock-move"
    create_label = _("New transfer")
    create_permission = "erp.move_projectstock"

    def base_queryset(self) -> Any:
        return project_transfers()


class ProjectTransferPage(Page, TemplateView):
    """One transfer of stock between projects, with the places and lots it was taken from."""

    permission_required = "erp.view_projectstock"
    template_name = "erp/project_transfer/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        transfer = get_object_or_404(project_transfers(), pk=self.kwargs["pk"])
        lines = transfer.lines.select_related("item__uom", "location__warehouse", "lot")
        return super().get_context_data(**kwargs) | {"transfer": transfer, "lines": lines}


class MoveProjectStock(FormPage):
    """Transfer stock from one project to another, or out of and into common stock."""

    service = move_project_stock
    form_class = ProjectTransferForm
    formset_class = ProjectTransferLines
    template_name = "core/form.html"
    title = _("Move stock between projects")
    message = _("The stock belongs to the other project now.")

    def get_initial(self) -> dict[str, Any]:
        return {name: value for name, value in super().get_initial().items() if is_key(value)}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        item = self.request.GET.get("item", "")
        return [{"item": int(item)}] if is_key(item) else []

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        given = form.cleaned_data
        return {
            "from_project_id": given["from_project"],
            "to_project_id": given["to_project"],
            "warehouse_id": given["warehouse"],
            "reason": given["reason"],
            "lines": formset.typed(),
        }

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:project-stock-list")}

"""Pages of stock by project and order."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.typed import is_key
from core.views.base import FormPage, ListPage
from erp.filters.project_stock import ProjectStockFilter
from erp.forms.project_stock import MoveProjectStockForm
from erp.models import Reservation
from erp.selectors.project_stock import stock_by_project
from erp.services.project_stock import move_project_stock
from erp.tables.project_stock import ProjectStockTable


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


class MoveProjectStock(FormPage):
    """Move stock from one project to another, or out of and into common stock."""

    service = move_project_stock
    form_class = MoveProjectStockForm
    template_name = "core/form.html"
    title = _("Move stock between projects")
    message = _("The stock belongs to the other project now.")

    def get_initial(self) -> dict[str, Any]:
        return {name: value for name, value in super().get_initial().items() if is_key(value)}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        given = form.cleaned_data
        keys = {name: int(given[name]) if given[name] else None for name in ("from_project", "to_project", "warehouse")}
        return {
            "item_id": given["item"],
            "quantity": given["quantity"],
            "from_project_id": keys["from_project"],
            "to_project_id": keys["to_project"],
            "warehouse_id": keys["warehouse"],
            "reason": given["reason"],
        }

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:project-stock-list")}

    def success_url(self, result: Any) -> str:
        return f"{reverse('erp:project-stock-list')}?item={result.pk}"

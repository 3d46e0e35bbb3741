"""The list of stock by project and order."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.tables import DateColumn, DocumentTable, QuantityColumn
from erp.models import ProjectTransfer, Reservation
from erp.selectors.sources import url_of
from erp.states import DemandKind
from erp.tables.stock import ItemColumn


def moves_of(record: Reservation) -> str:
    """Return the moves of the item at the place where it lies."""
    chosen = {"item": record.demand.item_id, "location": record.balance.location_id}
    return f"{reverse('erp:stock-move-list')}?{urlencode(chosen)}"


def order_url(record: Reservation) -> str | None:
    """Return the page of the order that has it; what a project keeps for itself has none."""
    demand = record.demand
    return None if demand.kind == DemandKind.PROJECT else url_of(demand.source_label, demand.source_id) or None


def mover_of(record: Reservation) -> str:
    """Return where it is moved on: between projects what a project keeps, to another order what an order has."""
    demand = record.demand
    if demand.kind != DemandKind.PROJECT:
        return reverse("erp:demand-reassign", args=[demand.pk])
    chosen: dict[str, Any] = {
        "item": demand.item_id,
        "from_project": demand.project_id or "",
        "warehouse": record.balance.location.warehouse_id,
    }
    return f"{reverse('erp:project-stock-move')}?{urlencode(chosen)}"


class ProjectStockTable(DocumentTable):
    """What is kept for projects and their orders, and for orders of items made to order."""

    ON_WISH = ("lot", "created_at")

    project = tables.Column(accessor="demand__project", verbose_name=_("Project"), linkify=True, default="–")
    item = ItemColumn(accessor="demand__item")
    quantity = QuantityColumn()
    unit = tables.Column(accessor="demand__item__uom", verbose_name=_("Unit"), orderable=False)
    warehouse = tables.Column(accessor="balance__location__warehouse", verbose_name=_("Warehouse"))
    location = tables.Column(accessor="balance__location__code", verbose_name=_("Place"))
    lot = tables.Column(accessor="balance__lot", verbose_name=_("Lot or serial number"))
    kind = tables.Column(accessor="demand__get_kind_display", verbose_name=_("Kept for"), order_by="demand__kind")
    order = tables.Column(
        accessor="demand__source_number",
        verbose_name=_("Order"),
        linkify=order_url,
    )
    partner = tables.Column(accessor="demand__partner", verbose_name=_("Customer"), default="–")
    due_date = DateColumn(accessor="demand__due_date", verbose_name=_("Due date"))
    created_at = DateColumn(verbose_name=_("Kept since"))
    moves = tables.Column(verbose_name="", orderable=False, empty_values=(), linkify=moves_of, exclude_from_export=True)
    move = tables.Column(verbose_name="", orderable=False, empty_values=(), linkify=mover_of, exclude_from_export=True)

    class Meta(DocumentTable.Meta):
        model = Reservation
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": lambda record: reverse("erp:item-availability", args=[record.demand.item_id])}

    def render_kind(self, record: Any, value: str) -> Any:
        return _("Project") if record.demand.kind == DemandKind.PROJECT else value

    def render_order(self, record: Any, value: str) -> str:
        return "–" if record.demand.kind == DemandKind.PROJECT else value

    def value_order(self, record: Any, value: str) -> str:
        return "" if record.demand.kind == DemandKind.PROJECT else value

    def render_due_date(self, record: Any, value: Any) -> Any:
        return "–" if record.demand.kind == DemandKind.PROJECT else value

    def render_moves(self) -> Any:
        return _("Stock moves")

    def render_move(self) -> Any:
        return _("Move")


class ProjectTransferTable(DocumentTable):
    """Transfers of stock between projects."""

    number = tables.Column(verbose_name=_("Number"), linkify=True)
    transfer_date = DateColumn()
    from_project = tables.Column(empty_values=())
    to_project = tables.Column(empty_values=())
    warehouse = tables.Column(default="–")
    items = tables.Column(verbose_name=_("Items"), attrs={"th": {"class": "num"}, "td": {"class": "num"}})
    actor = tables.Column(default="–")

    class Meta(DocumentTable.Meta):
        model = ProjectTransfer
        fields = ("number", "transfer_date", "from_project", "to_project", "warehouse", "items", "reason", "actor")

    def render_from_project(self, record: Any) -> Any:
        return record.from_project or _("Common stock")

    def render_to_project(self, record: Any) -> Any:
        return record.to_project or _("Common stock")

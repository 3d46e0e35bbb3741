"""The lists of engineering, planning and production."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.tables import (
    AmountColumn,
    DateColumn,
    DocumentTable,
    QuantityColumn,
    RowVerbsColumn,
    StateColumn,
    format_html_lazy,
)
from erp.models import Bom, PlannedOrder, PlanRun, PlanVerdict, WorkOrder
from erp.selectors.plan import demand_links, demands_of_items
from erp.states import PlannedSupply
from erp.tables.stock import WRAPPED, ItemColumn, UnitColumn

LINKED: dict[str, Any] = {"linkify": True, "attrs": {"td": {"class": "text-nowrap"}}}
LINKS_SHOWN = 2
"""Demands named in a row of a list; the page of the row has all of them."""
CHOOSE_ALL = format_html_lazy(
    '<input type="checkbox" class="form-check-input" data-select-all aria-label="{}">', _("Choose all rows")
)


def row_box(value: Any, label: Any) -> str:
    """Return the box that chooses a row."""
    return format_html(
        '<input type="checkbox" class="form-check-input" data-row-select value="{}" aria-label="{}">', value, label
    )


class BomTable(DocumentTable):
    """Bills of material."""

    number = tables.Column(**LINKED)
    item = ItemColumn()
    revision = tables.Column()
    quantity = QuantityColumn()
    unit = UnitColumn()
    valid_from = DateColumn()
    valid_to = DateColumn()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = Bom
        fields: tuple[str, ...] = ()


class ForColumn(tables.Column):
    """The demands behind the rows of a page, read at once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(verbose_name=_("For"), orderable=False, empty_values=(), attrs=WRAPPED, **kwargs)
        self.links: dict[int, Any] | None = None

    def keys(self, record: Any, table: Any) -> list[int]:
        """Return the demands of one row."""
        return list(record.demands)

    def _links(self, table: Any) -> dict[int, Any]:
        if self.links is None:
            rows = table.paginated_rows if table.page else table.rows
            self.links = demand_links(key for row in rows for key in self.keys(row.record, table))
        return self.links

    def render(self, record: Any, table: Any) -> str:
        links = self._links(table)
        found = list({(links[key].url, links[key].label): None for key in self.keys(record, table) if key in links})
        text = format_html_join(", ", '<a href="{}">{}</a>', found[:LINKS_SHOWN])
        rest = [label for _url, label in found[LINKS_SHOWN:]]
        if not rest and not getattr(record, "more_demands", False):
            return text
        more = "…" if getattr(record, "more_demands", False) else f"+{len(rest)}"
        return format_html('{} <span class="text-secondary" title="{}">{}</span>', text, ", ".join(rest), more)

    def value(self, record: Any, table: Any) -> str:
        links = self._links(table)
        return ", ".join({links[key].label: None for key in self.keys(record, table) if key in links})


class FlagsColumn(tables.Column):
    """What is wrong with a planned order, in badges."""

    def __init__(self) -> None:
        super().__init__(verbose_name=_("Remarks"), accessor="flags", orderable=False)

    def render(self, record: Any) -> str:
        return format_html_join(" ", '<span class="badge state-badge" data-colour="{}">{}</span>', remarks_of(record))

    def value(self, record: Any) -> str:
        return ", ".join(str(text) for _colour, text in remarks_of(record))


def remarks_of(order: PlannedOrder) -> list[tuple[str, Any]]:
    """Return (colour, text) of what a planner should know of an order."""
    remarks = [
        (order.is_without_bom, "red", _("No bill of material")),
        (order.is_late, "red", _("Late")),
        (order.is_past_due and not order.is_late, "amber", _("Release overdue")),
        (order.is_fenced, "amber", _("Put behind the frozen days")),
        (order.is_for_one_order, "blue", _("For this order only")),
        (order.is_for_safety_stock, "grey", _("Safety stock")),
    ]
    return [(colour, text) for holds, colour, text in remarks if holds]


class PlannedOrderTable(DocumentTable):
    """Proposals of the planner, to choose and firm."""

    choose = tables.Column(verbose_name=CHOOSE_ALL, accessor="identity", orderable=False, exclude_from_export=True)
    item = ItemColumn()
    supply_type = tables.Column(accessor="get_supply_type_display", order_by="supply_type", verbose_name=_("Kind"))
    quantity = QuantityColumn()
    unit = UnitColumn()
    start_date = DateColumn()
    due_date = DateColumn()
    need_date = DateColumn()
    finish_date = DateColumn()
    flags = FlagsColumn()
    demands = ForColumn()

    class Meta(DocumentTable.Meta):
        model = PlannedOrder
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": lambda record: reverse("erp:planned-order", args=[record.identity])}

    def render_choose(self, value: str, record: PlannedOrder) -> str:
        return row_box(value, record.item.code)


class ShortageForColumn(ForColumn):
    """The demands behind all planned orders of an item."""

    def keys(self, record: Any, table: Any) -> list[int]:
        return list(table.demands_of.get(record["item_id"], ()))


def _in_language(record: dict[str, Any], name: str) -> str:
    """The name in the reader's language, out of a row that has both."""
    chinese = (get_language() or "").startswith("zh")
    return (chinese and record[f"{name}_zh"]) or record[name]


REQUESTS = {
    PlannedSupply.MAKE: _("Make work order"),
    PlannedSupply.BUY: _("Make requisition"),
    PlannedSupply.SUBCONTRACT: _("Make subcontract order"),
}


class RequestColumn(RowVerbsColumn):
    """The order that brings what is short, by one click."""

    def key_of(self, record: dict[str, Any]) -> int:
        return int(record["item_id"])

    def verbs_of(self, record: dict[str, Any], table: Any) -> list[tuple[str, Any]]:
        return [("request", REQUESTS[PlannedSupply(record["supply_type"])])] if table.may_firm else []


class ShortageTable(DocumentTable):
    """What nothing covers yet: how much, by when, for whom."""

    choose = tables.Column(verbose_name=CHOOSE_ALL, accessor="item_id", orderable=False, exclude_from_export=True)
    code = tables.Column(accessor="item__code", verbose_name=_("Item"))
    name = tables.Column(empty_values=(), verbose_name=_("Name"), orderable=False)
    supply_type = tables.Column(verbose_name=_("Kind"))
    quantity = QuantityColumn(verbose_name=_("Short"))
    unit = tables.Column(empty_values=(), verbose_name=_("Unit"), orderable=False)
    needed = DateColumn(verbose_name=_("First needed"))
    start = DateColumn(verbose_name=_("Order by"))
    possible = DateColumn(verbose_name=_("Possible by"))
    demands = ShortageForColumn()
    request = RequestColumn()

    class Meta(DocumentTable.Meta):
        model = PlannedOrder
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": lambda record: f"{reverse('erp:plan')}?item={record['item_id']}"}

    def __init__(self, *args: Any, until: dt.date | None = None, **kwargs: Any) -> None:
        self.until = until or dt.date.max
        super().__init__(*args, **kwargs)

    @property
    def may_firm(self) -> bool:
        """Whether the reader may order what is short."""
        return self.user is not None and self.user.has_perm("erp.firm_plannedorder")

    def render_choose(self, value: int, record: Any) -> str:
        return row_box(value, record["item__code"])

    @property
    def demands_of(self) -> dict[int, list[int]]:
        """The demands of the items on the page."""
        if not hasattr(self, "_demands_of"):
            rows = self.paginated_rows if self.page else self.rows
            self._demands_of = demands_of_items((row.record["item_id"] for row in rows), self.until)
        return self._demands_of

    def render_name(self, record: Any) -> str:
        return _in_language(record, "item__name")

    def value_name(self, record: Any) -> str:
        return _in_language(record, "item__name")

    def render_unit(self, record: Any) -> str:
        return _in_language(record, "item__uom__name")

    def value_unit(self, record: Any) -> str:
        return _in_language(record, "item__uom__name")

    def render_supply_type(self, value: str) -> str:
        return str(PlannedSupply(value).label)


class LateLineTable(DocumentTable):
    """Order lines the plan cannot meet in time."""

    order = tables.Column(
        accessor="order_line__order",
        verbose_name=_("Sales order"),
        linkify=lambda record: reverse("erp:pegging", args=[record.order_line_id]),
    )
    partner = tables.Column(accessor="order_line__order__partner", verbose_name=_("Customer"), attrs=WRAPPED)
    item = tables.Column(accessor="order_line__item", verbose_name=_("Item"), order_by="order_line__item__code")
    open_quantity = QuantityColumn(accessor="order_line__open_quantity", verbose_name=_("Open"), orderable=False)
    unit = tables.Column(accessor="order_line__item__uom", verbose_name=_("Unit"), orderable=False)
    due_date = DateColumn()
    planned_date = DateColumn()
    days_late = tables.Column(attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    reason = tables.Column(accessor="get_reason_display", order_by="reason", verbose_name=_("Why"))
    blocking_item = tables.Column()

    class Meta(DocumentTable.Meta):
        model = PlanVerdict
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": lambda record: reverse("erp:pegging", args=[record.order_line_id])}


class PlanRunTable(DocumentTable):
    """Runs of the planner."""

    number = tables.Column()
    as_of_date = DateColumn()
    finished_at = tables.DateTimeColumn(format="Y-m-d H:i:s")
    milliseconds = tables.Column(attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    items = tables.Column(attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    demands = tables.Column(attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    supplies = tables.Column(attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    orders = tables.Column(attrs={"td": {"class": "num"}, "th": {"class": "num"}})

    class Meta(DocumentTable.Meta):
        model = PlanRun
        fields: tuple[str, ...] = ()


class ProgressColumn(tables.Column):
    """How much of the ordered quantity is in stock."""

    def __init__(self) -> None:
        super().__init__(verbose_name=_("Progress"), accessor="progress_percent", orderable=False)

    def render(self, value: int) -> str:
        return format_html('<progress class="app-progress-bar" value="{}" max="100">{} %</progress>', value, value)

    def value(self, value: int) -> int:
        return value


class WorkOrderTable(DocumentTable):
    """Work orders."""

    number = tables.Column(**LINKED)
    kind = tables.Column(accessor="get_kind_display", order_by="kind", verbose_name=_("Kind"))
    item = ItemColumn()
    quantity = QuantityColumn()
    unit = UnitColumn()
    completed_quantity = QuantityColumn()
    progress = ProgressColumn()
    start_date = DateColumn()
    due_date = DateColumn()
    sales_order = tables.Column(
        accessor="sales_order_line__order", verbose_name=_("For"), order_by="sales_order_line__order__number"
    )
    material_cost = AmountColumn()
    labour_cost = AmountColumn()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = WorkOrder
        fields: tuple[str, ...] = ()

"""The lists of the kit check."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from core.formats import readable
from core.tables import DateColumn, DocumentTable, QuantityColumn
from erp.selectors.sources import url_of
from erp.states import KitStatus
from erp.tables.make import CHOOSE_ALL, ProgressColumn
from erp.tables.stock import WRAPPED

SHOWN = 6
COLOURS = {KitStatus.COMPLETE: "green", KitStatus.PARTIAL: "amber", KitStatus.NONE: "red"}


class RateColumn(ProgressColumn):
    """A share in percent."""

    def __init__(self, name: str, label: Any) -> None:
        super().__init__()
        self.accessor, self.verbose_name, self.orderable = tables.A(name), label, True


class KitDateColumn(DateColumn):
    """The day on which the kit is complete, or that something has no supply at all."""

    def __init__(self) -> None:
        super().__init__(verbose_name=_("Complete on"), empty_values=(), accessor="date")

    def render(self, value: Any, record: Any = None) -> str:
        if value is None:
            return format_html('<span class="badge state-badge" data-colour="red">{}</span>', _("no supply"))
        return format_html('<span class="{}">{}</span>', "text-danger" if record.is_late else "", readable(value))

    def value(self, value: Any) -> Any:
        return value


class StatusColumn(tables.Column):
    """All, some or none of the kits."""

    def render(self, value: str) -> str:
        kind = KitStatus(value)
        return format_html('<span class="badge state-badge" data-colour="{}">{}</span>', COLOURS[kind], kind.label)

    def value(self, value: str) -> str:
        return str(KitStatus(value).label)


class KitTable(DocumentTable):
    """Work orders as they are served, with what they have together."""

    choose = tables.Column(verbose_name=CHOOSE_ALL, accessor="pk", orderable=False, exclude_from_export=True)
    number = tables.Column(accessor="order__number", verbose_name=_("Work order"))
    status = StatusColumn(verbose_name=_("Kit"))
    item = tables.Column(accessor="order__item", verbose_name=_("Item"), order_by="order__item__code")
    start_date = DateColumn(accessor="order__start_date", verbose_name=_("Start"))
    wanted = QuantityColumn(accessor="order__quantity", verbose_name=_("Order quantity"))
    quantity = QuantityColumn(verbose_name=_("Kits"))
    unit = tables.Column(accessor="order__item__uom", verbose_name=_("Unit"), orderable=False)
    rate = RateColumn("rate", _("Kit rate"))
    full_lines = tables.Column(verbose_name=_("Full lines"), order_by="line_rate")
    date = KitDateColumn()
    blocking = tables.Column(verbose_name=_("Held up by"), order_by="blocking__code")
    sales_order = tables.Column(accessor="order__sales_order_line__order", verbose_name=_("For"), orderable=False)

    ON_WISH = ("rate",)  # kits of the order quantity say it

    class Meta(DocumentTable.Meta):
        pass

    def __init__(self, *args: Any, query: str = "", **kwargs: Any) -> None:
        self.query = query
        kwargs["row_attrs"] = {"data-href": self.page_of}
        super().__init__(*args, **kwargs)

    def page_of(self, record: Any) -> str:
        """The components of one order, under the same question."""
        return f"{reverse('erp:kit-check-order', args=[record.pk])}{self.query}"

    def render_choose(self, value: int, record: Any) -> str:
        return format_html(
            '<input type="checkbox" class="form-check-input" data-row-select value="{}" aria-label="{}">',
            value,
            record.order.number,
        )

    def render_number(self, value: str, record: Any) -> str:
        return format_html('<a class="text-nowrap" href="{}">{}</a>', self.page_of(record), value)


class OrdersColumn(tables.Column):
    """The orders a receipt serves, those it completes first."""

    def __init__(self) -> None:
        super().__init__(verbose_name=_("Work orders"), accessor="orders", orderable=False, attrs=WRAPPED)

    def render(self, value: list[Any]) -> str:
        unique = {one.order.pk: one for one in reversed(value)}
        first = sorted(unique.values(), key=lambda one: not one.completes)
        text = format_html_join(
            ", ",
            '<a class="{}" href="{}">{}</a>',
            (
                ("fw-bold" if one.completes else "", reverse("erp:kit-check-order", args=[one.order.pk]), one.order)
                for one in first[:SHOWN]
            ),
        )
        return format_html("{} …", text) if len(first) > SHOWN else text

    def value(self, value: list[Any]) -> str:
        return ", ".join(dict.fromkeys(str(one.order) for one in value))


class UnlockTable(DocumentTable):
    """Expected receipts and what they set free."""

    source = tables.Column(
        accessor="supply__source_number",
        verbose_name=_("Order"),
        linkify=lambda record: url_of(record.supply.source_label, record.supply.source_id) or None,
    )
    kind = tables.Column(accessor="supply__get_kind_display", verbose_name=_("Kind"), order_by="supply__kind")
    item = tables.Column(accessor="supply__item", verbose_name=_("Item"), order_by="supply__item__code")
    quantity = QuantityColumn(accessor="supply__open_quantity", verbose_name=_("Expected"))
    unit = tables.Column(accessor="supply__item__uom", verbose_name=_("Unit"), orderable=False)
    due_date = DateColumn(accessor="supply__due_date", verbose_name=_("Due"))
    completed = tables.Column(verbose_name=_("Completes"), attrs={"th": {"class": "num"}, "td": {"class": "num"}})
    waiting = tables.Column(verbose_name=_("Serves"), attrs={"th": {"class": "num"}, "td": {"class": "num"}})
    orders = OrdersColumn()

    class Meta(DocumentTable.Meta):
        pass

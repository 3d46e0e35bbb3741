"""The lists of the stock reports."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable, QuantityColumn, RoundedColumn
from erp.models import ItemClass, Reservation, StockLimit
from erp.selectors.sources import url_of
from erp.tables.stock import ItemColumn, UnitColumn, ValuedTable

NUM: dict[str, Any] = {"th": {"class": "num"}, "td": {"class": "num"}}


class CodeColumn(tables.Column):
    """The item's code."""

    def __init__(self) -> None:
        super().__init__(
            accessor="item__code", verbose_name=_("Item"), linkify=lambda record: record.get_absolute_url()
        )


class NameColumn(tables.Column):
    """The item's name."""

    def __init__(self) -> None:
        super().__init__(accessor="item__label", verbose_name=_("Name"), order_by="item__name")


class StockAsOfTable(ValuedTable):
    """Stock at the end of a day."""

    VALUES: ClassVar = frozenset({"value"})

    code = CodeColumn()
    name = NameColumn()
    specification = tables.Column(accessor="item__specification", verbose_name=_("Specification"))
    category = tables.Column(accessor="item__category", verbose_name=_("Category"))
    warehouse = tables.Column(accessor="location__warehouse", verbose_name=_("Warehouse"))
    location = tables.Column(accessor="location__code", verbose_name=_("Place"))
    lot = tables.Column(verbose_name=_("Lot or serial number"))
    quantity = QuantityColumn(verbose_name=_("Quantity"))
    unit = UnitColumn()
    value = AmountColumn(verbose_name=_("Value"))

    class Meta(DocumentTable.Meta):
        pass


class EvidenceColumn(tables.Column):
    """The document that shows the cause."""

    def render(self, record: Any) -> str:
        if not record.evidence_url:
            return str(record.evidence)
        return format_html('<a href="{}">{}</a>', record.evidence_url, record.evidence)

    def value(self, record: Any) -> str:
        return str(record.evidence)


class SlowStockTable(ValuedTable):
    """Slow-moving stock, the dearest first."""

    VALUES: ClassVar = frozenset({"value", "provision"})

    code = CodeColumn()
    name = NameColumn()
    category = tables.Column(accessor="item__category", verbose_name=_("Category"))
    on_hand = QuantityColumn(verbose_name=_("On hand"))
    unit = UnitColumn()
    value = AmountColumn(verbose_name=_("Value"))
    first_receipt = DateColumn(verbose_name=_("First receipt"))
    last_receipt = DateColumn(verbose_name=_("Last receipt"))
    last_consumption = DateColumn(verbose_name=_("Last consumption"), default=_("never"))
    age_days = tables.Column(verbose_name=_("Age in days"), attrs=NUM)
    idle_days = tables.Column(verbose_name=_("Idle days"), attrs=NUM)
    percent = QuantityColumn(verbose_name=_("Provision in %"))
    provision = AmountColumn(verbose_name=_("Provision proposed"))
    cause = tables.Column(accessor="cause__label", verbose_name=_("Cause"), order_by="cause")
    evidence = EvidenceColumn(verbose_name=_("Evidence"), empty_values=())
    proposal = tables.Column(verbose_name=_("Proposed use"), orderable=False)

    class Meta(DocumentTable.Meta):
        pass


class TurnoverTable(ValuedTable):
    """How often stock turns over."""

    VALUES: ClassVar = frozenset({"opening", "closing", "average", "consumed"})

    label = tables.Column(verbose_name=_("Code"), linkify=lambda record: record.url or None)
    name = tables.Column(verbose_name=_("Name"))
    opening = AmountColumn(verbose_name=_("Opening value"))
    closing = AmountColumn(verbose_name=_("Closing value"))
    average = AmountColumn(verbose_name=_("Average value"))
    consumed = AmountColumn(verbose_name=_("Consumption"))
    turns = QuantityColumn(verbose_name=_("Turns a year"))
    days = QuantityColumn(verbose_name=_("Lasts days"))

    class Meta(DocumentTable.Meta):
        pass


class ItemClassTable(DocumentTable):
    """ABC classes, the largest consumption first."""

    item = ItemColumn()
    consumption = AmountColumn()
    share = RoundedColumn()
    cumulative = RoundedColumn()
    proposed_class = tables.Column()
    abc_class = tables.Column(verbose_name=_("Accepted"), default="—")
    run_on = DateColumn()
    accepted_on = DateColumn()

    class Meta(DocumentTable.Meta):
        model = ItemClass
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": lambda record: reverse("erp:item-availability", args=[record.item_id])}


class StockLimitTable(DocumentTable):
    """Limits per item and warehouse."""

    item = ItemColumn(linkify=lambda record: record.get_absolute_url())
    warehouse = tables.Column()
    minimum = QuantityColumn()
    maximum = QuantityColumn()
    reorder_quantity = QuantityColumn()
    unit = UnitColumn()
    asked_on = DateColumn()

    class Meta(DocumentTable.Meta):
        model = StockLimit
        fields: tuple[str, ...] = ()


class BreachTable(DocumentTable):
    """Broken limits."""

    item = tables.Column(accessor="limit__item", verbose_name=_("Item"), order_by="limit__item__code")
    warehouse = tables.Column(accessor="limit__warehouse", verbose_name=_("Warehouse"))
    breach = tables.Column(verbose_name=_("Breach"))
    on_hand = QuantityColumn(verbose_name=_("On hand"))
    reserved = QuantityColumn(verbose_name=_("Reserved"))
    expected = QuantityColumn(verbose_name=_("Expected"))
    minimum = QuantityColumn(accessor="limit__minimum", verbose_name=_("Minimum"))
    maximum = QuantityColumn(accessor="limit__maximum", verbose_name=_("Maximum"))
    missing = QuantityColumn(verbose_name=_("To ask for"))
    unit = tables.Column(accessor="limit__item__uom", verbose_name=_("Unit"), orderable=False)
    ask = tables.TemplateColumn(template_name="erp/stock_limit/_ask.html", verbose_name="", orderable=False)

    class Meta(DocumentTable.Meta):
        pass

    def render_breach(self, value: str) -> Any:
        return _("below the minimum") if value == "low" else _("above the maximum")

    def value_ask(self) -> str:
        return ""


class ReservationTable(DocumentTable):
    """What is kept for whom."""

    ON_WISH = ("lot", "created_at")

    item = ItemColumn(accessor="demand__item")
    quantity = QuantityColumn()
    unit = tables.Column(accessor="demand__item__uom", verbose_name=_("Unit"), orderable=False)
    warehouse = tables.Column(accessor="balance__location__warehouse", verbose_name=_("Warehouse"))
    location = tables.Column(accessor="balance__location__code", verbose_name=_("Place"))
    lot = tables.Column(accessor="balance__lot", verbose_name=_("Lot or serial number"))
    kind = tables.Column(accessor="demand__get_kind_display", verbose_name=_("For"), order_by="demand__kind")
    source = tables.Column(
        accessor="demand__source_number",
        verbose_name=_("Document"),
        linkify=lambda record: url_of(record.demand.source_label, record.demand.source_id) or None,
    )
    partner = tables.Column(accessor="demand__partner", verbose_name=_("Customer"))
    due_date = DateColumn(accessor="demand__due_date", verbose_name=_("Due date"))
    priority = tables.Column(accessor="demand__priority", verbose_name=_("Priority"), attrs=NUM)
    expires_on = DateColumn(accessor="demand__expires_on", verbose_name=_("Held until"))
    created_at = DateColumn()
    move = tables.Column(
        verbose_name="",
        orderable=False,
        empty_values=(),
        linkify=lambda record: reverse("erp:demand-reassign", args=[record.demand_id]),
    )

    class Meta(DocumentTable.Meta):
        model = Reservation
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": lambda record: reverse("erp:item-availability", args=[record.demand.item_id])}

    def render_move(self) -> Any:
        return _("Move")

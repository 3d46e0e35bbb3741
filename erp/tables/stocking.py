"""The list of stocking advice."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.money import round_quantity
from core.tables import AmountColumn, DateColumn, DocumentTable, QuantityColumn, SelectColumn
from erp.models import StockingAdvice
from erp.tables.stock import UnitColumn
from erp.tables.stock_reports import NUM, NameColumn


class RoundColumn(AmountColumn):
    """A figure that need not be exact, with two decimals."""


class LotColumn(QuantityColumn):
    """A usual lot: a mean, so two decimals at most."""

    def render(self, value: Any) -> str:
        return str(super().render(value=round_quantity(value, 2)))


class LeadColumn(tables.Column):
    """Mean lead time and how much it varies; planned, when too few were observed."""

    def __init__(self) -> None:
        super().__init__(verbose_name=_("Lead time in days"), accessor="lead_days", attrs=NUM)

    def render(self, record: StockingAdvice) -> str:
        if not record.lead_count:
            return _("%(days)s planned") % {"days": f"{record.lead_days:.1f}"}
        return f"{record.lead_days:.1f} ± {record.lead_deviation:.1f} (n={record.lead_count})"

    def value(self, record: StockingAdvice) -> Any:
        return record.lead_days


class StockingAdviceTable(DocumentTable):
    """What is proposed against what is set, and what that costs or frees."""

    ON_WISH = ("service_percent", "daily", "deviation", "accepted_on")

    select = SelectColumn()
    code = tables.Column(
        accessor="item__code", verbose_name=_("Item"), linkify=lambda record: record.item.get_absolute_url()
    )
    name = NameColumn()
    unit = UnitColumn()
    abc_class = tables.Column()
    service_percent = QuantityColumn()
    daily = RoundColumn()
    deviation = RoundColumn()
    lead_days = LeadColumn()
    present_safety = QuantityColumn()
    safety_stock = QuantityColumn()
    present_reorder = QuantityColumn()
    reorder_point = QuantityColumn()
    present_lot = LotColumn()
    lot = QuantityColumn()
    value_effect = AmountColumn()
    cost_effect = AmountColumn()
    accepted_on = DateColumn()

    class Meta(DocumentTable.Meta):
        model = StockingAdvice
        fields: tuple[str, ...] = ()
        row_attrs: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("row_attrs", {})
        super().__init__(*args, **kwargs)

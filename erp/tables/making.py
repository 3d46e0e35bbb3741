"""The lists of picking for production, operations and pieces paid."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable, PriceColumn, QuantityColumn, StateColumn
from erp.models import BackflushShortage, MergedPick, PieceRate, PieceWage, WorkOrderOperation
from erp.tables.stock import LINKED, ItemColumn, UnitColumn


class MergedPickTable(DocumentTable):
    """Merged picks."""

    number = tables.Column(**LINKED)
    document_date = DateColumn()
    warehouse = tables.Column()
    split_rule = tables.Column(accessor="get_split_rule_display", order_by="split_rule", verbose_name=_("Too little"))
    state = StateColumn()
    posting_date = DateColumn()
    owner = tables.Column()
    note = tables.Column()

    class Meta(DocumentTable.Meta):
        model = MergedPick
        fields: tuple[str, ...] = ()


class BackflushShortageTable(DocumentTable):
    """What was used up and could not be posted."""

    work_order = tables.Column(**LINKED)
    item = ItemColumn()
    missing_quantity = QuantityColumn()
    unit = UnitColumn()
    location = tables.Column()
    reason_code = tables.Column(accessor="get_reason_code_display", order_by="reason_code", verbose_name=_("Why"))
    report_date = DateColumn()

    class Meta(DocumentTable.Meta):
        model = BackflushShortage
        fields: tuple[str, ...] = ()


class OperationTable(DocumentTable):
    """Steps on the floor."""

    ON_WISH = ("scrap_quantity", "start_date")

    work_order = tables.Column(**LINKED)
    rank = tables.Column(attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    item = tables.Column(accessor="work_order__item", order_by="work_order__item__code", verbose_name=_("Item"))
    number = tables.Column()
    name = tables.Column(accessor="label", order_by="name", verbose_name=_("Name"))
    work_center = tables.Column()
    responsible = tables.Column()
    quantity = QuantityColumn(accessor="work_order__quantity", verbose_name=_("Quantity"))
    good_quantity = QuantityColumn()
    scrap_quantity = QuantityColumn()
    run_minutes = QuantityColumn()
    start_date = DateColumn(accessor="work_order__start_date", verbose_name=_("Start"))
    due_date = DateColumn(accessor="work_order__due_date", verbose_name=_("Due"))
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = WorkOrderOperation
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": lambda record: reverse("erp:work-order-detail", args=[record.work_order_id])}


class PieceRateTable(DocumentTable):
    """What pieces pay."""

    item = ItemColumn()
    operation_no = tables.Column(default=_("all"))
    valid_from = DateColumn()
    rate = PriceColumn()

    class Meta(DocumentTable.Meta):
        model = PieceRate
        fields: tuple[str, ...] = ()
        row_attrs = {
            "data-href": lambda record: (
                f"{reverse('erp:piece-rate-set')}?item={record.item_id}&operation_no={record.operation_no or ''}"
            )
        }


class PieceWageTable(DocumentTable):
    """What people earned by pieces, report by report."""

    wage_date = DateColumn()
    employee = tables.Column()
    work_order = tables.Column(**LINKED)
    item = tables.Column(accessor="work_order__item", order_by="work_order__item__code", verbose_name=_("Item"))
    operation = tables.Column()
    quantity = QuantityColumn()
    rate = PriceColumn()
    amount = AmountColumn()

    class Meta(DocumentTable.Meta):
        model = PieceWage
        fields: tuple[str, ...] = ()


class WageSumTable(DocumentTable):
    """What people earned by pieces, by month."""

    month = tables.DateColumn(format="Y-m", verbose_name=_("Month"))
    code = tables.Column(verbose_name=_("Employee"))
    name = tables.Column(verbose_name=_("Name"))
    pieces = QuantityColumn(verbose_name=_("Good pieces"))
    wage = AmountColumn(verbose_name=_("Piece wage"))

    class Meta(DocumentTable.Meta):
        fields: tuple[str, ...] = ()

    def render_name(self, record: dict[str, Any]) -> str:
        chinese = (get_language() or "").startswith("zh")
        return str((chinese and record["name_zh"]) or record["name"])

    def value_name(self, record: dict[str, Any]) -> str:
        return self.render_name(record)

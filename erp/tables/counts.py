"""The lists of stocktakes, their lines, and of what is due to be counted."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable, QuantityColumn, StateColumn
from erp.models import Stocktake, StocktakeLine
from erp.tables.stock import LINKED, ItemColumn, UnitColumn


class StocktakeTable(DocumentTable):
    """Stocktakes."""

    number = tables.Column(**LINKED)
    document_date = DateColumn()
    kind = tables.Column(accessor="get_kind_display", verbose_name=_("Kind"), order_by="kind")
    warehouse = tables.Column()
    state = StateColumn()
    counted_count = tables.Column(
        verbose_name=_("Lines counted"), attrs={"th": {"class": "num"}, "td": {"class": "num"}}
    )
    line_count = tables.Column(verbose_name=_("Lines"), attrs={"th": {"class": "num"}, "td": {"class": "num"}})
    posting_date = DateColumn()
    owner = tables.Column()
    note = tables.Column()

    class Meta(DocumentTable.Meta):
        model = Stocktake
        fields: tuple[str, ...] = ()


class StocktakeLineTable(DocumentTable):
    """Lines of a stocktake; the book quantity is left out for those who count blind."""

    line_no = tables.Column(verbose_name="#")
    location = tables.Column(accessor="location__code", verbose_name=_("Place"))
    item = ItemColumn()
    specification = tables.Column(accessor="item__specification", verbose_name=_("Specification"))
    lot = tables.Column(verbose_name=_("Lot or serial number"))
    sheet = tables.Column(accessor="sheet__number", verbose_name=_("Sheet"))
    book_quantity = QuantityColumn()
    previous_quantity = QuantityColumn()
    counted_quantity = QuantityColumn()
    difference = QuantityColumn(verbose_name=_("Difference"), orderable=False)
    unit = UnitColumn()
    amount = AmountColumn()
    reason = tables.Column(accessor="get_reason_code_display", verbose_name=_("Reason"), order_by="reason_code")
    note = tables.Column()
    counted_by = tables.Column()

    class Meta(DocumentTable.Meta):
        model = StocktakeLine
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": lambda record: reverse("erp:item-availability", args=[record.item_id])}


class CountPlanTable(DocumentTable):
    """What is due to be counted."""

    due_on = DateColumn(accessor="due__due_on", verbose_name=_("Due"))
    abc_class = tables.Column(accessor="due__abc_class", verbose_name=_("ABC class"))
    code = tables.Column(accessor="item__code", verbose_name=_("Item"))
    name = tables.Column(accessor="item__label", verbose_name=_("Name"), order_by="item__name")
    warehouse = tables.Column(accessor="warehouse", verbose_name=_("Warehouse"))
    on_hand = QuantityColumn(accessor="due__on_hand", verbose_name=_("On hand"))
    unit = UnitColumn()
    last_on = DateColumn(accessor="due__last_on", verbose_name=_("Last counted"), default=_("never"))

    class Meta(DocumentTable.Meta):
        row_attrs: dict[str, Any] = {
            "data-href": lambda record: reverse("erp:item-availability", args=[record["item"].pk])
        }

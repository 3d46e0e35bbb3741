"""The list of substitutes."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django_tables2 import A

from core.tables import DateColumn, DocumentTable, QuantityColumn
from erp.models import BomSubstitute
from erp.tables.stock import LINKED


class SubstituteTable(DocumentTable):
    """What may replace which component of which product, and with which others it is replaced together."""

    bom = tables.Column(
        verbose_name=_("Bill of material"), accessor="bom_line__bom", order_by="bom_line__bom__number", **LINKED
    )
    parent = tables.Column(
        verbose_name=_("Product"), accessor="bom_line__bom__item", order_by="bom_line__bom__item__code"
    )
    revision = tables.Column(verbose_name=_("Revision"), accessor="bom_line__bom__revision", orderable=False)
    component = tables.Column(
        verbose_name=_("Component"),
        accessor="bom_line__component",
        order_by="bom_line__component__code",
        linkify=("erp:item-structure", {"pk": A("bom_line__component_id")}),
    )
    together = tables.Column(
        verbose_name=_("Substitute group"), accessor="bom_line__substitute_group", order_by="bom_line__substitute_group"
    )
    stands_for = tables.Column(verbose_name=_("Stands for"), orderable=False)
    rank = tables.Column(verbose_name=_("Rank"), attrs={"th": {"class": "num"}, "td": {"class": "num"}})
    item = tables.Column(
        verbose_name=_("Substitute"), order_by="item__code", linkify=("erp:item-structure", {"pk": A("item_id")})
    )
    ratio = QuantityColumn(verbose_name=_("Ratio"))
    valid_from = DateColumn()
    valid_to = DateColumn()
    state = tables.Column(
        verbose_name=_("State"), accessor="bom_line__bom__get_state_display", order_by="bom_line__bom__state"
    )

    def render_stands_for(self, value: list[str]) -> str:
        return " + ".join(value)

    class Meta(DocumentTable.Meta):
        model = BomSubstitute
        fields: tuple[str, ...] = ()
        row_attrs: dict[str, Any] = {"data-href": lambda record: record.bom_line.bom.get_absolute_url()}

"""The list of order costs."""

from typing import ClassVar

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.tables import AmountColumn, DocumentTable, QuantityColumn
from erp.states.costing import CostElement


def _element(element: CostElement) -> AmountColumn:
    return AmountColumn(accessor=f"elements__{element}", verbose_name=element.label, orderable=False)


class OrderCostTable(DocumentTable):
    """Cost cards in rows: planned, target, actual by element, projected."""

    ON_WISH = ("machine", "state")

    number = tables.Column(
        accessor="work_order__number",
        verbose_name=_("Work order"),
        linkify=lambda record: record.get_absolute_url(),
        attrs={"td": {"class": "text-nowrap"}},
    )
    item = tables.Column(accessor="work_order__item", verbose_name=_("Item"))
    good = QuantityColumn(verbose_name=_("Good"))
    planned = AmountColumn(verbose_name=pgettext_lazy("figure", "Planned"))
    target = AmountColumn(verbose_name=_("Target"))
    material = _element(CostElement.MATERIAL)
    sub_assembly = _element(CostElement.SUB_ASSEMBLY)
    labour = _element(CostElement.LABOUR)
    machine = _element(CostElement.MACHINE)
    overhead = _element(CostElement.OVERHEAD)
    actual = AmountColumn(verbose_name=_("Actual"))
    difference = AmountColumn(verbose_name=_("Variance"))
    projected = AmountColumn(verbose_name=_("Projected"))
    in_process = AmountColumn(verbose_name=_("In process"))
    state = tables.Column(accessor="work_order__get_state_display", verbose_name=_("State"), orderable=False)

    class Meta(DocumentTable.Meta):
        fields: ClassVar = ()

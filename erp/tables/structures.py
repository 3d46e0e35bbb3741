"""What an item is made of and what it goes into as tables, for the files of both."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable, PriceColumn, QuantityColumn


class _StructureTable(DocumentTable):
    """``depth`` counts the levels from the item itself."""

    depth = tables.Column(verbose_name=_("Level"))
    item = tables.Column(accessor="item__code", verbose_name=_("Item"))
    name = tables.Column(accessor="item__label", verbose_name=_("Name"))
    specification = tables.Column(accessor="item__specification", verbose_name=_("Specification"))

    class Meta(DocumentTable.Meta):
        fields: tuple[str, ...] = ()
        orderable = False


class TreeTable(_StructureTable):
    """The places of a tree, parents first; costs only with ``sees_cost``."""

    quantity = QuantityColumn(verbose_name=_("Quantity"))
    unit = tables.Column(accessor="item__uom__code", verbose_name=_("Unit"))
    supply = tables.Column(accessor="item__get_supply_type_display", verbose_name=_("Supply"))
    phantom = tables.BooleanColumn(accessor="item__is_phantom", verbose_name=_("Phantom"))
    skipped = tables.BooleanColumn(accessor="line__is_level_skipped", verbose_name=_("Level skipped"))
    operation = tables.Column(accessor="line__operation_no", verbose_name=_("Operation"))
    bom = tables.Column(accessor="bom__number", verbose_name=_("Bill of material"))
    revision = tables.Column(accessor="bom__revision", verbose_name=_("Revision"))
    unit_cost = PriceColumn(verbose_name=_("Unit cost"))
    cost = AmountColumn(verbose_name=_("Cost"))

    def __init__(self, *args: Any, sees_cost: bool, **kwargs: Any) -> None:
        super().__init__(*args, exclude=() if sees_cost else ("unit_cost", "cost"), **kwargs)


class UseTable(_StructureTable):
    """The products above an item, each under what it takes the item through."""

    per_bill = QuantityColumn(accessor="line__quantity", verbose_name=_("Quantity in its bill"))
    bill_unit = tables.Column(accessor="line__component__uom__code", verbose_name=_("Unit of the component"))
    component = tables.Column(accessor="line__component__code", verbose_name=_("Component"))
    base = QuantityColumn(accessor="line__bom__quantity", verbose_name=_("For quantity"))
    quantity = QuantityColumn(verbose_name=_("Of this item per unit"))
    bom = tables.Column(accessor="line__bom__number", verbose_name=_("Bill of material"))
    revision = tables.Column(accessor="line__bom__revision", verbose_name=_("Revision"))
    valid_from = DateColumn(accessor="line__bom__valid_from", verbose_name=_("Valid from"))

"""Where an item is used: everything above it, level by level, with how much of it one unit of the parent takes."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet

from erp.models import BomLine, BomSubstitute
from erp.selectors.boms import ABOVE, NODES_SHOWN, components_on, valid_on, yield_scrap
from erp.states import BomState
from masterdata.models import Item


@dataclass(frozen=True)
class UseNode:
    """A product that takes the item: ``quantity`` of it for one unit of the product, ``depth`` levels above.

    Scrap is counted in, fixed scrap (once per order) is not.   is_cut  what it goes into is not all shown.
    """

    item: Item
    line: BomLine
    quantity: Decimal
    depth: int
    is_cut: bool = False


def substitutes() -> QuerySet[BomSubstitute]:
    """Return all substitutes with what a list shows of them, those that are replaced together beside each other.

    stands_for  the codes of the components that its rank replaces: of a group all of them.
    """
    related = ("item", "bom_line__component", "bom_line__bom__item")
    order = (
        "bom_line__bom__item__code",
        "-bom_line__bom_id",
        "bom_line__substitute_group",
        "rank",
        "bom_line__line_no",
    )
    group = BomLine.objects.filter(
        bom=OuterRef("bom_line__bom"), substitute_group=OuterRef("bom_line__substitute_group")
    ).filter(~Q(substitute_group="") | Q(pk=OuterRef("bom_line")))
    codes = ArraySubquery(group.order_by("line_no", "pk").values("component__code"))
    rows = BomSubstitute.objects.select_related(*related).annotate(stands_for=codes)
    return rows.order_by(*order, "pk")


def uses_above(item: Item, date: dt.date) -> list[UseNode]:
    """Return all products above ``item`` on ``date`` by released bills, each under what it takes the item through."""
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, {"item": item.pk, "date": date})
        ids = {item_id for item_id, _depth in cursor.fetchall()} | {item.pk}
    lines = components_on(date).filter(valid_on(date, "bom__"), bom__state=BomState.RELEASED, component_id__in=ids)
    parents = defaultdict(list)
    for line in lines.select_related("bom__item__uom", "component__uom").order_by("bom__item__code", "line_no"):
        parents[line.component_id].append(line)
    by_yield = yield_scrap()
    found: list[UseNode] = []

    def climb(item_id: int, quantity: Decimal, path: tuple[int, ...]) -> None:
        for line in parents[item_id]:
            parent = line.bom.item
            scrap = line.scrap_percent / 100
            factor = 1 / (1 - scrap) if by_yield else 1 + scrap
            taken = quantity * line.quantity / line.bom.quantity * factor
            is_cut = parent.pk in path or len(found) >= NODES_SHOWN
            found.append(UseNode(parent, line, taken, len(path), is_cut))
            if not is_cut:
                climb(parent.pk, taken, (*path, parent.pk))

    climb(item.pk, Decimal(1), (item.pk,))
    return found

"""Proposing rolled-up costs as standard costs: a revaluation that somebody posts."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.errors import NotFound
from core.operations import operation
from erp.errors.engineering import CostUnknown, NothingToPropose
from erp.models import StockRevaluation
from erp.selectors.cost_rollup import roll_up
from erp.services.revaluations import create_stock_revaluation
from masterdata.models import Item, ItemCategory
from masterdata.selectors.valuation import valuation_of

DECIMALS = 6


@operation(permission="erp.add_stockrevaluation")
def propose_standard_costs(
    *, item_id: int, date: dt.date | None = None, actor: Any, at: dt.datetime
) -> StockRevaluation:
    """Draft a revaluation that gives the item, and what is made below it, the costs rolled up on ``date``.

    Only items valued at standard cost whose cost would change; posting it sets their standard costs.

    Raises:
        NotFound: there is no such item.
        CostUnknown: something in the item has no cost.
        NothingToPropose: neither the item nor anything made below it is valued at another standard cost.
    """
    day = date or business_date(at)
    if not Item.objects.filter(pk=item_id).exists():
        raise NotFound(model=str(Item._meta.verbose_name), pk=item_id)
    rolled = roll_up([item_id], day)
    cost = rolled.costs[item_id]
    if cost.missing:
        codes = ", ".join(sorted(rolled.items[pk].code for pk in cost.missing))
        raise CostUnknown(item=rolled.items[item_id], missing=codes)
    methods = valuation_of(rolled.items)
    lines = [
        {"item_id": pk, "unit_cost": round(rolled.costs[pk].elements.total, DECIMALS)}
        for pk, item in sorted(rolled.items.items(), key=lambda pair: pair[1].code)
        if (pk in rolled.boms or pk in rolled.routings)
        and methods[pk][0] == ItemCategory.ValuationMethod.STANDARD
        and item.supply_type != Item.SupplyType.BUY
        and round(rolled.costs[pk].elements.total, DECIMALS) != item.standard_cost
    ]
    if not lines:
        raise NothingToPropose(item=rolled.items[item_id])
    cause = _("Costs rolled up on %(date)s from %(item)s") % {"date": day, "item": rolled.items[item_id].code}
    return create_stock_revaluation(lines=lines, cause=cause, actor=actor, at=at)

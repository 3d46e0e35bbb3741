"""Stocking advice: proposed for every item with use, accepted for some or all."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import history
from core.clock import business_date
from core.errors import InvalidInput
from core.fields import ZERO
from core.locks import LockRank, advisory_lock, lock_rows
from core.money import round_amount
from core.operations import operation
from erp.engines import stocking as engine
from erp.models import StockingAdvice, StockLimit
from erp.selectors.forecasts import demand_rules
from erp.selectors.stocking import Case, stocking_cases
from erp.services.planning_events import request_plan
from masterdata.models import Item
from masterdata.selectors.places import default_warehouse
from masterdata.services.planning_figures import set_planning_figures

LOCK = "erp.stocking_advice"
NOTICED = Decimal("0.05")
"""A proposal that differs by less than this part is what is set already."""
HUNDRED = Decimal(100)
CENT = Decimal("0.01")
FIELDS = [
    "run_on",
    "daily",
    "deviation",
    "lead_days",
    "lead_deviation",
    "lead_count",
    "abc_class",
    "service_percent",
    "present_safety",
    "present_lot",
    "present_reorder",
    "safety_stock",
    "reorder_point",
    "lot",
    "unit_cost",
    "value_effect",
    "cost_effect",
    "differs",
]


@operation(permission="erp.run_stockingadvice")
def run_stocking_advice(*, actor: Any, at: dt.datetime) -> int:
    """Propose safety stock, reorder point and lot of every item that was used; returns how many proposals differ."""
    advisory_lock(LOCK, rank=LockRank.HEADER)
    settings = demand_rules()
    today = business_date(at)
    rows = [_advice(case, settings.holding_percent, today) for case in stocking_cases(settings, today)]
    StockingAdvice.objects.exclude(item_id__in=[row.item_id for row in rows]).delete()
    StockingAdvice.objects.bulk_create(rows, update_conflicts=True, unique_fields=["item"], update_fields=FIELDS)
    return sum(row.differs for row in rows)


def _advice(case: Case, holding_percent: Decimal, today: dt.date) -> StockingAdvice:
    holding = case.unit_cost * holding_percent / HUNDRED
    made = engine.advise(
        case.demand,
        case.lead,
        service_percent=case.service_percent,
        order_cost=case.order_cost,
        holding=holding,
        rules=case.rules,
    )
    present = case.item.safety_stock
    cost = {"yearly": case.demand.mean * engine.YEAR, "order_cost": case.order_cost, "holding": holding}
    less = engine.average_stock(made.safety_stock, made.lot) - engine.average_stock(present, case.present_lot)
    saved = engine.yearly_cost(made.safety_stock, made.lot, **cost) - engine.yearly_cost(
        present, case.present_lot, **cost
    )
    return StockingAdvice(
        item=case.item,
        run_on=today,
        daily=case.demand.mean,
        deviation=case.demand.deviation,
        lead_days=case.lead.mean.quantize(CENT),
        lead_deviation=case.lead.deviation.quantize(CENT),
        lead_count=case.lead.count,
        abc_class=case.abc_class,
        service_percent=case.service_percent,
        present_safety=present,
        present_lot=case.present_lot,
        present_reorder=case.present_reorder,
        safety_stock=made.safety_stock,
        reorder_point=made.reorder_point,
        lot=made.lot,
        unit_cost=case.unit_cost,
        value_effect=round_amount(less * case.unit_cost, 2),
        cost_effect=round_amount(saved, 2),
        differs=_noticed(present, made.safety_stock) or _noticed(case.present_lot, made.lot),
    )


def _noticed(before: Decimal, after: Decimal) -> bool:
    return abs(after - before) > NOTICED * max(before, after)


@operation(permission="erp.accept_stockingadvice")
def accept_stocking_advice(*, advice_ids: Sequence[int] = (), actor: Any, at: dt.datetime) -> int:
    """Write what is proposed (for ``advice_ids``, else for all that differ) into the items; returns how many.

    The safety stock and the lot become the item's own, with history; by the settings the reorder point becomes the
    limit of the usual warehouse for what is bought. The plan is made anew.

    Raises:
        InvalidInput: nothing is to be accepted, or the advice is gone since.
    """
    advisory_lock(LOCK, rank=LockRank.HEADER)
    rows = StockingAdvice.objects.select_related("item").order_by("item_id")
    chosen = list(rows.filter(pk__in=advice_ids) if advice_ids else rows.filter(differs=True))
    if not chosen or (advice_ids and len(chosen) != len(set(advice_ids))):
        raise InvalidInput(message=_("There is no such advice any more; run it anew."), field="advice_ids")
    items = set_planning_figures(figures={one.item_id: _figures(one, one.item) for one in chosen}, actor=actor, at=at)
    if demand_rules().writes_limits:
        _set_limits([one for one in chosen if items[one.item_id].supply_type != Item.SupplyType.MAKE])
    for one in chosen:
        one.present_safety, one.present_lot = one.safety_stock, one.lot or one.present_lot
        one.accepted_on, one.accepted_by = business_date(at), actor if getattr(actor, "pk", None) else None
        one.value_effect = one.cost_effect = ZERO
        one.differs = False
        one.version += 1
    names = ["present_safety", "present_lot", "present_reorder", "accepted_on", "accepted_by"]
    StockingAdvice.objects.bulk_update(chosen, [*names, "value_effect", "cost_effect", "differs", "version"])
    request_plan(reason="stocking", item_ids=[one.item_id for one in chosen], actor=actor, at=at)
    return len(chosen)


def _figures(advice: StockingAdvice, item: Item) -> dict[str, Decimal]:
    figures = {"safety_stock": advice.safety_stock}
    if advice.lot:
        figures["fixed_lot" if item.lot_policy == Item.LotPolicy.FIXED else "min_lot"] = advice.lot
    return figures


def _set_limits(chosen: Sequence[StockingAdvice]) -> None:
    warehouse = default_warehouse()
    if warehouse is None or not chosen:
        return
    known = {
        limit.item_id: limit
        for limit in lock_rows(
            StockLimit.objects.filter(warehouse=warehouse, item_id__in=[one.item_id for one in chosen])
        )
    }
    fresh = []
    for one in chosen:
        limit = known.get(one.item_id)
        if limit is None:
            limit = StockLimit(item_id=one.item_id, warehouse=warehouse)
            fresh.append(limit)
        limit.minimum, limit.reorder_quantity = one.reorder_point, one.lot or None
        if limit.maximum is not None and limit.maximum < one.reorder_point + one.lot:
            limit.maximum = one.reorder_point + one.lot
        limit.version += 1
        one.present_reorder = one.reorder_point
    if known:
        changed = ["minimum", "maximum", "reorder_quantity", "version"]
        history.bulk_update(list(known.values()), StockLimit, changed)
    if fresh:
        history.bulk_create(fresh, StockLimit)

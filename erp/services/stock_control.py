"""How stock is watched: rules and provision bands, ABC classes, limits per warehouse and asking for goods."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.errors import InvalidInput
from core.locks import advisory_lock, lock
from core.operations import operation
from erp import signals
from erp.errors import NotBought, NotRunningLow
from erp.models import ItemClass, ProvisionBand, StockLimit, StockSettings
from erp.selectors.consumption import abc_shares, consumption
from erp.selectors.stock_limits import limit_states
from erp.selectors.stock_rules import stock_rules
from masterdata.models import Item

RULES = (
    "abc_months",
    "a_percent",
    "b_percent",
    "count_days_a",
    "count_days_b",
    "count_days_c",
    "tolerance_percent",
    "slow_days",
    "hold_days",
    "queues_whole_lines",
    "usual_issue",
)


@operation(permission="erp.configure_stock")
def configure_stock(
    *,
    rules: Mapping[str, Any],
    bands: Sequence[Mapping[str, Any]] | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> StockSettings:
    """Change the rules by name; ``bands`` (rows of from_days, percent) replace the provision bands.

    Raises:
        StaleVersion: somebody changed them since the user saw them.
        InvalidInput: class A is to end above class B, or two bands begin on the same day.
    """
    known, _created = StockSettings.objects.get_or_create(singleton=True)
    settings = lock(StockSettings, known.pk, version=version)
    for name in RULES:
        if name in rules:
            setattr(settings, name, rules[name])
    if not 0 < settings.a_percent <= settings.b_percent <= 100:
        raise InvalidInput(message="A ≤ B ≤ 100 %", field="a_percent")
    settings.version += 1
    settings.save()
    if bands is not None:
        starts = [row["from_days"] for row in bands]
        if len(set(starts)) != len(starts):
            raise InvalidInput(message=str(sorted(starts)), field="from_days")
        ProvisionBand.objects.all().delete()
        ProvisionBand.objects.bulk_create(ProvisionBand(**row) for row in bands)
    return settings


@operation(permission="erp.classify_items")
def classify_items(*, actor: Any, at: dt.datetime) -> int:
    """Propose a class for every item by its consumption of the last months; returns how many have one."""
    advisory_lock("erp.item_classes")
    rules = stock_rules()
    day = business_date(at)
    start = _months_before(day, rules.abc_months)
    used = {pk: value for pk, (_quantity, value) in consumption(start, day).items()}
    every = set(Item.objects.filter(is_active=True, merged_into__isnull=True).values_list("pk", flat=True))
    shares = abc_shares({pk: used.get(pk, Decimal(0)) for pk in every}, rules.a_percent, rules.b_percent)
    ItemClass.objects.bulk_create(
        [
            ItemClass(
                item_id=one.item_id,
                proposed_class=one.abc_class,
                consumption=one.consumption,
                share=one.share,
                cumulative=one.cumulative,
                run_on=day,
            )
            for one in shares
        ],
        update_conflicts=True,
        unique_fields=["item"],
        update_fields=["proposed_class", "consumption", "share", "cumulative", "run_on"],
    )
    return len(shares)


def _months_before(day: dt.date, months: int) -> dt.date:
    month = day.year * 12 + day.month - 1 - months
    return dt.date(month // 12, month % 12 + 1, min(day.day, 28))


@operation(permission="erp.classify_items")
def accept_classes(*, class_ids: Sequence[int] = (), chosen: str = "", actor: Any, at: dt.datetime) -> int:
    """Accept what was proposed (of ``class_ids``, else of all), or give them the class ``chosen``; returns how many."""
    advisory_lock("erp.item_classes")
    rows = ItemClass.objects.all()
    rows = rows.filter(pk__in=class_ids) if class_ids else rows
    changed = 0
    for letter in (chosen,) if chosen else ("A", "B", "C"):
        some = rows if chosen else rows.filter(proposed_class=letter)
        changed += some.exclude(abc_class=letter).update(abc_class=letter, accepted_on=business_date(at))
    return changed


@operation(permission="erp.add_stocklimit")
def create_stock_limit(
    *,
    item_id: int,
    warehouse_id: int,
    minimum: Decimal,
    maximum: Decimal | None = None,
    reorder_quantity: Decimal | None = None,
    actor: Any,
    at: dt.datetime,
) -> StockLimit:
    """Set how little and how much of an item should lie in a warehouse; stock unit.

    Raises:
        InvalidInput: the maximum is below the minimum, or the item has limits there already.
    """
    if StockLimit.objects.filter(item_id=item_id, warehouse_id=warehouse_id).exists():
        raise InvalidInput(message=_taken(item_id, warehouse_id), field="item")
    limit = StockLimit(item_id=item_id, warehouse_id=warehouse_id)
    return _store(limit, minimum, maximum, reorder_quantity)


@operation(permission="erp.change_stocklimit", document=(StockLimit, "limit_id"))
def update_stock_limit(
    *,
    limit_id: int,
    minimum: Decimal,
    maximum: Decimal | None = None,
    reorder_quantity: Decimal | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> StockLimit:
    """Change the limits.

    Raises:
        StaleVersion: somebody changed them since the user saw them.
        InvalidInput: the maximum is below the minimum.
    """
    limit = lock(StockLimit, limit_id, version=version)
    limit.version += 1
    return _store(limit, minimum, maximum, reorder_quantity)


def _store(
    limit: StockLimit, minimum: Decimal, maximum: Decimal | None, reorder_quantity: Decimal | None
) -> StockLimit:
    if maximum is not None and maximum < minimum:
        raise InvalidInput(message=f"{minimum} > {maximum}", field="maximum")
    limit.minimum, limit.maximum, limit.reorder_quantity = minimum, maximum, reorder_quantity or None
    limit.save()
    return limit


def _taken(item_id: int, warehouse_id: int) -> str:
    return str(StockLimit.objects.select_related("item", "warehouse").get(item=item_id, warehouse=warehouse_id))


@operation(permission="erp.delete_stocklimit", document=(StockLimit, "limit_id"))
def delete_stock_limit(*, limit_id: int, actor: Any, at: dt.datetime) -> int:
    """Give the limits up; returns the item's key."""
    limit = lock(StockLimit, limit_id)
    item_id = limit.item_id
    limit.delete()
    return item_id


@operation(permission="erp.replenish_stocklimit", document=(StockLimit, "limit_id"))
def ask_for_goods(*, limit_id: int, actor: Any, at: dt.datetime) -> StockLimit:
    """Ask purchasing for what an item that runs low lacks; the plan counts it as expected from now on.

    Raises:
        NotRunningLow: enough is on hand or expected (also: the second of two clicks).
        NotBought: the item is made here; only the planner plans that.
    """
    limit = lock(StockLimit, limit_id)
    [state] = limit_states([limit.pk])
    if state.missing <= 0:
        raise NotRunningLow(item=limit.item, warehouse=limit.warehouse, projected=state.projected)
    if limit.item.supply_type == Item.SupplyType.MAKE:
        raise NotBought(item=limit.item)
    limit.asked_on = business_date(at)
    limit.version += 1
    limit.save()
    signals.goods_wanted.send(sender=StockLimit, limit=limit, quantity=state.missing, actor=actor, at=at)
    return limit

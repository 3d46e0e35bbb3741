"""What becomes of components that go: until when their stock lasts, and how much of it is free to be disposed of."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from core.fields import ZERO
from erp.models import BomLine, Demand, EngineeringChange, EngineeringChangeLine, StockBalance, Supply
from erp.selectors.plan import pegged_orders
from erp.selectors.usable import WITH_LINE_SIDE, usable_balances
from erp.states import BomState, DemandKind
from erp.states.engineering import BomLineKind, ChangeAction, Disposition

EXPECTED = (DemandKind.FORECAST, DemandKind.MASTER)
CARRIED_OUT = (Disposition.REWORK, Disposition.SCRAP, Disposition.RETURN)
HUNDRED = Decimal(100)
Steps = dict[dt.date, Decimal]


def going_lines(change: EngineeringChange, dispositions: Iterable[str]) -> list[EngineeringChangeLine]:
    """Return the lines whose component goes, with one of these dispositions."""
    lines = change.lines.select_related("component__uom", "replacement", "item").prefetch_related("follow_ups")
    return [
        line
        for line in lines.filter(disposition__in=list(dispositions))
        if line.action == ChangeAction.DROP_COMPONENT
        or (line.action == ChangeAction.CHANGE_COMPONENT and line.replacement_id is not None)
    ]


def used_up_on(item_ids: Iterable[int], today: dt.date) -> dict[int, dt.date | None]:
    """Return from when on the stock of each item does not suffice any more; None: what is known uses it up never.

    Counted are usable stock and what is ordered already, against open demand and what planned orders will need by the
    bills of today; the first day with less than nothing, else the day after nothing is left.
    """
    keys = set(item_ids)
    steps: dict[int, Steps] = {key: defaultdict(Decimal) for key in keys}
    held = usable_balances(today, WITH_LINE_SIDE).filter(item_id__in=keys).values("item_id")
    stock = {row["item_id"]: row["total"] for row in held.annotate(total=Sum("on_hand")).order_by()}
    demands = Demand.objects.filter(item_id__in=keys, open_quantity__gt=0).exclude(kind__in=EXPECTED)
    for item_id, day, quantity in demands.values_list("item_id", "due_date", "open_quantity"):
        steps[item_id][max(day, today)] -= quantity
    for item_id, day, quantity in Supply.objects.filter(item_id__in=keys).values_list(
        "item_id", "due_date", "open_quantity"
    ):
        steps[item_id][max(day, today)] += quantity
    _count_planned(steps, today)
    return {key: _used_up(stock.get(key, ZERO), steps[key], today) for key in keys}


def _count_planned(steps: dict[int, Steps], today: dt.date) -> None:
    lines = BomLine.objects.filter(
        component_id__in=steps, line_kind=BomLineKind.COMPONENT, bom__state=BomState.RELEASED
    ).select_related("bom")
    by_parent: dict[int, list[BomLine]] = defaultdict(list)
    for line in lines:
        by_parent[line.bom.item_id].append(line)
    orders = pegged_orders().filter(item_id__in=list(by_parent)).select_related(None)
    for item_id, start, quantity in orders.values_list("item_id", "start_date", "quantity"):
        for line in by_parent[item_id]:
            bom = line.bom
            if bom.valid_from <= start and (bom.valid_to is None or bom.valid_to > start):
                needed = line.quantity * quantity / bom.quantity * (1 + line.scrap_percent / HUNDRED)
                steps[line.component_id][max(start, today)] -= needed


def _used_up(stock: Decimal, steps: Steps, today: dt.date) -> dt.date | None:
    if stock <= 0 and not any(quantity > 0 for quantity in steps.values()):
        return today
    empty: dt.date | None = None
    for day in sorted(steps):
        stock += steps[day]
        if stock < 0:
            return day
        empty = (empty or day + dt.timedelta(days=1)) if stock == 0 else None
    return empty


@dataclass(frozen=True)
class FreePart:
    """So much of a balance that nobody needs any more, stock unit."""

    balance: StockBalance
    quantity: Decimal


def free_parts(item_ids: Iterable[int], today: dt.date) -> dict[int, list[FreePart]]:
    """Return, by item, what usable stock is neither reserved nor needed by open demand; by place and lot."""
    keys = set(item_ids)
    balances = usable_balances(today).filter(item_id__in=keys, on_hand__gt=F("reserved"))
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    demands = Demand.objects.filter(item_id__in=keys, open_quantity__gt=0).exclude(kind__in=EXPECTED)
    for demand in demands.annotate(held=Sum("reservations__quantity", default=ZERO)):
        wanted[demand.item_id] += max(ZERO, demand.open_quantity - demand.held)
    own: dict[int, list[StockBalance]] = defaultdict(list)
    for balance in balances.select_related("location__warehouse", "lot").order_by("item_id", "pk"):
        own[balance.item_id].append(balance)
    return {item_id: _beyond(rows, wanted[item_id]) for item_id, rows in own.items()}


def _beyond(balances: Sequence[StockBalance], wanted: Decimal) -> list[FreePart]:
    """Leave what is wanted in the first places; the rest is free."""
    parts = []
    for balance in balances:
        kept = min(wanted, balance.available)
        wanted -= kept
        if balance.available > kept:
            parts.append(FreePart(balance, balance.available - kept))
    return parts

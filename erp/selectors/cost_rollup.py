"""Costs by element as they would be on a day: from bills, routings, rates, suppliers' prices and present costs."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from core.fields import ZERO
from erp.engines.cost_rollup import Cost, CostCycle, Elements, Output, Part, Recipe, RollUp, Step
from erp.models import Bom, BomLine, Routing, RoutingOperation
from erp.selectors.boms import items_below, released_boms, valid_on, yield_scrap
from erp.selectors.costs import unit_costs
from erp.selectors.routings import released_routings
from erp.selectors.work_centers import Rate, rates_on
from erp.states import BomState
from erp.states.engineering import OUTPUT_KINDS, BomLineKind
from masterdata.models import Item, SupplierItem
from masterdata.selectors import currencies

SIXTY = Decimal(60)

__all__ = ["Cost", "CostCycle", "Elements", "Rolled", "roll_up", "standard_cost_elements"]


@dataclass
class Rolled:
    """Items and everything below them, with what a unit of each costs on the day; base currency per stock unit."""

    date: dt.date
    items: dict[int, Item]
    boms: dict[int, Bom] = field(default_factory=dict)
    routings: dict[int, Routing] = field(default_factory=dict)
    operations: dict[int, RoutingOperation] = field(default_factory=dict)
    lines: dict[int, BomLine] = field(default_factory=dict)
    outputs: dict[int, list[BomLine]] = field(default_factory=dict)
    rates: dict[int, Rate] = field(default_factory=dict)
    costs: dict[int, Cost] = field(default_factory=dict)

    @property
    def unrated(self) -> list[RoutingOperation]:
        """Return operations that are done here in a work centre without a rate on the day."""
        done_here = (one for one in self.operations.values() if one.work_center_id)
        return [one for one in done_here if one.work_center_id not in self.rates and not one.unit_price]


def standard_cost_elements(item_ids: Iterable[int], date: dt.date) -> dict[int, Elements]:
    """Return what a stock unit of each item costs by element on ``date``, base currency, unrounded.

    Made items: components (with scrap), operations at the rates of the day in lots of the item's minimum lot, fees.
    Bought ones: their present cost, else the preferred supplier's price, as material. An item of which nothing is
    known is left out; one with an unknown component has the known part (`roll_up` says what is missing).

    Raises:
        CostCycle: an item goes into itself.
    """
    costs = roll_up(item_ids, date).costs
    return {pk: one.elements for pk, one in costs.items() if pk not in one.missing}


def roll_up(item_ids: Iterable[int], date: dt.date, *, drafts: Iterable[Bom] = ()) -> Rolled:
    """Return the costs of items and of everything below them on ``date``; ``drafts`` stand in for released bills.

    Raises:
        CostCycle: an item goes into itself.
    """
    wanted = set(item_ids)
    instead = {bom.item_id: bom for bom in drafts}
    roots = wanted | {line.component_id for bom in instead.values() for line in bom.lines.all()}
    ids = items_below(roots | _mains_of(roots, date), date) | roots
    rolled = Rolled(date, Item.objects.select_related("uom").in_bulk(ids))
    rolled.boms = released_boms(ids, date) | instead
    rolled.routings = released_routings(ids, date)
    _read_details(rolled)
    fees = _supplier_prices([pk for pk, item in rolled.items.items() if item.supply_type != Item.SupplyType.MAKE], date)
    own = fees | unit_costs(ids)
    by_yield = yield_scrap()
    recipes = {pk: recipe for pk in ids if (recipe := _recipe(rolled, pk, fees, by_yield)) is not None}
    engine = RollUp(recipes, own)
    rolled.costs = {pk: engine.cost(pk) for pk in sorted(ids)}
    return rolled


def _mains_of(ids: set[int], date: dt.date) -> set[int]:
    """Return the products beside which some of the items come out."""
    lines = BomLine.objects.filter(valid_on(date), valid_on(date, "bom__"), component_id__in=ids)
    lines = lines.filter(bom__state=BomState.RELEASED, line_kind=BomLineKind.CO_PRODUCT)
    return set(lines.values_list("bom__item_id", flat=True))


def _read_details(rolled: Rolled) -> None:
    keys = {bom.pk for bom in rolled.boms.values()}
    outputs = defaultdict(list)
    found = BomLine.objects.filter(valid_on(rolled.date), bom_id__in=keys, line_kind__in=OUTPUT_KINDS)
    for line in found.select_related("component", "component__uom"):
        outputs[line.bom_id].append(line)
    rolled.outputs = dict(outputs)
    rolled.lines = {line.pk: line for bom in rolled.boms.values() for line in bom.lines.all()}
    rolled.operations = {one.pk: one for routing in rolled.routings.values() for one in routing.operations.all()}
    centers = {one.work_center_id for one in rolled.operations.values() if one.work_center_id}
    rolled.rates = rates_on(centers, rolled.date)


def _recipe(rolled: Rolled, item_id: int, fees: dict[int, Decimal], by_yield: bool) -> Recipe | None:
    item, bom, routing = rolled.items[item_id], rolled.boms.get(item_id), rolled.routings.get(item_id)
    if item.supply_type == Item.SupplyType.BUY or (bom is None and routing is None):
        return None
    base = bom.quantity if bom else Decimal(1)
    is_outside = item.supply_type == Item.SupplyType.SUBCONTRACT
    weights = (bom.material_weight, bom.conversion_weight) if bom else (Decimal(1), None)
    return Recipe(
        parts=_parts(bom, by_yield) if bom else (),
        outputs=tuple(_output(line) for line in rolled.outputs.get(bom.pk, ())) if bom else (),
        steps=tuple(_step(one, rolled.rates) for one in routing.operations.all()) if routing else (),
        base=base,
        lot=max(base, item.min_lot),
        fee=fees.get(item_id, ZERO) if is_outside else ZERO,
        material_weight=weights[0],
        conversion_weight=weights[0] if weights[1] is None else weights[1],
    )


def _parts(bom: Bom, by_yield: bool) -> tuple[Part, ...]:
    parts = []
    for line in bom.lines.all():
        scrap = line.scrap_percent / 100
        factor = 1 / (1 - scrap) if by_yield else 1 + scrap
        skipped = line.is_level_skipped or line.component.is_phantom
        parts.append(Part(line.component_id, line.quantity * factor, line.fixed_scrap_quantity, skipped, line.pk))
    return tuple(parts)


def _output(line: BomLine) -> Output:
    return Output(
        line.component_id,
        line.quantity,
        line.cost_method,
        line.material_weight,
        line.material_weight if line.conversion_weight is None else line.conversion_weight,
        line.cost_percent,
        line.fixed_amount,
        line.line_kind == BomLineKind.CO_PRODUCT,
    )


def _step(operation: RoutingOperation, rates: dict[int, Rate]) -> Step:
    rate = rates.get(operation.work_center_id or 0, Rate())
    return Step(
        setup_hours=operation.setup_minutes / SIXTY,
        run_hours=operation.run_minutes / operation.base_quantity / SIXTY,
        labour_rate=rate.labour,
        machine_rate=rate.machine,
        overhead_rate=rate.overhead,
        unit_price=operation.unit_price,
        key=operation.pk,
    )


def _supplier_prices(item_ids: Iterable[int], date: dt.date) -> dict[int, Decimal]:
    """Return the preferred supplier's price (else the lowest) of items in base currency."""
    offers = SupplierItem.objects.filter(item_id__in=list(item_ids), is_active=True, price__gt=0)
    rows = list(offers.values_list("item_id", "is_preferred", "price", "currency_id"))
    if not rows:
        return {}
    rates = currencies.rates_on({currency for *_rest, currency in rows}, date)
    found: dict[int, tuple[bool, Decimal]] = {}
    for item_id, is_preferred, price, currency in rows:
        if currency not in rates:
            continue
        offer = (not is_preferred, price * rates[currency])
        found[item_id] = min(found.get(item_id, offer), offer)
    return {item_id: price for item_id, (_other, price) in found.items()}

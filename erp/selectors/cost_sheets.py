"""The cost of one item laid out: components, operations, what goes to outputs, and the sum by element."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.fields import ZERO
from erp.engines.cost_rollup import Cost, Elements
from erp.models import BomLine, RoutingOperation
from erp.selectors.cost_rollup import Rolled
from masterdata.models import Item


@dataclass(frozen=True)
class SheetPart:
    """A component: how much of it one unit takes, what a unit of it costs, and what that makes by element."""

    line: BomLine
    item: Item
    quantity: Decimal
    unit_cost: Decimal
    elements: Elements
    is_skipped: bool
    leads_on: bool


@dataclass(frozen=True)
class SheetStep:
    """An operation and what it costs per unit, set-up shared out over the lot."""

    operation: RoutingOperation
    elements: Elements
    is_unrated: bool


@dataclass(frozen=True)
class CostSheet:
    """One item: base currency per stock unit.   inner, own  elements of the components and of this level alone."""

    cost: Cost
    parts: Sequence[SheetPart]
    steps: Sequence[SheetStep]
    outputs: Sequence[BomLine]
    inner: Elements
    own: Elements
    before: Elements
    lot: Decimal
    missing: Sequence[Item]
    standard_cost: Decimal
    revision: str
    routing: str


def cost_sheet(rolled: Rolled, item_id: int) -> CostSheet:
    """Return the sheet of one of the rolled-up items."""
    cost, bom, routing = rolled.costs[item_id], rolled.boms.get(item_id), rolled.routings.get(item_id)
    unrated = {one.pk for one in rolled.unrated}
    parts = [
        SheetPart(
            rolled.lines[part.key],
            rolled.items[part.item],
            quantity,
            elements.total / quantity if quantity else ZERO,
            elements,
            part.is_skipped,
            part.item in rolled.boms or part.item in rolled.routings,
        )
        for part, quantity, elements in cost.parts
    ]
    steps = [SheetStep(rolled.operations[one.key], elements, one.key in unrated) for one, elements in cost.steps]
    inner = sum((one.elements for one in parts), Elements())
    own = sum((one.elements for one in steps), Elements(subcontract=cost.fee))
    item = rolled.items[item_id]
    return CostSheet(
        cost=cost,
        parts=parts,
        steps=steps,
        outputs=rolled.outputs.get(bom.pk, []) if bom else [],
        inner=inner,
        own=own,
        before=inner + own,
        lot=max(item.min_lot, bom.quantity if bom else Decimal(1)),
        missing=[rolled.items[pk] for pk in sorted(cost.missing)],
        standard_cost=item.standard_cost,
        revision=bom.revision if bom else "",
        routing=str(routing) if routing else "",
    )

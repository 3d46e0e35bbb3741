"""Material requirements planning: pure functions over numbers, without ORM, clock or database.

Quantities are whole micro-units (exactly numeric(18,6)), days are proleptic ordinals (``date.toordinal()``), items are
dense indexes. Rules and worked examples: docs/algorithms/mrp.md.
"""

from erp.engines.mrp.exploding import boms_by_item, component_needs, in_order
from erp.engines.mrp.levels import BomCycle, low_level_codes
from erp.engines.mrp.lots import lot_sizes, requirement
from erp.engines.mrp.netting import levels_of, make_plan
from erp.engines.mrp.pegging import Edge, Expected, Pegging, Stock, peg
from erp.engines.mrp.problem import (
    MICRO,
    Advice,
    Bom,
    BomLine,
    Demand,
    Item,
    Need,
    Order,
    Plan,
    Problem,
    Receipt,
    Rules,
    Verdict,
)
from erp.engines.mrp.workdays import WorkingDays

__all__ = [
    "MICRO",
    "Advice",
    "Bom",
    "BomCycle",
    "BomLine",
    "Demand",
    "Edge",
    "Expected",
    "Item",
    "Need",
    "Order",
    "Pegging",
    "Plan",
    "Problem",
    "Receipt",
    "Rules",
    "Stock",
    "Verdict",
    "WorkingDays",
    "boms_by_item",
    "component_needs",
    "in_order",
    "levels_of",
    "lot_sizes",
    "low_level_codes",
    "make_plan",
    "peg",
    "requirement",
]

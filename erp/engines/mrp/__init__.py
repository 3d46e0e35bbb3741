"""Material requirements planning: pure functions over numbers, without ORM, clock or database.

Quantities are whole micro-units (exactly numeric(18,6)), days are proleptic ordinals (``date.toordinal()``), items are
dense indexes. Rules and worked examples: docs/algorithms/mrp.md.
"""

import erp.engines.mrp.source_text  # noqa: F401 - takes the state of the files before anything of them is loaded

# isort: split
from erp.engines.mrp.exploding import boms_by_item, component_needs, in_order
from erp.engines.mrp.levels import BomCycle, low_level_codes
from erp.engines.mrp.lots import lot_sizes, requirement
from erp.engines.mrp.netting import make_plan
from erp.engines.mrp.pegging import Edge, Expected, Extras, Pegging, Replaced, Stock, peg
from erp.engines.mrp.problem import (
    MICRO,
    Advice,
    Bom,
    BomLine,
    Demand,
    Item,
    Move,
    Need,
    Order,
    Output,
    Plan,
    Problem,
    Receipt,
    Rules,
    Substitute,
    Substitution,
    Verdict,
)
from erp.engines.mrp.run import independent_need, levels_of
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
    "Extras",
    "Item",
    "Move",
    "Need",
    "Order",
    "Output",
    "Pegging",
    "Plan",
    "Problem",
    "Receipt",
    "Replaced",
    "Rules",
    "Stock",
    "Substitute",
    "Substitution",
    "Verdict",
    "WorkingDays",
    "boms_by_item",
    "component_needs",
    "in_order",
    "independent_need",
    "levels_of",
    "lot_sizes",
    "low_level_codes",
    "make_plan",
    "peg",
    "requirement",
]

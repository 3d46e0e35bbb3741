"""Kit check: which orders have their material together, all of them against one pool that gets smaller.

Pure functions over numbers. Rules and worked example: docs/algorithms/kit_check.md.
"""

from erp.engines.kitting.checking import check_kits, unlocked_by
from erp.engines.kitting.problem import (
    Component,
    Cover,
    Kit,
    Order,
    Part,
    Policy,
    Recipe,
    Source,
    Stores,
    Substitute,
    Taking,
    Unlocked,
)

__all__ = [
    "Component",
    "Cover",
    "Kit",
    "Order",
    "Part",
    "Policy",
    "Recipe",
    "Source",
    "Stores",
    "Substitute",
    "Taking",
    "Unlocked",
    "check_kits",
    "unlocked_by",
]

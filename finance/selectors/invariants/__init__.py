"""What must always be true of the books: queries that must return no row (RELIABILITY part B), one module per theme."""

from finance.selectors.invariants.base import Invariant, Violation
from finance.selectors.invariants.goods import GOODS
from finance.selectors.invariants.layers import LAYERS
from finance.selectors.invariants.ledger import LEDGER
from finance.selectors.invariants.receivables import RECEIVABLES_AND_PAYABLES
from finance.selectors.invariants.run import INVARIANTS, violations
from finance.selectors.invariants.stock import STOCK

__all__ = [
    "GOODS",
    "INVARIANTS",
    "LAYERS",
    "LEDGER",
    "RECEIVABLES_AND_PAYABLES",
    "STOCK",
    "Invariant",
    "Violation",
    "violations",
]

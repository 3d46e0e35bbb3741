"""What must always be true of counts and of the sums that reports read."""

from erp.selectors.stock_proofs import PROOFS
from finance.selectors.invariants.base import Invariant

COUNTS = tuple(Invariant(code, name, sql) for code, name, sql in PROOFS)

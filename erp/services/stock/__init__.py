"""The stock ledger: the only place that writes moves, balances and value entries."""

from erp.services.stock.inputs import LotInput, MoveInput, PostedMoves, typed_in
from erp.services.stock.locking import Known, is_owned, lock_balances, lock_stock
from erp.services.stock.lots import ensure_lots
from erp.services.stock.posting import post_moves, prices_follow_since, reversal_of
from erp.services.stock.second_units import weighed

__all__ = [
    "Known",
    "LotInput",
    "MoveInput",
    "PostedMoves",
    "ensure_lots",
    "is_owned",
    "lock_balances",
    "lock_stock",
    "post_moves",
    "prices_follow_since",
    "reversal_of",
    "typed_in",
    "weighed",
]

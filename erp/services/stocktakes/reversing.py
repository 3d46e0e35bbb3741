"""Taking a posted count back: the differences go the other way, at the value they were posted with."""

import datetime as dt
from typing import Any

from core.audit import label_of
from core.clock import business_date
from core.documents import lock, transition
from core.operations import operation
from erp.errors import ReversalBeforeCount
from erp.models import StockMove, Stocktake
from erp.services.guards import require_edge
from erp.services.stock import post_moves, reversal_of
from erp.states import MoveKind, StocktakeState


@operation(
    permission="erp.reverse_stocktake",
    document=(Stocktake, "stocktake_id"),
    backdating=("date", "erp.backdate_stock"),
)
def reverse_stocktake(
    *,
    stocktake_id: int,
    version: int | None = None,
    date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> Stocktake:
    """Take the posted differences back on ``date`` (today): what was missing is on the books again, what was found not.

    Each difference goes back at its original value. The lines stay as they were counted; for the counting plan the
    count did not happen. Reservations that the count gave up are made anew when the goods are back.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: its differences are not posted, or taken back already.
        ReversalBeforeCount: the date is before the day the differences were posted on.
        ShortStock, ShortStockLater: goods that the count found are gone or kept for others by now.
        BinIsCounted: one of the places is being counted again.
        FuturePosting, (closed period): see post_moves.
    """
    stocktake = lock(Stocktake, stocktake_id, version=version)
    require_edge(stocktake, StocktakeState.REVERSED)
    posted = list(StockMove.objects.filter(source_label=label_of(stocktake), source_id=stocktake.pk).order_by("-pk"))
    day = date or business_date(at)
    counted_on = max((move.moved_on for move in posted), default=day)
    if day < counted_on:
        raise ReversalBeforeCount(date=counted_on, field="date")
    if posted:
        post_moves(
            moves=reversal_of(posted),
            source=stocktake,
            kind=MoveKind.COUNT,
            date=day,
            actor=actor,
            at=at,
            reason=reason,
        )
    transition(stocktake, StocktakeState.REVERSED, actor=actor, at=at, reason=reason)
    return stocktake

"""Review of a count: what is counted again, why the rest differs, and the posting of the differences."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F

from core import audit
from core.approvals.services import require_approval
from core.clock import business_date
from core.documents import lock, transition
from core.errors import InvalidInput
from core.fields import ZERO
from core.operations import operation
from erp.errors import DifferenceReasonMissing, NothingToRecount, NotInReview, NotOnTheList
from erp.models import Stocktake, StocktakeLine, StocktakeScan
from erp.selectors.stocktakes import beyond_tolerance
from erp.services.guards import require_edge
from erp.services.reservations.missing import give_up_missing
from erp.services.stock import MoveInput, PostedMoves, post_moves
from erp.services.stock.inputs import Key
from erp.states import DifferenceReason, MoveKind, StocktakeState
from masterdata.models import Location
from masterdata.selectors.places import virtual_location


@operation(permission="erp.review_stocktake", document=(Stocktake, "stocktake_id"))
def request_recount(
    *,
    stocktake_id: int,
    line_ids: Collection[int] = (),
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> Stocktake:
    """Have lines counted once more: those named, else all whose difference is beyond the tolerance.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotInReview: counting is not finished, or the differences are posted.
        NotOnTheList: a line is of another count.
        NothingToRecount: none is named and none is beyond the tolerance.
    """
    stocktake = lock(Stocktake, stocktake_id, version=version)
    _require_review(stocktake)
    if stocktake.lines.filter(pk__in=line_ids).count() != len(set(line_ids)):
        raise NotOnTheList(item="?", location="?")
    again = set(line_ids) or {line.pk for line in beyond_tolerance(stocktake)}
    if not again:
        raise NothingToRecount(document=stocktake)
    stocktake.lines.update(to_count=False)
    chosen = stocktake.lines.filter(pk__in=again)
    StocktakeScan.objects.filter(line__in=chosen).delete()
    chosen.update(
        to_count=True,
        previous_quantity=F("counted_quantity"),
        counted_quantity=None,
        counted_by=None,
        counted_at=None,
    )
    stocktake.rounds += 1
    stocktake.save(update_fields=["rounds"])
    transition(stocktake, StocktakeState.COUNTING, actor=actor, at=at, reason=reason)
    return stocktake


@operation(permission="erp.review_stocktake", document=(Stocktake, "stocktake_id"))
def explain_differences(
    *,
    stocktake_id: int,
    reasons: Mapping[int, Mapping[str, str]],
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Stocktake:
    """Say why lines differ: {line id: {"reason_code": a DifferenceReason, "note": text}}.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotInReview: counting is not finished, or the differences are posted.
        NotOnTheList: a line is of another count.
        InvalidInput: there is no such reason.
    """
    stocktake = lock(Stocktake, stocktake_id, version=version)
    _require_review(stocktake)
    lines = list(stocktake.lines.filter(pk__in=reasons))
    if len(lines) != len(reasons):
        raise NotOnTheList(item="?", location="?")
    for line in lines:
        code = reasons[line.pk].get("reason_code") or ""
        if code and code not in DifferenceReason.values:
            raise InvalidInput(message=code, field="reason_code")
        line.reason_code = code
        line.note = (reasons[line.pk].get("note") or "").strip()[:200]
    StocktakeLine.objects.bulk_update(lines, ["reason_code", "note"])
    stocktake.version += 1
    stocktake.save(update_fields=["version"])
    audit.record(stocktake, "explained", actor=actor, at=at, lines=len(lines))
    return stocktake


def _require_review(stocktake: Stocktake) -> None:
    if stocktake.state != StocktakeState.REVIEW:
        raise NotInReview(document=stocktake, state=stocktake.get_state_display(), state_code=stocktake.state)


@operation(
    permission="erp.post_stocktake",
    document=(Stocktake, "stocktake_id"),
    backdating=("date", "erp.backdate_stock"),
)
def post_stocktake(
    *, stocktake_id: int, date: dt.date | None = None, version: int | None = None, actor: Any, at: dt.datetime
) -> Stocktake:
    """Post counted less book of every line, today or on ``date``; the bins are free again.

    What was kept for orders and is not there is given up; those orders wait again.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not in review.
        DifferenceReasonMissing: nobody said why a line differs.
        ApprovalRequired, ApprovalPending: the value of the differences needs an approval that is not given.
        ShortStock, ShortStockLater, FuturePosting, (closed period): see post_moves.
    """
    stocktake = lock(Stocktake, stocktake_id, version=version)
    require_edge(stocktake, StocktakeState.POSTED)
    lines = [
        line
        for line in stocktake.lines.select_related("item", "location__warehouse").order_by("line_no")
        if line.difference
    ]
    for line in lines:
        if not line.reason_code:
            raise DifferenceReasonMissing(
                document=stocktake, item=line.item, location=line.location, difference=line.difference
            )
    require_approval(document=stocktake, actor=actor)
    day = date or business_date(at)
    posted = _post_differences(stocktake, lines, day, actor, at)
    stocktake.posting_date = posted.date
    stocktake.save(update_fields=["posting_date"])
    stocktake.bins.all().delete()
    transition(stocktake, StocktakeState.POSTED, actor=actor, at=at)
    return stocktake


def _post_differences(
    stocktake: Stocktake, lines: Sequence[StocktakeLine], day: dt.date, actor: Any, at: dt.datetime
) -> PostedMoves:
    if not lines:
        return PostedMoves([], [], day)
    falls: dict[Key, Decimal] = {
        (line.item_id, line.location_id, line.lot_id, None): -difference
        for line in lines
        if (difference := line.difference or ZERO) < 0
    }
    give_up_missing(falls, source=stocktake, actor=actor, at=at)
    elsewhere = virtual_location(Location.Kind.COUNT).pk
    posted: PostedMoves = post_moves(
        moves=[_move(line, line.difference or ZERO, elsewhere) for line in lines],
        source=stocktake,
        kind=MoveKind.COUNT,
        date=day,
        actor=actor,
        at=at,
        reason=stocktake.note[:200],
    )
    costs = posted.cost_by_line()
    for line in lines:
        line.amount = -costs[line.pk] if line.pk in costs else None
    StocktakeLine.objects.bulk_update(lines, ["amount"])
    return posted


def _move(line: StocktakeLine, difference: Decimal, elsewhere: int) -> MoveInput:
    comes = difference > 0
    return MoveInput(
        item_id=line.item_id,
        from_location_id=elsewhere if comes else line.location_id,
        to_location_id=line.location_id if comes else elsewhere,
        quantity=abs(difference),
        lot_id=line.lot_id,
        source_line_id=line.pk,
    )

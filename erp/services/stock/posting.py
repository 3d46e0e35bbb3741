"""The one door to the stock ledger: moves, balances, reservations used, value entries."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef

from core import audit
from core.clock import business_date
from core.failpoints import failpoint
from core.operations import operation
from core.outbox import enqueue
from erp import ports, signals
from erp.errors import FuturePosting
from erp.models import StockMove
from erp.selectors.backflushing import open_shortages
from erp.selectors.demand import waiting_demands
from erp.selectors.project_stock import undecided_arrivals
from erp.services.arrivals import inspect_arrivals
from erp.services.stock import carrying, checking, second_units, valuing, writing
from erp.services.stock.inputs import MoveInput, PostedMoves
from erp.services.stock.locking import Known, lock_stock
from erp.services.valuation.correcting import correct_later_moves
from erp.states import MoveKind
from masterdata.models import Item, Location

STOCK_ARRIVED = "erp.stock_arrived"
PRICED_BY_INVOICES = frozenset({MoveKind.RECEIPT, MoveKind.SUBCONTRACT})


@operation(permission=None)
def post_moves(
    *,
    moves: Sequence[MoveInput],
    source: Any,
    kind: str,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
    known: Known | None = None,
) -> PostedMoves:
    """Post goods from place to place, with their value, and announce it; nothing else writes the stock ledgers.

    source  the locked document the goods move for; its label, key and number stand on every move.
    date    wanted posting date; the period's keeper may answer with another one. ``known``: see `lock_stock`.
    Values are by the item's method, of reversals their original's; goods reserved for others or later are not taken.

    Raises:
        FuturePosting, (provider of erp.ports.posting_date): the date has not come yet, or its period is closed.
        QuantityNotPositive, QuantityTooFine, SameLocation, LotRequired, LotMismatch, SerialNotSingle: unsound input.
        ShortStock, ShortStockLater: less is on hand and free than would leave, today or (backdated) on a later day.
        BinIsCounted: a count has frozen a place. NotUsable: goods for others are in inspection, blocked or expired.
        ReversalBeforeOriginal, RevaluedSince, ShortStockWithinDay: the date is before what it must come after.
        SecondQuantityMissing, SecondQuantityTooMuch, ReversedTooMuch: see `second_units` and `valuing`.
    """
    if date > business_date(at):
        raise FuturePosting(date=date)
    items = checking.require_sound(moves, known.items if known else {})
    stock = lock_stock(moves=moves, follows_since=prices_follow_since(moves, kind, date, at), known=known)
    posting_day = ports.posting_date("stock", date)
    is_backdated = checking.is_backdated(moves, items, posting_day, at)
    changes = checking.balance_changes(moves, stock)
    places = checking.places_now(changes)
    checking.require_not_counted(changes, places, source)
    uses = carrying.plan_all_uses(moves, stock, places)
    checking.require_available(changes, uses, stock, items)
    checking.require_available_later(changes, stock, items, posting_day)
    checking.require_usable(moves, stock, places, items, posting_day)
    seconds = second_units.second_quantities(moves, stock, items)
    own = [move for move in moves if move.owner_id is None]
    values, backdated = valuing.value_moves(own, stock, posting_day, is_backdated=is_backdated)
    writing.write_balances(changes, uses, stock, second_units.second_changes(moves, seconds, stock))
    writing.write_uses(uses, stock)
    failpoint("stock.balances_written")
    rows = [
        _row(move, second, source, stock.locations, kind=kind, day=posting_day, actor=actor, at=at, reason=reason)
        for move, second in zip(moves, seconds, strict=True)
    ]
    StockMove.objects.bulk_create(rows)
    failpoint("stock.moves_written")
    entries = valuing.write_values([row for row in rows if row.owner_id is None], own, values, stock, backdated.left)
    failpoint("stock.value_written")
    inspect_arrivals(moves=rows, kind=kind, source=source, actor=actor, at=at)
    _wake_waiting(sorted({key[0] for key, change in changes.items() if change > 0}), at)
    signals.stock_posted.send(
        sender=StockMove, moves=rows, entries=entries, source=source, kind=kind, date=posting_day, actor=actor, at=at
    )
    if backdated.corrections:
        correct_later_moves(backdated.corrections, source=source, actor=actor, at=at)
    return PostedMoves(rows, entries, posting_day)


def prices_follow_since(moves: Sequence[MoveInput], kind: str, date: dt.date, at: dt.datetime) -> dt.date | None:
    """Return the day from which goods of a supplier may have been used up already when their posting is through.

    What he invoiced before the goods came is matched by the posting, and its price follows the goods: of a backdated
    receipt, or of one that is taken back, into what was made of them. None: they have not been used.
    """
    if kind not in PRICED_BY_INVOICES:
        return None
    reversed_ids = {move.reverses_id for move in moves if move.reverses_id}
    days = (
        list(StockMove.objects.filter(pk__in=reversed_ids).values_list("moved_on", flat=True)) if reversed_ids else []
    )
    since = min([date, *days])
    return since if since < business_date(at) or reversed_ids else None


def _row(
    move: MoveInput,
    second: Decimal | None,
    source: Any,
    places: Mapping[int, Location],
    *,
    kind: str,
    day: dt.date,
    actor: Any,
    at: dt.datetime,
    reason: str,
) -> StockMove:
    return StockMove(
        item_id=move.item_id,
        lot_id=move.lot_id,
        owner_id=move.owner_id,
        second_quantity=second,
        uom_id=move.uom_id,
        unit_factor=move.unit_factor,
        from_location=places[move.from_location_id],
        to_location=places[move.to_location_id],
        quantity=move.quantity,
        kind=MoveKind(kind),
        source_label=audit.label_of(source),
        source_id=source.pk,
        source_number=str(source)[:40],
        source_line_id=move.source_line_id,
        reverses_id=move.reverses_id,
        moved_on=day,
        created_at=at,
        actor=actor,
        reason=reason[:200],
        is_backdated=day < business_date(at),
    )


def _wake_waiting(item_ids: list[int], at: dt.datetime) -> None:
    """Goods arrived that demands or backflush errors wait for: seen to after the commit, when nothing is locked."""
    if item_ids and (waiting_demands(at, item_ids).exists() or _waits_otherwise(item_ids)):
        enqueue(STOCK_ARRIVED, item_ids=item_ids)


def _waits_otherwise(item_ids: list[int]) -> bool:
    """Whether backflushing lacks any of the items, or goods that came for an order could not be kept for it yet."""
    short = open_shortages().filter(item_id=OuterRef("pk"))
    return Item.objects.filter(Exists(short) | Exists(undecided_arrivals(OuterRef("pk"))), pk__in=item_ids).exists()


def reversal_of(
    posted: Sequence[StockMove], *, demands: dict[int, int] | None = None, quantities: dict[int, Decimal] | None = None
) -> list[MoveInput]:
    """Return the inputs that take ``posted`` moves back (``quantities`` by move: only so much of each).

    demands  demand key by source line, to open again what the moves had served.
    """
    return [
        MoveInput(
            item_id=move.item_id,
            from_location_id=move.to_location_id,
            to_location_id=move.from_location_id,
            quantity=(quantities or {}).get(move.pk, move.quantity),
            lot_id=move.lot_id,
            owner_id=move.owner_id,
            second_quantity=_share_of_second(move, (quantities or {}).get(move.pk, move.quantity)),
            source_line_id=move.source_line_id,
            reverses_id=move.pk,
            demand_id=(demands or {}).get(move.source_line_id or 0),
            uom_id=move.uom_id,
            unit_factor=move.unit_factor,
        )
        for move in posted
    ]


def _share_of_second(move: StockMove, quantity: Decimal) -> Decimal | None:
    return None if move.second_quantity is None else move.second_quantity * quantity / move.quantity

"""Material moved to the line for an order 备料到线边: used up by its share of what is reported, or brought back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock
from core.errors import InvalidInput
from core.fields import ZERO
from core.operations import operation
from erp.errors import NotInProduction
from erp.errors.making import LeftAtLine, MoreThanAtLine, NoLineSide, NotByTransfer
from erp.models import Demand, StockBalance, WorkOrder, WorkOrderMaterial
from erp.selectors.backflushing import left_at_line, line_places
from erp.services.reservations.book import ReservationBook
from erp.services.stock import MoveInput, lock_stock, post_moves
from erp.services.stock.locking import Key, key_of
from erp.services.work_orders.backflushing import flush, prepare
from erp.services.work_orders.expecting import begin_progress
from erp.services.work_orders.issuing import lock_demands
from erp.services.work_orders.over_issues import require_extra_allowed
from erp.services.work_orders.typed_lines import IssueInput, understood
from erp.states import MoveKind, WorkOrderState
from erp.states.engineering import IssueMethod
from masterdata.selectors.places import default_location

BEGUN = frozenset({WorkOrderState.IN_PROGRESS, WorkOrderState.COMPLETED})


@operation(
    permission="erp.issue_workorder",
    document=(WorkOrder, "work_order_id"),
    backdating=("posting_date", "erp.backdate_stock"),
)
def stage_materials(
    *,
    work_order_id: int,
    lines: Sequence[Mapping[str, Any]],
    posting_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> WorkOrder:
    """Move material to the line for an order; ``lines`` have the fields of IssueInput, location: where it is fetched.

    It stays stock until a report uses up its share, and is kept for the order as far as the order still needs it.

    Raises:
        NotInProduction: the order is neither released nor in progress.
        NotByTransfer: the material is not backflushed by transfer.
        NoLineSide: the warehouse has no line side, or the goods are fetched from it.
        OverIssue, ApprovalRequired, ApprovalPending: more than the order needs, as in `issue_materials`.
        InvalidInput, QuantityNotPositive, UnitNotConvertible: what is typed is unsound.
        ShortStock and the other refusals of `post_moves`.
    """
    work_order, materials, typed = understood(work_order_id, lines)
    places = line_places(work_order, materials.values())
    store = default_location(work_order.warehouse)
    moves = []
    for one in typed:
        line = materials[one.material_id or 0]
        _require_by_transfer(line)
        wanted = line.at_line_quantity + one.quantity
        if wanted > line.open_quantity:
            require_extra_allowed(work_order, line, wanted, actor=actor)
        start = one.location_id or store.pk
        if start == places[line.pk]:
            raise NoLineSide(item=line.item, warehouse=work_order.warehouse)
        line.staged_quantity += one.quantity
        moves.append(_move_of(one, line, start, places[line.pk]))
    _move(work_order, moves, posting_date, keeps=True, actor=actor, at=at, reason=reason)
    WorkOrderMaterial.objects.bulk_update(materials.values(), ["staged_quantity"])
    begin_progress(work_order, actor=actor, at=at)
    return work_order


@operation(
    permission="erp.issue_workorder",
    document=(WorkOrder, "work_order_id"),
    backdating=("posting_date", "erp.backdate_stock"),
)
def bring_back_materials(
    *,
    work_order_id: int,
    lines: Sequence[Mapping[str, Any]],
    posting_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> WorkOrder:
    """Bring material from the line back to the store; ``lines`` as in `stage_materials`, location: where it is put.

    Raises:
        NotInProduction: nothing was begun on the order, or it is closed.
        NotByTransfer, NoLineSide: as in `stage_materials`.
        MoreThanAtLine: more than was moved to the line for the order and is not used up.
        InvalidInput, QuantityNotPositive, UnitNotConvertible: what is typed is unsound.
        ShortStock and the other refusals of `post_moves`.
    """
    work_order, materials, typed = understood(work_order_id, lines, states=BEGUN)
    places = line_places(work_order, materials.values())
    store = default_location(work_order.warehouse)
    moves = []
    for one in typed:
        line = materials[one.material_id or 0]
        _require_by_transfer(line)
        if one.quantity > line.at_line_quantity:
            raise MoreThanAtLine(item=line.item, quantity=one.quantity, left=line.at_line_quantity)
        target = one.location_id or store.pk
        if target == places[line.pk]:
            raise NoLineSide(item=line.item, warehouse=work_order.warehouse)
        line.staged_quantity -= one.quantity
        moves.append(_move_of(one, line, places[line.pk], target))
    _move(work_order, moves, posting_date, keeps=False, actor=actor, at=at, reason=reason)
    WorkOrderMaterial.objects.bulk_update(materials.values(), ["staged_quantity"])
    return work_order


@operation(permission="erp.issue_workorder", document=(WorkOrder, "work_order_id"))
def use_up_materials(*, work_order_id: int, actor: Any, at: dt.datetime, reason: str = "") -> WorkOrder:
    """Post all that is left at the line for a completed order as used up: what it made took more than its share.

    Raises:
        NotInProduction: the order is not completed.
        InvalidInput: nothing is left at the line for it.
        (provider of erp.ports.posting_date): the period is closed.
    """
    work_order = lock(WorkOrder, work_order_id)
    if work_order.state != WorkOrderState.COMPLETED:
        raise NotInProduction(document=work_order, state=work_order.get_state_display(), state_code=work_order.state)
    if not left_at_line(work_order).exists():
        raise InvalidInput(message=_("Nothing is left at the line for this order."))
    flush(prepare(work_order, at=at), date=business_date(at), actor=actor, at=at, uses_up=True)
    return work_order


def require_nothing_at_line(work_order: WorkOrder) -> None:
    """Refuse to settle or split an order while material lies at the line for it.

    Raises:
        LeftAtLine: names the first material and how much of it.
    """
    line = left_at_line(work_order).first()
    if line is not None:
        raise LeftAtLine(document=work_order, item=line.item, quantity=line.at_line_quantity)


def count_by_hand(work_order: WorkOrder, parts: Iterable[tuple[WorkOrderMaterial, int, Decimal]]) -> None:
    """Count what is issued by hand (below zero: brought back) from elsewhere than the line as moved to it as well.

    parts  material, where it came from (or went), quantity; what is issued of it is on the line already. Otherwise the
    same need would be met by hand, and a second time by what lies at the line.
    """
    rows = [one for one in parts if one[0].issue_method == IssueMethod.TRANSFER]
    if not rows:
        return
    places = line_places(work_order, [line for line, _place, _quantity in rows])
    for line, place, quantity in rows:
        if place != places[line.pk]:
            line.staged_quantity = max(ZERO, line.staged_quantity + quantity)
        line.staged_quantity = max(line.staged_quantity, line.issued_quantity)


def _require_by_transfer(line: WorkOrderMaterial) -> None:
    if line.issue_method != IssueMethod.TRANSFER:
        raise NotByTransfer(item=line.item)


def _move_of(one: IssueInput, line: WorkOrderMaterial, start: int, end: int) -> MoveInput:
    return MoveInput(
        item_id=line.item_id,
        from_location_id=start,
        to_location_id=end,
        quantity=one.quantity,
        lot_id=one.lot_id,
        source_line_id=line.pk,
        uom_id=one.uom_id,
        unit_factor=one.unit_factor,
    )


def _move(
    work_order: WorkOrder,
    moves: Sequence[MoveInput],
    posting_date: dt.date | None,
    *,
    keeps: bool,
    actor: Any,
    at: dt.datetime,
    reason: str,
) -> None:
    """Post moves between our own places; what is kept for the order where they start is theirs to take.

    ``keeps``: where they arrive it is kept for the order again.
    """
    demands = lock_demands([work_order.pk])
    own = {move.source_line_id or 0: demands.get(move.source_line_id or 0) for move in moves}
    lock_stock(moves=[*moves, *_everywhere(moves)])
    _take_out(moves, own, at)
    post_moves(
        moves=moves,
        source=work_order,
        kind=MoveKind.TRANSFER,
        date=posting_date or business_date(at),
        actor=actor,
        at=at,
        reason=reason,
    )
    if keeps:
        _keep(moves, own, at)


def _everywhere(moves: Sequence[MoveInput]) -> list[MoveInput]:
    """A move of nothing from every balance of the items: the reservations' book locks all of them."""
    target = moves[0].to_location_id
    rows = StockBalance.objects.filter(item_id__in={move.item_id for move in moves}, owner__isnull=True, on_hand__gt=0)
    return [MoveInput(row.item_id, row.location_id, target, ZERO, row.lot_id) for row in rows]


def _book(moves: Sequence[MoveInput], own: Mapping[int, int | None]) -> tuple[ReservationBook, dict[Key, int]]:
    book = ReservationBook([pk for pk in own.values() if pk], {move.item_id for move in moves})
    return book, {key_of(row): row.pk for row in book.balances.values()}


def _take_out(moves: Sequence[MoveInput], own: Mapping[int, int | None], at: dt.datetime) -> None:
    """Give up what is kept for the order in the balances the goods leave, as far as they leave."""
    book, keys = _book(moves, own)
    for move in moves:
        demand, balance = own[move.source_line_id or 0], keys.get(move.from_key)
        held = book.rows.get((demand, balance)) if demand and balance else None
        if demand and balance and held is not None and held.quantity > 0:
            book.change(demand, balance, -min(move.quantity, held.quantity))
    book.write(at)


def _keep(moves: Sequence[MoveInput], own: Mapping[int, int | None], at: dt.datetime) -> None:
    """Keep for the order what arrived, as far as it still needs it."""
    book, keys = _book(moves, own)
    wanted = [pk for pk in own.values() if pk]
    needs = dict(Demand.objects.filter(pk__in=wanted).values_list("pk", "open_quantity"))
    arrived: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    for move in moves:
        demand, balance = own[move.source_line_id or 0], keys.get(move.to_key)
        if demand and balance:
            arrived[demand, balance] += move.quantity
    for (demand, balance), quantity in arrived.items():
        kept = min(quantity, book.balances[balance].available, needs[demand] - book.held(demand))
        if kept > 0:
            book.change(demand, balance, kept)
    book.write(at, is_last=True)

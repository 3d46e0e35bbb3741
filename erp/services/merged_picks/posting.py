"""Posting merged picks: what was found goes to the orders share by share, each at the cost of its own goods."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock, transition
from core.errors import InvalidInput
from core.fields import ZERO
from core.locks import lock_rows
from core.operations import operation
from erp.engines.sharing import by_priority, handed_out, pro_rata, whole_packs
from erp.errors import QuantityNotPositive
from erp.errors.making import FoundTooMuch, PickIsClosed
from erp.models import MergedPick, MergedPickLine, PickShare, WorkOrder, WorkOrderMaterial
from erp.selectors.kept import KeptIn, kept_in
from erp.selectors.merged_picks import by_urgency
from erp.services.stock import MoveInput, lock_stock, post_moves
from erp.services.work_orders.expecting import require_bookable
from erp.services.work_orders.issuing import Part, issue_moves, lock_demands, post_materials
from erp.states import MoveKind
from erp.states.making import MergedPickState, SplitRule
from masterdata.models import Location
from masterdata.selectors.places import default_location, virtual_location
from masterdata.selectors.units import in_stock_units


@dataclass(frozen=True)
class Found:
    """So much of a line found in one place and lot; without a place: the line's, else the usual one.

    uom_id  the unit of ``quantity``; None: the item's stock unit, in which it is booked.   unit_factor  found for it.
    """

    line_id: int
    quantity: Decimal
    location_id: int | None = None
    lot_id: int | None = None
    uom_id: int | None = None
    unit_factor: Decimal | None = None


@operation(
    permission="erp.post_mergedpick",
    document=(MergedPick, "pick_id"),
    backdating=("posting_date", "erp.backdate_stock"),
)
def post_merged_pick(
    *,
    pick_id: int,
    found: Sequence[Mapping[str, Any]],
    version: int | None = None,
    posting_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> MergedPick:
    """Issue what was found (fields of Found) to the orders; the pick is posted when nothing is open any more.

    Too little of an item is shared out by the pick's rule. What whole packs bring beyond the need goes to the line
    side. One movement for each share, lot and place: cost and lots stay with their order.

    Raises:
        PickIsClosed: it is posted or cancelled.
        StaleVersion: somebody changed it since the user saw it.
        FoundTooMuch: more than the orders need, and no pack explains it.
        InvalidInput: a line is not of this pick, or a place not of its warehouse.
        UnitNotConvertible: the item has no such unit.
        ShortStock and the other refusals of `post_moves`.
    """
    orders, pick = _lock(pick_id, version)
    typed = _typed(found)
    lines = {line.pk: line for line in pick.lines.select_related("item__uom")}
    default = default_location(pick.warehouse)
    _require_own(pick, typed, lines)
    typed = _in_stock_units(typed, lines)
    shares = _open_shares(pick)
    parts, surplus = _handed_out(pick, typed, lines, shares, default.pk)
    demands = lock_demands(order.pk for order in orders)
    moves = {order.pk: issue_moves((one for one in parts if one.line.work_order_id == order.pk), demands)
             for order in orders}  # fmt: skip
    lock_stock(moves=[move for rows in moves.values() for move in rows] + surplus)
    for order in orders:
        if moves[order.pk]:
            touched = [one.line for one in parts if one.line.work_order_id == order.pk]
            post_materials(
                order, touched, moves[order.pk], MoveKind.ISSUE, posting_date, actor=actor, at=at, reason=str(pick)
            )
    if surplus:
        day = posting_date or business_date(at)
        post_moves(moves=surplus, source=pick, kind=MoveKind.TRANSFER, date=day, actor=actor, at=at)
    _store(pick, shares, parts, surplus)
    pick.posting_date = posting_date or business_date(at)
    if not any(share.open_quantity for rows in shares.values() for share in rows):
        transition(pick, MergedPickState.POSTED, actor=actor, at=at, fields=["posting_date"])
    else:
        pick.version += 1
        pick.save(update_fields=["version", "posting_date"])
    return pick


@operation(permission="erp.post_mergedpick", document=(MergedPick, "pick_id"))
def finish_merged_pick(
    *, pick_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> MergedPick:
    """Close a pick that will bring no more; what it did not issue is free for other picks again.

    Raises:
        PickIsClosed: it is posted or cancelled.
        StaleVersion: somebody changed it since the user saw it.
    """
    _orders, pick = _lock(pick_id, version)
    PickShare.objects.filter(line__pick=pick).update(dropped_quantity=F("planned_quantity") - F("issued_quantity"))
    transition(pick, MergedPickState.POSTED, actor=actor, at=at, reason=reason)
    return pick


def _lock(pick_id: int, version: int | None) -> tuple[list[WorkOrder], MergedPick]:
    """Lock the orders with something open on the pick (most urgent first), then the pick."""
    of_pick = PickShare.objects.filter(
        line__pick=pick_id, planned_quantity__gt=F("issued_quantity") + F("dropped_quantity")
    )
    orders = lock_rows(WorkOrder.objects.filter(pk__in=of_pick.values("work_order")))
    pick = lock(MergedPick, pick_id, version=version)
    if pick.state != MergedPickState.OPEN:
        raise PickIsClosed(document=pick, state=pick.get_state_display(), state_code=pick.state)
    for order in orders:
        require_bookable(order)
    return by_urgency(orders), pick


def _typed(found: Sequence[Mapping[str, Any]]) -> list[Found]:
    typed = [Found(**{name: value for name, value in one.items() if value is not None}) for one in found]
    if not typed:
        raise InvalidInput(message=_("Enter what was found of at least one line."), field="lines")
    for number, one in enumerate(typed, start=1):
        if one.quantity <= 0:
            raise QuantityNotPositive(line=number)
    return typed


def _in_stock_units(typed: Sequence[Found], lines: Mapping[int, MergedPickLine]) -> list[Found]:
    booked = in_stock_units([(lines[one.line_id].item, one.uom_id, one.quantity) for one in typed])
    return [
        replace(one, quantity=in_stock.quantity, uom_id=in_stock.uom_id, unit_factor=in_stock.factor)
        for one, in_stock in zip(typed, booked, strict=True)
    ]


def _require_own(pick: MergedPick, typed: Iterable[Found], lines: Mapping[int, MergedPickLine]) -> None:
    places = {one.location_id for one in typed if one.location_id}
    if Location.objects.filter(pk__in=places).exclude(warehouse_id=pick.warehouse_id).exists():
        raise InvalidInput(message=_("A place is not in the warehouse of this pick."), field="lines")
    if any(one.line_id not in lines for one in typed):
        raise InvalidInput(message=_("One of the lines is not of this pick."), field="lines")


def _open_shares(pick: MergedPick) -> dict[int, list[PickShare]]:
    """The shares with something open, by line, most urgent first, with their material as it is now."""
    rows = PickShare.objects.filter(line__pick=pick, material__isnull=False)
    shares: dict[int, list[PickShare]] = defaultdict(list)
    for row in rows.select_related("material__item").order_by("rank", "id"):
        if row.open_quantity > 0:
            shares[row.line_id].append(row)
    return shares


def _handed_out(
    pick: MergedPick,
    typed: Sequence[Found],
    lines: Mapping[int, MergedPickLine],
    shares: Mapping[int, list[PickShare]],
    default_id: int,
) -> tuple[list[Part], list[MoveInput]]:
    """Which goods go to which material, and what goes to the line side."""
    production = virtual_location(Location.Kind.PRODUCTION)
    parts: list[Part] = []
    surplus: list[MoveInput] = []
    kept = kept_in({share.material_id or 0 for rows in shares.values() for share in rows})
    for line_id, line in lines.items():
        sources = [(one, one.quantity) for one in typed if one.line_id == line_id]
        rows = shares.get(line_id, [])
        own = _kept(line, [one for one, _q in sources], rows, kept, default_id)
        first = [sum((own.get((n, i), ZERO) for i in range(len(sources))), ZERO) for n in range(len(rows))]
        given = _given(pick, line, sum((quantity for _one, quantity in sources), ZERO), rows, first)
        goods, rest = handed_out(sources, given, own)
        for share, taken in zip(rows, goods, strict=True):
            material: WorkOrderMaterial = share.material  # type: ignore[assignment]
            for source, quantity in taken:
                place = source.location_id or line.location_id or default_id
                parts.append(
                    Part(material, quantity, place, production.pk, source.lot_id, source.uom_id, source.unit_factor)
                )
                share.issued_quantity += quantity
        for source, quantity in rest:
            place = source.location_id or line.location_id or default_id
            surplus.append(MoveInput(line.item_id, place, pick.line_side_id or 0, quantity, source.lot_id,
                                     source_line_id=line.pk, uom_id=source.uom_id,
                                     unit_factor=source.unit_factor))  # fmt: skip
    return parts, surplus


def _kept(
    line: MergedPickLine, sources: Sequence[Found], rows: Sequence[PickShare], kept: KeptIn, default_id: int
) -> dict[tuple[int, int], Decimal]:
    """What is reserved for each share in the places where something was found."""
    return {
        (number, index): kept[key]
        for number, share in enumerate(rows)
        for index, one in enumerate(sources)
        if (key := (share.material_id or 0, one.location_id or line.location_id or default_id, one.lot_id)) in kept
    }


def _given(
    pick: MergedPick, line: MergedPickLine, found: Decimal, rows: Sequence[PickShare], kept: Sequence[Decimal]
) -> list[Decimal]:
    """What each share gets of what was found of a line: what is kept for it, then by the rule."""
    needs = [row.open_quantity for row in rows]
    needed = sum(needs, ZERO)
    most = whole_packs(needed, line.pack_quantity) if pick.takes_packs else needed
    if found > most:
        raise FoundTooMuch(item=line.item, found=found, needed=needed, line=line.line_no)
    first = by_priority(found, [min(need, own) for need, own in zip(needs, kept, strict=True)])
    rest = [need - own for need, own in zip(needs, first, strict=True)]
    left = found - sum(first, ZERO)
    is_pro_rata = pick.split_rule == SplitRule.PRO_RATA
    more = pro_rata(left, rest, line.item.uom_decimals) if is_pro_rata else by_priority(left, rest)
    return [own + share for own, share in zip(first, more, strict=True)]


def _store(
    pick: MergedPick, shares: Mapping[int, list[PickShare]], parts: Sequence[Part], surplus: Sequence[MoveInput]
) -> None:
    touched = {part.line.pk for part in parts}
    PickShare.objects.bulk_update(
        [row for rows in shares.values() for row in rows if row.material_id in touched], ["issued_quantity"]
    )
    extra: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for move in surplus:
        extra[move.source_line_id or 0] += move.quantity
    for line_id, quantity in extra.items():
        MergedPickLine.objects.filter(pk=line_id).update(to_line_side=F("to_line_side") + quantity)

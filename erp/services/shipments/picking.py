"""Picking: goods are taken from their places for a shipment, by list or by scan."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q

from core.clock import business_date
from core.context import change_later, insert_later, write_pending
from core.documents import lock, transition
from core.fields import ZERO
from core.operations import operation
from erp.errors import (
    LotRequired,
    NotBeingPicked,
    NothingPicked,
    NothingToUndo,
    PickedTooMuch,
    QuantityNotPositive,
    ShortStock,
    UnknownCode,
)
from erp.models import Lot, PackedGoods, Shipment, ShipmentLine, ShipmentPick
from erp.selectors.picking import pick_suggestions, picked_by_line
from erp.selectors.usable import is_usable
from erp.services.guards import require_edge
from erp.services.reservations.book import ReservationBook
from erp.services.shipments.headers import order_demands
from erp.services.stock import weighed
from erp.services.stock.writing import delete_rows
from erp.states import ShipmentState
from masterdata.models import Item, Location
from masterdata.selectors.search import find_items
from masterdata.selectors.units import InStockUnit, in_stock_unit, in_stock_units

SCANNED = ("line_id", "location_id", "lot_id", "quantity", "second_quantity", "uom_id", "unit_factor")


@operation(permission="erp.pick_shipment", document=(Shipment, "shipment_id"))
def pick_shipment(
    *,
    shipment_id: int,
    picks: Sequence[Mapping[str, Any]] | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Shipment:
    """Finish picking; the picked goods are kept for this shipment until it leaves.

    picks  rows of line_id, location_id, lot_id (or None), quantity (in uom_id; None: stock unit), second_quantity
           (what the scale says of goods kept in two units; none: their share of what lies there) that replace what was
           scanned; None takes the scans.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not a draft.
        QuantityNotPositive, PickedTooMuch, NothingPicked: the rows do not fit the lines.
        UnitNotConvertible: the item has no such unit.
        NoSecondUnit, QuantityTooFine: the second quantity does not fit the item.
        LotRequired: goods tracked by lot are picked without naming it.
        ShortStock: less is there (free, or kept for this order) than was picked.
    """
    shipment = lock(Shipment, shipment_id, version=version)
    require_edge(shipment, ShipmentState.PICKED)
    lines = {line.pk: line for line in shipment.lines.select_related("item__uom", "item__second_uom")}
    if picks is None:
        rows = _gather(shipment, lines, list(ShipmentPick.objects.filter(line__shipment=shipment).values(*SCANNED)))
    else:
        rows = _gather(shipment, lines, _in_stock_units(shipment, lines, picks))
    replaced = _keep_picked(shipment, lines, rows, at)
    if replaced:
        delete_rows(ShipmentPick._meta.db_table, replaced)
        write_pending()
    insert_later(rows)
    for line in lines.values():
        line.picked_quantity = sum((row.quantity for row in rows if row.line_id == line.pk), ZERO)
    change_later(lines.values(), ["picked_quantity"])
    transition(shipment, ShipmentState.PICKED, actor=actor, at=at)
    return shipment


def _in_stock_units(
    shipment: Shipment, lines: Mapping[int, ShipmentLine], picks: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The typed rows with their quantities in stock units, and the factor of the unit they were typed in."""
    for pick in picks:
        if pick["line_id"] not in lines:
            raise UnknownCode(scanned=pick["line_id"], document=shipment)
    typed = in_stock_units([(lines[pick["line_id"]].item, pick.get("uom_id"), pick["quantity"]) for pick in picks])
    return [
        dict(pick) | {"quantity": one.quantity, "uom_id": one.uom_id, "unit_factor": one.factor}
        for pick, one in zip(picks, typed, strict=True)
    ]


def _gather(
    shipment: Shipment, lines: Mapping[int, ShipmentLine], picks: Sequence[Mapping[str, Any]]
) -> list[ShipmentPick]:
    """One row for each place, lot and unit; what was weighed there and what was not stay apart."""
    sums: dict[tuple[int, int, int | None, bool, int | None], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    factors = {(lines[pick["line_id"]].item_id, pick["uom_id"]): pick["unit_factor"] for pick in picks}
    for pick in picks:
        line = lines[pick["line_id"]]
        if pick["quantity"] <= 0:
            raise QuantityNotPositive(line=line.line_no)
        if line.item.tracking != Item.Tracking.NONE and pick.get("lot_id") is None:
            raise LotRequired(item=line.item)
        second = weighed(line.item, pick.get("second_quantity"), line=line.line_no)
        sum_ = sums[line.pk, pick["location_id"], pick.get("lot_id"), second is None, pick["uom_id"]]
        sum_[0] += pick["quantity"]
        sum_[1] += second or ZERO
    if not sums:
        raise NothingPicked(document=shipment)
    for line in lines.values():
        picked = sum((one[0] for key, one in sums.items() if key[0] == line.pk), ZERO)
        if picked > line.quantity:
            raise PickedTooMuch(item=line.item, picked=picked, quantity=line.quantity)
    return [
        ShipmentPick(
            line=lines[line_id],
            location_id=location_id,
            lot_id=lot_id,
            quantity=quantity,
            second_quantity=None if is_unweighed else second,
            uom_id=uom_id,
            unit_factor=factors[lines[line_id].item_id, uom_id],
        )
        for (line_id, location_id, lot_id, is_unweighed, uom_id), (quantity, second) in sorted(
            sums.items(), key=lambda one: (one[0][0], one[0][1], one[0][3])
        )
    ]


def _keep_picked(
    shipment: Shipment, lines: Mapping[int, ShipmentLine], rows: Sequence[ShipmentPick], at: dt.datetime
) -> list[int]:
    """Point the order's reservations at the very balances that were picked; return the picks that ``rows`` replace."""
    demands = order_demands(shipment.order_id)
    used = {line.order_line_id for line in lines.values()}
    demands = {line_id: row for line_id, row in demands.items() if line_id in used}
    book = ReservationBook([row.pk for row in demands.values()], {line.item_id for line in lines.values()})
    by_key = {
        (row.item_id, row.location_id, row.lot_id): row
        for row in book.balances.values()
        if is_usable(row, business_date(at))
    }
    noted = list(
        ShipmentPick.objects.filter(
            Q(line__order_line_id__in=used, line__shipment__state=ShipmentState.PICKED) | Q(line__shipment=shipment)
        ).select_related("line")
    )
    elsewhere = [pick for pick in noted if pick.line.shipment_id != shipment.pk]
    wanted: dict[tuple[int, tuple[int, int, int | None]], Decimal] = defaultdict(lambda: ZERO)
    for pick in [*rows, *elsewhere]:
        wanted[pick.line.order_line_id, (pick.line.item_id, pick.location_id, pick.lot_id)] += pick.quantity
    for line_id, demand in demands.items():
        for held in book.of(demand.pk):
            balance = book.balances[held.balance_id]
            keep = wanted.get((line_id, (balance.item_id, balance.location_id, balance.lot_id)), ZERO)
            if held.quantity > keep:
                book.change(demand.pk, held.balance_id, keep - held.quantity)
    for (line_id, key), quantity in wanted.items():
        shelf = by_key.get(key)
        own = demands.get(line_id)
        held_now = book.rows.get((own.pk, shelf.pk)) if own and shelf else None
        missing = quantity - (held_now.quantity if held_now else ZERO)
        available = shelf.available if shelf else ZERO
        if missing > available:
            raise _short(lines, key, available, missing)
        if own and shelf and missing > 0:
            book.change(own.pk, shelf.pk, min(missing, max(ZERO, own.open_quantity - book.held(own.pk))))
    book.share_out(list(demands.values()), business_date(at))
    book.write(at, is_last=True)
    return [pick.pk for pick in noted if pick.line.shipment_id == shipment.pk]


def _short(lines: Mapping[int, ShipmentLine], key: tuple[int, int, int | None], available: Any, missing: Any) -> Any:
    item = next(line.item for line in lines.values() if line.item_id == key[0])
    location = Location.objects.select_related("warehouse").get(pk=key[1])
    lot = Lot.objects.filter(pk=key[2]).first()
    return ShortStock(item=item, location=location, lot=str(lot or ""), available=available, wanted=missing)


@operation(permission="erp.pick_shipment", document=(Shipment, "shipment_id"))
def reopen_picking(
    *, shipment_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> Shipment:
    """Go back to picking; what was picked stays noted, what was packed is loose again.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not picked, or has left already.
    """
    shipment = lock(Shipment, shipment_id, version=version)
    transition(shipment, ShipmentState.DRAFT, actor=actor, at=at, reason=reason)
    PackedGoods.objects.filter(unit__shipment=shipment).delete()
    return shipment


@operation(permission="erp.pick_shipment", document=(Shipment, "shipment_id"))
def scan_pick(
    *,
    shipment_id: int,
    code: str,
    quantity: Decimal | None = None,
    second_quantity: Decimal | None = None,
    location_id: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Shipment:
    """Note goods as picked by their scanned code: a lot or serial number, or an item's barcode or code.

    quantity     in the unit of the barcode; None: one of it (a lot: all that is missing, at most what is there).
    second_quantity  what the scale says of goods kept in two units; it may be told later (weigh_pick).
    location_id  the place scanned from; None: where the list says.

    Raises:
        NotBeingPicked: picking is over.
        NoSecondUnit, QuantityTooFine: the second quantity does not fit the item.
        UnknownCode: the code is none of this shipment's goods.
        LotRequired: these goods are tracked: scan the lot.
        PickedTooMuch: more than the list asks for.
        ShortStock: nothing of it is free in this warehouse.
    """
    shipment = lock(Shipment, shipment_id)
    _require_open(shipment)
    code = code.strip()
    suggestions = pick_suggestions(shipment, business_date(at))
    lines = list(shipment.lines.select_related("item__uom", "item__second_uom").order_by("line_no"))
    lot = Lot.objects.filter(code=code, item_id__in={line.item_id for line in lines}).select_related("item").first()
    item, scanned = (lot.item, None) if lot else _scanned_item(shipment, lines, code, quantity)
    wanted = scanned.quantity if scanned else quantity
    picked = picked_by_line(shipment)
    line = _line_to_fill(lines, item, picked)
    fitting = [one for one in suggestions if one.line.pk == line.pk and (lot is None or one.lot == lot)]
    if lot is not None and wanted is None:
        wanted = sum((one.quantity for one in fitting), ZERO) or Decimal(1)
    missing = line.quantity - picked.get(line.pk, ZERO)
    if wanted is None or wanted > missing:
        raise PickedTooMuch(item=item, picked=wanted, quantity=missing)
    if location_id is None and not fitting:
        raise ShortStock(item=item, location=shipment.warehouse, lot=str(lot or ""), available=ZERO, wanted=wanted)
    if location_id is None:
        location_id = fitting[0].location.pk
    second = weighed(line.item, second_quantity, line=line.line_no)
    ShipmentPick.objects.create(
        line=line,
        location_id=location_id,
        lot=lot,
        quantity=wanted,
        second_quantity=second,
        uom_id=scanned.uom_id if scanned else None,
        unit_factor=scanned.factor if scanned else None,
    )
    return shipment


@operation(permission="erp.pick_shipment", document=(Shipment, "shipment_id"))
def weigh_pick(
    *, shipment_id: int, pick_id: int, second_quantity: Decimal | None, actor: Any, at: dt.datetime
) -> Shipment:
    """Note what the scale says of goods that were scanned, in the item's second unit; None takes it back.

    Raises:
        NotBeingPicked: picking is over.
        NothingToUndo: the scan was taken back meanwhile.
        NoSecondUnit, QuantityNotPositive, QuantityTooFine: the quantity does not fit the item.
    """
    shipment = lock(Shipment, shipment_id)
    _require_open(shipment)
    picks = ShipmentPick.objects.filter(line__shipment=shipment).select_related("line__item__second_uom")
    pick = picks.filter(pk=pick_id).first()
    if pick is None:
        raise NothingToUndo(document=shipment)
    pick.second_quantity = weighed(pick.line.item, second_quantity, line=pick.line.line_no)
    pick.save(update_fields=["second_quantity"])
    return shipment


def _scanned_item(
    shipment: Shipment, lines: Sequence[ShipmentLine], code: str, quantity: Decimal | None
) -> tuple[Item, InStockUnit]:
    wanted = Item.objects.filter(pk__in={line.item_id for line in lines})
    found: list[Any] = find_items(code, shipment.partner_id, limit=1, queryset=wanted, include_closed=True)
    if not found or found[0].rank > 1:
        raise UnknownCode(scanned=code, document=shipment)
    item = found[0]
    if item.tracking != Item.Tracking.NONE:
        raise LotRequired(item=item)
    count = quantity if quantity is not None else Decimal(1)
    return item, in_stock_unit(item, item.matched_uom_id, count)


def _line_to_fill(lines: Sequence[ShipmentLine], item: Item, picked: Mapping[int, Decimal]) -> ShipmentLine:
    of_item = [line for line in lines if line.item_id == item.pk]
    for line in of_item:
        if picked.get(line.pk, ZERO) < line.quantity:
            return line
    raise PickedTooMuch(item=item, picked=Decimal(1), quantity=ZERO)


@operation(permission="erp.pick_shipment", document=(Shipment, "shipment_id"))
def undo_pick(*, shipment_id: int, actor: Any, at: dt.datetime) -> Shipment:
    """Take back the last scan.

    Raises:
        NotBeingPicked: picking is over.
        NothingToUndo: nothing is noted as picked.
    """
    shipment = lock(Shipment, shipment_id)
    _require_open(shipment)
    last = ShipmentPick.objects.filter(line__shipment=shipment).order_by("-pk").first()
    if last is None:
        raise NothingToUndo(document=shipment)
    last.delete()
    return shipment


def _require_open(shipment: Shipment) -> None:
    if shipment.state != ShipmentState.DRAFT:
        raise NotBeingPicked(document=shipment, state=shipment.get_state_display(), state_code=shipment.state)

"""Counting: typed on the sheet or scanned at the bin, until every line is counted."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db.models import Max, Q

from core import audit
from core.documents import lock, transition
from core.fields import ZERO
from core.money import round_quantity
from core.operations import operation
from erp.errors import (
    CountIncomplete,
    LotRequired,
    NotBeingCounted,
    NothingToUndo,
    NotOnTheList,
    NotYourSheet,
    OutsideTheCount,
    QuantityNotPositive,
    QuantityTooFine,
    SerialNotSingle,
    UnknownCode,
)
from erp.models import Lot, Stocktake, StocktakeBin, StocktakeLine, StocktakeScan
from erp.services.guards import require_edge
from erp.services.stock import LotInput, ensure_lots, lock_balances
from erp.states import StocktakeState
from masterdata.models import Item, Location
from masterdata.selectors.search import find_items
from masterdata.selectors.units import in_stock_units, to_stock_quantity

SUPERVISES = "erp.review_stocktake"


@operation(permission="erp.count_stocktake", document=(Stocktake, "stocktake_id"))
def enter_counted(
    *,
    stocktake_id: int,
    counts: Mapping[int, Decimal | None],
    units: Mapping[int, int] = MappingProxyType({}),
    found: Sequence[Mapping[str, Any]] = (),
    actor: Any,
    at: dt.datetime,
) -> Stocktake:
    """Fill in counted quantities by line id; None takes a line's figure back.

    units  the units they were typed in by line id; a line without one is in its stock unit.
    found  goods in the bins that the sheet does not name: rows of item_id, location_id, lot_code, quantity (in uom_id;
           None: stock unit).
    A count that does not freeze compares each line with the books of this moment, read under lock.

    Raises:
        NotBeingCounted: it has not begun, or counting is over.
        NotOnTheList: a line is of another count, or is not to be counted in this round.
        NotYourSheet: a line is on the sheet of somebody else.
        OutsideTheCount: something was found in a place that is not counted.
        QuantityTooFine, LotRequired, SerialNotSingle: the quantity or lot does not fit the item.
        UnitNotConvertible: the item has no such unit.
    """
    stocktake = _lock_counting(stocktake_id)
    lines = _lines_to_count(stocktake, counts.keys(), actor)
    typed = in_stock_units([(line.item, units.get(line.pk), counts[line.pk] or ZERO) for line in lines])
    for line, one in zip(lines, typed, strict=True):
        _set_count(line, None if counts[line.pk] is None else one.quantity, actor, at)
    if found:
        lines += _found_lines(stocktake, found, actor, at)
    _compare_with_books(stocktake, lines)
    _store(stocktake, lines)
    audit.record(stocktake, "counted", actor=actor, at=at, lines=len(lines))
    return stocktake


@operation(permission="erp.count_stocktake", document=(Stocktake, "stocktake_id"))
def scan_count(
    *,
    stocktake_id: int,
    code: str,
    location_id: int,
    quantity: Decimal | None = None,
    actor: Any,
    at: dt.datetime,
) -> Stocktake:
    """Count goods in a bin by their scanned code: a lot or serial number, or an item's code or barcode.

    quantity  in the unit of the barcode; None: one of it. Each scan adds to what the line has.

    Raises:
        NotBeingCounted, NotYourSheet, NotOnTheList, OutsideTheCount, LotRequired, SerialNotSingle, QuantityTooFine: as
            in enter_counted.
        UnknownCode: nothing answers to the code.
    """
    stocktake = _lock_counting(stocktake_id)
    item, lot, counted = _scanned(stocktake, code.strip(), location_id, quantity)
    known = stocktake.lines.filter(item=item, lot=lot, location_id=location_id).first()
    if known is None:
        row = {"item_id": item.pk, "location_id": location_id, "lot_code": str(lot or ""), "quantity": counted}
        lines = _found_lines(stocktake, [row], actor, at)
    else:
        lines = _lines_to_count(stocktake, [known.pk], actor)
        _set_count(lines[0], (lines[0].counted_quantity or ZERO) + counted, actor, at)
    _compare_with_books(stocktake, lines)
    _store(stocktake, lines)
    line = known or stocktake.lines.get(item=item, lot=lot, location_id=location_id)
    StocktakeScan.objects.create(line=line, quantity=counted, actor=actor, scanned_at=at)
    return stocktake


@operation(permission="erp.count_stocktake", document=(Stocktake, "stocktake_id"))
def undo_count_scan(*, stocktake_id: int, actor: Any, at: dt.datetime) -> Stocktake:
    """Take back the actor's last scan.

    Raises:
        NotBeingCounted: counting is over.
        NothingToUndo: he has scanned nothing.
    """
    stocktake = _lock_counting(stocktake_id)
    scan = StocktakeScan.objects.filter(line__stocktake=stocktake, actor=actor).order_by("-pk").first()
    if scan is None:
        raise NothingToUndo(document=stocktake)
    line = StocktakeLine.objects.select_related("item__uom").get(pk=scan.line_id)
    scan.delete()
    left = max(ZERO, (line.counted_quantity or ZERO) - scan.quantity)
    if line.is_found and not left:
        line.delete()
        return stocktake
    _set_count(line, left or None, actor, at)
    _compare_with_books(stocktake, [line])
    _store(stocktake, [line])
    return stocktake


@operation(permission="erp.count_stocktake", document=(Stocktake, "stocktake_id"))
def finish_counting(
    *,
    stocktake_id: int,
    uncounted_as_zero: bool = False,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Stocktake:
    """End the counting; the differences are reviewed next.

    uncounted_as_zero  what nobody counted is not there.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not being counted.
        CountIncomplete: lines are not counted yet.
    """
    stocktake = lock(Stocktake, stocktake_id, version=version)
    require_edge(stocktake, StocktakeState.REVIEW)
    missing = list(
        stocktake.lines.filter(counted_quantity__isnull=True)
        .select_related("item__uom", "location__warehouse")
        .order_by("line_no")
    )
    if missing and not uncounted_as_zero:
        first = missing[0]
        raise CountIncomplete(document=stocktake, lines=len(missing), item=first.item, location=first.location)
    for line in missing:
        _set_count(line, ZERO, actor, at)
    _compare_with_books(stocktake, missing)
    _store(stocktake, missing)
    transition(stocktake, StocktakeState.REVIEW, actor=actor, at=at)
    return stocktake


def _lock_counting(stocktake_id: int) -> Stocktake:
    stocktake: Stocktake = lock(Stocktake, stocktake_id)
    if stocktake.state != StocktakeState.COUNTING:
        raise NotBeingCounted(document=stocktake, state=stocktake.get_state_display(), state_code=stocktake.state)
    return stocktake


def _lines_to_count(stocktake: Stocktake, line_ids: Iterable[int], actor: Any) -> list[StocktakeLine]:
    wanted = set(line_ids)
    rows = StocktakeLine.objects.filter(pk__in=wanted).select_related(
        "item__uom", "location__warehouse", "sheet__counter"
    )
    lines = list(rows.order_by("line_no"))
    if len(lines) != len(wanted):
        raise NotOnTheList(item="?", location="?")
    for line in lines:
        if line.stocktake_id != stocktake.pk or not line.to_count:
            raise NotOnTheList(item=line.item, location=line.location)
        _require_own(line, actor)
    return lines


def _require_own(line: StocktakeLine, actor: Any) -> None:
    counter = line.sheet.counter
    if counter is None or actor is None or counter.pk == actor.pk or actor.has_perm(SUPERVISES):
        return
    raise NotYourSheet(item=line.item, location=line.location, counter=counter)


def _set_count(line: StocktakeLine, quantity: Decimal | None, actor: Any, at: dt.datetime) -> None:
    item = line.item
    if quantity is not None:
        if quantity < 0:
            raise QuantityNotPositive(line=line.line_no, item=item)
        if round_quantity(quantity, item.uom_decimals) != quantity:
            raise QuantityTooFine(item=item, uom=item.uom, decimals=item.uom_decimals, quantity=quantity)
        if item.tracking == Item.Tracking.SERIAL and quantity > 1:
            raise SerialNotSingle(item=item, lot=line.lot)
    line.counted_quantity = quantity
    line.counted_by = actor if quantity is not None and getattr(actor, "pk", None) else None
    line.counted_at = at if quantity is not None else None


def _found_lines(
    stocktake: Stocktake, rows: Sequence[Mapping[str, Any]], actor: Any, at: dt.datetime
) -> list[StocktakeLine]:
    """Return unsaved lines of goods that the books do not know in their bin (known ones: that line counted)."""
    items = Item.objects.select_related("uom").in_bulk({row["item_id"] for row in rows})
    lots = ensure_lots([LotInput(row["item_id"], row.get("lot_code") or "") for row in rows], at)
    number = stocktake.lines.aggregate(last=Max("line_no"))["last"] or 0
    sheets = dict(stocktake.lines.values_list("location_id", "sheet_id"))
    first_sheet = stocktake.sheets.order_by("number").values_list("pk", flat=True).first()
    typed = in_stock_units([(items[row["item_id"]], row.get("uom_id"), row["quantity"]) for row in rows])
    lines = []
    for row, one in zip(rows, typed, strict=True):
        item, place = items[row["item_id"]], row["location_id"]
        _require_inside(stocktake, place, item)
        lot = lots.get((item.pk, (row.get("lot_code") or "").strip()))
        if item.tracking != Item.Tracking.NONE and lot is None:
            raise LotRequired(item=item)
        line = stocktake.lines.filter(item=item, lot=lot, location_id=place).select_related("sheet__counter").first()
        if line is None:
            number += 1
            line = StocktakeLine(stocktake=stocktake, line_no=number, lot=lot, location_id=place, is_found=True)
            line.sheet_id = sheets.get(place) or first_sheet or 0
        elif not line.to_count:
            raise NotOnTheList(item=item, location=line.location)
        line.item = item
        _require_own(line, actor)
        _set_count(line, one.quantity, actor, at)
        lines.append(line)
    return lines


def _require_inside(stocktake: Stocktake, location_id: int, item: Item) -> None:
    inside = StocktakeBin.objects.filter(Q(item__isnull=True) | Q(item=item), location_id=location_id)
    if not inside.filter(stocktake=stocktake).exists():
        raise OutsideTheCount(location=Location.objects.get(pk=location_id), document=stocktake)


def _compare_with_books(stocktake: Stocktake, lines: Iterable[StocktakeLine]) -> None:
    """Set the book quantity of new lines, and (bins not frozen) of every counted line, from the locked balances."""
    changing = [line for line in lines if line.pk is None or not stocktake.freezes]
    balances = lock_balances({(line.item_id, line.location_id, line.lot_id, None) for line in changing})
    for line in changing:
        line.book_quantity = balances[line.item_id, line.location_id, line.lot_id, None].on_hand


def _store(stocktake: Stocktake, lines: Iterable[StocktakeLine]) -> None:
    rows = list(lines)
    StocktakeLine.objects.bulk_create([line for line in rows if line.pk is None])
    known = [line for line in rows if line.pk is not None]
    StocktakeLine.objects.bulk_update(known, ["counted_quantity", "counted_by", "counted_at", "book_quantity"])
    stocktake.version += 1
    stocktake.save(update_fields=["version"])


def _scanned(
    stocktake: Stocktake, code: str, location_id: int, quantity: Decimal | None
) -> tuple[Item, Lot | None, Decimal]:
    lots = Lot.objects.filter(code=code).select_related("item__uom").order_by("-pk")
    here = stocktake.lines.filter(location_id=location_id, lot__code=code)
    lot = lots.filter(pk__in=here.values("lot")).first() or lots.first()
    if lot is not None:
        return lot.item, lot, quantity if quantity is not None else Decimal(1)
    found: list[Any] = find_items(code, limit=1, include_closed=True)
    if not found or found[0].rank > 1:
        raise UnknownCode(scanned=code, document=stocktake)
    item = found[0]
    if item.tracking != Item.Tracking.NONE:
        raise LotRequired(item=item)
    counted = quantity if quantity is not None else Decimal(1)
    if item.matched_uom_id and item.matched_uom_id != item.uom_id:
        counted = to_stock_quantity(item, item.units.get(uom_id=item.matched_uom_id).uom, counted)
    return item, None, counted

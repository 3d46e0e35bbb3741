"""What is to be counted: drafted, started on a locked snapshot of the books, given up."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidInput
from core.locks import lock_rows
from core.operations import operation
from erp.errors import BinIsCounted, NotDraft, NothingToCount
from erp.models import StockBalance, Stocktake, StocktakeBin, StocktakeLine, StocktakeSheet
from erp.selectors.stock_rules import stock_rules
from erp.selectors.stocktakes import places_of, scope_balances
from erp.services.stock.locking import BALANCE_KEY
from erp.states import StocktakeKind, StocktakeState
from masterdata.models import Location, Warehouse, Zone


class StocktakeInput(TypedDict, total=False):
    """The header of a stocktake as people and programs type it."""

    kind: str
    warehouse_id: int
    zone_id: int | None
    location_id: int | None
    category_id: int | None
    abc_class: str
    only_due: bool
    is_blind: bool
    freezes: bool
    tolerance_percent: Decimal | None
    tolerance_value: Decimal | None
    note: str
    counter_ids: Sequence[int]


@operation(permission="erp.add_stocktake")
def create_stocktake(*, actor: Any, at: dt.datetime, **header: Unpack[StocktakeInput]) -> Stocktake:
    """Plan a count of a warehouse, or of the part of it that the scope names; nothing is frozen yet.

    kind               cycle (a part, often) or full (everything: no category, class or counting plan).
    counter_ids        one count sheet for each; none: one sheet that anybody may count.
    tolerance_percent  None: as the stock settings say.

    Raises:
        InvalidInput: the place is in another warehouse, or a full stocktake names a part of the items.
    """
    stocktake = Stocktake(
        number=next_number(Stocktake, at),
        document_date=business_date(at),
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
    )
    return _save(stocktake, header)


@operation(permission="erp.change_stocktake", document=(Stocktake, "stocktake_id"))
def update_stocktake(
    *, stocktake_id: int, version: int | None = None, actor: Any, at: dt.datetime, **header: Unpack[StocktakeInput]
) -> Stocktake:
    """Change the plan of a count that has not begun: header values and counters given by name.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotDraft: it has begun.
        InvalidInput: as in create_stocktake.
    """
    stocktake = lock(Stocktake, stocktake_id, version=version)
    _require_draft(stocktake)
    stocktake.version += 1
    return _save(stocktake, header)


def _require_draft(stocktake: Stocktake) -> None:
    if stocktake.state != StocktakeState.DRAFT:
        raise NotDraft(document=stocktake, state=stocktake.get_state_display(), state_code=stocktake.state)


def _save(stocktake: Stocktake, header: StocktakeInput) -> Stocktake:
    values: dict[str, Any] = dict(header)
    counters = values.pop("counter_ids", None)
    if stocktake.pk is None and values.get("tolerance_percent") is None:
        values["tolerance_percent"] = stock_rules().tolerance_percent
    for name, value in values.items():
        if name != "tolerance_percent" or value is not None:
            setattr(stocktake, name, value)
    _require_sound(stocktake)
    is_new = stocktake.pk is None
    stocktake.save()
    if counters is not None or is_new:
        stocktake.sheets.all().delete()
        StocktakeSheet.objects.bulk_create(
            StocktakeSheet(stocktake=stocktake, number=number, counter_id=pk)
            for number, pk in enumerate(counters or [None], start=1)
        )
    return stocktake


def _require_sound(stocktake: Stocktake) -> None:
    if stocktake.kind not in StocktakeKind.values:
        raise InvalidInput(message=_("A count is a cycle count or a full stocktake."), field="kind")
    if not Warehouse.objects.filter(pk=stocktake.warehouse_id).exists():
        raise InvalidInput(message=_("Choose a warehouse."), field="warehouse")
    if stocktake.zone_id and not Zone.objects.filter(pk=stocktake.zone_id, warehouse=stocktake.warehouse_id).exists():
        raise InvalidInput(message=_("The zone is not in this warehouse."), field="zone")
    places = places_of(stocktake.warehouse_id, stocktake.zone_id)
    if stocktake.location_id and not places.filter(pk=stocktake.location_id).exists():
        raise InvalidInput(message=_("The place is not in this warehouse."), field="location")
    names_items = stocktake.category_id or stocktake.abc_class or stocktake.only_due
    if stocktake.kind == StocktakeKind.FULL and names_items:
        raise InvalidInput(
            message=_("A full stocktake counts all items. Leave out category, class and counting plan."), field="kind"
        )


@operation(permission="erp.start_stocktake", document=(Stocktake, "stocktake_id"))
def start_stocktake(*, stocktake_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Stocktake:
    """Take the snapshot of the books under lock, write the count sheets, and freeze the bins if the count freezes.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotDraft: it has begun or is cancelled.
        BinIsCounted: another count of one of the bins is under way.
        NothingToCount: the books know nothing there, and a cycle count looks for nothing else.
    """
    stocktake = lock(Stocktake, stocktake_id, version=version)
    _require_draft(stocktake)
    day = business_date(at)
    balances = lock_rows(
        StockBalance.objects.filter(pk__in=scope_balances(stocktake, day).values("pk")),
        order_by=BALANCE_KEY,
    )
    places = {row.pk: row for row in places_of(stocktake.warehouse_id, stocktake.zone_id)}
    bins = _bins(stocktake, balances, places)
    _require_free(bins)
    if not balances and (stocktake.kind == StocktakeKind.CYCLE or not bins):
        raise NothingToCount(document=stocktake)
    StocktakeBin.objects.bulk_create(bins)
    _write_lines(stocktake, balances, places)
    stocktake.snapshot_at = at
    stocktake.rounds = 1
    stocktake.save(update_fields=["snapshot_at", "rounds"])
    transition(stocktake, StocktakeState.COUNTING, actor=actor, at=at)
    return stocktake


def _bins(stocktake: Stocktake, balances: Iterable[StockBalance], places: dict[int, Location]) -> list[StocktakeBin]:
    if stocktake.category_id or stocktake.abc_class or stocktake.only_due:
        pairs = sorted({(row.location_id, row.item_id) for row in balances})
        return [StocktakeBin(stocktake=stocktake, location_id=place, item_id=item) for place, item in pairs]
    chosen = [stocktake.location_id] if stocktake.location_id else sorted(places)
    return [StocktakeBin(stocktake=stocktake, location_id=place) for place in chosen]


def _require_free(bins: Sequence[StocktakeBin]) -> None:
    whole = [one.location_id for one in bins if one.item_id is None]
    taken = Q(location__in=whole) | Q(location__in=[one.location_id for one in bins], item__isnull=True)
    items = {one.item_id for one in bins if one.item_id}
    rows = StocktakeBin.objects.select_related("stocktake", "location__warehouse")
    found = rows.filter(taken).first()
    wanted = {(one.location_id, one.item_id) for one in bins}
    if found is None and items:
        same = rows.filter(item__in=items, location__in={one.location_id for one in bins})
        found = next((one for one in same if (one.location_id, one.item_id) in wanted), None)
    if found is not None:
        raise BinIsCounted(location=found.location, stocktake=found.stocktake)


def _write_lines(stocktake: Stocktake, balances: Sequence[StockBalance], places: dict[int, Location]) -> None:
    """Write one line per balance, in the order one walks; each sheet gets a run of places of about equal length."""
    sheets = list(stocktake.sheets.all())
    walk = sorted(balances, key=lambda row: (*_walked(places[row.location_id]), row.item_id, row.lot_id or 0))
    share = max(1, -(-len(walk) // len(sheets)))
    lines, sheet_no, before = [], 0, None
    for number, row in enumerate(walk):
        if number >= (sheet_no + 1) * share and row.location_id != before and sheet_no + 1 < len(sheets):
            sheet_no += 1
        before = row.location_id
        lines.append(
            StocktakeLine(
                stocktake=stocktake,
                sheet=sheets[sheet_no],
                line_no=number + 1,
                item_id=row.item_id,
                lot_id=row.lot_id,
                location_id=row.location_id,
                book_quantity=row.on_hand,
            )
        )
    StocktakeLine.objects.bulk_create(lines)


def _walked(place: Location) -> tuple[int, str]:
    return (place.pick_order, place.code)


@operation(permission="erp.cancel_stocktake", document=(Stocktake, "stocktake_id"))
def cancel_stocktake(
    *, stocktake_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> Stocktake:
    """Give a count up; its bins are free again, the books stay as they are.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is posted or cancelled already.
    """
    stocktake = lock(Stocktake, stocktake_id, version=version)
    transition(stocktake, StocktakeState.CANCELLED, actor=actor, at=at, reason=reason)
    stocktake.bins.all().delete()
    return stocktake

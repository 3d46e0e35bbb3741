"""Reading stocktakes: their scope, how far the counting is, what differs and what that is worth."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from core.fields import ZERO
from core.money import round_amount
from erp.models import ItemClass, StockBalance, Stocktake, StocktakeBin, StocktakeLine, StocktakeScan
from erp.selectors.costs import unit_costs
from erp.selectors.count_plan import due_items
from erp.states import StocktakeState
from masterdata.models import Location

HUNDRED = Decimal(100)
REVIEWS = "erp.review_stocktake"


def places_of(warehouse_id: int, zone_id: int | None = None) -> QuerySet[Location]:
    """Return the places of a warehouse (of one zone of it) that can be counted, in the order one walks."""
    rows = Location.objects.filter(warehouse_id=warehouse_id, kind=Location.Kind.STORAGE)
    rows = rows.filter(zone_id=zone_id) if zone_id else rows
    return rows.order_by("pick_order", "code")


def scope_balances(stocktake: Stocktake, day: dt.date) -> QuerySet[StockBalance]:
    """Return the balances with goods in them that a stocktake of today would count."""
    rows = StockBalance.objects.filter(
        location__warehouse_id=stocktake.warehouse_id,
        location__kind=Location.Kind.STORAGE,
        on_hand__gt=0,
        owner__isnull=True,
    )
    if stocktake.location_id:
        rows = rows.filter(location_id=stocktake.location_id)
    if stocktake.zone_id:
        rows = rows.filter(location__zone_id=stocktake.zone_id)
    if stocktake.category_id:
        rows = rows.filter(Q(item__category=stocktake.category_id) | Q(item__category__parent=stocktake.category_id))
    if stocktake.abc_class:
        rows = rows.filter(item__in=ItemClass.objects.filter(abc_class=stocktake.abc_class).values("item"))
    if stocktake.only_due:
        due = due_items(day, stocktake.warehouse_id)
        rows = rows.filter(item__in=[one.item_id for one in due])
    return rows


def stocktakes() -> QuerySet[Stocktake]:
    """Return stocktakes with how many lines they have and how many are counted, newest first."""
    rows = Stocktake.objects.select_related("warehouse", "owner").annotate(
        line_count=Count("lines"), counted_count=Count("lines", filter=Q(lines__counted_quantity__isnull=False))
    )
    return rows.order_by("-pk")


def hides_book(stocktake: Stocktake, user: Any) -> bool:
    """Return whether ``user`` must not see what the books say: a blind count that is not finished."""
    hidden = stocktake.is_blind and stocktake.state in {StocktakeState.DRAFT, StocktakeState.COUNTING}
    return hidden and not user.has_perm(REVIEWS)


@dataclass(frozen=True)
class Difference:
    """A line as the review shows it; ``value`` is estimated at today's cost until it is posted."""

    line: StocktakeLine
    difference: Decimal | None
    value: Decimal | None
    is_beyond: bool


@dataclass(frozen=True)
class Result:
    """All lines of a stocktake, and what was gained and lost, base currency."""

    rows: list[Difference]
    gain: Decimal
    loss: Decimal

    @property
    def differing(self) -> list[Difference]:
        """Lines that differ from the books."""
        return [row for row in self.rows if row.difference]

    @property
    def weight(self) -> Decimal:
        """Gain and loss together: what an approval looks at."""
        return self.gain + self.loss


def lines_of(stocktake: Stocktake) -> QuerySet[StocktakeLine]:
    """Return the lines with what a page shows of them, in the order one walks."""
    return stocktake.lines.select_related(
        "item__uom", "lot", "location__warehouse", "sheet__counter", "counted_by"
    ).order_by("line_no")


def result_of(stocktake: Stocktake) -> Result:
    """Return what a count found, line by line."""
    lines = list(lines_of(stocktake))
    costs = unit_costs({line.item_id for line in lines if line.difference})
    rows = [_difference(stocktake, line, costs) for line in lines]
    values = [row.value or ZERO for row in rows]
    return Result(rows, sum((one for one in values if one > 0), ZERO), -sum((one for one in values if one < 0), ZERO))


def _difference(stocktake: Stocktake, line: StocktakeLine, costs: dict[int, Decimal]) -> Difference:
    difference = line.difference
    if difference is None:
        return Difference(line, None, None, is_beyond=False)
    value = line.amount
    if value is None:
        value = round_amount(difference * costs.get(line.item_id, ZERO), 2) if difference else ZERO
    allowed = line.book_quantity * stocktake.tolerance_percent / HUNDRED
    too_dear = stocktake.tolerance_value is not None and abs(value) > stocktake.tolerance_value
    return Difference(line, difference, value, is_beyond=bool(difference) and (abs(difference) > allowed or too_dear))


def beyond_tolerance(stocktake: Stocktake) -> list[StocktakeLine]:
    """Return the lines whose difference asks for a recount: those not counted a second time yet."""
    return [row.line for row in result_of(stocktake).rows if row.is_beyond and row.line.previous_quantity is None]


@dataclass(frozen=True)
class Progress:
    """How far a stocktake (or one sheet of it) is."""

    sheet: Any
    counted: int
    lines: int


def progress_of(stocktake: Stocktake) -> list[Progress]:
    """Return how far each sheet is, in this round."""
    sheets = stocktake.sheets.select_related("counter").annotate(
        lines_now=Count("lines", filter=Q(lines__to_count=True)),
        counted_now=Count("lines", filter=Q(lines__to_count=True, lines__counted_quantity__isnull=False)),
    )
    return [Progress(sheet, sheet.counted_now, sheet.lines_now) for sheet in sheets.order_by("number")]


def sheet_lines(stocktake: Stocktake, user: Any, location_id: int | None = None) -> QuerySet[StocktakeLine]:
    """Return the lines ``user`` counts now (of one place): his sheets and those of nobody; a reviewer: all."""
    rows = lines_of(stocktake).filter(to_count=True)
    if location_id:
        rows = rows.filter(location_id=location_id)
    if not user.has_perm(REVIEWS):
        rows = rows.filter(Q(sheet__counter=user) | Q(sheet__counter__isnull=True))
    return rows


def places_to_count(stocktake: Stocktake, user: Any) -> list[dict[str, Any]]:
    """Return the places of the lines ``user`` counts now, with how far each is."""
    rows = (
        sheet_lines(stocktake, user)
        .order_by()
        .values("location_id", "location__code")
        .annotate(lines=Count("pk"), counted=Count("pk", filter=Q(counted_quantity__isnull=False)))
        .order_by("location__code")
    )
    return [dict(row) for row in rows]


def last_scan(stocktake: Stocktake, user: Any) -> StocktakeScan | None:
    """Return the user's last scan of a stocktake."""
    rows = StocktakeScan.objects.filter(line__stocktake=stocktake, actor=user)
    return rows.select_related("line__item", "line__lot").order_by("-pk").first()


def place_by_code(stocktake: Stocktake, code: str) -> Location | None:
    """Return the place of a stocktake that was scanned."""
    places = Location.objects.filter(pk__in=StocktakeBin.objects.filter(stocktake=stocktake).values("location"))
    return places.filter(code__iexact=code.strip()).first()


def waiting_for(user: Any) -> QuerySet[Stocktake]:
    """Return the stocktakes in which ``user`` has something to count."""
    mine = Q(lines__sheet__counter=user) | Q(lines__sheet__counter__isnull=True)
    return (
        Stocktake.objects.filter(
            mine, state=StocktakeState.COUNTING, lines__to_count=True, lines__counted_quantity__isnull=True
        )
        .select_related("warehouse")
        .distinct()
        .order_by("pk")
    )


def to_review() -> QuerySet[Stocktake]:
    """Return the stocktakes whose differences wait for a decision."""
    return Stocktake.objects.filter(state=StocktakeState.REVIEW).select_related("warehouse").order_by("pk")


def frozen_bin(bins: Collection[tuple[int, int]], *, but_id: int | None) -> StocktakeBin | None:
    """Return a bin among these (location, item) that a freezing count keeps still, other than count ``but_id``."""
    rows = StocktakeBin.objects.filter(location__in={one[0] for one in bins}, stocktake__freezes=True)
    for row in rows.exclude(stocktake_id=but_id or 0).select_related("stocktake", "location__warehouse"):
        if row.item_id is None or (row.location_id, row.item_id) in bins:
            return row
    return None

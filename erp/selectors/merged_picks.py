"""Reading merged picks: what orders still need, what is on open picks, where to fetch it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, QuerySet

from core.fields import ZERO
from erp.engines.sharing import whole_packs
from erp.models import MergedPick, MergedPickLine, PickShare, StockBalance, WorkOrder, WorkOrderMaterial
from erp.selectors.kept import Kept, kept_for
from erp.selectors.taking import first_out
from erp.selectors.usable import usable_balances
from erp.selectors.work_orders import ON_THE_FLOOR, FromPlace
from erp.states.engineering import IssueMethod
from erp.states.making import MergedPickState
from masterdata.models import ItemUnit, Location


def merged_picks() -> QuerySet[MergedPick]:
    """Return merged picks with what a list shows of them."""
    return MergedPick.objects.select_related("warehouse", "owner")


def wanting_orders(warehouse_id: int | None = None) -> QuerySet[WorkOrder]:
    """Return the orders on the floor that still need material, most urgent first."""
    needing = WorkOrderMaterial.objects.filter(
        required_quantity__gt=F("issued_quantity"), issue_method=IssueMethod.PICK
    )
    rows = WorkOrder.objects.filter(state__in=ON_THE_FLOOR, pk__in=needing.values("work_order"))
    rows = rows.filter(warehouse_id=warehouse_id) if warehouse_id else rows
    return rows.select_related("item__uom", "warehouse").order_by("priority", "start_date", "due_date", "pk")


def by_urgency(orders: Iterable[WorkOrder]) -> list[WorkOrder]:
    """Return orders in the order in which they are served."""
    return sorted(orders, key=lambda one: (one.priority, one.start_date, one.due_date, one.pk))


def packs_of(item_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return the pack of each item: its smallest other unit that is more than one stock unit."""
    packs: dict[int, Decimal] = {}
    for item_id, factor in ItemUnit.objects.filter(item_id__in=list(item_ids), factor__gt=1).values_list(
        "item_id", "factor"
    ):
        packs[item_id] = min(factor, packs.get(item_id, factor))
    return packs


@dataclass
class PickRow:
    """A line of a pick with its shares: what is still to be issued, how much to fetch, and from where."""

    line: MergedPickLine
    shares: list[PickShare]
    to_fetch: Decimal = ZERO
    places: list[FromPlace] = field(default_factory=list)

    @property
    def planned(self) -> Decimal:
        """What the shares are in all."""
        return sum((one.planned_quantity - one.dropped_quantity for one in self.shares), ZERO)

    @property
    def issued(self) -> Decimal:
        """What is issued already."""
        return sum((one.issued_quantity for one in self.shares), ZERO)

    @property
    def dropped(self) -> Decimal:
        """What was given up: fetched already, it is to be put back."""
        return sum((one.dropped_quantity for one in self.shares), ZERO)

    @property
    def still_open(self) -> Decimal:
        """What is still to be issued."""
        return sum((one.open_quantity for one in self.shares), ZERO)

    @property
    def short(self) -> Decimal:
        """What of it lies nowhere usable."""
        return max(ZERO, self.still_open - sum((one.quantity for one in self.places), ZERO))


def pick_rows(pick: MergedPick, today: dt.date | None = None) -> list[PickRow]:
    """Return the lines with their shares; with ``today`` also from where to fetch what is open, by the rule of taking.

    Lines of one item share what there is, in their order.
    """
    lines = list(pick.lines.select_related("item__uom", "location__warehouse").order_by("line_no"))
    shares: dict[int, list[PickShare]] = defaultdict(list)
    for share in PickShare.objects.filter(line__pick=pick).select_related("work_order__item").order_by("rank", "id"):
        shares[share.line_id].append(share)
    rows = [PickRow(line, shares[line.pk]) for line in lines]
    if today is not None and pick.state == MergedPickState.OPEN:
        _find_places(pick, rows, today)
    return rows


def _find_places(pick: MergedPick, rows: Sequence[PickRow], today: dt.date) -> None:
    usable = (
        usable_balances(today)
        .filter(item_id__in={row.line.item_id for row in rows}, location__warehouse_id=pick.warehouse_id)
        .filter(location__kind=Location.Kind.STORAGE)
        .select_related("item", "location__warehouse", "lot")
    )
    balances: dict[int, list[StockBalance]] = defaultdict(list)
    for balance in sorted(usable, key=first_out):
        balances[balance.item_id].append(balance)
    left = {one.pk: one.available for found in balances.values() for one in found}
    kept = kept_for(share.material_id for row in rows for share in row.shares if share.material_id)
    for row in rows:
        own = _kept_of(row, kept)
        row.to_fetch = whole_packs(row.still_open, row.line.pack_quantity if pick.takes_packs else ZERO)
        missing = row.to_fetch
        for one in balances[row.line.item_id]:
            if row.line.location_id not in {None, one.location_id}:
                continue
            taken = min(missing, left[one.pk] + own.get(one.pk, ZERO))
            if taken > 0:
                row.places.append(FromPlace(one.location, one.lot, taken))
                left[one.pk] -= max(ZERO, taken - own.get(one.pk, ZERO))
                missing -= taken


def _kept_of(row: PickRow, kept: Kept) -> dict[int, Decimal]:
    """What is kept for the open shares of a line, by balance."""
    own: dict[int, Decimal] = defaultdict(lambda: ZERO)
    materials = {share.material_id for share in row.shares if share.open_quantity > 0}
    for (material_id, balance_id), quantity in kept.items():
        if material_id in materials:
            own[balance_id] += quantity
    return own

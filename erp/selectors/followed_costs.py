"""What was added to the cost of received goods later, and where it went: read from the value entries it left."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, QuerySet

from core.clock import company
from core.fields import ZERO
from core.money import split_amount
from erp.models import LayerUse, StockMove, ValueEntry, WorkOrder
from erp.states import EntryKind, ValueCounter
from masterdata.models import Item

AFTERWARDS = (EntryKind.PRICE_CORRECTION, EntryKind.LATE_COST, EntryKind.MONTH_AVERAGE)
DELIVERED = frozenset({ValueCounter.DISPATCHED, ValueCounter.COST_OF_SALES})

Source = tuple[str, int]
"""Label and key of the document that brought the cost."""


@dataclass(frozen=True)
class FollowedPart:
    """The part of a late cost that left stock with the goods, base currency; ``is_carried``: it went on into what a
    closed work order or a subcontractor made of them."""

    counter: ValueCounter
    amount: Decimal
    work_order: WorkOrder | None = None
    is_carried: bool = False


@dataclass
class FollowedCost:
    """What one document changed of the value of one receipt: ``amount`` (below zero: cheaper), and where it is."""

    move: StockMove
    item: Item
    kind: EntryKind
    source_label: str
    source_id: int
    booked_on: dt.date
    amount: Decimal
    parts: list[FollowedPart] = field(default_factory=list)

    @property
    def is_cross_period(self) -> bool:
        """Whether it is booked in a later month than the receipt, whose period was closed."""
        received = self.move.moved_on
        return (self.booked_on.year, self.booked_on.month) > (received.year, received.month)

    @property
    def in_process(self) -> Decimal:
        """The part in work in progress of orders that were open."""
        return self._sum(one for one in self.parts if one.counter == ValueCounter.WIP and not one.is_carried)

    @property
    def delivered(self) -> Decimal:
        """The part of delivered goods: cost of sales, as soon as the delivery is."""
        return self._sum(one for one in self.parts if one.counter in DELIVERED)

    @property
    def carried(self) -> Decimal:
        """The part that went on into other goods made of these."""
        return self._sum(one for one in self.parts if one.is_carried)

    @property
    def elsewhere(self) -> Decimal:
        """The part that is a loss, a variance or gone back."""
        return self._sum(self.parts) - self.in_process - self.delivered - self.carried

    @property
    def in_stock(self) -> Decimal:
        """The part that stayed with the goods on hand."""
        return self.amount - self._sum(self.parts)

    @property
    def work_orders(self) -> list[WorkOrder]:
        """The work orders it went to, each once."""
        found = {one.work_order.pk: one.work_order for one in self.parts if one.work_order is not None}
        return [found[pk] for pk in sorted(found)]

    @staticmethod
    def _sum(parts: Iterable[FollowedPart]) -> Decimal:
        return sum((one.amount for one in parts), ZERO)


def followed_costs(move_ids: Collection[int]) -> list[FollowedCost]:
    """Return what later documents added to the goods that these moves brought, oldest first (6 statements).

    What an issue was taken back of by a reversal counts as in stock again. Source: HARD_RULES §7.
    """
    entries = _entries_of(move_ids).select_related("move", "item__uom")
    found: dict[tuple[Source, int], FollowedCost] = {}
    for entry in entries.filter(kind__in=AFTERWARDS).order_by("pk"):
        key = ((entry.source_label, entry.source_id), entry.move_id or 0)
        if key in found:
            found[key].amount += entry.amount
        elif entry.move is not None:
            kind = EntryKind(entry.kind)
            found[key] = FollowedCost(entry.move, entry.item, kind, *key[0], entry.booked_on, entry.amount)
    if found:
        _add_parts(found)
        for variance in entries.filter(kind=EntryKind.VARIANCE):
            cost = found.get(((variance.source_label, variance.source_id), variance.move_id or 0))
            if cost is not None:
                cost.parts.append(FollowedPart(ValueCounter(variance.counter), -variance.amount))
    return list(found.values())


def entries_after(move_ids: Iterable[int]) -> QuerySet[ValueEntry]:
    """Return the value entries that later documents left for the goods of these moves: on them, and where they went."""
    of_uses = LayerUse.objects.filter(layer__move__in=list(move_ids), quantity=0).values("entry")
    afterwards = ValueEntry.objects.filter(kind__in=(*AFTERWARDS, EntryKind.VARIANCE), quantity=0)
    return afterwards.filter(Q(move__in=list(move_ids)) | Q(pk__in=of_uses))


def _entries_of(move_ids: Collection[int]) -> QuerySet[ValueEntry]:
    return ValueEntry.objects.filter(move__in=move_ids, quantity=0)


def _add_parts(found: Mapping[tuple[Source, int], FollowedCost]) -> None:
    """Add to each cost what left its goods' layer for other places."""
    moves = {move_id for _source, move_id in found}
    uses = LayerUse.objects.filter(layer__move__in=moves, quantity=0, entry__kind__in=AFTERWARDS)
    rows = list(uses.select_related("entry", "move", "layer").order_by("pk"))
    backs = _taken_back({use.move_id for use in rows})
    orders = WorkOrder.objects.in_bulk({use.entry.work_order_id for use in rows if use.entry.work_order_id})
    carried = _carried({source for source, _move in found}, orders)
    own = company()
    decimals = own.base_decimals if own else 2
    for use in rows:
        entry = use.entry
        source = (entry.source_label, entry.source_id)
        cost = found.get((source, use.layer.move_id))
        if cost is None:
            continue
        counter = ValueCounter(entry.counter)
        order = orders.get(entry.work_order_id or 0)
        goes_on = counter == ValueCounter.SUBCONTRACT or (order is not None and (*source, order.pk) in carried)
        stays = _kept(use, backs.get(use.move_id, []), decimals)
        if stays:
            cost.parts.append(FollowedPart(counter, stays, order, goes_on))


def _taken_back(move_ids: Iterable[int]) -> dict[int, list[StockMove]]:
    found: dict[int, list[StockMove]] = defaultdict(list)
    for move in StockMove.objects.filter(reverses__in=set(move_ids)).order_by("pk"):
        found[move.reverses_id or 0].append(move)
    return found


def _kept(use: LayerUse, backs: Iterable[StockMove], decimals: int) -> Decimal:
    """Return what stayed where the goods went: not with those that had been taken back by then."""
    returned = [move.quantity for move in backs if move.created_at < use.entry.created_at]
    if not returned:
        return use.amount
    return split_amount(use.amount, [use.move.quantity - sum(returned, ZERO), *returned], decimals)[0]


def _carried(sources: Iterable[Source], order_ids: Collection[int]) -> set[tuple[str, int, int]]:
    """Return (source, work order) of orders that handed what came to them on to what they had made."""
    on_output = ValueEntry.objects.filter(
        work_order_id__in=order_ids, kind__in=AFTERWARDS, move__kind=EntryKind.PRODUCTION
    )
    rows = on_output.values_list("source_label", "source_id", "work_order_id").distinct()
    wanted = set(sources)
    return {(label, key, order_id or 0) for label, key, order_id in rows if (label, key) in wanted}

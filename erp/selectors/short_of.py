"""足缺料: what is short for one sales order line or work order, by when, which planned orders would bring it.

And what is provided for, but not there yet.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.fields import ZERO
from erp.models import PlannedOrder, Supply
from erp.selectors.kit_check import open_requests
from erp.selectors.pegging import PegNode, Pegs
from erp.selectors.plan import planned_orders
from erp.selectors.work_orders import MaterialSupply
from masterdata.models import Item

SHORT = frozenset({"planned", "none", "substitute"})
AWAITED = frozenset({"supply", "output"})
PROVIDED = SHORT | AWAITED | {"passed"}


@dataclass
class ShortItem:
    """What of an item neither stock nor an existing order covers for the source.

    quantity  for the source alone; ``orders`` are the planned orders that bring it, maybe for others too.
    covered   what of it is planned at all.   requests  asked for already, not promised.
    """

    item: Item
    quantity: Decimal = Decimal(0)
    covered: Decimal = Decimal(0)
    needed: dt.date = dt.date.max
    possible: dt.date | None = None
    orders: list[PlannedOrder] = field(default_factory=list)
    requests: list[Supply] = field(default_factory=list)

    @property
    def start(self) -> dt.date | None:
        """When the first of the orders must be released."""
        return min((order.start_date for order in self.orders), default=None)

    @property
    def identities(self) -> list[str]:
        """The names of the orders, as firming takes them."""
        return [order.identity for order in self.orders]

    @property
    def ordered(self) -> Decimal:
        """What the orders bring in all."""
        return sum((order.quantity for order in self.orders), Decimal(0))

    @property
    def days_late(self) -> int:
        """How many days after the first need the last of it can be there."""
        return max(0, (self.possible - self.needed).days) if self.possible else 0

    @property
    def is_behind(self) -> bool:
        """Nothing is planned for some of it: the plan has not seen it yet, or cannot."""
        return self.covered < self.quantity

    @property
    def supply_type(self) -> str:
        """How it is got: make, buy or subcontract."""
        return self.item.supply_type


def short_items(pegs: Pegs | None) -> list[ShortItem]:
    """Return what is short in the trees of a source, the earliest need first."""
    nodes = [node for node in (pegs.rows() if pegs else []) if node.source in SHORT]
    found: dict[int, ShortItem] = {}
    for node in nodes:
        row = found.setdefault(node.item.pk, ShortItem(node.item))
        row.quantity += node.quantity
        row.needed = min(row.needed, node.needed)
        if node.source == "planned" and node.available:
            row.covered += node.quantity
            row.possible = max(row.possible or node.available, node.available)
    _add_orders(found, nodes)
    requests = open_requests(found)
    for item_id, row in found.items():
        row.requests = requests.get(item_id, [])
    return sorted(found.values(), key=lambda row: (row.needed, row.item.code))


@dataclass
class AwaitedItem:
    """What of an item need not be ordered, and is not there: an order under way brings it, or it lies elsewhere.

    number, url  the order. Without one: goods in inspection, on their way or in another warehouse, or the piece that a
    rework order takes in, which nobody makes again; their day is not known.
    """

    item: Item
    quantity: Decimal
    needed: dt.date
    available: dt.date | None = None
    kind: str = ""
    number: str = ""
    url: str = ""

    @property
    def days_late(self) -> int:
        """How many days after the first need it comes."""
        return max(0, (self.available - self.needed).days) if self.available else 0


def awaited_items(pegs: Pegs | None, materials: Sequence[MaterialSupply] = ()) -> list[AwaitedItem]:
    """Return what is waited for in the trees of a source, and of ``materials`` of a work order what is nowhere usable
    though the plan sees nothing to get; the earliest need first.
    """
    nodes = pegs.rows() if pegs else []
    found: dict[tuple[int, str], AwaitedItem] = {}

    def add(new: AwaitedItem, quantity: Decimal) -> None:
        row = found.setdefault((new.item.pk, new.number), new)
        row.quantity += quantity
        row.needed = min(row.needed, new.needed)

    provided: dict[int, Decimal] = {}
    for node in nodes:
        if node.source in AWAITED:
            new = AwaitedItem(node.item, ZERO, node.needed, node.available, node.kind, node.number, node.url)
            add(new, node.quantity)
        if node.source in PROVIDED and not node.depth:
            provided[node.item.pk] = provided.get(node.item.pk, ZERO) + node.quantity
    for one in materials:
        known = min(one.short, provided.get(one.line.item_id, ZERO))
        if known < one.short:
            add(AwaitedItem(one.line.item, ZERO, one.line.work_order.start_date), one.short - known)
        provided[one.line.item_id] = provided.get(one.line.item_id, ZERO) - known
    return sorted(found.values(), key=lambda row: (row.needed, row.item.code, row.number))


def _add_orders(found: dict[int, ShortItem], nodes: Iterable[PegNode]) -> None:
    names = {node.number for node in nodes if node.source == "planned"}
    for order in planned_orders().filter(item_id__in=found).order_by("due_date", "sequence"):
        if order.identity in names:
            found[order.item_id].orders.append(order)

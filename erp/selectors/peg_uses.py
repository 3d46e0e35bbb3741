"""From stock, an expected receipt or a planned order up to the demands it serves, through what it goes into."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from erp.engines import mrp
from erp.models import Demand, PlannedOrder, PlanVerdict, Supply
from erp.selectors.peg_branch import Branch, read_branch
from erp.selectors.pegging import is_share
from erp.selectors.sources import name_of, url_of
from erp.states import DemandKind
from masterdata.models import Item

NODES_SHOWN = 800
MAX_DEPTH = 40


@dataclass
class UseNode:
    """One portion of a supply: ``quantity`` of ``item`` goes to what needs it on ``needed``.

    target     demand (an order, a forecast), supply (a work order), planned, passed (a level without orders), stock (to
               nobody).   available  the day the supply below is there.   demand  of a target that is one.
    depends    how much of the supply at the root goes this way, in the root's unit.
    days_late  of a sales order line: how late the plan has it.
    """

    item: Item
    quantity: Decimal
    target: str
    needed: dt.date | None = None
    available: dt.date | None = None
    number: str = ""
    url: str = ""
    kind: str = ""
    partner: str = ""
    demand: Demand | None = None
    days_late: int = 0
    depth: int = 0
    depends: Decimal = Decimal(0)
    children: list["UseNode"] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        """Return whether the supply below comes after the day it is needed."""
        return bool(self.needed and self.available and self.available > self.needed)

    @property
    def is_share(self) -> bool:
        """Return whether it is part of a piece: what it goes into is for several, each in proportion."""
        return is_share(self.quantity, self.item)

    def flat(self) -> list["UseNode"]:
        """Return this node and all above it, the nearer ones first."""
        return [self, *(node for child in self.children for node in child.flat())]


@dataclass(frozen=True)
class Served:
    """A demand at the end of the way: ``quantity`` of its own item is served with the help of the supply."""

    demand: Demand
    quantity: Decimal
    depends: Decimal
    days_late: int
    url: str
    kind: str


@dataclass
class Uses:
    """Where a supply goes. ``quantity`` is all of it, ``free`` what nobody needs."""

    item: Item
    quantity: Decimal
    available: dt.date
    roots: list[UseNode]
    is_cut: bool = False

    @property
    def free(self) -> Decimal:
        """What goes to nobody."""
        return sum((one.quantity for one in self.roots if one.target == "stock"), Decimal(0))

    def rows(self) -> list[UseNode]:
        """Return all nodes, the nearer ones first."""
        return [node for root in self.roots for node in root.flat()]

    def served(self) -> list[Served]:
        """Return the demands at the ends of all ways, each once, the earliest first."""
        found: dict[int, Served] = {}
        for node in self.rows():
            if node.demand is None:
                continue
            before = found.get(node.demand.pk)
            found[node.demand.pk] = Served(
                node.demand,
                node.quantity + (before.quantity if before else 0),
                node.depends + (before.depends if before else 0),
                node.days_late,
                node.url,
                node.kind,
            )
        return sorted(found.values(), key=lambda one: (one.demand.due_date, one.demand.priority, one.demand.pk))


def uses_of_supply(supply: Supply) -> Uses:
    """Return where an expected receipt goes."""
    branch = read_branch({supply.item_id}, upwards=True)
    place = branch.receipt_index[supply.pk]
    return _Ways(branch).uses(branch.pegging.expected[place])


def uses_of_planned_order(order: PlannedOrder) -> Uses | None:
    """Return where a planned order of the current run goes; None when it left the plan meanwhile."""
    branch = read_branch({order.item_id}, upwards=True)
    name = (order.due_date.toordinal(), order.sequence)
    for one in branch.orders[branch.index[order.item_id]]:
        if (one.due, one.sequence) == name:
            return _Ways(branch).uses(one)
    return None


def uses_of_stock(item: Item) -> Uses | None:
    """Return where the free stock of an item goes; None when there is none."""
    branch = read_branch({item.pk}, upwards=True)
    source = next(
        (one for one in branch.pegging.sources[branch.index[item.pk]] if isinstance(one, mrp.Stock)),
        None,
    )
    return None if source is None or not source.quantity else _Ways(branch).uses(source)


class _Ways:
    """Walks up the edges of a branch."""

    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        self.problem = branch.problem
        self.left = NODES_SHOWN
        self.from_source: dict[int, list[tuple[mrp.Edge, mrp.Need, int]]] = {}
        """What a source goes to, in its order; each with what of the need others cover before."""
        for item in branch.within:
            covered: dict[int, int] = {}
            for edge in branch.pegging.edges[item]:
                source = branch.pegging.sources[item][edge.supply]
                before = covered.get(edge.need, 0)
                covered[edge.need] = before + edge.quantity
                self.from_source.setdefault(id(source), []).append((edge, branch.needs[item][edge.need], before))
        self.records = Item.objects.select_related("uom").in_bulk(branch.item_ids)
        self.supplies = Supply.objects.in_bulk(list(branch.receipt_keys.values()))
        self.demands = Demand.objects.select_related("partner", "item__uom").in_bulk(list(branch.demand_index))
        lines = [one.source_line_id for one in self.demands.values() if one.kind == DemandKind.SALES]
        verdicts = PlanVerdict.objects.filter(order_line_id__in=lines).values_list("order_line_id", "days_late")
        self.days_late = dict(verdicts)

    def uses(self, source: Any) -> Uses:
        whole = Decimal(source.quantity) / mrp.MICRO
        roots = self._above(source, (0, source.quantity), 0, frozenset(), whole)
        given = sum(edge.quantity for edge, _need, _before in self.from_source.get(id(source), ()))
        item = self.records[self.branch.item_ids[source.item]]
        if given < source.quantity:
            left = Decimal(source.quantity - given) / mrp.MICRO
            roots.append(UseNode(item, left, "stock", depends=left))
        return Uses(item, whole, dt.date.fromordinal(source.finish), roots, is_cut=self.left <= 0)

    def _above(
        self, source: Any, span: tuple[int, int], depth: int, path: frozenset[int], depends: Decimal
    ) -> list[UseNode]:
        """Return one node per need that a span of a source's quantity goes to, one after the other."""
        nodes, given, whole = [], 0, span[1] - span[0]
        for edge, need, before in self.from_source.get(id(source), ()):
            first, last = max(span[0], given), min(span[1], given + edge.quantity)
            offset = before + first - given
            given += edge.quantity
            if first >= last:
                continue
            if self.left <= 0:
                break
            self.left -= 1
            node = self._node(need, last - first, source, depth)
            node.depends = depends * (last - first) / whole
            parent = need.order or self._work_order_of(need)
            if parent is not None and depth < MAX_DEPTH and id(parent) not in path:
                made = (self._made_of(parent, need, offset), self._made_of(parent, need, offset + last - first))
                if made[0] < made[1]:
                    node.children = self._above(parent, made, depth + 1, path | {id(parent)}, node.depends)
            nodes.append(node)
        return nodes

    def _made_of(self, parent: Any, need: mrp.Need, at: int) -> int:
        """How much of an order the first ``at`` of its part is enough for: whole steps, all of it at the end."""
        if at >= need.quantity:
            return int(parent.quantity)
        step = self.problem.items[parent.item].step
        return int(parent.quantity * at // need.quantity // step * step)

    def _work_order_of(self, need: mrp.Need) -> Any:
        if need.demand is None:
            return None
        receipt = self.problem.demands[need.demand].receipt
        return None if receipt is None else self.branch.pegging.expected.get(receipt)

    def _node(self, need: mrp.Need, share: int, source: Any, depth: int) -> UseNode:
        node = UseNode(
            self.records[self.branch.item_ids[need.item]],
            Decimal(share) / mrp.MICRO,
            "planned",
            dt.date.fromordinal(need.day),
            dt.date.fromordinal(source.finish) if source.finish else None,
            depth=depth,
        )
        if need.order is not None:
            self._name_order(node, need.order)
        elif need.demand is not None:
            self._name_demand(node, self.demands[self.problem.demands[need.demand].key])
        return node

    def _name_order(self, node: UseNode, order: mrp.Order) -> None:
        item = self.records[self.branch.item_ids[order.item]]
        node.kind = item.code
        if order.is_pass:
            node.target = "passed"
        else:
            node.number = f"{item.pk}:{dt.date.fromordinal(order.due).isoformat()}:{order.sequence}"

    def _name_demand(self, node: UseNode, demand: Demand) -> None:
        node.number, node.url = demand.source_number, url_of(demand.source_label, demand.source_id)
        node.kind = name_of(demand.source_label)
        if demand.kind == DemandKind.WORK_ORDER:
            node.target = "supply"
            return
        node.target, node.demand = "demand", demand
        node.partner = str(demand.partner) if demand.partner else ""
        node.days_late = self.days_late.get(demand.source_line_id, 0) if demand.kind == DemandKind.SALES else 0

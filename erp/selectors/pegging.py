"""From a need down to the raw material: what each part of it comes from, when, and why what is late is late."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.clock import today
from erp.engines import mrp
from erp.models import Demand, Supply
from erp.selectors.collecting import uncollected
from erp.selectors.peg_branch import Branch, read_little
from erp.selectors.sources import url_of
from masterdata.models import Item, UnitOfMeasure

NODES_SHOWN = 800
MAX_DEPTH = 40

LATENESS = dt.timedelta(days=45)
"""Orders that begin so long after what is asked for is needed are looked at in a second turn only."""

KINDS = {mrp.Stock: "stock", mrp.Expected: "supply", mrp.Order: "planned", mrp.Output: "output"}


@dataclass
class PegNode:
    """One portion of a need: ``quantity`` of ``item`` needed on ``needed``, covered by one source.

    source     reserved, promised (of an existing order), stock, supply (existing order), planned, passed (a level
               without orders), output (comes out beside another product), substitute (only a substitute can cover it)
               or none (nothing does).
    available  the day it can be there.   number, url  the document or the planned order behind it.
    why        of what is late: lead_time, late_supply, overdue, none; or parts, then ``why_item`` is waited for.
    depends    how much of what was asked for at the root hangs on it, in the root's unit.
    """

    item: Item
    quantity: Decimal
    needed: dt.date
    source: str
    available: dt.date | None = None
    number: str = ""
    url: str = ""
    kind: str = ""
    depth: int = 0
    why: str = ""
    why_item: Item | None = None
    depends: Decimal = Decimal(0)
    children: list["PegNode"] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        """Return whether it cannot be there on the day it is needed."""
        return self.available is None or self.available > self.needed

    @property
    def is_share(self) -> bool:
        """Return whether it is part of a piece: the lot that it goes into is for several, each in proportion."""
        return is_share(self.quantity, self.item)

    @property
    def days_late(self) -> int:
        """Return the calendar days between the day it is needed and the day it is there."""
        return (self.available - self.needed).days if self.available and self.is_late else 0

    def flat(self) -> list["PegNode"]:
        """Return this node and all below it, parents first."""
        return [self, *(node for child in self.children for node in child.flat())]


@dataclass
class Pegs:
    """The trees of some demands. ``is_cut``: they would be longer than what is shown."""

    demands: list[Demand]
    roots: list[PegNode]
    is_cut: bool = False

    @property
    def demand(self) -> Demand:
        """The demand, where there is one."""
        return self.demands[0]

    def rows(self) -> list[PegNode]:
        """Return all nodes, parents first."""
        return [node for root in self.roots for node in root.flat()]


def is_share(quantity: Decimal, item: Item) -> bool:
    """Return whether a quantity is finer than what the item is counted in."""
    step = Decimal(1).scaleb(-item.uom.decimals)
    return bool(quantity % step)


def pegs_of_line(order_line_id: int) -> Pegs | None:
    """Return what the line's open demand comes from by the current plan; None when it has none.

    Stock, demand and supply are read afresh, planned orders are those of the current run.
    """
    return pegs_of("crm.salesorder", source_line_id=order_line_id)


def pegs_of_work_order(work_order_id: int) -> Pegs | None:
    """Return what the open material of a work order comes from; None when nothing is open."""
    return pegs_of("erp.workorder", source_id=work_order_id)


def pegs_of(source_label: str, **source: int) -> Pegs | None:
    """Return the trees of the open demands of a source, or of one of its lines; None when nothing is open."""
    demands = list(
        Demand.objects.filter(source_label=source_label, open_quantity__gt=0, **source)
        .select_related("item__uom", "partner")
        .order_by("source_line_id")
    )
    if not demands:
        return None
    until = max(today(), *(one.due_date for one in demands)) + LATENESS
    with uncollected(has_circles=False):
        for branch in read_little({one.item_id for one in demands}, until):
            needs = [need for one in demands if (need := _need_of(branch, one)) is not None]
            if branch.has_all_of(needs):
                break
            branch.loosen()
        pegs = _Trees(branch, demands).pegs()
        branch.loosen()
        return pegs


def _need_of(branch: Branch, demand: Demand) -> mrp.Need | None:
    """Return what of a demand is not kept for it; None: nothing."""
    place = branch.demand_index[demand.pk]
    return next((one for one in branch.needs[branch.problem.demands[place].item] if one.demand == place), None)


class _Trees:
    """The trees of some demands in a branch."""

    def __init__(self, branch: Branch, demands: Sequence[Demand]) -> None:
        self.branch = branch
        self.problem = branch.problem
        self.demands = demands
        levels = mrp.levels_of(self.problem)
        branch.pegging.look_up([[item for item in level if item in branch.within] for level in levels])
        self.left = NODES_SHOWN
        self.unnamed = Item()
        self.items: list[tuple[PegNode, int]] = []
        self.blockers: list[tuple[PegNode, int]] = []
        self.receipts: list[tuple[PegNode, int]] = []

    def pegs(self) -> Pegs:
        roots: list[PegNode] = []
        for demand in self.demands:
            place = self.branch.demand_index[demand.pk]
            own = self.problem.demands[place]
            whole = Decimal(own.reserved + own.quantity) / mrp.MICRO
            roots.extend(self._kept(own))
            need = _need_of(self.branch, demand)
            if need is not None:
                roots.extend(self._cover(need, (0, need.quantity), 0, frozenset(), whole - _units(own.reserved)))
        self._name()
        return Pegs(list(self.demands), roots, is_cut=self.left <= 0)

    def _kept(self, own: mrp.Demand) -> list[PegNode]:
        """Return the nodes of what is kept for a demand: in stock, and of supply that was promised to it."""
        promised = self.branch.promised.get(own.key, [])
        in_stock = own.reserved - sum(quantity for _key, _day, quantity in promised)
        rows = [("promised", day, quantity, key) for key, day, quantity in promised]
        if in_stock > 0:
            rows.insert(0, ("reserved", self.problem.today, in_stock, 0))
        nodes = []
        for source, day, quantity, key in rows:
            need = mrp.Need(own.item, own.day, quantity, own.priority, (0, own.key))
            node = self._node(need, quantity, source, day, 0)
            node.depends = node.quantity
            if key:
                self.receipts.append((node, key))
            nodes.append(node)
        return nodes

    def _name(self) -> None:
        """Read the items and documents that the nodes name, and no others."""
        items = Item.objects.in_bulk({pk for _node, pk in (*self.items, *self.blockers)})
        units = UnitOfMeasure.objects.in_bulk({item.uom_id for item in items.values()})
        for item in items.values():
            item.uom = units[item.uom_id]
        supplies = Supply.objects.in_bulk({pk for _node, pk in self.receipts})
        documents = {(one.source_label, one.source_id) for one in supplies.values()}
        urls = {document: url_of(*document) for document in documents}
        for node, pk in self.items:
            node.item = items[pk]
        for node, pk in self.blockers:
            node.why_item = items[pk]
        for node, pk in self.receipts:
            if pk in supplies:
                supply = supplies[pk]
                node.number, node.kind = supply.source_number, supply.get_kind_display()
                node.url = urls[supply.source_label, supply.source_id]

    def _cover(
        self, need: mrp.Need, span: tuple[int, int], depth: int, path: frozenset[int], depends: Decimal
    ) -> list[PegNode]:
        """Return one node per source of a span of the need's quantity.

        Sources serve a need one after the other, as needs take a source one after the other: a lot for several orders
        is divided into spans, so that no piece is.
        """
        nodes: list[PegNode] = []
        covered, wanted = 0, span[1] - span[0]
        for edge, before in self.branch.edges_of(need):
            first, last = max(span[0], covered), min(span[1], covered + edge.quantity)
            offset = before + first - covered
            covered += edge.quantity
            if first >= last:
                continue
            if self.left <= 0:
                return nodes
            self.left -= 1
            source = self.branch.pegging.sources[need.item][edge.supply]
            node = self._source_node(source, need, last - first, depth)
            node.depends = depends * (last - first) / wanted
            if depth < MAX_DEPTH and need.item not in path and isinstance(source, mrp.Order | mrp.Expected):
                taken = (offset, offset + last - first)
                node.children = self._parts(source, taken, depth + 1, path | {need.item}, node.depends)
            nodes.append(node)
        missing = span[1] - max(span[0], covered)
        if missing > 0 and self.left > 0:
            kind = "substitute" if need.item in self.branch.replaceable else "none"
            node = self._node(need, missing, kind, None, depth)
            node.depends = depends * missing / wanted
            node.why = kind
            nodes.append(node)
        return nodes

    def _parts(
        self, source: Any, taken: tuple[int, int], depth: int, path: frozenset[int], depends: Decimal
    ) -> list[PegNode]:
        """Return the nodes of what goes into a span of an order: of each part the span that belongs to it."""
        nodes = []
        for part in source.components:
            step = self.problem.items[part.item].step
            span = (span_edge(part, taken[0], source, step), span_edge(part, taken[1], source, step))
            if span[0] < span[1]:
                nodes.extend(self._cover(part, span, depth, path, depends))
        return nodes

    def _source_node(self, source: Any, need: mrp.Need, portion: int, depth: int) -> PegNode:
        kind = KINDS[type(source)]
        node = self._node(need, portion, kind, source.finish, depth)
        if isinstance(source, mrp.Expected):
            key = self.branch.receipt_key(source) or 0
            if key < 0:  # what a project keeps, or came for it and lies in inspection
                node.source = "stock"
            else:
                self.receipts.append((node, key))
        elif isinstance(source, mrp.Order):
            if source.is_pass:
                node.source = "passed"
            else:
                item_id = self.branch.item_ids[source.item]
                node.number = f"{item_id}:{dt.date.fromordinal(source.due).isoformat()}:{source.sequence}"
        if node.is_late:
            self._explain(node, source)
        return node

    def _explain(self, node: PegNode, source: Any) -> None:
        """Say why a node is late: a part it waits for, or its own lead time, supply or day."""
        if source.blocker is not None:
            node.why = "parts"
            self.blockers.append((node, self.branch.item_ids[source.blocker.item]))
        elif isinstance(source, mrp.Order) and not source.is_pass:
            node.why = "lead_time"
        else:
            node.why = "late_supply" if isinstance(source, mrp.Expected) else "overdue"

    def _node(self, need: mrp.Need, quantity: int, source: str, available: int | None, depth: int) -> PegNode:
        node = PegNode(
            item=self.unnamed,
            quantity=_units(quantity),
            needed=dt.date.fromordinal(need.day),
            source=source,
            available=dt.date.fromordinal(available) if available else None,
            depth=depth,
        )
        self.items.append((node, self.branch.item_ids[need.item]))
        return node


def _units(micro: int) -> Decimal:
    return Decimal(micro) / mrp.MICRO


def span_edge(part: mrp.Need, at: int, source: Any, step: int) -> int:
    """Return how much of a part belongs to the first ``at`` of an order: whole steps, all of it at the end."""
    if at >= source.quantity:
        return int(part.quantity)
    return int(part.quantity * at // source.quantity // step * step)

"""From a sales order line down to the raw material: what each part of it comes from, when, and what is late."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.clock import today
from erp.engines import mrp
from erp.models import Demand, Supply
from erp.selectors.plan import current_run, planned_orders
from erp.selectors.plan_inputs import Snapshot, read_snapshot
from erp.selectors.sources import url_of
from masterdata.models import Item

NODES_SHOWN = 800


@dataclass
class PegNode:
    """One portion of a need: ``quantity`` of ``item`` needed on ``needed``, covered by one source.

    source     reserved, stock, supply (existing order), planned, or none (nothing covers it).
    available  the day it can be there.   number, url  the document or the planned order behind it.
    is_late    it comes after the day it is needed.
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
    children: list["PegNode"] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        """Return whether it cannot be there on the day it is needed."""
        return self.available is None or self.available > self.needed

    @property
    def days_late(self) -> int:
        """Return the calendar days between the day it is needed and the day it is there."""
        return (self.available - self.needed).days if self.available and self.is_late else 0

    def flat(self) -> list["PegNode"]:
        """Return this node and all below it, parents first."""
        return [self, *(node for child in self.children for node in child.flat())]


@dataclass
class Pegs:
    """The tree of one order line. ``is_cut``: it would be longer than what is shown."""

    demand: Demand
    roots: list[PegNode]
    is_cut: bool = False

    def rows(self) -> list[PegNode]:
        """Return all nodes, parents first."""
        return [node for root in self.roots for node in root.flat()]


def pegs_of_line(order_line_id: int) -> Pegs | None:
    """Return what the line's open demand comes from by the current plan; None when it has none.

    Stock, demand and supply are read afresh, planned orders are those of the current run.
    """
    demand = (
        Demand.objects.filter(source_label="crm.salesorder", source_line_id=order_line_id, open_quantity__gt=0)
        .select_related("item__uom", "partner")
        .first()
    )
    if demand is None:
        return None
    run = current_run()
    snapshot = read_snapshot(run.as_of_date if run else today())
    return _Branch(snapshot, demand).pegs()


class _Branch:
    """Everything below one item of a snapshot, pegged."""

    def __init__(self, snapshot: Snapshot, demand: Demand) -> None:
        self.snapshot = snapshot
        self.problem = snapshot.problem
        self.demand = demand
        self.boms = mrp.boms_by_item(self.problem)
        self.items = self._below(snapshot.item_index[demand.item_id])
        self.orders, self.needs, self.receipts = self._read()
        self.pegging = mrp.Pegging(self.problem, self.needs, self.receipts, self.orders)
        self.pegging.look_up([[i for i in level if i in self.items] for level in mrp.levels_of(self.problem)])
        self.edges: dict[int, dict[int, list[mrp.Edge]]] = {}
        self.receipt_keys = {
            id(source): self.problem.receipts[index].key for index, source in self.pegging.expected.items()
        }
        self.left = NODES_SHOWN
        self.records: dict[int, Item] = {}
        self.supplies: dict[int, Supply] = {}

    def _below(self, root: int) -> set[int]:
        """The item, its components, and the material of the work orders that are their supply, however deep."""
        materials: dict[int, set[int]] = {}
        for one in self.problem.demands:
            if one.receipt is not None:
                materials.setdefault(self.problem.receipts[one.receipt].item, set()).add(one.item)
        found, waiting = {root}, [root]
        while waiting:
            item = waiting.pop()
            below = {line.component for bom in self.boms[item] for line in bom.lines} | materials.get(item, set())
            waiting.extend(below - found)
            found |= below
        return found

    def _read(self) -> tuple[list[list[mrp.Order]], list[list[mrp.Need]], list[list[int]]]:
        """Planned orders, needs and receipts of the branch; needs come from parents outside of it, too."""
        size = len(self.problem.items)
        orders: list[list[mrp.Order]] = [[] for _ in range(size)]
        needs: list[list[mrp.Need]] = [[] for _ in range(size)]
        receipts: list[list[int]] = [[] for _ in range(size)]
        parents = {bom.item for bom in self.problem.boms if any(line.component in self.items for line in bom.lines)}
        for order in self._planned(self.items | parents):
            order.components = [
                need for need in mrp.component_needs(self.problem, self.boms, order) or [] if need.item in self.items
            ]
            for need in order.components:
                needs[need.item].append(need)
            if order.item in self.items:
                orders[order.item].append(order)
        for index, one in enumerate(self.problem.demands):
            if one.item in self.items and one.quantity > 0:
                needs[one.item].append(
                    mrp.Need(one.item, one.day, one.quantity, one.priority, (0, one.key), demand=index)
                )
        ranked = sorted(enumerate(self.problem.receipts), key=lambda pair: (pair[1].day, pair[1].key))
        for index, receipt in ranked:
            if receipt.item in self.items:
                receipts[receipt.item].append(index)
        for item_needs in needs:
            mrp.in_order(item_needs)
        return orders, needs, receipts

    def _planned(self, items: Iterable[int]) -> list[mrp.Order]:
        ids = [self.snapshot.item_ids[item] for item in items]
        rows = planned_orders().filter(item_id__in=ids).order_by("item_id", "due_date", "sequence")
        return [
            mrp.Order(
                self.snapshot.item_index[row.item_id],
                row.sequence,
                row.need_date.toordinal(),
                row.due_date.toordinal(),
                row.start_date.toordinal(),
                int(row.quantity * mrp.MICRO),
                row.is_past_due,
                row.is_for_safety_stock,
                finish=row.finish_date.toordinal(),
            )
            for row in rows
        ]

    def pegs(self) -> Pegs:
        self.records = Item.objects.select_related("uom").in_bulk([self.snapshot.item_ids[item] for item in self.items])
        keys = [self.problem.receipts[index].key for item in self.items for index in self.receipts[item]]
        self.supplies = Supply.objects.in_bulk(keys)
        number = next(i for i, one in enumerate(self.problem.demands) if one.key == self.demand.pk)
        own = self.problem.demands[number]
        roots = []
        if own.reserved:
            kept = mrp.Need(own.item, own.day, own.reserved, own.priority, (0, own.key))
            roots.append(self._node(kept, own.reserved, "reserved", self.problem.today, 0))
        need = next((one for one in self.needs[own.item] if one.demand == number), None)
        if need is not None:
            roots.extend(self._cover(need, need.quantity, 0, frozenset()))
        return Pegs(self.demand, roots, is_cut=self.left <= 0)

    def _cover(self, need: mrp.Need, wanted: int, depth: int, path: frozenset[int]) -> list[PegNode]:
        """Return one node per source of ``wanted`` out of the need's quantity, in proportion."""
        nodes, covered = [], 0
        for edge in self._edges_of(need):
            if self.left <= 0:
                break
            self.left -= 1
            source = self.pegging.sources[need.item][edge.supply]
            portion = edge.quantity * wanted // need.quantity
            covered += edge.quantity
            node = self._source_node(source, need, portion, depth)
            if depth < 40 and need.item not in path and not isinstance(source, mrp.Stock):
                for part in source.components:
                    share = part.quantity * portion // source.quantity
                    node.children.extend(self._cover(part, share, depth + 1, path | {need.item}))
            nodes.append(node)
        if covered < need.quantity and self.left > 0:
            missing = (need.quantity - covered) * wanted // need.quantity
            nodes.append(self._node(need, missing, "none", None, depth))
        return nodes

    def _edges_of(self, need: mrp.Need) -> list[mrp.Edge]:
        if need.item not in self.edges:
            of_item = self.edges[need.item] = {}
            for edge in self.pegging.edges[need.item]:
                of_item.setdefault(id(self.needs[need.item][edge.need]), []).append(edge)
        return self.edges[need.item].get(id(need), [])

    def _source_node(self, source: Any, need: mrp.Need, portion: int, depth: int) -> PegNode:
        kind = {mrp.Stock: "stock", mrp.Expected: "supply", mrp.Order: "planned"}[type(source)]
        node = self._node(need, portion, kind, source.finish, depth)
        if isinstance(source, mrp.Expected):
            supply = self.supplies.get(self.receipt_keys[id(source)])
            if supply is not None:
                node.number, node.kind = supply.source_number, supply.get_kind_display()
                node.url = url_of(supply.source_label, supply.source_id)
        elif isinstance(source, mrp.Order):
            item_id = self.snapshot.item_ids[source.item]
            node.number = f"{item_id}:{dt.date.fromordinal(source.due).isoformat()}:{source.sequence}"
        return node

    def _node(self, need: mrp.Need, quantity: int, source: str, available: int | None, depth: int) -> PegNode:
        return PegNode(
            item=self.records[self.snapshot.item_ids[need.item]],
            quantity=Decimal(quantity) / mrp.MICRO,
            needed=dt.date.fromordinal(need.day),
            source=source,
            available=dt.date.fromordinal(available) if available else None,
            depth=depth,
        )

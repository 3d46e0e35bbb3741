"""Reading bills of material: the valid one, the tree below, the cost rolled up, where an item is used."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from core.fields import ZERO
from erp.engines import mrp
from erp.models import Bom, BomLine, PlanningSettings
from erp.selectors.costs import unit_costs
from erp.selectors.plan_inputs import step_of
from erp.states import BomState, ScrapConvention
from erp.states.engineering import BomLineKind
from masterdata.models import Item

NODES_SHOWN = 3000

BELOW = """
WITH RECURSIVE part(item_id) AS (
    SELECT unnest(%(roots)s::bigint[])
  UNION
    SELECT l.component_id FROM part p
    JOIN erp_bom b ON b.item_id = p.item_id AND b.state = 'released'
     AND b.valid_from <= %(date)s AND (b.valid_to IS NULL OR b.valid_to > %(date)s)
    JOIN erp_bomline l ON l.bom_id = b.id AND l.line_kind = 'component'
     AND (l.valid_from IS NULL OR l.valid_from <= %(date)s) AND (l.valid_to IS NULL OR l.valid_to > %(date)s)
) SELECT item_id FROM part
"""

ABOVE = """
WITH RECURSIVE used(item_id, depth) AS (
    SELECT %(item)s::bigint, 0
  UNION
    SELECT b.item_id, u.depth + 1 FROM used u
    JOIN erp_bomline l ON l.component_id = u.item_id AND l.line_kind = 'component'
     AND (l.valid_from IS NULL OR l.valid_from <= %(date)s) AND (l.valid_to IS NULL OR l.valid_to > %(date)s)
    JOIN erp_bom b ON b.id = l.bom_id AND b.state = 'released'
     AND b.valid_from <= %(date)s AND (b.valid_to IS NULL OR b.valid_to > %(date)s)
    WHERE u.depth < 40
) SELECT item_id, max(depth) FROM used WHERE depth > 0 GROUP BY item_id
"""


def valid_on(date: dt.date, prefix: str = "") -> Q:
    """Rows whose [valid_from, valid_to) holds ``date``; an open end counts."""
    starts = Q(**{f"{prefix}valid_from__isnull": True}) | Q(**{f"{prefix}valid_from__lte": date})
    return starts & (Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": date}))


def with_lines(boms: QuerySet[Bom], date: dt.date) -> QuerySet[Bom]:
    """Return bills of material with item and the components of ``date`` read along, as ``lines`` (no outputs)."""
    lines = components_on(date).select_related("component", "component__uom")
    return boms.select_related("item", "item__uom").prefetch_related(Prefetch("lines", queryset=lines))


def components_on(date: dt.date) -> QuerySet[BomLine]:
    """Return the lines that go into products on ``date``; what comes out beside them is left out."""
    return BomLine.objects.filter(valid_on(date), line_kind=BomLineKind.COMPONENT)


def outputs_of(bom: Bom, date: dt.date) -> QuerySet[BomLine]:
    """Return the co- and by-products of a bill of material on ``date``, items read along."""
    lines = bom.lines.filter(valid_on(date)).exclude(line_kind=BomLineKind.COMPONENT)
    return lines.select_related("component", "component__uom")


def released_boms(item_ids: Iterable[int], date: dt.date) -> dict[int, Bom]:
    """Return the released bill of material of each item on ``date``, its lines of that day prefetched as ``lines``."""
    found = Bom.objects.filter(valid_on(date), item_id__in=set(item_ids), state=BomState.RELEASED)
    return {bom.item_id: bom for bom in with_lines(found, date)}


def items_below(item_ids: Iterable[int], date: dt.date) -> set[int]:
    """Return the items and everything that goes into them, however deep, by the bills valid on ``date``."""
    with connection.cursor() as cursor:
        cursor.execute(BELOW, {"roots": sorted(set(item_ids)), "date": date})
        return {item_id for (item_id,) in cursor.fetchall()}


def yield_scrap() -> bool:
    """Return whether scrap is a share of the yield (else it is added to the usage)."""
    chosen = PlanningSettings.objects.values_list("scrap_convention", flat=True).first()
    return chosen == ScrapConvention.YIELD


def line_requirement(line: BomLine, bom: Bom, quantity: Decimal, *, by_yield: bool) -> Decimal:
    """Return how much of the line's component ``quantity`` units of the product need, as the planner counts it."""
    micro = mrp.requirement(
        int(quantity * mrp.MICRO),
        per=int(line.quantity * mrp.MICRO),
        base=int(bom.quantity * mrp.MICRO),
        scrap=int(line.scrap_percent * 10_000),
        yield_scrap=by_yield,
        step=step_of(line.component.uom_decimals),
    )
    return Decimal(micro) / mrp.MICRO


@dataclass
class BomNode:
    """One place of an item in a BOM tree: ``quantity`` for the whole root quantity, costs in base currency.

    unit_cost  what a stock unit costs now: from its components where it is made and has them, else its own.
    is_cut     its components are not all shown: the tree would become too large.
    """

    item: Item
    quantity: Decimal
    depth: int
    line: BomLine | None = None
    bom: Bom | None = None
    unit_cost: Decimal | None = None
    children: list["BomNode"] = field(default_factory=list)
    is_cut: bool = False

    @property
    def cost(self) -> Decimal | None:
        """Return the cost of the whole quantity, None where a component has no cost."""
        return None if self.unit_cost is None else self.unit_cost * self.quantity

    def flat(self) -> list["BomNode"]:
        """Return this node and everything below it, parents first."""
        return [self, *(node for child in self.children for node in child.flat())]


def bom_tree(item: Item, date: dt.date, quantity: Decimal = Decimal(1), *, top: Bom | None = None) -> BomNode:
    """Return what ``quantity`` of ``item`` consists of on ``date``, with rolled-up costs.

    top  the bill of material of the root (also a draft), else the released one of the day.
    """
    own = None if top is None else with_lines(Bom.objects.filter(pk=top.pk), date).get()
    roots = {item.pk} if own is None else {line.component_id for line in own.lines.all()}
    ids = items_below(roots, date) | {item.pk}
    boms = released_boms(ids, date)
    if own is not None:
        boms[item.pk] = own
    return _Growth(boms, rolled_up_costs(ids, boms)).root(item, quantity)


class _Growth:
    """Grows a tree from bills of material already read; where it would become too large it is cut, and says so."""

    def __init__(self, boms: dict[int, Bom], costs: dict[int, Decimal]) -> None:
        self.boms = boms
        self.costs = costs
        self.left = NODES_SHOWN
        self.by_yield = yield_scrap()

    def root(self, item: Item, quantity: Decimal) -> BomNode:
        node = BomNode(item, quantity, 0, bom=self.boms.get(item.pk), unit_cost=self.costs.get(item.pk))
        self.grow(node, (item.pk,))
        return node

    def grow(self, node: BomNode, path: tuple[int, ...]) -> None:
        if node.bom is None:
            return
        for line in node.bom.lines.all():
            if self.left <= 0 or line.component_id in path:
                node.is_cut = True
                return
            self.left -= 1
            child = BomNode(
                line.component,
                line_requirement(line, node.bom, node.quantity, by_yield=self.by_yield) + line.fixed_scrap_quantity,
                node.depth + 1,
                line=line,
                bom=self.boms.get(line.component_id) if _explodes(line.component) else None,
                unit_cost=self.costs.get(line.component_id),
            )
            node.children.append(child)
            self.grow(child, (*path, line.component_id))


def _explodes(item: Item) -> bool:
    return item.supply_type != Item.SupplyType.BUY


def rolled_up_costs(item_ids: Iterable[int], boms: dict[int, Bom]) -> dict[int, Decimal]:
    """Return the unit cost of items: bought ones their present cost, made ones the sum of their components.

    A made item without a bill of material, or with a component nobody knows a cost of, falls back to its own cost;
    items without any are left out. Material only: labour is known by the work order. In a circle all have their own.
    """
    ids = set(item_ids)
    own = unit_costs(ids)
    by_yield = yield_scrap()
    components = {pk: {line.component_id for line in bom.lines.all()} & ids for pk, bom in boms.items()}
    index = {pk: number for number, pk in enumerate(sorted(ids))}
    order = sorted(ids)
    try:
        levels = mrp.low_level_codes([{index[c] for c in components.get(pk, ())} for pk in order])
    except mrp.BomCycle:  # a draft that would close a circle; releasing it is refused
        return own
    costs: dict[int, Decimal] = {}
    for level in reversed(levels):
        for number in level:
            pk = order[number]
            bom = boms.get(pk)
            rolled = _sum_of_components(bom, costs, by_yield) if bom and _explodes(bom.item) else None
            found = rolled if rolled is not None else own.get(pk)
            if found is not None:
                costs[pk] = found
    return costs


def _sum_of_components(bom: Bom, costs: dict[int, Decimal], by_yield: bool) -> Decimal | None:
    """Return the cost of one unit, without rounding up the pieces of a single one."""
    total = ZERO
    for line in bom.lines.all():
        if line.component_id not in costs:
            return None
        scrap = line.scrap_percent / 100
        factor = 1 / (1 - scrap) if by_yield else 1 + scrap
        total += line.quantity / bom.quantity * factor * costs[line.component_id]
    return total


def path_to(item_id: int, components: Iterable[int], today: dt.date) -> list[int] | None:
    """Return item keys from one of ``components`` down to ``item_id``, by the bills released now or later; else None.

    What a release asks: does the item already go into one of its components?
    """
    edges: dict[int, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE goes_in AS (
                SELECT bom_id, component_id, valid_to FROM erp_bomline WHERE line_kind = 'component'
              UNION ALL
                SELECT l.bom_id, s.item_id, s.valid_to
                FROM erp_bomsubstitute s JOIN erp_bomline l ON l.id = s.bom_line_id
            ), part(item_id) AS (
                SELECT unnest(%(roots)s::bigint[])
              UNION
                SELECT l.component_id FROM part p
                JOIN erp_bom b ON b.item_id = p.item_id AND b.state = 'released'
                 AND (b.valid_to IS NULL OR b.valid_to > %(today)s)
                JOIN goes_in l ON l.bom_id = b.id AND (l.valid_to IS NULL OR l.valid_to > %(today)s)
            )
            SELECT DISTINCT p.item_id, l.component_id FROM part p
            JOIN erp_bom b ON b.item_id = p.item_id AND b.state = 'released'
             AND (b.valid_to IS NULL OR b.valid_to > %(today)s)
            JOIN goes_in l ON l.bom_id = b.id AND (l.valid_to IS NULL OR l.valid_to > %(today)s)
            """,
            {"roots": sorted(set(components)), "today": today},
        )
        for parent, component in cursor.fetchall():
            edges[parent].add(component)
    came_from: dict[int, int | None] = dict.fromkeys(sorted(set(components)))
    queue = list(came_from)
    for node in queue:
        if node == item_id:
            path = [node]
            while (before := came_from[path[-1]]) is not None:
                path.append(before)
            return path[::-1]
        for component in sorted(edges[node]):
            if component not in came_from:
                came_from[component] = node
                queue.append(component)
    return None


def open_boms() -> QuerySet[Bom]:
    """Return bills of material with what a list shows of them."""
    return Bom.objects.select_related("item", "item__uom")

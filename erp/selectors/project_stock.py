"""Stock by project and order 按项目库存: what is kept for whom, and what a project has, expects, needs and lacks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from core.clock import today
from core.fields import ZERO
from crm.models import SalesOrderLine
from erp.models import BoundArrival, Demand, Reservation
from erp.selectors.usable import USABLE
from erp.states import DemandKind
from masterdata.models import Item, Project

POSITION = f"""
WITH kept AS (
    SELECT d.item_id, sum(r.quantity) FILTER (WHERE d.kind = 'project') AS pooled, sum(r.quantity) AS kept
    FROM erp_reservation r JOIN erp_demand d ON d.id = r.demand_id
    WHERE d.project_id = %(project)s GROUP BY d.item_id
), needed AS (
    SELECT item_id, sum(open_quantity) AS quantity FROM erp_demand
    WHERE project_id = %(project)s AND kind <> 'project' AND open_quantity > 0 GROUP BY item_id
), coming AS (
    SELECT s.item_id, sum(s.open_quantity) FILTER (WHERE s.kind <> 'work_order') AS ordered,
           sum(s.open_quantity) FILTER (WHERE s.kind = 'work_order') AS made
    FROM erp_supply s LEFT JOIN crm_salesorderline l ON l.id = s.order_line_id
    LEFT JOIN crm_salesorder o ON o.id = l.order_id
    WHERE s.project_id = %(project)s OR (s.project_id IS NULL AND o.project_id = %(project)s) GROUP BY s.item_id
), arrived AS (
    SELECT item_id, sum(quantity - settled_quantity) AS quantity FROM erp_boundarrival
    WHERE project_id = %(project)s AND quantity > settled_quantity GROUP BY item_id
), common AS (
    SELECT b.item_id, sum(b.on_hand - b.reserved) AS quantity
    FROM erp_stockbalance b
    JOIN masterdata_item i ON i.id = b.item_id AND i.order_policy <> 'make_to_order'
    JOIN masterdata_location p ON p.id = b.location_id
    LEFT JOIN erp_lot l ON l.id = b.lot_id
    WHERE b.item_id IN (SELECT item_id FROM needed) AND b.on_hand > b.reserved AND {USABLE} GROUP BY b.item_id
), used AS (
    SELECT item_id FROM kept UNION SELECT item_id FROM needed UNION SELECT item_id FROM coming
    UNION SELECT item_id FROM arrived
)
SELECT u.item_id, COALESCE(k.kept, 0), COALESCE(k.pooled, 0), COALESCE(a.quantity, 0), COALESCE(c.ordered, 0),
       COALESCE(c.made, 0), COALESCE(n.quantity, 0), COALESCE(f.quantity, 0)
FROM used u
JOIN masterdata_item i ON i.id = u.item_id
LEFT JOIN kept k ON k.item_id = u.item_id
LEFT JOIN needed n ON n.item_id = u.item_id
LEFT JOIN coming c ON c.item_id = u.item_id
LEFT JOIN arrived a ON a.item_id = u.item_id
LEFT JOIN common f ON f.item_id = u.item_id
ORDER BY i.code
"""


@dataclass(frozen=True)
class Position:
    """One item of a project, stock unit.

    on_hand    kept for it in stock.   free  of that, what no order of the project has yet.
    inspected  came for it and lies in inspection.   on_order  bought, requested or subcontracted for it.
    in_production  being made for it.   needed  what its orders still want.   common  free stock that is nobody's, where
    its orders may take it (the item is not made to order).
    """

    item: Item
    on_hand: Decimal
    free: Decimal
    inspected: Decimal
    on_order: Decimal
    in_production: Decimal
    needed: Decimal
    common: Decimal

    @property
    def short(self) -> Decimal:
        """What its orders want beyond all that it has and expects, and beyond common stock."""
        has = self.on_hand + self.inspected + self.on_order + self.in_production
        return max(ZERO, self.needed - has - self.common)


def project_position(project_id: int) -> list[Position]:
    """Return what a project has, expects, needs and lacks, by item code."""
    with connection.cursor() as cursor:
        cursor.execute(POSITION, {"project": project_id, "today": today()})
        rows = cursor.fetchall()
    items = Item.objects.select_related("uom").in_bulk([row[0] for row in rows])
    return [Position(items[row[0]], *row[1:]) for row in rows]


def pool_keys(project_id: int) -> tuple[int, ...]:
    """Return the keys of the demands by which a project keeps stock that none of its orders has yet."""
    return tuple(Demand.objects.filter(kind=DemandKind.PROJECT, project=project_id).values_list("pk", flat=True))


def stock_by_project() -> QuerySet[Reservation]:
    """Return what is kept for projects and, of items made to order, for order lines."""
    bound = Q(demand__project__isnull=False)
    bound |= Q(demand__kind=DemandKind.SALES) & ~Q(demand__item__order_policy=Item.OrderPolicy.MAKE_TO_STOCK)
    rows = Reservation.objects.filter(bound).select_related(
        "demand__item__uom", "demand__project", "demand__partner", "balance__location__warehouse", "balance__lot"
    )
    return rows.order_by("demand__project__code", "demand__item__code", "demand__source_number", "pk")


def kept_for_projects(balances: Any, projects: Iterable[Project] | None = None) -> Any:
    """Keep the balances of which something is kept for (one of) these projects, or for any."""
    rows = Reservation.objects.filter(balance=OuterRef("pk"), demand__project__isnull=False)
    return balances.filter(Exists(rows if projects is None else rows.filter(demand__project__in=list(projects))))


def project_for(item: Item, line: SalesOrderLine | None, project_id: int | None) -> int | None:
    """Return the project that supply of an item belongs to: that of its order line, else the one that is named.

    Items made to stock are common stock, whatever they were asked for.
    """
    if item.order_policy == Item.OrderPolicy.MAKE_TO_STOCK:
        return None
    return line.order.project_id if line is not None else project_id


def line_of(item: Item, order_line_id: int | None) -> SalesOrderLine | None:
    """Return the order line that supply of an item is bound to, with its order; None for items made to stock."""
    if order_line_id is None or item.order_policy == Item.OrderPolicy.MAKE_TO_STOCK:
        return None
    return SalesOrderLine.objects.select_related("order").get(pk=order_line_id)


def undecided_arrivals(item: Any) -> QuerySet[BoundArrival]:
    """Return what of an item (a key, or a reference to one) came for an order line or a project and is undecided."""
    return BoundArrival.objects.filter(item=item, quantity__gt=F("settled_quantity"))


def arrivals_wait(item_ids: Sequence[int]) -> bool:
    """Return whether something of items came for an order line or a project and is not decided on."""
    return BoundArrival.objects.filter(item_id__in=list(item_ids), quantity__gt=F("settled_quantity")).exists()

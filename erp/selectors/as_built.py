"""Reading as-built records: what is in a finished serial number, what is still missing, what may be built in."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Case, F, QuerySet, Sum, When

from core.fields import ZERO
from erp.models import BuiltIn, Lot, StockMove, WorkOrder, WorkOrderMaterial
from erp.states import MoveKind
from masterdata.models import Item


@dataclass
class Built:
    """One finished serial number with what was built into it, and the tracked material it still lacks."""

    product: Lot
    parts: list[BuiltIn] = field(default_factory=list)
    missing: list[tuple[Item, Decimal]] = field(default_factory=list)


def live_records() -> QuerySet[BuiltIn]:
    """Return what is built in now."""
    return BuiltIn.objects.filter(removed_at__isnull=True)


def as_built(work_order: WorkOrder) -> list[Built]:
    """Return the finished serial numbers of an order with their components, the latest first (3 statements)."""
    rows = live_records().filter(work_order=work_order)
    found: dict[int, Built] = {}
    for one in rows.select_related("product__item", "component__item__uom", "actor").order_by("-product", "pk"):
        found.setdefault(one.product_id, Built(one.product)).parts.append(one)
    needs = needs_of(work_order)
    items = Item.objects.select_related("uom").in_bulk(needs)
    for built in found.values():
        taken: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for one in built.parts:
            taken[one.component.item_id] += one.quantity
        built.missing = [(items[pk], need - taken[pk]) for pk, need in needs.items() if need > taken[pk]]
    return list(found.values())


def needs_of(work_order: WorkOrder) -> dict[int, Decimal]:
    """Return {tracked material: what one piece of the order needs of it}."""
    lines = WorkOrderMaterial.objects.filter(work_order=work_order).exclude(item__tracking=Item.Tracking.NONE)
    sums = lines.order_by().values_list("item_id").annotate(total=Sum("required_quantity"))
    return {item_id: total / work_order.quantity for item_id, total in sums if total}


def issued_lots(work_order: WorkOrder) -> dict[int, Decimal]:
    """Return {lot: what of it went into the order and has not come back}."""
    net = Sum(Case(When(to_location__kind="production", then=F("quantity")), default=-F("quantity")))
    rows = StockMove.objects.filter(
        source_label="erp.workorder",
        source_id=work_order.pk,
        kind__in=[MoveKind.ISSUE, MoveKind.ISSUE_RETURN],
        lot__isnull=False,
    )
    return {lot_id: total for lot_id, total in rows.order_by().values_list("lot_id").annotate(n=net) if total > 0}


def built_pairs(work_order_ids: Iterable[int]) -> dict[tuple[int, int, int], set[int]]:
    """Return {(work order, product, item of the component): components} of what is built in, for tracing."""
    rows = live_records().filter(work_order__in=list(work_order_ids))
    found: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    for order, product, item, component in rows.values_list(
        "work_order_id", "product_id", "component__item_id", "component_id"
    ):
        found[order, product, item].add(component)
    return dict(found)

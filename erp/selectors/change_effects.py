"""What the page and the paper of an engineering change show: before and after, and everything it touches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from erp.models import (
    Bom,
    BomLine,
    BomSubstitute,
    EngineeringChange,
    EngineeringChangeOrder,
    Routing,
    RoutingAlternate,
    RoutingOperation,
    WorkCenter,
    WorkOrder,
)
from erp.selectors.comparing import (
    SAME,
    Difference,
    LineRow,
    OperationRow,
    compare_boms,
    compare_lines,
    compare_operations,
    compare_routings,
    compare_weights,
    stored_lines,
    stored_operations,
    weights_of,
)
from erp.selectors.engineering_changes import (
    GoingComponent,
    ItemChange,
    affected_orders,
    going_components,
    item_changes,
)
from erp.states.engineering import EngineeringChangeState
from masterdata.models import Item, Partner


@dataclass(frozen=True)
class ItemEffect:
    """One changed item: the revisions before and after (after only when released) and what differs."""

    item: Item
    bom: Bom | None
    new_bom: Bom | None
    routing: Routing | None
    new_routing: Routing | None
    differences: Sequence[Difference]


@dataclass(frozen=True)
class ChangeEffects:
    """Everything a change does.   orders  open ones now (a draft), or what the release did to them (rows)."""

    items: Sequence[ItemEffect]
    going: Sequence[GoingComponent]
    open_orders: Sequence[WorkOrder]
    orders: Sequence[EngineeringChangeOrder]


def effects_of(change: EngineeringChange, user: Any) -> ChangeEffects:
    """Return what a draft would do to what is valid on its day, or what a released change did.

    Raises:
        NothingValidToChange, NothingToChangeThere: a draft does not fit what is valid on its day.
    """
    if change.state == EngineeringChangeState.DRAFT:
        items = [_planned(one, user) for one in item_changes(change)]
        return ChangeEffects(items, going_components(change), list(affected_orders(change)), [])
    orders = change.orders.select_related("work_order__item__uom").order_by("pk")
    return ChangeEffects(_written(change, user), going_components(change), [], list(orders))


def _planned(one: ItemChange, user: Any) -> ItemEffect:
    differences: list[Difference] = []
    if one.bom is not None and one.lines is not None:
        differences += compare_weights(one.item, weights_of(one.bom), one.weights)
        differences += compare_lines(stored_lines(one.bom), _as_lines(one.lines), user)
    if one.routing is not None and one.operations is not None:
        differences += compare_operations(stored_operations(one.routing), _as_operations(one.operations), user)
    bom = one.bom if one.lines is not None else None
    routing = one.routing if one.operations is not None else None
    return ItemEffect(one.item, bom, None, routing, None, [row for row in differences if row.kind != SAME])


def _written(change: EngineeringChange, user: Any) -> list[ItemEffect]:
    boms = {one.item_id: one for one in change.boms.select_related("item__uom")}
    routings = {one.item_id: one for one in change.routings.select_related("item__uom")}
    found = []
    for item_id in boms.keys() | routings.keys():
        bom, routing = boms.get(item_id), routings.get(item_id)
        old_bom = _predecessor(Bom, bom)
        old_routing = _predecessor(Routing, routing)
        differences: list[Difference] = []
        if bom is not None and old_bom is not None:
            differences += compare_boms(old_bom, bom, user)
        if routing is not None and old_routing is not None:
            differences += compare_routings(old_routing, routing, user)
        item = (bom or routing).item  # type: ignore[union-attr]
        rows = [row for row in differences if row.kind != SAME]
        found.append(ItemEffect(item, old_bom, bom, old_routing, routing, rows))
    return sorted(found, key=lambda one: one.item.code)


def _predecessor(model: Any, one: Any) -> Any:
    """Return the revision that ended on the day this one began."""
    if one is None:
        return None
    return model.objects.filter(item_id=one.item_id, valid_to=one.valid_from).exclude(pk=one.pk).order_by("-pk").first()


def _as_lines(typed: Sequence[dict[str, Any]]) -> list[LineRow]:
    """Return typed lines as rows that can be compared, with their items."""
    keys = {line["component_id"] for line in typed} | {
        one["item_id"] for line in typed for one in line.get("substitutes", ())
    }
    items = Item.objects.select_related("uom").in_bulk(keys)
    rows: list[LineRow] = []
    for line in typed:
        given = {name: value for name, value in line.items() if value is not None and name != "substitutes"}
        row = BomLine(**given)
        row.component = items[line["component_id"]]
        row.conversion_weight = line.get("conversion_weight")
        substitutes = []
        for place, one in enumerate(line.get("substitutes", ()), start=1):
            other = BomSubstitute(ratio=one["ratio"], rank=one.get("rank") or place)
            other.item = items[one["item_id"]]
            substitutes.append(other)
        rows.append((row, substitutes))
    return rows


def _as_operations(typed: Sequence[dict[str, Any]]) -> list[OperationRow]:
    """Return typed operations as rows that can be compared, with their work centres."""
    keys = {one.get("work_center_id") for one in typed}
    keys |= {other["work_center_id"] for one in typed for other in one.get("alternates", ())}
    centers = WorkCenter.objects.in_bulk({key for key in keys if key})
    suppliers = Partner.objects.in_bulk({one["supplier_id"] for one in typed if one.get("supplier_id")})
    rows: list[OperationRow] = []
    for one in typed:
        given = {name: value for name, value in one.items() if value is not None and name != "alternates"}
        row = RoutingOperation(**given)
        row.work_center = centers.get(one.get("work_center_id") or 0)
        row.supplier = suppliers.get(one.get("supplier_id") or 0)
        alternates = []
        for other in one.get("alternates", ()):
            alternate = RoutingAlternate(rank=other.get("rank") or 1)
            alternate.work_center = centers[other["work_center_id"]]
            alternates.append(alternate)
        rows.append((row, alternates))
    return rows

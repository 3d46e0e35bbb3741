"""What an engineering change would do or did: before and after of each item, orders, supply and stock it touches."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from core.clock import today
from core.fields import ZERO
from erp.engines.changing import (
    Change,
    NothingToChange,
    Weights,
    changed_components,
    changed_operations,
    changed_weights,
)
from erp.errors.engineering import NothingToChangeThere, NothingValidToChange
from erp.models import (
    Bom,
    BomLine,
    EngineeringChange,
    EngineeringChangeFollowUp,
    EngineeringChangeLine,
    ItemCost,
    Routing,
    StockBalance,
    Supply,
    WorkOrder,
    WorkOrderMaterial,
)
from erp.selectors.boms import valid_on
from erp.selectors.change_dispositions import used_up_on
from erp.selectors.routings import released_routings
from erp.selectors.sources import url_of
from erp.states import BomState, SupplyKind, WorkOrderState
from erp.states.engineering import OPERATION_ACTIONS, ChangeAction, Disposition, EngineeringChangeState
from masterdata.models import Item

PATH_SEPARATOR = " › "
"""Between the codes of the skipped levels that a material came through."""

OPEN_ORDERS = (WorkOrderState.DRAFT, WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS)
LINE_NAMES = (
    "component_id",
    "quantity",
    "line_kind",
    "scrap_percent",
    "fixed_scrap_quantity",
    "is_level_skipped",
    "issue_method",
    "operation_no",
    "substitute_group",
    "material_kind",
    "cost_method",
    "material_weight",
    "conversion_weight",
    "cost_percent",
    "fixed_amount",
    "starts_order",
    "valid_from",
    "valid_to",
    "note",
)
OPERATION_NAMES = (
    "number",
    "name",
    "name_zh",
    "work_center_id",
    "setup_minutes",
    "run_minutes",
    "base_quantity",
    "is_count_point",
    "is_subcontracted",
    "supplier_id",
    "unit_price",
    "instructions",
)


@dataclass
class ItemChange:
    """What changes for one item: its present bill and routing, and the typed lines and operations that follow.

    weights  those of the main product that follow.
    ``lines`` None: the bill stays.   ``operations`` None: the routing stays.
    """

    item: Item
    changes: list[Change]
    bom: Bom | None = None
    routing: Routing | None = None
    lines: list[dict[str, Any]] | None = None
    operations: list[dict[str, Any]] | None = None
    weights: Weights = (Decimal(1), None)


def item_changes(change: EngineeringChange) -> list[ItemChange]:
    """Return what the lines of a change make of the bills and routings valid on its first day, item by item.

    Raises:
        NothingValidToChange: an item has no released bill (or routing) on that day.
        NothingToChangeThere: a line names what is not there, or adds what is.
    """
    day = change.effective_date
    grouped: dict[int, list[EngineeringChangeLine]] = defaultdict(list)
    for line in change.lines.select_related("item"):
        grouped[line.item_id].append(line)
    boms = {one.item_id: one for one in _released(grouped, day)}
    routings = released_routings(grouped, day)
    found = []
    for item_id, lines in grouped.items():
        one = ItemChange(lines[0].item, [_change(line) for line in lines], boms.get(item_id), routings.get(item_id))
        _apply(one, day)
        found.append(one)
    return sorted(found, key=lambda one: one.item.code)


def _released(item_ids: Iterable[int], day: dt.date) -> QuerySet[Bom]:
    boms = Bom.objects.filter(valid_on(day), item_id__in=list(item_ids), state=BomState.RELEASED)
    return boms.select_related("item__uom").prefetch_related("lines__substitutes", "lines__component")


def _change(line: EngineeringChangeLine) -> Change:
    return Change(
        number=line.line_no,
        action=line.action,
        component=line.component_id or 0,
        replacement=line.replacement_id,
        quantity=line.quantity,
        scrap_percent=line.scrap_percent,
        operation_no=line.operation_no,
        operation_name=line.operation_name,
        operation_name_zh=line.operation_name_zh,
        work_center=line.work_center_id,
        setup_minutes=line.setup_minutes,
        run_minutes=line.run_minutes,
        fixed_scrap_quantity=line.fixed_scrap_quantity,
        is_level_skipped=line.is_level_skipped,
        output_kind=line.output_kind,
        cost_method=line.cost_method,
        material_weight=line.material_weight,
        conversion_weight=line.conversion_weight,
        is_conversion_as_material=line.is_conversion_as_material,
        cost_percent=line.cost_percent,
        fixed_amount=line.fixed_amount,
        starts_order=line.starts_order,
        rank=line.rank,
        substitute_group=line.substitute_group,
    )


def _apply(one: ItemChange, day: dt.date) -> None:
    in_bom = [change for change in one.changes if change.action not in OPERATION_ACTIONS]
    in_routing = [change for change in one.changes if change.action in OPERATION_ACTIONS]
    for needed, document, model in ((in_bom, one.bom, Bom), (in_routing, one.routing, Routing)):
        if needed and document is None:
            raise NothingValidToChange(item=one.item, kind=model._meta.verbose_name, date=day)
    try:
        if in_bom and one.bom is not None:
            one.lines = changed_components(typed_lines(one.bom, day), in_bom)
            one.weights = changed_weights((one.bom.material_weight, one.bom.conversion_weight), in_bom)
        if in_routing and one.routing is not None:
            one.operations = changed_operations(typed_operations(one.routing), in_routing)
    except NothingToChange as error:
        is_bom = error.number in {change.number for change in in_bom}
        raise NothingToChangeThere(line=error.number, document=one.bom if is_bom else one.routing) from error


def typed_lines(bom: Bom, day: dt.date) -> list[dict[str, Any]]:
    """Return the lines of a bill that have not ended by ``day`` as `create_bom` takes them."""
    return [
        {name: getattr(line, name) for name in LINE_NAMES} | {"substitutes": _typed_substitutes(line, day)}
        for line in bom.lines.all()
        if line.valid_to is None or line.valid_to > day
    ]


def _typed_substitutes(line: BomLine, day: dt.date) -> list[dict[str, Any]]:
    names = ("item_id", "ratio", "rank", "valid_from", "valid_to")
    return [
        {name: getattr(one, name) for name in names}
        for one in line.substitutes.all()
        if one.valid_to is None or one.valid_to > day
    ]


def typed_operations(routing: Routing) -> list[dict[str, Any]]:
    """Return the operations of a routing as `create_routing` takes them."""
    names = ("work_center_id", "rank", "setup_minutes", "run_minutes")
    return [
        {name: getattr(one, name) for name in OPERATION_NAMES}
        | {"alternates": [{name: getattr(other, name) for name in names} for other in one.alternates.all()]}
        for one in routing.operations.all()
    ]


def affected_orders(change: EngineeringChange) -> QuerySet[WorkOrder]:
    """Return the open work orders of the items whose bill or routing changes, or that skip one of them, earliest first.

    A skipped level has no order of its own: what is in it stands on the lists of the orders above.
    """
    items = list(Item.objects.filter(pk__in=change.lines.values("item_id")))
    touched = Q(item__in=items) | Q(pk__in=orders_through(items))
    orders = WorkOrder.objects.filter(touched, state__in=OPEN_ORDERS).select_related("item__uom", "bom")
    return orders.order_by("start_date", "pk")


def orders_through(items: Iterable[Item]) -> set[int]:
    """Return the open work orders whose material list was reached through one of ``items``, a skipped level."""
    codes = {item.code for item in items}
    named = Q(pk__in=[])
    for code in codes:
        named |= Q(path__contains=code)
    lines = WorkOrderMaterial.objects.filter(named, work_order__state__in=OPEN_ORDERS).values_list("work_order", "path")
    return {order_id for order_id, path in lines if codes & set(path.split(PATH_SEPARATOR))}


@dataclass(frozen=True)
class GoingComponent:
    """A component that is dropped or replaced: what lies there, what is expected from suppliers, what becomes of it.

    follow_ups  the documents that carry it out, with their addresses.   used_up_on  of stock to be used up: from when
    on it does not suffice (None: never, or it is not to be used up).
    """

    line: EngineeringChangeLine
    on_hand: Decimal
    value: Decimal
    supplies: Sequence[tuple[Supply, str]]
    follow_ups: Sequence[tuple[EngineeringChangeFollowUp, str]] = ()
    used_up_on: dt.date | None = None


def going_components(change: EngineeringChange) -> list[GoingComponent]:
    """Return the components that go, with stock (stock unit, base currency) and expected supply (with its address)."""
    lines = [
        line
        for line in change.lines.select_related("component__uom", "replacement").prefetch_related("follow_ups")
        if line.action == ChangeAction.DROP_COMPONENT
        or (line.action == ChangeAction.CHANGE_COMPONENT and line.replacement_id is not None)
    ]
    ids = {line.component_id for line in lines if line.component_id}
    held = StockBalance.objects.filter(item_id__in=ids).values("item_id").annotate(total=Sum("on_hand"))
    on_hand = {row["item_id"]: row["total"] or ZERO for row in held}
    values = dict(ItemCost.objects.filter(item_id__in=ids).values_list("item_id", "value"))
    supplies: dict[int, list[tuple[Supply, str]]] = defaultdict(list)
    expected = Supply.objects.filter(item_id__in=ids, open_quantity__gt=0)
    for supply in expected.exclude(kind=SupplyKind.WORK_ORDER).order_by("due_date", "pk"):
        supplies[supply.item_id].append((supply, url_of(supply.source_label, supply.source_id)))
    used_up = {line.component_id or 0 for line in lines if line.disposition == Disposition.USE_UP}
    days = used_up_on(used_up, today()) if used_up and change.state == EngineeringChangeState.DRAFT else {}
    return [
        GoingComponent(
            line,
            on_hand.get(line.component_id or 0, ZERO),
            values.get(line.component_id or 0, ZERO),
            supplies[line.component_id or 0],
            [(one, url_of(one.document_label, one.document_id)) for one in line.follow_ups.all()],
            days.get(line.component_id or 0) if line.disposition == Disposition.USE_UP else None,
        )
        for line in lines
    ]

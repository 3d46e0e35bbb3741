"""What a work order needs: its bill of material with skipped levels replaced by their own components.

Source: HARD_RULES §4. Stock of a skipped item is issued as itself first (a planning setting); only the rest explodes.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from core.clock import business_date
from core.fields import ZERO
from core.money import round_quantity
from erp.errors.making import LevelsInCircle
from erp.models import (
    Bom,
    BomLine,
    PlanningSettings,
    Routing,
    RoutingOperation,
    TakenPart,
    WorkOrder,
    WorkOrderMaterial,
    WorkOrderOperation,
)
from erp.selectors.boms import items_below, line_requirement, released_boms, valid_on, with_lines, yield_scrap
from erp.selectors.engineering_changes import PATH_SEPARATOR
from erp.selectors.part_weights import part_weights
from erp.selectors.usable import usable_balances
from erp.services.work_orders.beside import write_outputs
from erp.services.work_orders.expecting import OPEN
from erp.states.engineering import BomLineKind, RoutingState
from erp.states.making import WorkOrderKind

DEEPEST = 25
Way = tuple[tuple[int, str], ...]
"""Items from the product down, as (key, code)."""


@dataclass(frozen=True)
class Need:
    """So much of the component of a bill's line, reached through skipped items (codes, top first)."""

    line: BomLine
    quantity: Decimal
    path: tuple[str, ...] = ()
    operation_no: int | None = None


@dataclass(frozen=True)
class Explosion:
    """What an order needs, and how much of which skipped level it makes on the way."""

    needs: list[Need]
    levels: list[tuple[Bom, Decimal]]


def write_materials(work_order: WorkOrder, at: dt.datetime) -> None:
    """Freeze what the order needs, by the lines valid when it starts (today at the earliest).

    Raises:
        LevelsInCircle: a skipped item contains itself.
        SkippedLevelShares: what comes out beside a skipped item takes a share of its cost.
    """
    effective = max(work_order.start_date, business_date(at))
    if work_order.kind != WorkOrderKind.STANDARD:
        _write_itself(work_order, effective)
        return
    if work_order.bom is None:
        return
    bom = with_lines(Bom.objects.filter(pk=work_order.bom_id), effective).get()
    explosion = exploded(work_order, bom, effective)
    needs = explosion.needs
    renumber = any(need.path for need in needs)
    WorkOrderMaterial.objects.bulk_create(
        WorkOrderMaterial(
            work_order=work_order,
            line_no=number * 10 if renumber else need.line.line_no,
            item=need.line.component,
            required_quantity=need.quantity,
            material_kind=need.line.material_kind,
            issue_method=need.line.issue_method,
            operation_no=need.operation_no,
            bom_line=need.line,
            path=PATH_SEPARATOR.join(need.path)[:200],
        )
        for number, need in enumerate(needs, start=1)
    )
    write_outputs(work_order, [(bom, work_order.quantity), *explosion.levels], effective)


def _write_itself(work_order: WorkOrder, effective: dt.date) -> None:
    """An order that repairs or takes apart needs the goods themselves; one that takes apart brings their parts."""
    WorkOrderMaterial.objects.create(
        work_order=work_order, line_no=10, item=work_order.item, required_quantity=work_order.quantity
    )
    if work_order.kind != WorkOrderKind.DISASSEMBLY or work_order.bom is None:
        return
    bom = with_lines(Bom.objects.filter(pk=work_order.bom_id), effective).get()
    lines = _components(bom)
    weights = part_weights(work_order.origin_id, {line.component_id for line in lines})
    TakenPart.objects.bulk_create(
        TakenPart(
            work_order=work_order,
            line_no=line.line_no,
            item=line.component,
            planned_quantity=round_quantity(
                line.quantity * work_order.quantity / bom.quantity, line.component.uom_decimals
            ),
            unit_weight=weights.get(line.component_id, ZERO),
        )
        for line in lines
    )


def exploded(work_order: WorkOrder, bom: Bom, effective: dt.date) -> Explosion:
    """Return what the order needs by ``bom`` (read by `with_lines`), skipped levels replaced by what is in them."""
    lines = _components(bom)
    skipped = {line.component_id for line in lines if _is_skipped(line)}
    boms = released_boms(items_below(skipped, effective) | skipped, effective) if skipped else {}
    free = _free_stock(work_order, set(boms), effective) if boms and _nets_skipped_levels() else {}
    growth = _Growth(boms, free, by_yield=yield_scrap())
    growth.grow(bom, work_order.quantity, ((work_order.item_id, work_order.item.code),), None)
    return Explosion([need for need in growth.needs if need.quantity > 0], growth.levels)


class _Growth:
    """Replaces skipped lines by their own components, depth first, in the order of the lines."""

    def __init__(self, boms: dict[int, Bom], free: dict[int, Decimal], *, by_yield: bool) -> None:
        self.boms, self.free, self.by_yield = boms, free, by_yield
        self.needs: list[Need] = []
        self.levels: list[tuple[Bom, Decimal]] = []

    def grow(self, bom: Bom, quantity: Decimal, way: Way, operation_no: int | None) -> None:
        """Add what ``quantity`` of the bill's item needs; its lines are used where the skipped line was."""
        path = tuple(code for _pk, code in way[1:])
        for line in _components(bom):
            needed = line_requirement(line, bom, quantity, by_yield=self.by_yield) + line.fixed_scrap_quantity
            number = line.operation_no if len(way) == 1 else operation_no
            below = self.boms.get(line.component_id) if _is_skipped(line) else None
            if below is None:
                self.needs.append(Need(line, needed, path, number))
                continue
            if line.component_id in {pk for pk, _code in way} or len(way) > DEEPEST:
                raise LevelsInCircle(item=line.component, path=PATH_SEPARATOR.join([*path, line.component.code]))
            as_itself = min(needed, self.free.get(line.component_id, ZERO))
            if as_itself > 0:
                self.free[line.component_id] -= as_itself
                self.needs.append(Need(line, as_itself, path, number))
            if needed > as_itself:
                self.levels.append((below, needed - as_itself))
                self.grow(below, needed - as_itself, (*way, (line.component_id, line.component.code)), number)


def _components(bom: Bom) -> list[BomLine]:
    return [line for line in bom.lines.all() if line.line_kind == BomLineKind.COMPONENT]


def _is_skipped(line: BomLine) -> bool:
    return bool(line.is_level_skipped or line.component.is_phantom)


def _nets_skipped_levels() -> bool:
    settings = PlanningSettings.objects.first() or PlanningSettings()
    return settings.net_phantoms


def _free_stock(work_order: WorkOrder, item_ids: Iterable[int], day: dt.date) -> dict[int, Decimal]:
    """What of items lies in the order's warehouse and is neither reserved nor wanted by another order."""
    rows = usable_balances(day).filter(item_id__in=set(item_ids), location__warehouse_id=work_order.warehouse_id)
    free = {
        row["item_id"]: row["free"]
        for row in rows.values("item_id").annotate(free=Sum(F("on_hand") - F("reserved"))).order_by("item_id")
    }
    others = WorkOrderMaterial.objects.filter(
        item_id__in=free, work_order__warehouse_id=work_order.warehouse_id, work_order__state__in=OPEN
    ).exclude(work_order=work_order)
    wanted = others.filter(required_quantity__gt=F("issued_quantity")).values("item_id").order_by("item_id")
    for row in wanted.annotate(open=Sum(F("required_quantity") - F("issued_quantity"))):
        free[row["item_id"]] -= row["open"]
    return {pk: max(ZERO, quantity) for pk, quantity in free.items()}


def write_operations(work_order: WorkOrder, at: dt.datetime) -> None:
    """Copy the steps of the routing released for the day the order starts; minutes are for the whole order."""
    if work_order.kind != WorkOrderKind.STANDARD:
        return
    effective = max(work_order.start_date, business_date(at))
    found = Routing.objects.filter(valid_on(effective), item_id=work_order.item_id, state=RoutingState.RELEASED)
    WorkOrderOperation.objects.bulk_create(
        WorkOrderOperation(
            work_order=work_order,
            number=one.number,
            routing_id=one.routing_id,
            name=one.name,
            name_zh=one.name_zh,
            work_center_id=one.work_center_id,
            setup_minutes=one.setup_minutes,
            run_minutes=round_quantity(one.run_minutes * work_order.quantity / one.base_quantity),
            is_count_point=one.is_count_point,
            is_subcontracted=one.is_subcontracted,
            supplier_id=one.supplier_id,
            unit_price=one.unit_price,
            instructions=one.instructions,
        )
        for one in RoutingOperation.objects.filter(routing__in=found).order_by("number")
    )


def scale_operations(work_order: WorkOrder, before: Decimal) -> None:
    """Bring the run minutes to the order's new quantity; who does what stays."""
    work_order.operations.update(run_minutes=F("run_minutes") * work_order.quantity / before)

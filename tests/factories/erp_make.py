"""Bills of material, stock, orders and plans for tests, made through their services."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.operations import perform
from erp.models import Bom, PlannedOrder, Routing, WorkCenter, WorkOrder
from erp.models.planning import CurrentRun
from erp.services import boms, planning, routings, work_centers, work_orders
from erp.services.stock_documents import create_stock_document, post_stock_document
from masterdata.models import Item, Warehouse
from tests.factories import core, masterdata

D = Decimal


def place() -> Warehouse:
    """The warehouse everything lies in; with it the company and the basic data."""
    core.company()
    return Warehouse.objects.first() or masterdata.warehouse("MAIN")


def made(code: str, **fields: Any) -> Item:
    return masterdata.item(code, **{"supply_type": "make"} | fields)


def bom(item: Item, *lines: tuple[Item, str], release: bool = True, **fields: Any) -> Bom:
    """A released bill of material per one piece; lines as (component, quantity) or with a dict of further fields."""
    values = {"valid_from": dt.date(2020, 1, 1), "lines": [_line(*line) for line in lines]}
    draft = perform(boms.create_bom, actor=None, item_id=item.pk, **values | fields)
    return perform(boms.release_bom, actor=None, bom_id=draft.pk) if release else draft


def _line(component: Item, quantity: str, more: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"component_id": component.pk, "quantity": D(quantity)} | (more or {})


def work_center(code: str, *, rate: tuple[str, str, str] | None = None, **fields: Any) -> WorkCenter:
    """A work centre; ``rate`` is what an hour of labour, machine and overhead costs since 2020."""
    values: dict[str, Any] = {"code": code, "name": code.title()} | fields
    if rate is not None:
        names = ("labour_rate", "machine_rate", "overhead_rate")
        costs = {name: D(cost) for name, cost in zip(names, rate, strict=True)}
        values["rates"] = [{"valid_from": dt.date(2020, 1, 1)} | costs]
    return perform(work_centers.create_work_center, actor=None, **values)


def routing(
    item: Item,
    *operations: tuple[WorkCenter | None, str] | tuple[WorkCenter | None, str, dict[str, Any]],
    **fields: Any,
) -> Routing:
    """A released routing; operations as (work centre, run minutes per piece) or with a dict of further fields."""
    values = {"valid_from": dt.date(2020, 1, 1), "operations": [_step(*one) for one in operations]} | fields
    draft = perform(routings.create_routing, actor=None, item_id=item.pk, **values)
    return perform(routings.release_routing, actor=None, routing_id=draft.pk)


def _step(center: WorkCenter | None, minutes: str, more: dict[str, Any] | None = None) -> dict[str, Any]:
    own = {"name": center.code if center else "out", "run_minutes": D(minutes)}
    return own | {"work_center_id": center.pk if center else None} | (more or {})


def stock(item: Item, quantity: str, unit_cost: str = "10", *, warehouse: Warehouse | None = None, **line: Any) -> None:
    """Put stock of an item into the default location of a warehouse, unless ``line`` names another place."""
    document = perform(
        create_stock_document,
        actor=None,
        kind="misc_receipt",
        reason_code="found",
        warehouse_id=(warehouse or place()).pk,
        lines=[{"item_id": item.pk, "quantity": D(quantity), "unit_cost": D(unit_cost)} | line],
    )
    perform(post_stock_document, actor=None, document_id=document.pk)


def work_order(item: Item, quantity: str = "10", *, due_date: dt.date | None = None, **fields: Any) -> WorkOrder:
    place()
    from core.clock import today

    due = due_date or today() + dt.timedelta(days=14)
    return perform(
        work_orders.create_work_order, actor=None, item_id=item.pk, quantity=D(quantity), due_date=due, **fields
    )


def released_work_order(item: Item, quantity: str = "10", **fields: Any) -> WorkOrder:
    draft = work_order(item, quantity, **fields)
    return perform(work_orders.release_work_order, actor=None, work_order_id=draft.pk)


def issued_work_order(item: Item, quantity: str = "10", **fields: Any) -> WorkOrder:
    """A work order to which everything it needs was issued."""
    order = released_work_order(item, quantity, **fields)
    lines = [{"material_id": line.pk, "quantity": line.required_quantity} for line in order.materials.all()]
    return perform(work_orders.issue_materials, actor=None, work_order_id=order.pk, lines=lines)


def plan(**how: Any) -> list[PlannedOrder]:
    """Make a plan and return its orders by item code and due date."""
    run = planning.run_plan(**how)
    assert CurrentRun.objects.get().run_id == run.number
    return planned(run.slot)


def planned(slot: int) -> list[PlannedOrder]:
    orders = PlannedOrder.objects.filter(slot=slot).select_related("item")
    return sorted(orders, key=lambda one: (one.item.code, one.due_date, one.sequence))

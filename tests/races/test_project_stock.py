"""Orders of one project and a move out of it at once: what the project keeps is given once."""

from decimal import Decimal

import pytest

from core.operations import perform
from crm.models import SalesOrder
from crm.services.sales_orders import confirm_sales_order
from erp.models import Demand, Reservation, StockBalance
from erp.services.project_stock import move_project_stock
from erp.services.stock.locking import lock_demands
from erp.states import DemandKind
from finance.selectors.invariants import STOCK, violations
from masterdata.models import Item, Project
from tests.factories import core, crm, erp, masterdata
from tests.races.runners import run_together

D = Decimal
KEPT, OF_EACH, GIVEN = 12, "5", 2
ORDERS = 3


def stocked() -> tuple[Item, Project]:
    """A project keeps all there is of an item."""
    erp.place()
    item, project = masterdata.item("PART"), Project.objects.create(code="P", name="Project")
    erp.opening(item, str(KEPT))
    said = {"lines": [{"item_id": item.pk, "quantity": D(KEPT)}], "to_project_id": project.pk, "reason": "set aside"}
    perform(move_project_stock, actor=core.superuser(), **said)
    return item, project


def ordered(item: Item, project: Project) -> SalesOrder:
    line = crm.line(item, OF_EACH)
    return crm.sales_order(None, line, warehouse_id=erp.place().pk, project_id=project.pk)


def race(*, locks_off: bool) -> list[str]:
    """Three orders of the project want 5 each of the 12 it keeps, and 2 are given back to common stock."""
    item, project = stocked()
    ordered_ids = [ordered(item, project).pk for _number in range(ORDERS)]
    work = [("confirm", {"order_id": pk}) for pk in ordered_ids]
    lines = [{"item_id": item.pk, "quantity": str(GIVEN)}]
    work.append(("give", {"lines": lines, "from_project_id": project.pk, "reason": "spare"}))
    return run_together(work, ORDERS + 1, locks_off=locks_off)


def books() -> tuple[Decimal, Decimal]:
    """What is kept by the balances and by the reservations; a project wants exactly what is reserved for it."""
    rows = Reservation.objects.all()
    by_demand = {one.pk: sum((row.quantity for row in rows if row.demand_id == one.pk), D(0)) for one in pools()}
    assert {one.pk: one.open_quantity for one in pools()} == by_demand
    return sum((one.reserved for one in StockBalance.objects.all()), D(0)), sum((row.quantity for row in rows), D(0))


def pools() -> list[Demand]:
    return list(Demand.objects.filter(kind=DemandKind.PROJECT))


def test_what_a_project_keeps_is_given_once(committed):
    outcomes = race(locks_off=False)
    assert sorted(outcomes)[:ORDERS] == ["done"] * ORDERS
    assert set(outcomes) <= {"done", "not_of_project"}, "the orders may have been quicker than the move"
    reserved, rows = books()
    assert KEPT - GIVEN <= reserved == rows <= KEPT
    assert not violations(STOCK)


def test_without_locks_it_is_given_twice(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = race(locks_off=True)
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    rows = sum((row.quantity for row in Reservation.objects.all()), D(0))
    reserved = sum((one.reserved for one in StockBalance.objects.all()), D(0))
    assert stopped_by_database or reserved != rows or rows > KEPT or violations(STOCK)


@pytest.mark.django_db
def test_what_a_project_keeps_is_locked_after_the_demands_that_draw_on_it():
    """A receipt locks both at once, a posting one after the other: in the same order, or they wait for each other."""
    item, project = stocked()
    [pool] = pools()
    order = ordered(item, project)
    perform(confirm_sales_order, actor=core.superuser(), order_id=order.pk)
    demand = Demand.objects.get(source_label="crm.salesorder", source_id=order.pk)
    assert pool.pk < demand.pk
    assert list(lock_demands([pool.pk, demand.pk])) == [demand.pk, pool.pk]

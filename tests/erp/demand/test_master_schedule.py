"""The master schedule: rows by week, fences, firming. Today is Tuesday, 10 March 2026."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.errors import InvalidInput
from core.operations import perform
from crm.models import SalesOrder
from crm.services import sales_orders
from erp.errors.demand import InsideFrozenFence, NotMasterScheduled
from erp.models import Demand, DemandSettings, WorkOrder
from erp.selectors.forecasts import demand_rules
from erp.selectors.master_schedule import frozen_needs, master_schedule, scheduled_items, weeks_from
from erp.selectors.plan import planned_orders
from erp.services import forecasts, planning
from erp.services.planning.mastering import set_master_quantities
from erp.services.planning.scheduling_master import firm_master_schedule
from masterdata.errors import QuantityTooFine
from masterdata.models import Item
from scm.models import RequisitionLine
from tests.factories import core, erp, erp_demand, erp_make, masterdata

D = Decimal
pytestmark = pytest.mark.django_db
LATER = dt.date(2026, 4, 8)
WEEK = dt.date(2026, 4, 6)


@pytest.fixture
def motor():
    """Ten in stock, 30 forecast for March, April, May each (bought), 25 ordered for 8 April."""
    erp.place()
    motor = masterdata.item("MOTOR", lead_time_days=5)
    erp.opening(motor, "10")
    erp_demand.ordered(motor, erp_demand.months_before(erp.TODAY, ["30"] * 12))
    made = erp_demand.calculated()
    perform(
        forecasts.choose_forecast_method, actor=None, forecast_id=made.pk, line_id=made.lines.get().pk, method="naive"
    )
    perform(forecasts.release_forecast, actor=None, forecast_id=made.pk)
    [past] = SalesOrder.objects.all()
    perform(sales_orders.close_sales_order, actor=None, order_id=past.pk, reason="Delivered elsewhere")
    erp_demand.ordered(motor, {LATER: "25"})
    return motor


def schedule(item, weeks=12):
    columns = weeks_from(erp.TODAY, weeks, demand_rules())
    [one] = master_schedule([item], erp.TODAY, columns)
    return one, columns


def test_rows_by_week(motor):
    one, weeks = schedule(motor)
    assert list(scheduled_items()) == [motor]
    assert [week.zone for week in weeks][:6] == ["frozen", "demand", "planning", "planning", "planning", "open"]
    assert weeks[4].start == WEEK
    assert sum(one.forecast) == 90
    april = [week.start for week in weeks].index(dt.date(2026, 3, 30))
    assert (one.forecast[april], one.net_forecast[april]) == (30, 5)  # the order of 8 April consumes it
    assert one.net_forecast[0] == 0  # the month of March has begun: inside the demand fence nothing but orders count
    assert (one.on_hand, one.orders[4]) == (10, 25)
    assert (one.projected[0], one.projected[4]) == (10, 10 - 5 - 25)
    assert one.free[:5] == [0, 0, 0, 0, 0]  # the ten are promised to the order


def test_planned_receipts_are_firmed_in_their_week(motor):
    planning.run_plan()
    one, weeks = schedule(motor)
    place = next(place for place, quantity in enumerate(one.planned) if quantity and weeks[place].start >= WEEK)
    cell = {"item_id": motor.pk, "date": weeks[place].start, "quantity": D(40)}
    done = perform(firm_master_schedule, actor=None, cells=[cell])
    assert (done.work_order_ids, done.announced) == ([], 1)
    assert RequisitionLine.objects.get().stock_quantity == 40
    again, _weeks = schedule(motor)
    assert again.firm[place] == 40
    assert again.planned[place] == 0


def test_an_order_the_plan_does_not_have(motor):
    bench = erp_make.made("BENCH", lead_time_days=2)
    erp_make.bom(bench, (motor, "1"))
    cells = [{"item_id": one.pk, "date": dt.date(2026, 5, 6), "quantity": D(7)} for one in (bench, motor)]
    done = perform(firm_master_schedule, actor=None, cells=cells)
    order = WorkOrder.objects.get()
    assert (done.work_order_ids, done.announced) == ([order.pk], 1)
    assert (order.quantity, order.due_date) == (7, dt.date(2026, 5, 8))
    line = RequisitionLine.objects.get()
    assert (line.item, line.needed_date) == (motor, dt.date(2026, 5, 8))


def test_frozen_weeks_and_wrong_quantities_are_refused(motor):
    cell = {"item_id": motor.pk, "date": WEEK, "quantity": D(5)}
    for wrong in ({"date": erp.TODAY}, {"date": erp.TODAY + dt.timedelta(days=1)}):
        with pytest.raises(InsideFrozenFence):
            perform(firm_master_schedule, actor=None, cells=[cell | wrong])
    for cells in ([], [cell | {"quantity": D(0)}], [cell | {"quantity": None}], [cell | {"item_id": 0}]):
        with pytest.raises(InvalidInput):
            perform(firm_master_schedule, actor=None, cells=cells)
    type(motor).objects.filter(pk=motor.pk).update(fence_days=60)
    with pytest.raises(InsideFrozenFence):
        perform(firm_master_schedule, actor=None, cells=[cell])
    assert not RequisitionLine.objects.exists()


def test_page_file_and_api(client, motor):
    client.force_login(core.user())
    assert client.get(reverse("erp:mps")).status_code == 403
    client.force_login(core.user("erp.view_plannedorder", "core.export_data"))
    page = client.get(reverse("erp:mps")).content.decode()
    assert "MOTOR" in page
    assert "plan-cell" not in page
    file = client.get(reverse("erp:mps"), {"export": "csv", "weeks": "4"})
    assert b"MOTOR" in b"".join(file.streaming_content)
    assert client.get(reverse("erp:mps"), {"export": "xlsx"}).status_code == 200
    boss = core.superuser("boss")
    client.force_login(boss)
    assert f"cell-{motor.pk}-2026-04-06" in client.get(reverse("erp:mps")).content.decode()
    assert f"cell-{motor.pk}-2026-03-09" not in client.get(reverse("erp:mps")).content.decode()
    firm = reverse("erp:mps-firm")
    assert client.post(firm, {f"cell-{motor.pk}-2026-04-06": "15"}).status_code == 302
    assert client.post(firm, {f"cell-{motor.pk}-2026-03-09": "15"}).status_code == 409
    api = APIClient()
    api.force_authenticate(boss)
    [row] = api.get("/api/v1/erp/master-schedule/", {"weeks": 8}).json()["results"]
    assert (row["item_code"], len(row["weeks"]), row["weeks"][4]["firm"]) == ("MOTOR", 8, "15.000000")
    body = {"cells": [{"item_id": motor.pk, "date": "2026-05-04", "quantity": "3"}]}
    done = api.post("/api/v1/erp/master-schedule/firm/", body, format="json", headers={"Idempotency-Key": "1"})
    assert done.json() == {"work_orders": [], "announced": 1}


@pytest.fixture
def mastered(motor):
    """The motor is in the master schedule: 40 in the week of 6 April."""
    Item.objects.filter(pk=motor.pk).update(is_master_scheduled=True)
    motor.refresh_from_db()
    perform(set_master_quantities, actor=None, cells=[{"item_id": motor.pk, "date": LATER, "quantity": D(40)}])
    return motor


def planned_of(item):
    planning.run_plan()
    return [(one.need_date, one.quantity) for one in planned_orders().filter(item=item).order_by("need_date")]


def test_quantities_take_the_place_of_the_forecast(mastered):
    """Forecast ends with the week of 6 April: 40 there, of which the order consumes 25; May stays."""
    one, _weeks = schedule(mastered)
    assert (one.master[4], sum(one.master)) == (40, 40)
    assert (one.net_forecast[4], sum(one.net_forecast)) == (15, 45)
    assert one.projected[4] == 10 - 25 - 15
    assert planned_of(mastered)[:3] == [(LATER, 15), (dt.date(2026, 4, 10), 15), (dt.date(2026, 5, 1), 30)]
    demand = Demand.objects.get(kind="master")
    assert (demand.quantity, demand.due_date, demand.source_number) == (40, dt.date(2026, 4, 10), "MPS MOTOR")
    perform(set_master_quantities, actor=None, cells=[{"item_id": mastered.pk, "date": LATER, "quantity": None}])
    assert not Demand.objects.filter(kind="master").exists()
    assert sum(schedule(mastered)[0].net_forecast) == 35


def test_no_order_within_the_frozen_days_but_a_message(mastered):
    """18 wanted in two days are missed (the ten there are kept for April): the order moves behind the frozen days."""
    DemandSettings.objects.update_or_create(pk=1, defaults={"frozen_days": 21, "demand_fence_days": 28})
    erp_demand.ordered(mastered, {dt.date(2026, 3, 12): "18"})
    planning.run_plan()
    fence = erp.TODAY + dt.timedelta(days=21)
    assert all(one.start_date >= fence for one in planned_orders().filter(item=mastered))
    [need, *_later] = frozen_needs([mastered])
    assert (need.needed_date, need.quantity, need.start_date >= fence) == (dt.date(2026, 3, 12), 18, True)
    Item.objects.filter(pk=mastered.pk).update(is_master_scheduled=False)
    mastered.refresh_from_db()
    planning.run_plan()
    assert any(one.start_date < fence for one in planned_orders().filter(item=mastered))
    assert frozen_needs([mastered]) == []


def test_setting_quantities_refuses_and_answers(client, motor):
    cell = {"item_id": motor.pk, "date": LATER, "quantity": D(5)}
    with pytest.raises(NotMasterScheduled):
        perform(set_master_quantities, actor=None, cells=[cell])
    Item.objects.filter(pk=motor.pk).update(is_master_scheduled=True)
    with pytest.raises(InsideFrozenFence):
        perform(set_master_quantities, actor=None, cells=[cell | {"date": erp.TODAY}])
    for wrong, refusal in (
        ({"quantity": D(-1)}, InvalidInput),
        ({"item_id": 0}, InvalidInput),
        ({"quantity": D("0.5")}, QuantityTooFine),
    ):
        with pytest.raises(refusal):
            perform(set_master_quantities, actor=None, cells=[cell | wrong])
    url, name = reverse("erp:mps-set"), f"cell-{motor.pk}-2026-04-06"
    client.force_login(core.user("erp.view_plannedorder"))
    assert client.post(url, {name: "7"}).status_code == 403
    boss = core.superuser("boss")
    client.force_login(boss)
    assert client.post(url, {name: "7"}).status_code == 302
    assert 'form="master-grid"' in client.get(reverse("erp:mps")).content.decode()
    assert client.post(url, {name: ""}).status_code == 302
    assert not Demand.objects.filter(kind="master").exists()
    api = APIClient()
    api.force_authenticate(boss)
    body = {"cells": [{"item_id": motor.pk, "date": "2026-04-06", "quantity": "9"}]}
    done = api.post("/api/v1/erp/master-schedule/set/", body, format="json", headers={"Idempotency-Key": "2"})
    assert done.json() == {"set": 1}
    [row] = api.get("/api/v1/erp/master-schedule/", {"weeks": 8}).json()["results"]
    assert (row["is_master_scheduled"], row["weeks"][4]["master"]) == (True, "9.000000")

"""Stocking advice: from use, lead times and cost; accepted into items and limits. Today: 10 March 2026."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.clock import on_day
from core.errors import InvalidInput
from core.operations import perform
from erp.engines.stocking import Spread
from erp.models import PlanningEvent, StockingAdvice, StockLimit
from erp.selectors.forecasts import demand_rules
from erp.selectors.stocking import stocking_cases
from erp.services import forecasts, stocking
from masterdata.models import Item
from scm.selectors.lead_times import purchase_lead_times
from tests.factories import core, erp, finance, masterdata, scm

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    """Twenty pieces at 100 left every second week; five a day on average over four weeks of life."""
    erp.place()
    motor = masterdata.item("MOTOR", lead_time_days=5, lot_multiple=D(10))
    came = {"item_id": motor.pk, "quantity": D(500), "unit_cost": D(100)}
    erp.posted(erp.draft("misc_receipt", came), date=dt.date(2026, 1, 5))
    for day in (dt.date(2026, 2, 10), dt.date(2026, 2, 24)):
        erp.posted(erp.draft("misc_issue", {"item_id": motor.pk, "quantity": D(1)}), date=day)  # no use of customers
    for weeks in (2, 4):
        erp.shipped(erp.confirmed(motor, "70"), date=erp.TODAY - dt.timedelta(weeks=weeks))
    return motor


def test_a_case_is_what_the_ledger_says(item):
    [case] = stocking_cases(demand_rules(), erp.TODAY)
    assert case.demand.mean == D(140) / 4 / 7
    assert round(case.demand.deviation, 4) == round(D("40.4145188") / D(7).sqrt(), 4)  # 70, 0, 70, 0 by week
    assert case.lead == Spread(D(7), D(0), 0)  # five working days as planned: nothing was bought yet
    assert (case.unit_cost, case.order_cost, case.service_percent) == (100, 100, 90)


def test_running_proposes_and_accepting_writes_items_and_limits(item):
    assert perform(stocking.run_stocking_advice, actor=None) == 1
    advice = StockingAdvice.objects.get()
    # 1.2816 standard deviations of a week: 1.2816 x 40.41 = 51.8; EOQ: root of 2 x 1825 x 100 / 20 = 135.1
    assert (advice.safety_stock, advice.reorder_point, advice.lot) == (52, 52 + 35, 140)
    assert (advice.present_safety, advice.present_lot, advice.differs) == (0, 0, True)
    assert advice.value_effect == (52 + 140 / 2) * 100
    PlanningEvent.objects.all().delete()
    boss = core.superuser("boss")
    assert perform(stocking.accept_stocking_advice, actor=boss, advice_ids=[advice.pk]) == 1
    item.refresh_from_db()
    assert (item.safety_stock, item.min_lot) == (52, 140)
    assert item.history.first().history_user == boss
    limit = StockLimit.objects.get()
    assert (limit.minimum, limit.reorder_quantity, limit.warehouse) == (87, 140, erp.place())
    assert PlanningEvent.objects.get().reason == "stocking"
    advice.refresh_from_db()
    assert (advice.differs, advice.accepted_by, advice.present_reorder) == (False, boss, 87)
    assert perform(stocking.run_stocking_advice, actor=None) == 0
    for ids in ([], [0]):
        with pytest.raises(InvalidInput):
            perform(stocking.accept_stocking_advice, actor=None, advice_ids=ids)


def test_settings_and_master_data_bound_the_proposal(item):
    supplier = masterdata.supplier()
    masterdata.supplier_item(supplier, item, "90", is_preferred=True, min_order=D(155))
    Item.objects.filter(pk=item.pk).update(lot_policy="fixed", fixed_lot=D(20))
    rules = {"service_c": D(50), "writes_limits": False}
    perform(forecasts.configure_demand, actor=None, rules=rules)
    perform(stocking.run_stocking_advice, actor=None)
    advice = StockingAdvice.objects.get()
    assert (advice.safety_stock, advice.lot, advice.present_lot) == (0, 160, 20)
    perform(stocking.accept_stocking_advice, actor=None)
    item.refresh_from_db()
    assert (item.fixed_lot, item.min_lot, StockLimit.objects.count()) == (160, 0, 0)
    Item.objects.filter(pk=item.pk).update(order_policy="make_to_order")
    perform(stocking.run_stocking_advice, actor=None)
    assert not StockingAdvice.objects.exists()  # what is made to order is not stocked


def test_lead_times_are_those_really_taken():
    made = scm.buying_company()
    finance.open_books(years=[2026])
    with on_day(dt.date(2026, 2, 20)):
        order = scm.approved_order(made)
    scm.posted_receipt(made, order, "10")
    assert purchase_lead_times(scm.TODAY) == {made.bolt.pk: [18]}
    assert purchase_lead_times(scm.TODAY + dt.timedelta(days=1)) == {}


def test_page_and_api(client, item):
    client.force_login(core.user())
    assert client.get(reverse("erp:stocking-advice")).status_code == 403
    boss = core.superuser("boss")
    client.force_login(boss)
    assert client.get(reverse("erp:stocking-advice")).status_code == 200
    assert client.post(reverse("erp:stocking-advice-run")).status_code == 302
    page = client.get(reverse("erp:stocking-advice")).content.decode()
    assert "12,200.00" in page
    client.force_login(core.user("erp.view_stockingadvice"))
    assert "12,200.00" not in client.get(reverse("erp:stocking-advice")).content.decode()
    client.force_login(boss)
    accept = f"{reverse('erp:stocking-advice-accept')}?abc_class=A"
    assert client.post(accept, {"all": "1"}).status_code == 422  # nothing is of class A
    api = APIClient()
    api.force_authenticate(boss)
    [row] = api.get("/api/v1/erp/stocking-advice/", {"differs": 1}).json()["results"]
    assert (row["safety_stock"], row["value_effect"]) == ("52.000000", "12200.0000")
    body = {"advice_ids": [row["id"]]}
    done = api.post("/api/v1/erp/stocking-advice/accept/", body, format="json", headers={"Idempotency-Key": "1"})
    assert done.json() == {"changed": 1}
    run = api.post("/api/v1/erp/stocking-advice/run/", {}, headers={"Idempotency-Key": "2"})
    assert run.json() == {"differing": 0}

"""The watch over production: what is found, told once and closed; customers hit; pages, wall, sales order list, API."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.clock import on_day
from core.errors import InvalidInput
from core.notifications.models import Notification
from core.operations import perform
from erp.models import TrackingWarning, WorkOrder
from erp.services import tracking, work_orders
from erp.tasks import watch_production
from masterdata.models import Item
from tests.erp.services import work_order_steps as steps
from tests.factories import core, crm, erp_make, finance, masterdata

D = Decimal
TODAY = dt.date(2026, 3, 2)
pytestmark = pytest.mark.django_db


@pytest.fixture
def bench(db):
    core.company(pinned_date=TODAY)
    finance.open_books(years=[2026])
    erp_make.place()
    bench = erp_make.made("BENCH", lead_time_days=2)
    leg = masterdata.item("LEG")
    erp_make.bom(bench, (leg, "4"))
    erp_make.stock(leg, "60", "5")
    return bench


def order(bench, quantity="10", *, owner=None, **values):
    made = perform(
        work_orders.create_work_order,
        actor=owner,
        item_id=bench.pk,
        quantity=D(quantity),
        due_date=TODAY + days(14),
        **values,
    )
    return perform(work_orders.release_work_order, actor=None, work_order_id=made.pk)


def days(number):
    return dt.timedelta(days=number)


def standing() -> set[tuple[str, str, int | None]]:
    rows = TrackingWarning.objects.filter(closed_at__isnull=True)
    return {(row.work_order.number, row.kind, row.days) for row in rows}


def test_late_orders_are_told_once_and_closed_when_they_are_not_late_any_more(bench):
    planner = core.superuser("planner")
    late = order(bench, owner=planner)
    WorkOrder.objects.filter(pk=late.pk).update(start_date=TODAY - days(3), due_date=TODAY - days(1))
    assert watch_production() == 2
    assert standing() == {(late.number, "late_start", 3), (late.number, "late_finish", 1)}
    assert Notification.objects.filter(user=planner).count() == 2
    assert watch_production() == 0
    assert Notification.objects.count() == 2
    with on_day(TODAY + days(1)):
        watch_production()
    assert (late.number, "late_start", 4) in standing()
    assert Notification.objects.count() == 2
    WorkOrder.objects.filter(pk=late.pk).update(start_date=TODAY, due_date=TODAY + days(5))
    watch_production()
    assert not standing()
    assert TrackingWarning.objects.filter(closed_at__isnull=False).count() == 2


def test_material_is_missing_for_whoever_starts_later(bench):
    first, second = order(bench), order(bench)  # 40 legs each, 60 are there
    WorkOrder.objects.filter(pk=first.pk).update(start_date=TODAY + days(1))
    WorkOrder.objects.filter(pk=second.pk).update(start_date=TODAY + days(2))
    watch_production()
    warning = TrackingWarning.objects.get()
    assert (warning.work_order, warning.kind, warning.item.code, warning.quantity) == (
        second,
        "missing_material",
        "LEG",
        20,
    )
    erp_make.stock(Item.objects.get(code="LEG"), "20", "5")
    watch_production()
    assert not standing()


def test_idle_orders_and_low_yield(bench):
    made = erp_make.issued_work_order(bench, "10")
    steps.report(made, good="8", scrap="2")
    watch_production()
    row = TrackingWarning.objects.get()
    assert (row.kind, row.percent) == ("yield_drop", 80)
    with on_day(TODAY + days(4)):
        watch_production()
        assert {one[1] for one in standing()} >= {"idle", "yield_drop"}
    steps.start(made)
    with on_day(TODAY + days(5)):
        watch_production()
        assert "idle" not in {one[1] for one in standing()}


def test_thresholds_decide_and_none_is_not_watched(bench):
    late = order(bench)
    WorkOrder.objects.filter(pk=late.pk).update(start_date=TODAY - days(3))
    perform(tracking.configure_tracking, actor=None, rules={"late_start_days": 3, "material_days": None})
    assert watch_production() == 0
    perform(tracking.configure_tracking, actor=None, rules={"late_start_days": 2})
    assert watch_production() == 1
    with pytest.raises(InvalidInput):
        perform(tracking.configure_tracking, actor=None, rules={"yield_percent": D(101)})


@pytest.fixture
def hit(bench):
    """A customer's order of 6 benches; a late order for benches and, below it, a late one for legs."""
    seller = core.superuser("seller")
    frame = erp_make.made("FRAME", lead_time_days=1)
    table = erp_make.made("TABLE", lead_time_days=1)
    erp_make.bom(table, (frame, "1"))
    sold = crm.confirmed_order(None, crm.line(table, "6"), actor=seller, warehouse_id=erp_make.place().pk)
    top = erp_make.released_work_order(table, "6")
    below = erp_make.released_work_order(frame, "6")
    WorkOrder.objects.filter(pk=below.pk).update(due_date=TODAY - days(1), start_date=TODAY - days(1))
    perform(tracking.configure_tracking, actor=None, rules={"notifies_sales": True, "material_days": None})
    watch_production()
    return sold, top, below, seller


def test_the_customers_order_is_named_through_all_levels(hit):
    sold, _top, below, seller = hit
    warnings = TrackingWarning.objects.filter(work_order=below)
    assert {one.hits.get().order_line.order for one in warnings} == {sold}
    assert Notification.objects.filter(user=seller, url=below.get_absolute_url()).exists()


def test_pages_show_what_the_user_may_see(client, hit):
    sold, _top, below, seller = hit
    client.force_login(seller)
    page = client.get(reverse("erp:tracking")).content.decode()
    assert sold.number in page
    assert below.number in page
    client.force_login(core.superuser("boss"))
    assert sold.number in client.get(f"{reverse('erp:tracking')}?export=csv").getvalue().decode()
    client.force_login(seller)
    wall = client.get(reverse("erp:tracking-wall"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in wall
    assert sold.number in wall
    listed = client.get(reverse("crm:sales-order-list")).content.decode()
    assert "Late finish" in listed
    customer = client.get(sold.partner.get_absolute_url()).content.decode()
    assert "Late finish" in customer
    narrowed = client.get(f"{reverse('erp:tracking')}?sales_order={sold.pk}&kind=idle").content.decode()
    assert below.number not in narrowed
    settings = client.get(reverse("erp:tracking-settings"))
    assert settings.status_code == 200
    client.post(reverse("erp:tracking-settings"), {"late_start_days": "", "yield_percent": "90"})
    client.post(reverse("erp:tracking-check"))
    assert not TrackingWarning.objects.filter(kind="late_start", closed_at__isnull=True).exists()
    worker = core.user("erp.view_trackingwarning", "erp.view_workorder")
    client.force_login(worker)
    assert sold.number not in client.get(reverse("erp:tracking")).content.decode()
    client.force_login(core.user())
    for name in ("tracking", "tracking-wall", "tracking-settings"):
        assert client.get(reverse(f"erp:{name}")).status_code == 403


def test_the_api_lists_warnings_with_the_orders_hit(hit):
    sold, _top, below, seller = hit
    client = APIClient()
    client.force_authenticate(seller)
    rows = client.get("/api/v1/erp/tracking-warnings/", {"work_order": below.pk}).json()["results"]
    assert {row["kind"] for row in rows} == {"late_start", "late_finish"}
    assert rows[0]["sales_orders"] == [sold.pk]


def test_the_api_reads_and_writes_the_thresholds_and_checks_at_once(bench):
    order(bench)
    client = APIClient()
    client.force_authenticate(core.superuser())
    path, keys = "/api/v1/erp/tracking-settings/", iter(("a", "b", "c", "d"))

    def send(method, to, body=None):
        return getattr(client, method)(to, body, format="json", headers={"Idempotency-Key": next(keys)})

    before = client.get(path).json()
    changed = send("put", path, {"version": before["version"], "late_start_days": None, "yield_percent": "90"})
    assert changed.json() == before | {"version": 1, "late_start_days": None, "yield_percent": "90.0000"}
    assert send("put", path, {"version": before["version"], "idle_days": 5}).status_code == 409
    with on_day(TODAY + days(15)):
        checked = send("post", "/api/v1/erp/tracking-warnings/check/")
    assert checked.json() == {"new_warnings": len(standing())}
    client.force_authenticate(core.user())
    assert client.get(path).status_code == 403

"""Stock as of any date, slow-moving stock, turnover, ABC classes, limits: figures, pages, API."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.errors import InvalidInput, MissingRight
from core.operations import perform
from crm.services import sales_orders
from erp.errors import NotBought, NotRunningLow
from erp.models import ItemClass, StockLimit, StockMove, StockSnapshot, ValueEntry
from erp.selectors import stock_as_of as then
from erp.selectors.consumption import abc_shares, turnover
from erp.selectors.count_plan import due_items
from erp.selectors.demand_history import weekly_use
from erp.selectors.slow_stock import slow_items
from erp.selectors.stock_limits import limit_states, low_states
from erp.services import returns, snapshots, stock_control, stock_documents
from finance.selectors.invariants import violations
from finance.selectors.invariants.counts import COUNTS
from scm.models import RequisitionLine
from tests.factories import core, erp, erp_counts, masterdata, scm_subcontract

D = Decimal
pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY = dt.date(2026, 1, 31), dt.date(2026, 2, 28)


@pytest.fixture
def item():
    erp.place()
    return masterdata.item("MOTOR")


def moved(kind, item, quantity, day, **line):
    draft = erp.draft(kind, {"item_id": item.pk, "quantity": D(quantity), **line})
    return erp.posted(draft, date=day)


def came(item, quantity, day, cost="10"):
    return moved("misc_receipt", item, quantity, day, unit_cost=D(cost))


def snapped():
    last = StockMove.objects.order_by("-pk").first()
    entry = ValueEntry.objects.order_by("-pk").first()
    return perform(snapshots.extend_snapshots, actor=None, move_id=last.pk, entry_id=entry.pk)


def figures(day, **asked):
    return [(one.item.code, one.quantity, one.value) for one in then.stock_as_of(day, **asked)]


def test_any_date_is_exact_with_and_without_snapshots(item):
    rack = masterdata.location(erp.place(), "RACK")
    came(item, "10", dt.date(2026, 1, 10))
    moved("misc_issue", item, "4", dt.date(2026, 2, 5))
    moved("transfer", item, "2", dt.date(2026, 2, 6), to_location_id=rack.pk)
    days = [JANUARY, dt.date(2026, 2, 5), FEBRUARY, erp.TODAY]
    plain = {day: figures(day, group="lot") for day in days}
    assert plain[JANUARY] == [("MOTOR", 10, 100)]
    assert sorted(plain[FEBRUARY]) == [("MOTOR", 2, 20), ("MOTOR", 4, 40)]
    assert snapped() == 2
    assert {day: figures(day, group="lot") for day in days} == plain
    came(item, "5", dt.date(2026, 1, 20), "12")  # backdated below the mark: read from the newer rows
    assert figures(JANUARY) == [("MOTOR", 15, 160)]
    assert figures(erp.TODAY) == [("MOTOR", 11, D("117.33"))]  # the issue of February costs more by it
    assert figures(dt.date(2026, 1, 9)) == []
    snapped()
    assert StockSnapshot.objects.get(month_end=JANUARY).quantity == 15
    assert figures(JANUARY) == [("MOTOR", 15, 160)]
    assert figures(FEBRUARY, location_id=rack.pk) == [("MOTOR", 2, D("21.33"))]
    assert not violations(COUNTS)
    snapped()  # nothing new: nothing is added twice
    assert figures(FEBRUARY, group="warehouse") == [("MOTOR", 11, D("117.33"))]


def test_abc_classes_follow_the_value_of_consumption():
    """Ten items; A takes the first four fifths of the value. Source: Arnold, chapter Inventory fundamentals."""
    values = {1: D(500), 2: D(300), 3: D(100), 4: D(50), 5: D(30), 6: D(20), 7: D(0), 8: D(-5)}
    rows = abc_shares(values, D(80), D(95))
    assert "".join(row.abc_class for row in rows) == "AABBCCCC"
    assert [row.cumulative for row in rows][:4] == [50, 80, 90, 95]


def test_the_classification_is_run_and_accepted_and_sets_the_counting_plan(item):
    nut = masterdata.item("NUT")
    came(item, "10", dt.date(2026, 1, 10), "100")
    came(nut, "10", dt.date(2026, 1, 10), "1")
    erp.shipped(erp.confirmed(item, "5"))
    assert perform(stock_control.classify_items, actor=None) >= 2
    motor = ItemClass.objects.get(item=item)
    assert (motor.proposed_class, motor.abc_class, motor.consumption) == ("A", "", 500)
    assert perform(stock_control.accept_classes, actor=None, class_ids=[motor.pk]) == 1
    perform(stock_control.accept_classes, actor=None, class_ids=[ItemClass.objects.get(item=nut).pk], chosen="B")
    assert {row.item.code: row.abc_class for row in ItemClass.objects.exclude(abc_class="")} == {
        "MOTOR": "A",
        "NUT": "B",
    }
    assert [(row.item_id, row.abc_class) for row in due_items()] == [(item.pk, "A"), (nut.pk, "B")]
    erp_counts.posted("5", "10")
    assert due_items() == []
    assert [row.item_id for row in due_items(erp.TODAY + dt.timedelta(days=30))] == [item.pk]
    rules = {"count_days_a": 10, "a_percent": D(70)}
    settings = perform(
        stock_control.configure_stock, actor=None, rules=rules, bands=[{"from_days": 9, "percent": D(5)}]
    )
    assert (settings.count_days_a, settings.b_percent) == (10, 95)
    with pytest.raises(InvalidInput):
        perform(stock_control.configure_stock, actor=None, rules={"a_percent": D(99)})
    with pytest.raises(InvalidInput):
        perform(stock_control.configure_stock, actor=None, rules={}, bands=[{"from_days": 9, "percent": D(5)}] * 2)


def test_turnover_by_item_category_and_warehouse(item):
    came(item, "10", dt.date(2026, 1, 1))
    erp.shipped(erp.confirmed(item, "5"))
    start, end = dt.date(2026, 1, 2), erp.TODAY
    [row] = turnover(start, end)
    assert (row.label, row.opening, row.closing, row.consumed, row.average) == ("MOTOR", 100, 50, 50, 75)
    assert (row.turns, row.days) == (D("3.58"), D("102.0"))
    for group in ("category", "warehouse"):
        [row] = turnover(start, end, group)
        assert (row.opening, row.closing, row.consumed) == (100, 50, 50)


def test_slow_stock_says_why_and_what_for(item):
    long_ago = dt.date(2025, 6, 1)
    cost = {"unit_cost": D(10)}
    gone, lot, none, fresh = (masterdata.item(code) for code in ("GONE", "LOT", "NONE", "FRESH"))
    erp.opening(fresh, "1")
    for one in (gone, none, lot):
        moved("misc_receipt", one, "10", long_ago, **cost)
    lot.min_lot = D(10)
    lot.save()
    moved("misc_issue", lot, "8", long_ago)
    order = erp.confirmed(gone, "10")
    perform(sales_orders.cancel_sales_order, actor=None, order_id=order.pk, reason="Bankrupt")
    erp.confirmed(none, "3")
    found = {one.item.code: one for one in slow_items()}
    assert found.keys() == {"GONE", "LOT", "NONE"}
    assert (found["GONE"].cause, found["GONE"].evidence) == ("change", order.number)
    assert (found["LOT"].cause, found["LOT"].idle_days) == ("min_lot", (erp.TODAY - long_ago).days)
    assert (found["NONE"].cause, found["NONE"].demand) == ("no_demand", 3)
    assert "3" in found["NONE"].proposal
    assert (found["GONE"].percent, found["GONE"].provision, found["GONE"].value) == (20, 20, 100)


def test_what_a_subcontractor_used_is_consumption(item):
    came(item, "20", dt.date(2025, 6, 1))
    order = scm_subcontract.sent(item)
    assert [one.item.code for one in slow_items()] == ["MOTOR"]
    scm_subcontract.received(order, "10")
    assert slow_items() == []
    rows = {row.label: row.consumed for row in turnover(dt.date(2026, 1, 1), erp.TODAY)}
    assert rows["MOTOR"] == 100
    assert perform(stock_control.classify_items, actor=None) >= 2
    assert ItemClass.objects.get(item=item).consumption == 100
    assert weekly_use(erp.TODAY + dt.timedelta(days=1), 1)[item.pk] == [10]


def test_an_issue_taken_back_is_no_consumption(item):
    came(item, "10", dt.date(2025, 6, 1))
    issued = moved("misc_issue", item, "2", dt.date(2026, 3, 1))
    assert slow_items() == []
    perform(stock_documents.reverse_stock_document, actor=None, document_id=issued.pk, reason="Wrong item")
    [found] = slow_items()
    assert (found.last_consumption, found.on_hand, found.last_receipt) == (None, 10, dt.date(2025, 6, 1))


def test_goods_that_came_back_lie_because_of_the_return(item):
    came(item, "10", dt.date(2025, 5, 1))
    order = erp.confirmed(item, "10")
    erp.shipped(order, date=dt.date(2025, 6, 1))
    receipt = erp.expected_return(order, "10")
    perform(returns.receive_return, actor=None, receipt_id=receipt.pk, date=dt.date(2025, 6, 5))
    [found] = slow_items()
    assert (found.cause, found.evidence, found.last_receipt) == ("return", receipt.number, dt.date(2025, 6, 5))
    assert found.last_consumption is None


def test_slow_stock_is_ours_and_a_warehouse_has_its_share_of_the_value(item):
    long_ago = dt.date(2025, 6, 1)
    other = masterdata.warehouse("SHOP")
    came(item, "10", long_ago)
    came(item, "10", long_ago, "20")
    erp.posted(erp.draft("transfer", {"item_id": item.pk, "quantity": D(5)}, to_warehouse_id=other.pk), date=long_ago)
    theirs = erp.draft("owner_receipt", {"item_id": item.pk, "quantity": D(7)}, goods_owner_id=masterdata.supplier().pk)
    erp.posted(theirs)
    [whole] = slow_items()
    assert (whole.on_hand, whole.value) == (20, 300)
    [part] = slow_items(warehouse_id=other.pk)
    assert (part.on_hand, part.value, part.provision) == (5, 75, 15)


def test_limits_are_watched_and_goods_asked_for(item):
    place = erp.place()
    arguments = {"item_id": item.pk, "warehouse_id": place.pk, "minimum": D(5), "maximum": D(20)}
    limit = perform(stock_control.create_stock_limit, actor=None, **arguments)
    with pytest.raises(InvalidInput):
        perform(stock_control.create_stock_limit, actor=None, **arguments)
    [low] = low_states()
    assert (low.breach, low.on_hand, low.missing) == ("low", 0, 20)
    perform(stock_control.ask_for_goods, actor=None, limit_id=limit.pk)
    line = RequisitionLine.objects.get()
    assert (line.item, line.stock_quantity, line.warehouse_id) == (item, 20, place.pk)
    assert low_states() == []  # it is expected now
    with pytest.raises(NotRunningLow):
        perform(stock_control.ask_for_goods, actor=None, limit_id=limit.pk)
    erp.opening(item, "30")
    assert [one.breach for one in limit_states()] == ["high"]
    changed = perform(stock_control.update_stock_limit, actor=None, limit_id=limit.pk, minimum=D(99))
    assert (changed.maximum, changed.version) == (None, 2)
    with pytest.raises(InvalidInput):
        perform(stock_control.update_stock_limit, actor=None, limit_id=limit.pk, minimum=D(9), maximum=D(1))
    item.supply_type = "make"
    item.save()
    with pytest.raises(NotBought):
        perform(stock_control.ask_for_goods, actor=None, limit_id=limit.pk)
    with pytest.raises(MissingRight):
        perform(stock_control.ask_for_goods, actor=core.user(), limit_id=limit.pk)
    perform(stock_control.delete_stock_limit, actor=None, limit_id=limit.pk)
    assert not StockLimit.objects.exists()


PAGES = {
    "erp:stock-as-of": "erp.view_stockmove",
    "erp:slow-stock": "erp.view_stockmove",
    "erp:stock-turnover": "erp.view_stockmove",
    "erp:stock-limit-list": "erp.view_stocklimit",
    "erp:stock-breaches": "erp.view_stocklimit",
    "erp:stock-limit-create": "erp.add_stocklimit",
    "erp:item-class-list": "erp.view_itemclass",
    "erp:stock-settings": "erp.configure_stock",
    "erp:reservation-list": "erp.view_reservation",
}


def test_each_page_and_route_asks_for_its_right_and_shows_values_by_right(client, item):
    came(item, "10", dt.date(2026, 1, 1))
    perform(stock_control.classify_items, actor=None)
    limit = perform(
        stock_control.create_stock_limit, actor=None, item_id=item.pk, warehouse_id=erp.place().pk, minimum=D(50)
    )
    for name, right in PAGES.items():
        client.force_login(core.user())
        assert client.get(reverse(name)).status_code == 403, name
        client.force_login(core.user(right, "core.export_data"))
        assert client.get(reverse(name)).status_code == 200, name
    viewer = core.user("erp.view_stockmove")
    client.force_login(viewer)
    for group in ("item", "warehouse", "place", "lot"):
        page = client.get(reverse("erp:stock-as-of"), {"group": group, "day": "2026-01-01", "q": "MOTOR"})
        assert "100.00" not in page.content.decode()
    boss = core.superuser("boss")
    client.force_login(boss)
    assert "100.00" in client.get(reverse("erp:stock-as-of")).content.decode()
    client.post(reverse("erp:item-class-run"))
    client.post(reverse("erp:item-class-accept"))
    assert ItemClass.objects.get(item=item).abc_class == "C"
    client.post(reverse("erp:stock-limit-ask", args=[limit.pk]))
    assert RequisitionLine.objects.get().stock_quantity == 40
    form = {"minimum": "1", "maximum": "", "reorder_quantity": "", "version": "1"}
    assert client.post(reverse("erp:stock-limit-edit", args=[limit.pk]), form).status_code == 302
    rules = dict.fromkeys(stock_control.RULES, "30") | {"a_percent": "80", "b_percent": "95", "usual_issue": "pick"}
    bands = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-from_days": "60", "lines-0-percent": "10"}
    assert client.post(reverse("erp:stock-settings"), rules | bands).status_code == 302
    assert client.post(reverse("erp:stock-limit-delete", args=[limit.pk])).status_code == 302


def test_reports_by_the_api(item):
    came(item, "10", dt.date(2026, 1, 1))
    boss, clerk = APIClient(), APIClient()
    boss.force_authenticate(core.superuser("boss"))
    clerk.force_authenticate(core.user("erp.view_stockmove"))
    [row] = boss.get("/api/v1/erp/stock-as-of/", {"day": "2026-02-01", "group": "warehouse"}).json()["results"]
    assert (row["item_code"], row["quantity"], row["value"]) == ("MOTOR", "10.000000", "100.0000")
    assert "value" not in clerk.get("/api/v1/erp/stock-as-of/").json()["results"][0]
    assert clerk.get("/api/v1/erp/stock-as-of/", {"colour": "red"}).status_code == 400
    assert clerk.get("/api/v1/erp/stock-breaches/").status_code == 403
    for route in ("slow-stock", "stock-turnover", "stock-breaches", "item-classes", "stock-limits"):
        assert boss.get(f"/api/v1/erp/{route}/").status_code == 200, route
    assert boss.post("/api/v1/erp/item-classes/run/", {}, headers={"Idempotency-Key": "1"}).json()["items"] == 1
    assert boss.post("/api/v1/erp/item-classes/accept/", {}, headers={"Idempotency-Key": "2"}).json()["changed"] == 1
    body = {"item_id": item.pk, "warehouse_id": erp.place().pk, "minimum": "20"}
    limit = boss.post("/api/v1/erp/stock-limits/", body, headers={"Idempotency-Key": "3"}).json()
    asked = boss.post(f"/api/v1/erp/stock-limits/{limit['id']}/ask/", {}, headers={"Idempotency-Key": "4"})
    assert asked.status_code == 200, asked.content

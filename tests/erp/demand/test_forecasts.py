"""Forecasts: calculated from history, changed by hand, released as demand, compared with what came. Today: 10 March."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.clock import forget_company
from core.errors import InvalidInput, InvalidTransition, MissingRight, StaleVersion
from core.models import Company
from core.operations import perform
from erp import tasks
from erp.errors.demand import ForecastIsClosed, ForecastIsEmpty, ForecastOverlaps, NothingToForecast, ReasonForOverride
from erp.models import Demand, Forecast, ForecastBucket, ForecastEditionRow, ForecastLine, PlanningEvent
from erp.selectors.demand_history import demand_by_bucket, opportunity_demand
from erp.selectors.forecasts import accuracy_of, unreleased
from erp.selectors.outlooks import available_to_promise
from erp.services import forecasts
from tests.factories import core, crm, erp, erp_demand, masterdata

D = Decimal
pytestmark = pytest.mark.django_db
MARCH, APRIL, MAY, JUNE = (dt.date(2026, month, 1) for month in (3, 4, 5, 6))


@pytest.fixture
def item():
    erp.place()
    return masterdata.item("MOTOR")


@pytest.fixture
def history(item):
    """Twelve months of ten each, then one of forty."""
    erp_demand.ordered(item, erp_demand.months_before(erp.TODAY, ["10"] * 11 + ["40"]))
    return item


def on(day):
    Company.objects.update(pinned_date=day)
    forget_company()


def quantities():
    return [one.quantity for one in ForecastBucket.objects.order_by("start_date")]


def demands():
    rows = Demand.objects.filter(kind="forecast").order_by("due_date")
    return [(one.due_date, one.quantity, one.open_quantity) for one in rows]


def test_history_by_bucket_from_orders_and_shipments(history):
    start, end = dt.date(2025, 3, 1), dt.date(2026, 3, 1)
    months = demand_by_bucket("orders", "month", start, end)[history.pk]
    assert (len(months), months[dt.date(2026, 2, 1)], months[start]) == (12, 40, 10)
    assert demand_by_bucket("shipments", "month", start, end) == {}
    erp.opening(history, "100")
    order = erp.confirmed(history, "7")
    erp.shipped(order)
    weeks = demand_by_bucket("shipments", "week", dt.date(2026, 3, 2), dt.date(2026, 3, 16))
    assert weeks[history.pk] == {dt.date(2026, 3, 9): 7}
    assert demand_by_bucket("shipments", "week", dt.date(2026, 3, 2), dt.date(2026, 3, 9)) == {}


def test_calculating_writes_lines_buckets_errors_and_outliers(history):
    made = erp_demand.calculated()
    line = ForecastLine.objects.get()
    assert (line.item, line.past, line.outliers, line.pattern) == (history, [10] * 11 + [40], [], "smooth")
    assert D(line.scores[line.method]["rmse"]) == min(D(one["rmse"]) for one in line.scores.values())
    assert D(line.scores["naive"]["mae"]) == D("7.5")  # the last month of four came as a surprise
    assert [one.start_date for one in ForecastBucket.objects.order_by("start_date")] == [MARCH, APRIL, MAY]
    assert (made.start_date, made.version) == (MARCH, 1)
    again = perform(forecasts.calculate_forecast, actor=None, forecast_id=made.pk, version=1)
    assert (again.version, ForecastLine.objects.count(), ForecastBucket.objects.count()) == (2, 1, 3)
    with pytest.raises(StaleVersion):
        perform(forecasts.calculate_forecast, actor=None, forecast_id=made.pk, version=1)


def test_nothing_to_forecast_and_nothing_to_release(item):
    empty = erp_demand.forecast()
    with pytest.raises(NothingToForecast):
        perform(forecasts.calculate_forecast, actor=None, forecast_id=empty.pk)
    with pytest.raises(ForecastIsEmpty):
        perform(forecasts.release_forecast, actor=None, forecast_id=empty.pk)
    for wrong in ({"horizon": 0}, {"lookback": 2}, {"title": " "}):
        with pytest.raises(InvalidInput):
            erp_demand.forecast(**wrong)


def test_only_the_branch_of_a_category(history):
    group = masterdata.category("GROUP")
    below = masterdata.category("BELOW", parent=group)
    nut = masterdata.item("NUT", category=below)
    erp_demand.ordered(nut, erp_demand.months_before(erp.TODAY, ["5"] * 6))
    erp_demand.calculated(category_id=group.pk)
    assert list(ForecastLine.objects.values_list("item__code", flat=True)) == ["NUT"]


def test_a_method_by_hand_stays_until_it_is_left_to_the_error(history):
    made = erp_demand.calculated()
    line = ForecastLine.objects.get()
    best = line.method
    choose = {"forecast_id": made.pk, "line_id": line.pk}
    perform(forecasts.choose_forecast_method, actor=None, method="naive", **choose)
    assert quantities() == [40, 40, 40]
    perform(forecasts.calculate_forecast, actor=None, forecast_id=made.pk)
    line.refresh_from_db()
    assert (line.method, line.by_hand) == ("naive", True)
    with pytest.raises(InvalidInput):
        perform(forecasts.choose_forecast_method, actor=None, method="croston", **choose)  # there are no gaps
    with pytest.raises(InvalidInput):
        perform(forecasts.choose_forecast_method, actor=None, method="oracle", **choose)
    perform(forecasts.choose_forecast_method, actor=None, method="", **choose)
    line.refresh_from_db()
    assert (line.method, line.by_hand) == (best, False)


def test_quantities_by_hand_need_a_reason_and_survive_a_calculation(history):
    made = erp_demand.calculated()
    nut = masterdata.item("NUT")
    override = {
        "forecast_id": made.pk,
        "cells": [{"item_id": history.pk, "date": dt.date(2026, 4, 17), "quantity": D(99)}],
    }
    with pytest.raises(ReasonForOverride):
        perform(forecasts.override_forecast, actor=None, **override)
    for wrong in ({"date": JUNE}, {"quantity": D(-1)}, {"item_id": 0}):
        cells = [override["cells"][0] | wrong]
        with pytest.raises(InvalidInput):
            perform(forecasts.override_forecast, actor=None, forecast_id=made.pk, cells=cells, reason="Fair")
    override["cells"].append({"item_id": nut.pk, "date": MAY, "quantity": D(3), "reason": "New"})
    boss = core.superuser("boss")
    perform(forecasts.override_forecast, actor=boss, reason="Fair in April", **override)
    changed = ForecastBucket.objects.get(line__item=history, start_date=APRIL)
    assert (changed.override, changed.reason, changed.changed_by) == (99, "Fair in April", boss)
    assert ForecastBucket.objects.get(line__item=nut).reason == "New"
    perform(forecasts.calculate_forecast, actor=None, forecast_id=made.pk)
    assert ForecastBucket.objects.get(pk=changed.pk).quantity == 99
    assert ForecastBucket.objects.get(line__item=nut).quantity == 3  # it has no history, but somebody decided
    back = [{"item_id": history.pk, "date": APRIL, "quantity": None}]
    perform(forecasts.override_forecast, actor=None, forecast_id=made.pk, cells=back)
    assert ForecastBucket.objects.get(pk=changed.pk).override is None


def test_a_release_writes_demand_and_the_next_only_the_difference(history):
    made = erp_demand.calculated()
    perform(
        forecasts.choose_forecast_method, actor=None, forecast_id=made.pk, line_id=made.lines.get().pk, method="naive"
    )
    PlanningEvent.objects.all().delete()
    made = perform(forecasts.release_forecast, actor=None, forecast_id=made.pk)
    assert (made.state, made.edition) == ("released", 1)
    assert demands() == [(MARCH, 40, 40), (APRIL, 40, 40), (MAY, 40, 40)]
    assert PlanningEvent.objects.get().reason == "demand:forecast"
    before = dict(Demand.objects.filter(kind="forecast").values_list("due_date", "pk"))
    PlanningEvent.objects.all().delete()
    perform(forecasts.release_forecast, actor=None, forecast_id=made.pk)
    assert not PlanningEvent.objects.exists()  # nothing differs: nobody plans anew
    cells = [{"item_id": history.pk, "date": APRIL, "quantity": D(55)}]
    perform(forecasts.override_forecast, actor=None, forecast_id=made.pk, cells=cells, reason="Fair")
    made = Forecast.objects.get()
    assert unreleased(made) == 1
    perform(forecasts.release_forecast, actor=None, forecast_id=made.pk)
    assert demands()[1] == (APRIL, 55, 55)
    assert dict(Demand.objects.filter(kind="forecast").values_list("due_date", "pk")) == before
    assert (
        ForecastEditionRow.objects.filter(start_date=APRIL)
        .values_list("quantity", flat=True)
        .order_by("edition__number")[0]
        == 40
    )
    assert available_to_promise([history.pk]) == {history.pk: 0}


def test_two_released_forecasts_never_plan_the_same_item(history):
    first = erp_demand.released()
    second = erp_demand.calculated()
    with pytest.raises(ForecastOverlaps):
        perform(forecasts.release_forecast, actor=None, forecast_id=second.pk)
    assert Forecast.objects.get(pk=second.pk).state == "draft"
    perform(forecasts.close_forecast, actor=None, forecast_id=first.pk)
    assert demands() == []
    perform(forecasts.release_forecast, actor=None, forecast_id=second.pk)
    assert len(demands()) == 3
    for operation in (forecasts.calculate_forecast, forecasts.release_forecast):
        with pytest.raises(ForecastIsClosed):
            perform(operation, actor=None, forecast_id=first.pk)
    with pytest.raises(InvalidTransition):
        perform(forecasts.close_forecast, actor=None, forecast_id=first.pk)


def test_opportunities_are_a_layer_of_their_own(history):
    crm.opportunity(
        title="Plant two", expected_date=dt.date(2026, 4, 20), lines=[crm.line(history, "30")]
    )  # in the first stage: ten percent
    crm.opportunity(title="Some day", lines=[crm.line(history, "1000")])
    assert opportunity_demand("month", erp.TODAY) == {history.pk: {APRIL: 3}}
    made = erp_demand.released()
    april = ForecastBucket.objects.get(start_date=APRIL)
    assert (april.opportunity, april.released) == (3, april.quantity)
    header = {"title": "Plan", "basis": "orders", "horizon": 3, "lookback": 12, "with_opportunities": True}
    perform(forecasts.update_forecast, actor=None, forecast_id=made.pk, **header)
    perform(forecasts.release_forecast, actor=None, forecast_id=made.pk)
    april.refresh_from_db()
    assert april.released == april.quantity + 3 == Demand.objects.get(source_line_id=april.pk).quantity


def test_a_bucket_that_is_over_is_no_demand_and_is_compared_with_what_came(client, history):
    made = erp_demand.released()
    said = ForecastBucket.objects.get(start_date=MARCH).released
    erp_demand.ordered(history, {dt.date(2026, 3, 20): "12"})
    on(dt.date(2026, 4, 2))
    assert tasks.roll_forecasts() == 1
    assert [row[0] for row in demands()] == [APRIL, MAY]
    assert tasks.roll_forecasts() == 0
    [row] = accuracy_of(made, dt.date(2026, 4, 2))
    assert (row.forecast, row.actual, row.errors, row.bias) == (said, 12, abs(said - 12), said - 12)
    perform(forecasts.calculate_forecast, actor=None, forecast_id=made.pk)
    perform(forecasts.release_forecast, actor=None, forecast_id=made.pk)
    assert [one[0] for one in demands()] == [APRIL, MAY, JUNE]
    assert accuracy_of(made, dt.date(2026, 4, 2)) == [row]
    client.force_login(core.user("erp.view_forecast"))
    assert "MOTOR" in client.get(reverse("erp:forecast-accuracy")).content.decode()


PAGES = ("forecast-list", "forecast-create", "forecast-accuracy", "demand-settings")


def test_the_page_of_an_item_takes_only_buckets_that_are_still_ahead(client, history):
    made = erp_demand.calculated()
    line = made.lines.get()
    ForecastBucket.objects.filter(line=line, start_date=MAY).update(override=D(1200), reason="Fair")
    Forecast.objects.filter(pk=made.pk).update(start_date=APRIL)
    client.force_login(core.superuser())
    text = client.get(reverse("erp:forecast-item", args=[made.pk, line.pk])).content.decode()
    assert [f"cell-{line.item_id}-{day}" in text for day in (MARCH, APRIL, MAY)] == [False, True, True]
    assert 'data-was="1200"' in text


def test_pages_and_their_rights(client, history):
    made = erp_demand.released()
    line = made.lines.get()
    for name in PAGES:
        client.force_login(core.user())
        assert client.get(reverse(f"erp:{name}")).status_code == 403, name
    client.force_login(core.user("erp.view_forecast", "core.export_data"))
    grid = reverse("erp:forecast-grid", args=[made.pk])
    assert "plan-cell" not in client.get(grid).content.decode()
    assert client.get(grid, {"export": "xlsx"}).status_code == 200
    assert client.get(reverse("erp:forecast-grid", args=[0])).status_code == 404
    client.force_login(core.superuser("boss"))
    for url in (
        *map(reverse, (f"erp:{name}" for name in PAGES)),
        made.get_absolute_url(),
        line.get_absolute_url(),
        grid,
    ):
        assert client.get(url).status_code == 200, url
    assert "Back-test" in client.get(line.get_absolute_url()).content.decode()
    adjust = reverse("erp:forecast-adjust", args=[made.pk])
    cell = f"cell-{history.pk}-2026-04-01"
    assert client.post(adjust, {cell: "1,250", "reason": "Fair"}).url == grid
    assert ForecastBucket.objects.get(start_date=APRIL).override == 1250
    assert client.post(adjust, {cell: "many", "reason": "Fair"}).status_code == 422
    assert client.post(adjust, {cell: "7"}).status_code == 422
    method = reverse("erp:forecast-method", args=[made.pk, line.pk])
    assert client.post(method, {"method": "naive"}).status_code == 302
    for verb in ("calculate", "release", "close"):
        assert client.post(reverse(f"erp:forecast-{verb}", args=[made.pk])).status_code == 302, verb
    form = {"title": "Next", "bucket_size": "week", "basis": "orders", "horizon": "4", "lookback": "30"}
    assert client.post(reverse("erp:forecast-create"), form).status_code == 302
    rules = dict.fromkeys(forecasts.settings.RULES, "5") | {"service_a": "97", "writes_limits": "on"}
    assert client.post(reverse("erp:demand-settings"), rules).status_code == 302
    assert client.post(reverse("erp:demand-settings"), rules | {"service_a": "100"}).status_code == 422


def test_the_api(history):
    boss = APIClient()
    boss.force_authenticate(core.superuser("boss"))
    keys = ({"Idempotency-Key": str(number)} for number in range(99))
    made = boss.post(
        "/api/v1/erp/forecasts/", {"title": "Plan", "basis": "orders", "horizon": 2, "lookback": 12}, headers=next(keys)
    ).json()
    route = f"/api/v1/erp/forecasts/{made['id']}/"
    assert boss.post(f"{route}calculate/", {}, headers=next(keys)).json()["calculated_at"]
    [line] = boss.get("/api/v1/erp/forecast-lines/", {"forecast": made["id"]}).json()["results"]
    assert (line["item_code"], len(line["buckets"])) == ("MOTOR", 2)
    cells = [{"item_id": history.pk, "date": "2026-04-02", "quantity": "8"}]
    body = {"cells": cells, "reason": "Fair"}
    assert boss.post(f"{route}override/", body, format="json", headers=next(keys)).status_code == 200
    refused = boss.post(f"{route}override/", {"cells": cells}, format="json", headers=next(keys))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "reason_for_override")
    chosen = boss.post(f"{route}choose-method/", {"line_id": line["id"], "method": "naive"}, headers=next(keys))
    assert chosen.status_code == 200
    assert boss.post(f"{route}release/", {}, headers=next(keys)).json()["edition"] == 1
    assert [row[1] for row in demands()] == [40, 8]
    assert boss.get("/api/v1/erp/forecast-accuracy/").json()["results"] == []
    assert boss.post(f"{route}close/", {"reason": "Over"}, headers=next(keys)).json()["state"] == "closed"
    viewer = core.user("erp.view_forecast")
    with pytest.raises(MissingRight):
        perform(forecasts.release_forecast, actor=viewer, forecast_id=made["id"])

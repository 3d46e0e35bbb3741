"""Steps of orders: reported in turn, by the clock, dispatched, paid by the piece."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from erp.errors import AtWorkElsewhere, NotAtWork, OverReport
from erp.errors.making import NotTheStep, StepBeforeMissing
from erp.models import BackflushShortage, PieceWage, ProductionReport, WorkOrder, WorkSession
from erp.services import floor, work_orders
from finance.selectors.invariants import violations
from tests.erp.services.work_order_steps import fresh, report
from tests.factories import core, erp_make, masterdata

D = Decimal


@pytest.fixture
def order(factory) -> WorkOrder:
    """Ten boxes: sawn (no count point), glued, painted."""
    box = erp_make.made("BOXED")
    saw, glue = erp_make.work_center("SAW"), erp_make.work_center("GLUE")
    erp_make.routing(box, (saw, "2", {"is_count_point": False}), (glue, "3"), (glue, "1"))
    return erp_make.released_work_order(box, "10")


def steps(order) -> list[tuple[Decimal, Decimal, str]]:
    return [(one.good_quantity, one.scrap_quantity, one.state) for one in order.operations.order_by("number")]


def step(order, number: int):
    return order.operations.get(number=number)


def at_step(order, number: int, **fields) -> ProductionReport:
    return report(fresh(order), operation_id=step(order, number).pk, **fields)


def test_a_report_at_a_count_point_carries_the_steps_before_it(order) -> None:
    at_step(order, 20, good="6", scrap="1", hours="2")

    assert steps(order) == [(D(7), D(0), "paused"), (D(6), D(1), "paused"), (D(0), D(0), "waiting")]
    assert (fresh(order).reported_quantity, fresh(order).scrapped_quantity) == (D(0), D(1))
    with pytest.raises(StepBeforeMissing):
        at_step(order, 30, good="7")
    with pytest.raises(OverReport):
        at_step(order, 20, good="4")
    at_step(order, 20, good="3")
    last = at_step(order, 30, good="9")
    assert steps(order) == [(D(10), D(0), "done"), (D(9), D(1), "done"), (D(9), D(0), "done")]
    assert fresh(order).reported_quantity == D(9)

    perform(work_orders.reverse_report, actor=None, report_id=last.pk)

    assert steps(order)[2] == (D(0), D(0), "paused")
    assert fresh(order).reported_quantity == D(0)
    foreign = erp_make.released_work_order(order.item, "1")
    with pytest.raises(NotTheStep):
        report(foreign, good="1", operation_id=step(order, 20).pk)


def test_an_order_reported_as_a_whole_is_reported_at_its_last_step(order) -> None:
    made = report(order, good="4", rework_quantity=D(2))
    assert made.operation == step(order, 30)
    assert steps(order) == [(D(4), D(0), "paused")] * 3
    assert (step(order, 30).rework_quantity, fresh(order).reported_quantity) == (D(2), D(4))


def test_pieces_are_paid_by_the_rate_of_their_step_and_taken_back_with_the_report(order) -> None:
    worker = masterdata.employee(labour_rate=D(30))
    for number, rate in ((None, "1"), (20, "2.50")):
        perform(
            floor.set_piece_rate,
            actor=None,
            item_id=order.item_id,
            operation_no=number,
            valid_from=dt.date(2026, 1, 1),
            rate=D(rate),
        )
    by_piece = at_step(order, 20, good="4", hours="3", employee=worker)
    by_item = at_step(order, 30, good="4", employee=worker)
    assert [one.labour_amount for one in (by_piece, by_item)] == [D("10.00"), D("4.00")]
    assert fresh(order).labour_cost == D(14)
    perform(work_orders.reverse_report, actor=None, report_id=by_item.pk)
    assert [(one.quantity, one.amount) for one in PieceWage.objects.order_by("id")] == [
        (D(4), D(10)),
        (D(4), D(4)),
        (D(-4), D(-4)),
    ]
    assert not violations()


def test_the_clock_stops_at_a_pause_and_all_of_the_time_is_reported(order) -> None:
    worker = masterdata.employee(labour_rate=D(60))
    key = {"work_order_id": order.pk, "employee_id": worker.pk}
    glue = step(order, 20)
    perform(work_orders.start_work, actor=None, operation_id=glue.pk, **key)
    with pytest.raises(AtWorkElsewhere):
        perform(work_orders.start_work, actor=None, **key)
    assert step(order, 20).state == "running"
    WorkSession.objects.update(started_at=WorkSession.objects.get().started_at - dt.timedelta(minutes=30))
    perform(work_orders.pause_work, actor=None, **key)
    assert step(order, 20).state == "paused"
    with pytest.raises(NotAtWork):
        perform(work_orders.pause_work, actor=None, **key)
    perform(work_orders.start_work, actor=None, operation_id=glue.pk, **key)
    second = WorkSession.objects.get(finished_at__isnull=True)
    WorkSession.objects.filter(pk=second.pk).update(started_at=second.started_at - dt.timedelta(minutes=15))

    perform(work_orders.finish_work, actor=None, good_quantity=D(5), **key)

    made = ProductionReport.objects.get()
    assert (made.hours, made.operation, made.good_quantity) == (D("0.75"), glue, D(5))
    assert made.machine_minutes == D(45)
    assert set(WorkSession.objects.values_list("report", flat=True)) == {made.pk}
    with pytest.raises(NotAtWork):
        perform(work_orders.finish_work, actor=None, good_quantity=D(1), **key)


def test_material_of_a_step_follows_that_step(factory) -> None:
    glue = masterdata.item("GLUE-KG")
    erp_make.stock(glue, "100")
    desk = erp_make.made("DESK")
    center = erp_make.work_center("ONE")
    erp_make.routing(desk, (center, "1"), (center, "1"))
    erp_make.bom(desk, (glue, "2", {"issue_method": "backflush", "operation_no": 10}))
    order = erp_make.released_work_order(desk, "10")

    at_step(order, 10, good="4")
    at_step(order, 20, good="3")

    assert order.materials.get().issued_quantity == D(8)
    assert not BackflushShortage.objects.exists()


def test_dispatching_says_who_does_what_and_the_floor_shows_his_own_steps_first(order, client) -> None:
    worker = masterdata.employee("ANNA")
    rows = [{"operation_id": step(order, 20).pk, "responsible_id": worker.pk, "rank": 5}]
    changed = perform(floor.dispatch_operations, actor=None, rows=rows)
    assert [(one.responsible, one.rank) for one in changed] == [(worker, 5)]
    assert perform(floor.dispatch_operations, actor=None, rows=rows) == []

    client.force_login(core.superuser())
    page = client.get(reverse("erp:shop-floor-employee", args=[worker.pk]))
    assert [one.number for one in page.context["steps"]] == [20, 10, 30]
    board = client.get(reverse("erp:dispatch"), {"work_center": step(order, 20).work_center_id})
    assert [form.step.number for form in board.context["formset"]] == [20, 30]
    form = {"lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 1}
    form |= {"lines-0-operation": step(order, 30).pk, "lines-0-responsible": worker.pk, "lines-0-rank": 1}
    assert client.post(reverse("erp:dispatch"), form).status_code == 302
    assert step(order, 30).responsible == worker


def test_several_steps_are_given_to_a_person_at_once_with_start_hours_and_load(order, client) -> None:
    anna, boris = masterdata.employee("ANNA"), masterdata.employee("BORIS")
    steps = [step(order, number) for number in (10, 20, 30)]
    client.force_login(core.superuser())
    form = {"lines-TOTAL_FORMS": 3, "lines-INITIAL_FORMS": 3, "assign_to": anna.pk}
    for place, one in enumerate(steps):
        form |= {f"lines-{place}-operation": one.pk, f"lines-{place}-rank": one.rank}
    ticked = {"lines-0-chosen": "on", "lines-1-chosen": "on", "lines-2-responsible": boris.pk}
    assert client.post(reverse("erp:dispatch"), form | ticked).status_code == 302
    assert [step(order, one.number).responsible for one in steps] == [anna, anna, boris]
    page = client.get(reverse("erp:dispatch"))
    rows = {form.step.number: form.step for form in page.context["formset"]}
    assert rows[10].planned_start == order.start_date
    minutes = {one.number: one.setup_minutes + one.run_minutes for one in steps}
    assert {number: one.open_hours for number, one in rows.items()} == {
        number: round(some / 60, 1) for number, some in minutes.items()
    }
    expected = {anna: (2, rows[10].open_hours + rows[20].open_hours), boris: (1, rows[30].open_hours)}
    assert {one.employee: (one.steps, one.hours) for one in page.context["loads"]} == expected
    told = client.get(reverse("api:erp-operation-load")).json()
    assert {row["employee"]: (row["steps"], D(row["hours"])) for row in told} == {
        person.pk: load for person, load in expected.items()
    }
    api = client.get(reverse("api:erp-operation-detail", args=[steps[0].pk])).json()
    assert (api["planned_start"], api["open_hours"]) == (order.start_date.isoformat(), str(rows[10].open_hours))
    nobody = form | {"assign_to": "0", "lines-2-chosen": "on", "lines-2-responsible": boris.pk}
    assert client.post(reverse("erp:dispatch"), nobody).status_code == 302
    assert step(order, 30).responsible is None


def test_lists_of_the_floor_open(client, order) -> None:
    client.force_login(core.superuser())
    for name in ("operation-list", "backflush-queue", "piece-rate-list", "piece-wage-list", "piece-wage-sums"):
        assert client.get(reverse(f"erp:{name}")).status_code == 200


def test_the_scan_of_an_order_leads_to_its_only_open_step_with_the_open_quantity_typed(factory, client) -> None:
    desk, worker = erp_make.made("DESK"), masterdata.employee("ANNA")
    erp_make.routing(desk, (erp_make.work_center("ONE"), "1"))
    order = erp_make.released_work_order(desk, "10")
    report(order, good="4")
    client.force_login(core.superuser())
    scanned = client.post(reverse("erp:shop-floor-employee", args=[worker.pk]), {"code": order.number})
    assert scanned.url == reverse("erp:shop-floor-step", args=[worker.pk, order.pk, step(order, 10).pk])
    assert client.get(scanned.url).context["form"].initial == {"good_quantity": D(6)}


def test_wages_are_added_up_by_person_and_month_and_exported(order, client) -> None:
    anna, boris = masterdata.employee("ANNA"), masterdata.employee("BORIS")
    perform(floor.set_piece_rate, actor=None, item_id=order.item_id, valid_from=dt.date(2026, 1, 1), rate=D(2))
    report(order, good="3", employee=anna)
    report(fresh(order), good="2", employee=anna)
    report(fresh(order), good="1", employee=boris)
    client.force_login(core.superuser())
    sums = reverse("erp:piece-wage-sums")
    rows = list(client.get(sums).context["table"].data)
    assert [(row["code"], row["pieces"], row["wage"]) for row in rows] == [("ANNA", D(5), D(10)), ("BORIS", D(1), D(2))]
    told = client.get(reverse("api:erp-piece-wage-sum-list"), {"employee": anna.pk}).json()["results"]
    assert [(row["employee"], row["code"], row["pieces"], row["wage"]) for row in told] == [
        (anna.pk, "ANNA", "5.000000", "10.0000")
    ]
    file = b"".join(client.get(sums, {"export": "csv"})).decode("utf-8-sig")
    assert "ANNA" in file
    assert "10" in file


def test_the_api_dispatches_pauses_and_lists(order) -> None:
    from django.test import Client

    client = Client()
    client.force_login(core.superuser())
    worker = masterdata.employee()
    keys = iter(range(100))

    def send(name, *args, **body):
        headers = {"Idempotency-Key": f"floor-{next(keys)}"}
        url = reverse(f"api:erp-{name}", args=args)
        return client.post(url, body, content_type="application/json", headers=headers)

    glue = step(order, 20).pk
    rows = [{"operation_id": glue, "responsible_id": worker.pk, "rank": 1}]
    assert send("operation-dispatch", rows=rows).json()[0]["responsible"] == worker.pk
    assert send("work-order-start", order.pk, employee_id=worker.pk, operation_id=glue).status_code == 201
    assert send("work-order-pause", order.pk, employee_id=worker.pk).status_code == 201
    assert send("piece-rate-list", item_id=order.item_id, valid_from="2026-01-01", rate="2").status_code == 201
    told = send("work-order-report", order.pk, employee_id=worker.pk, good_quantity="2", operation_id=glue)
    assert told.status_code == 201
    for name in ("operation", "backflush-error", "piece-rate", "piece-wage"):
        assert client.get(reverse(f"api:erp-{name}-list")).status_code == 200
    assert client.get(reverse("api:erp-piece-wage-list")).json()["results"][0]["amount"] == "4.0000"

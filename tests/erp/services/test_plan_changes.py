"""What a run finds changed is kept for a decision: with its cause, carried out, or dismissed."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import InvalidInput
from core.models import AuditEvent
from core.notifications.models import Notification
from core.operations import perform
from crm.services import sales_orders
from crm.services.order_changes import change_sales_order
from erp.errors import ChangeHasNoStock, ChangeIsDecided, NoReasonGiven, WorkOrderIsStarted
from erp.errors.plan_changes import ChangeAskedAnew, ChangedSince, ChangeStands
from erp.models import PlanChange, PlannedOrder, WorkOrder
from erp.services.planning.deciding import carry_out_changes, dismiss_changes
from erp.services.planning.reopening import reopen_changes
from erp.services.supply import ExpectedSupply, set_expected
from erp.services.work_orders import issue_materials, reschedule_work_order
from tests.erp.services.conftest import factory
from tests.factories import core, crm, erp_make, masterdata, scm

__all__ = ["factory"]
pytestmark = pytest.mark.django_db
D = Decimal
_keys = itertools.count(1)


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


def shape(**filters) -> list[tuple]:
    rows = PlanChange.objects.filter(**{"outcome": "open"} | filters).order_by("pk")
    return [(row.kind, row.item.code, row.quantity, row.cause, row.cause_number) for row in rows]


@pytest.fixture
def planned(factory):
    """Ten TOP wanted in sixty days, made by a released order of ten that takes twenty PART, of which a hundred lie."""
    top, part = erp_make.made("TOP", lead_time_days=2), masterdata.item("PART", lead_time_days=3)
    erp_make.bom(top, (part, "2"))
    erp_make.stock(part, "100")
    order = crm.confirmed_order(None, crm.line(top, "10", ship_date=factory + days(60)), actor=core.superuser())
    work_order = erp_make.released_work_order(top, "10", due_date=factory + days(60))
    erp_make.plan()
    assert shape() == []
    return order, work_order, top, part


def test_a_cancelled_order_leaves_its_supply_to_be_decided_on(planned) -> None:
    order, work_order, _top, _part = planned
    perform(sales_orders.cancel_sales_order, actor=None, order_id=order.pk, reason="lost")
    erp_make.plan()

    assert shape() == [("cancel", "TOP", D(10), "demand:sales", order.number)]
    change = PlanChange.objects.get()
    erp_make.plan()
    assert PlanChange.objects.get() == change  # asked once

    perform(carry_out_changes, actor=core.superuser("planner"), change_ids=[change.pk])
    change.refresh_from_db()
    assert (change.outcome, change.decided_by.username) == ("done", "planner")
    work_order.refresh_from_db()
    assert work_order.state == "cancelled"
    with pytest.raises(ChangeIsDecided):
        perform(carry_out_changes, actor=None, change_ids=[change.pk])
    with pytest.raises(ChangeStands):
        perform(reopen_changes, actor=None, change_ids=[change.pk])
    erp_make.plan()
    assert shape() == []


def test_supply_left_to_come_to_stock_is_not_asked_again_unless_more_is_left(planned) -> None:
    order, _work_order, _top, _part = planned
    line = order.lines.get()
    lines = [{"id": line.pk, "item_id": line.item_id, "quantity": D(6), "price": D(100), "ship_date": line.ship_date}]
    perform(change_sales_order, actor=None, order_id=order.pk, reason="fewer", lines=lines)
    erp_make.plan()
    assert shape() == [("decrease", "TOP", D(4), "demand:sales", order.number)]
    change = PlanChange.objects.get()
    perform(dismiss_changes, actor=None, change_ids=[change.pk], to_stock=True)
    erp_make.plan()
    assert shape() == []
    lines[0]["quantity"] = D(3)
    perform(change_sales_order, actor=None, order_id=order.pk, reason="fewer still", lines=lines)
    erp_make.plan()
    assert shape() == [("decrease", "TOP", D(7), "demand:sales", order.number)]
    with pytest.raises(ChangeAskedAnew):
        perform(reopen_changes, actor=None, change_ids=[change.pk])


def test_reducing_moves_less_and_a_started_order_refuses(planned) -> None:
    order, work_order, _top, _part = planned
    line = order.lines.get()
    lines = [{"id": line.pk, "item_id": line.item_id, "quantity": D(6), "price": D(100), "ship_date": line.ship_date}]
    perform(change_sales_order, actor=None, order_id=order.pk, reason="fewer", lines=lines)
    erp_make.plan()
    change = PlanChange.objects.get(kind="decrease")
    material = work_order.materials.get()
    lines = [{"material_id": material.pk, "quantity": D(1)}]
    perform(issue_materials, actor=None, work_order_id=work_order.pk, lines=lines)
    with pytest.raises(WorkOrderIsStarted):
        perform(carry_out_changes, actor=None, change_ids=[change.pk])
    change.refresh_from_db()
    assert change.outcome == "open"


def test_a_late_order_is_moved_with_its_span(planned, factory) -> None:
    order, work_order, _top, _part = planned
    line = order.lines.get()
    lines = [
        {"id": line.pk, "item_id": line.item_id, "quantity": D(10), "price": D(100), "ship_date": factory + days(30)}
    ]
    perform(change_sales_order, actor=None, order_id=order.pk, reason="sooner", lines=lines)
    erp_make.plan()
    change = PlanChange.objects.get(kind="expedite")
    assert (change.old_date, change.new_date) == (work_order.due_date, factory + days(30))
    perform(carry_out_changes, actor=None, change_ids=[change.pk])
    before = work_order.due_date - work_order.start_date
    work_order.refresh_from_db()
    assert work_order.due_date == factory + days(30)
    assert abs((work_order.due_date - work_order.start_date) - before) <= days(3)
    erp_make.plan()
    assert not PlanChange.objects.filter(outcome="open", kind="expedite").exists()

    perform(reopen_changes, actor=None, change_ids=[change.pk])
    work_order.refresh_from_db()
    change.refresh_from_db()
    assert (work_order.due_date, change.outcome, change.decided_by) == (change.old_date, "open", None)
    erp_make.plan()
    assert PlanChange.objects.get(outcome="open", kind="expedite") == change

    perform(carry_out_changes, actor=None, change_ids=[change.pk])
    later = factory + days(40)
    perform(reschedule_work_order, actor=None, work_order_id=work_order.pk, start_date=factory, due_date=later)
    with pytest.raises(ChangedSince):
        perform(reopen_changes, actor=None, change_ids=[change.pk])


def test_a_new_shortage_of_a_component_names_the_order_and_is_firmed(planned, factory) -> None:
    _order, _work_order, top, part = planned
    more = crm.confirmed_order(None, crm.line(top, "90", ship_date=factory + days(20)))
    erp_make.plan()

    assert ("shortage", "TOP", D(90), "demand:sales", more.number) in shape()
    shortage = PlanChange.objects.get(kind="shortage", item=part)
    assert (shortage.old_quantity, shortage.cause_number) == (D(0), more.number)
    perform(carry_out_changes, actor=None, change_ids=[PlanChange.objects.get(kind="shortage", item=top).pk])
    assert WorkOrder.objects.filter(item=top, quantity=90).exists()
    erp_make.plan()
    assert not PlannedOrder.objects.filter(item=top, slot=2).exclude(quantity__lt=90).exists()
    shortage.refresh_from_db()
    assert shortage.outcome == "open"  # the part is still short, for the work order now


def test_an_order_line_that_gets_late_is_told_to_its_salesperson_and_settles_by_itself(factory) -> None:
    part = masterdata.item("PART", lead_time_days=3)
    seller = core.superuser("seller")
    order = crm.confirmed_order(None, crm.line(part, "5", ship_date=factory + days(10)), actor=seller)
    owner = order.owner
    expect(part, factory + days(8))
    erp_make.plan()
    assert shape() == []
    expect(part, factory + days(24))
    erp_make.plan()
    assert [(one[0], one[1], one[3]) for one in shape(kind="later")] == [("later", "PART", "supply:purchase")]
    change = PlanChange.objects.get(kind="later")
    assert (change.order_line, change.new_date) == (order.lines.get(), factory + days(24))
    perform(carry_out_changes, actor=None, change_ids=[change.pk])
    assert Notification.objects.filter(user=owner, url=order.get_absolute_url()).exists()
    expect(part, factory + days(30))
    erp_make.plan()
    expect(part, factory + days(24))
    erp_make.plan()
    assert PlanChange.objects.filter(kind="later", outcome="settled").exists()


def expect(item, due: dt.date) -> None:
    row = ExpectedSupply(1, item.pk, D(5), due)
    perform(set_expected, actor=None, source_label="scm.purchaseorder", source_id=1, kind="purchase", rows=[row])


def test_what_others_ordered_is_put_to_purchasing(db) -> None:
    made = scm.buying_company()
    order = scm.approved_order(made)
    erp_make.plan()
    change = PlanChange.objects.get(kind="cancel")
    assert (change.source_label, change.source_id) == ("scm.purchaseorder", order.pk)
    perform(carry_out_changes, actor=core.superuser("planner"), change_ids=[change.pk])
    change.refresh_from_db()
    assert (change.outcome, change.decided_at) == ("proposed", None)
    assert AuditEvent.objects.filter(object_label="scm.purchaseorder", verb__endswith="change_asked").exists()
    assert Notification.objects.filter(user=made.buyer, url=order.get_absolute_url()).exists()

    perform(reopen_changes, actor=core.superuser("planner"), change_ids=[change.pk])
    change.refresh_from_db()
    assert change.outcome == "open"
    assert AuditEvent.objects.filter(object_label="scm.purchaseorder", verb__endswith="change_withdrawn").count() == 1
    perform(carry_out_changes, actor=None, change_ids=[change.pk])
    perform(dismiss_changes, actor=None, change_ids=[change.pk], reason="keep it")
    assert AuditEvent.objects.filter(object_label="scm.purchaseorder", verb__endswith="change_withdrawn").count() == 2
    perform(reopen_changes, actor=None, change_ids=[change.pk])
    crm.confirmed_order(None, crm.line(made.bolt, "10", ship_date=scm.TODAY + days(60)))
    erp_make.plan()
    change.refresh_from_db()
    assert change.outcome == "settled"


def test_dismissing_needs_a_reason_and_stock_something_left_over(planned) -> None:
    order, _work_order, top, _part = planned
    crm.confirmed_order(None, crm.line(top, "10", ship_date=order.lines.get().ship_date - days(50)))
    erp_make.plan()
    shortage = PlanChange.objects.filter(kind="shortage").first()
    with pytest.raises(NoReasonGiven):
        perform(dismiss_changes, actor=None, change_ids=[shortage.pk])
    with pytest.raises(ChangeHasNoStock):
        perform(dismiss_changes, actor=None, change_ids=[shortage.pk], to_stock=True)
    for wrong in ([], [0]):
        with pytest.raises(InvalidInput):
            perform(dismiss_changes, actor=None, change_ids=wrong, reason="x")
    perform(dismiss_changes, actor=None, change_ids=[shortage.pk], reason="we have our own")
    shortage.refresh_from_db()
    assert (shortage.outcome, shortage.note) == ("dismissed", "we have our own")


def test_the_page_and_the_api_show_and_decide(planned) -> None:
    order, _work_order, _top, _part = planned
    perform(sales_orders.cancel_sales_order, actor=None, order_id=order.pk, reason="lost")
    erp_make.plan()
    change = PlanChange.objects.get()
    client = Client()
    client.force_login(core.user("erp.view_planchange", "erp.decide_planchange", "core.export_data"))
    page = client.get(reverse("erp:plan-changes"))
    assert [row.pk for row in page.context["table"].data] == [change.pk]
    assert order.number in page.content.decode()
    assert client.get(reverse("erp:plan-changes"), {"outcome": "done"}).context["table"].data.data.count() == 0
    of_order = {"cause": f"crm.salesorder:{order.pk}"}
    assert len(client.get(reverse("erp:plan-changes"), of_order).context["table"].rows) == 1
    assert len(client.get(reverse("erp:plan-changes"), {"cause": "stock:"}).context["table"].rows) == 0
    assert client.get(reverse("erp:plan-changes"), {"export": "csv"}).status_code == 200
    listed = client.get(reverse("api:erp-plan-change-list")).json()["results"]
    assert [(row["id"], row["cause_number"]) for row in listed] == [(change.pk, order.number)]

    def call(name: str, **body):
        headers = {"Idempotency-Key": f"change-{next(_keys)}"}
        return client.post(
            reverse(f"api:erp-plan-change-{name}"), body, content_type="application/json", headers=headers
        )

    assert call("dismiss", change_ids=[change.pk]).status_code == 422
    done = client.post(reverse("erp:plan-change-to-stock"), {"ids": [change.pk]})
    assert done.url == reverse("erp:plan-changes")
    assert call("carry-out", change_ids=[change.pk]).json()["errors"][0]["code"] == "change_is_decided"
    assert len(client.get(reverse("erp:plan-changes")).context["table"].rows) == 0  # what is decided does not wait
    assert (
        f'value="{change.pk}">Take back'
        in client.get(reverse("erp:plan-changes"), {"outcome": "to_stock"}).content.decode()
    )
    assert call("reopen", change_ids=[change.pk]).json() == {"change_ids": [change.pk]}
    assert len(client.get(reverse("erp:plan-changes")).context["table"].rows) == 1
    client.force_login(core.user("erp.view_planchange", username="reader"))
    assert client.post(reverse("erp:plan-change-dismiss"), {"ids": [change.pk]}).status_code == 403


def test_advice_is_decided_where_it_is_listed(planned) -> None:
    order, work_order, _top, _part = planned
    perform(sales_orders.cancel_sales_order, actor=None, order_id=order.pk, reason="lost")
    erp_make.plan()
    change = PlanChange.objects.get()
    url = reverse("erp:advice")
    client = Client()
    client.force_login(core.user("erp.view_supplyadvice", "erp.decide_planchange"))

    page = client.get(url).content.decode()
    assert f'form="row-carry-out" name="ids" value="{change.pk}"' in page
    listed = client.get(reverse("api:erp-supply-advice-list")).json()["results"]
    assert [(row["change"], row["outcome"]) for row in listed] == [(change.pk, "open")]
    done = client.post(reverse("erp:plan-change-carry-out"), {"ids": [change.pk], "next": url})

    assert done.url == url
    work_order.refresh_from_db()
    assert work_order.state == "cancelled"
    client.force_login(core.user("erp.view_supplyadvice", username="reader"))
    assert "row-carry-out" not in client.get(url).content.decode()

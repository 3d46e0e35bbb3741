"""The planning run against the database: inputs, slot, verdicts, advice, events; firming."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from core.errors import InvalidInput, MissingRight
from core.operations import perform
from erp.errors import BomContainsItself, NoBom, PlanIsBehind, PlannedOrderGone
from erp.models import (
    CurrentRun,
    Demand,
    PlannedOrder,
    PlanningEvent,
    PlanningSettings,
    PlanRun,
    PlanVerdict,
    Supply,
    SupplyAdvice,
    WorkOrder,
)
from erp.services import planning
from erp.services.planning_events import request_plan
from erp.services.supply import ExpectedSupply, set_expected
from erp.signals import planned_order_firmed
from masterdata.models import Item
from tests.factories import core, crm, erp_make, masterdata

D = Decimal


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


def shape(orders: list[PlannedOrder]) -> list[tuple]:
    return [(one.item.code, one.due_date, one.start_date, one.quantity, one.supply_type) for one in orders]


def order_for(item: Item, quantity: str, due: dt.date):
    """A confirmed sales order of one line, due on a day."""
    return crm.confirmed_order(None, crm.line(item, quantity, ship_date=due))


@pytest.fixture
def bicycle(factory) -> dict[str, Item]:
    """BIKE = 2 WHEEL + 1 FRAME, WHEEL = 36 SPOKE; lead times 2, 3, 5 and 10 working days."""
    bike = erp_make.made("BIKE", lead_time_days=2)
    wheel = erp_make.made("WHEEL", lead_time_days=3)
    frame, spoke = masterdata.item("FRAME", lead_time_days=5), masterdata.item("SPOKE", lead_time_days=10)
    erp_make.bom(bike, (wheel, "2"), (frame, "1"))
    erp_make.bom(wheel, (spoke, "36"))
    return {"bike": bike, "wheel": wheel, "frame": frame, "spoke": spoke}


def test_a_confirmed_order_is_planned_down_to_the_raw_material(bicycle, factory) -> None:
    due = factory + days(60)  # Friday, 1 May: Labour Day, so planned for the day before
    order = order_for(bicycle["bike"], "10", due)

    orders = erp_make.plan()

    day = {
        name: dt.date(2026, 4, number)
        for name, number in {"due": 30, "bike": 28, "wheel": 23, "frame": 21, "spoke": 9}.items()
    }
    assert shape(orders) == [
        ("BIKE", day["due"], day["bike"], D(10), "make"),
        ("FRAME", day["bike"], day["frame"], D(10), "buy"),
        ("SPOKE", day["wheel"], day["spoke"], D(720), "buy"),
        ("WHEEL", day["bike"], day["wheel"], D(20), "make"),
    ]
    demand = Demand.objects.get(source_line_id=order.lines.get().pk)
    assert {tuple(one.demands) for one in orders} == {(demand.pk,)}
    assert not any(one.flags for one in orders)
    verdict = PlanVerdict.objects.get(order_line=order.lines.get())
    assert (verdict.planned_date, verdict.days_late, verdict.reason) == (due, 0, "on_time")


def test_a_late_order_line_says_how_late_and_what_holds_it_up(bicycle, factory) -> None:
    order = order_for(bicycle["bike"], "10", factory + days(4))

    orders = erp_make.plan()

    verdict = PlanVerdict.objects.get(order_line=order.lines.get())
    spoke = next(one for one in orders if one.item == bicycle["spoke"])
    assert spoke.is_past_due
    assert spoke.is_late
    assert spoke.finish_date == dt.date(2026, 3, 16)  # ten working days from Monday the 2nd
    assert verdict.planned_date == dt.date(2026, 3, 23)  # three for the wheel, two for the bicycle
    assert (verdict.days_late, verdict.reason, verdict.blocking_item) == (17, "lead_time", bicycle["spoke"])


def test_stock_reservations_and_existing_supply_are_netted(bicycle, factory) -> None:
    erp_make.stock(bicycle["bike"], "4")
    order_for(bicycle["bike"], "3", factory + days(5))  # inside the horizon: reserved
    later = order_for(bicycle["bike"], "10", factory + days(60))
    work_order = erp_make.released_work_order(bicycle["bike"], "5", due_date=factory + days(30))

    orders = erp_make.plan()

    bikes = [one for one in orders if one.item == bicycle["bike"]]
    assert [(one.quantity, one.demands) for one in bikes] == [(D(4), [Demand.objects.get(source_id=later.pk).pk])]
    wheels = sum(one.quantity for one in orders if one.item == bicycle["wheel"])
    assert wheels == 2 * (5 + 4)
    verdict = PlanVerdict.objects.get(order_line=later.lines.get())
    assert verdict.stock_quantity == D(1)
    assert work_order.materials.count() == 2


def test_a_supplier_with_a_lead_time_stands_in_for_an_item_without_one(factory) -> None:
    part = masterdata.item("PART")
    masterdata.supplier_item(masterdata.supplier(), part, lead_time_days=4, is_preferred=True)
    order_for(part, "7", dt.date(2026, 3, 31))

    [order] = erp_make.plan()

    assert (order.due_date, order.start_date) == (dt.date(2026, 3, 31), dt.date(2026, 3, 25))


def test_the_same_inputs_give_the_same_plan_and_the_ring_turns(bicycle, factory) -> None:
    order_for(bicycle["bike"], "10", factory + days(60))

    runs = [planning.run_plan(anew=True) for _turn in range(5)]

    assert {run.digest for run in runs} == {runs[0].digest}
    assert {run.input_digest for run in runs} == {runs[0].input_digest}
    assert [run.slot for run in runs] == [1, 2, 3, 0, 1]
    assert CurrentRun.objects.get().run == runs[-1]
    assert PlannedOrder.objects.count() == 4 * 4
    assert shape(erp_make.planned(runs[0].slot)) == shape(erp_make.planned(runs[1].slot))
    assert PlanVerdict.objects.get().run_number == runs[0].number  # nothing new to say, nothing rewritten


def test_a_run_forgets_the_events_it_saw_and_leaves_later_ones(bicycle, factory, monkeypatch) -> None:
    from erp.services.planning import running

    assert PlanningEvent.objects.exists()

    def meanwhile(*args, **kwargs):
        PlanningEvent.objects.create(reason="later", created_at=dt.datetime.now(dt.UTC))
        return perform(*args, **kwargs)

    monkeypatch.setattr(running, "perform", meanwhile)
    planning.run_plan()

    assert list(PlanningEvent.objects.values_list("reason", flat=True)) == ["later"]


def test_advice_on_supply_that_comes_too_late_too_early_or_for_nobody(factory) -> None:
    late, early, useless = masterdata.item("LATE"), masterdata.item("EARLY"), masterdata.item("USELESS")
    order_for(late, "5", factory + days(10))
    order_for(early, "5", factory + days(90))
    for key, item in enumerate((late, early, useless), start=1):
        expected = ExpectedSupply(key, item.pk, D(5), factory + days(24))
        perform(
            set_expected, actor=None, source_label="crm.salesorder", source_id=key, kind="purchase", rows=[expected]
        )

    assert erp_make.plan() == []

    advice = {
        one.supply.item.code: (one.kind, one.advised_date, one.surplus_quantity) for one in SupplyAdvice.objects.all()
    }
    assert advice == {
        "LATE": ("expedite", factory + days(10), D(0)),
        "EARLY": ("defer", factory + days(90), D(0)),
        "USELESS": ("cancel", None, D(5)),
    }
    Demand.objects.all().delete()
    Supply.objects.exclude(item=useless).delete()
    planning.run_plan()
    assert [one.supply.item.code for one in SupplyAdvice.objects.all()] == ["USELESS"]


def test_a_verdict_ends_with_its_demand(bicycle, factory) -> None:
    order_for(bicycle["bike"], "10", factory + days(60))
    planning.run_plan()
    assert PlanVerdict.objects.count() == 1
    Demand.objects.all().delete()

    assert erp_make.plan() == []
    assert PlanVerdict.objects.count() == 0


def test_safety_stock_alone_makes_an_order_that_says_so(factory) -> None:
    masterdata.item("PART", safety_stock=D(30), lead_time_days=2, lot_multiple=D(25))

    [order] = erp_make.plan()

    assert (order.quantity, order.due_date, order.is_for_safety_stock, order.is_past_due) == (
        D(50),
        factory,
        True,
        True,
    )


def test_a_make_item_without_a_bom_is_named_and_not_firmed(factory) -> None:
    item = erp_make.made("NOBOM")
    order_for(item, "1", factory + days(30))

    [order] = erp_make.plan()

    assert order.is_without_bom
    assert PlanRun.objects.get().problems == [
        {"code": code, "item_id": item.pk, "item": "NOBOM"} for code in ("no_bom", "no_time")
    ]
    with pytest.raises(NoBom):
        perform(planning.firm_planned_orders, actor=None, identities=[order.identity])


def test_what_is_planned_without_time_is_named_until_something_says_how_long(factory) -> None:
    """Neither lead time nor routing: named; bought things are named by their lead time alone."""
    made, routed, slow = erp_make.made("MADE"), erp_make.made("ROUTED"), erp_make.made("SLOW", lead_time_days=1)
    bought = masterdata.item("BOUGHT")
    for item in (made, routed, slow):
        erp_make.bom(item, (bought, "1"))
        order_for(item, "1", factory + days(30))
    erp_make.routing(routed, (erp_make.work_center("SAW"), "5"))

    erp_make.plan()
    named = [(one["code"], one["item"]) for one in PlanRun.objects.latest("number").problems]
    assert sorted(named) == [("no_time", "BOUGHT"), ("no_time", "MADE")]
    Item.objects.filter(pk__in=[made.pk, bought.pk]).update(lead_time_days=2)
    erp_make.plan()
    assert PlanRun.objects.latest("number").problems == []


def test_a_circle_keeps_the_current_run(bicycle, factory) -> None:
    run = planning.run_plan()
    with connection.cursor() as cursor:  # past the services, which refuse it
        cursor.execute(
            "UPDATE erp_bomline SET component_id = %s WHERE component_id = %s",
            [bicycle["bike"].pk, bicycle["spoke"].pk],
        )

    with pytest.raises(BomContainsItself) as caught:
        planning.run_plan()

    assert set(caught.value.params["path"].split(" → ")) == {"BIKE", "WHEEL"}
    assert CurrentRun.objects.get().run == run


def test_firming_a_make_order_writes_a_work_order_that_the_next_run_counts(bicycle, factory) -> None:
    sales_order = order_for(bicycle["bike"], "10", factory + days(60))
    bike = erp_make.plan()[0]

    done = perform(planning.firm_planned_orders, actor=None, identities=[bike.identity])

    work_order = WorkOrder.objects.get(pk=done.work_order_ids[0])
    assert (work_order.item, work_order.quantity, work_order.state) == (bicycle["bike"], D(10), "draft")
    assert (work_order.start_date, work_order.due_date) == (bike.start_date, bike.due_date)
    assert work_order.sales_order_line == sales_order.lines.get()
    assert [(line.item.code, line.required_quantity) for line in work_order.materials.all()] == [
        ("WHEEL", D(20)),
        ("FRAME", D(10)),
    ]
    supply = Supply.objects.get()
    assert (supply.kind, supply.item, supply.open_quantity, supply.is_firm) == (
        "work_order",
        bicycle["bike"],
        D(10),
        False,
    )
    after = erp_make.plan()
    assert [one.item.code for one in after] == ["FRAME", "SPOKE", "WHEEL"]
    assert {one.quantity for one in after} == {D(10), D(720), D(20)}


def test_firming_announces_what_is_to_be_bought(bicycle, factory, monkeypatch) -> None:
    order_for(bicycle["bike"], "10", factory + days(60))
    frame = next(one for one in erp_make.plan() if one.item == bicycle["frame"])
    heard = []
    monkeypatch.setattr(planned_order_firmed, "receivers", [])
    monkeypatch.setattr(planned_order_firmed, "sender_receivers_cache", {}, raising=False)
    planned_order_firmed.connect(lambda order, **_named: heard.append(order), weak=False)

    done = perform(planning.firm_planned_orders, actor=None, identities=[frame.identity])

    assert (done.work_order_ids, done.announced) == ([], 1)
    [order] = heard
    assert (order.item_id, order.quantity, order.due_date, order.start_date, order.supply_type) == (
        bicycle["frame"].pk,
        D(10),
        frame.due_date,
        frame.start_date,
        "buy",
    )
    assert order.demand_ids == tuple(frame.demands)
    assert not PlannedOrder.objects.filter(item=bicycle["frame"]).exists()


def test_firming_twice_or_what_is_not_planned_is_refused(bicycle, factory) -> None:
    order_for(bicycle["bike"], "10", factory + days(60))
    bike = erp_make.plan()[0]
    perform(planning.firm_planned_orders, actor=None, identities=[bike.identity])

    with pytest.raises(PlannedOrderGone):
        perform(planning.firm_planned_orders, actor=None, identities=[bike.identity])
    assert WorkOrder.objects.count() == 1


def test_firming_is_all_or_nothing(bicycle, factory) -> None:
    order_for(bicycle["bike"], "10", factory + days(60))
    bike, frame, *_rest = erp_make.plan()

    with pytest.raises(PlannedOrderGone):
        perform(
            planning.firm_planned_orders,
            actor=None,
            identities=[bike.identity, f"{frame.item_id}:2020-01-01:1"],
        )

    assert WorkOrder.objects.count() == 0
    assert PlannedOrder.objects.filter(item=bicycle["bike"]).exists()


def test_an_item_firmed_after_the_inputs_were_read_cannot_be_firmed_again(bicycle, factory) -> None:
    """A run that read its inputs before a firming still has the order in it."""
    order_for(bicycle["bike"], "10", factory + days(60))
    bike = erp_make.plan()[0]
    perform(planning.firm_planned_orders, actor=None, identities=[bike.identity])
    event = PlanningEvent.objects.get(reason="firmed")
    planning.run_plan()
    PlanningEvent.objects.create(  # as if that run had started earlier than the firming
        reason=event.reason, item_ids=event.item_ids, firmed_run=event.firmed_run, created_at=event.created_at
    )
    order_for(bicycle["bike"], "1", factory + days(70))
    request = PlanningEvent.objects.get(reason="firmed")
    stale = erp_make.plan(anew=True)
    PlanningEvent.objects.create(
        reason=request.reason, item_ids=request.item_ids, firmed_run=request.firmed_run, created_at=request.created_at
    )

    with pytest.raises(PlanIsBehind):
        perform(planning.firm_planned_orders, actor=None, identities=[stale[0].identity])


def test_one_order_can_be_changed_while_it_is_firmed_several_cannot(bicycle, factory) -> None:
    order_for(bicycle["bike"], "10", factory + days(60))
    orders = erp_make.plan()

    with pytest.raises(InvalidInput):
        perform(planning.firm_planned_orders, actor=None, identities=[one.identity for one in orders], quantity=D(3))
    done = perform(
        planning.firm_planned_orders,
        actor=None,
        identities=[orders[0].identity],
        quantity=D(12),
        due_date=factory + days(50),
    )

    work_order = WorkOrder.objects.get(pk=done.work_order_ids[0])
    assert (work_order.quantity, work_order.due_date) == (D(12), factory + days(50))


@pytest.mark.parametrize("identities", [[], ["nonsense"], ["1:2026-13-01:1"]])
def test_unreadable_names_are_refused(factory, identities) -> None:
    with pytest.raises(InvalidInput):
        perform(planning.firm_planned_orders, actor=None, identities=identities)


def test_nothing_is_firmed_before_the_first_plan(factory) -> None:
    with pytest.raises(PlannedOrderGone):
        perform(planning.firm_planned_orders, actor=None, identities=["1:2026-03-01:1"])


def test_firming_and_configuring_need_their_rights(bicycle, factory) -> None:
    clerk = core.user("erp.view_plannedorder")

    with pytest.raises(MissingRight):
        perform(planning.firm_planned_orders, actor=clerk, identities=["1:2026-03-01:1"])
    with pytest.raises(MissingRight):
        perform(
            planning.configure_planning,
            actor=clerk,
            scrap_convention="usage",
            reschedule_days=1,
            dampener_days=1,
            default_lead_days=1,
        )


def test_scrap_by_yield_is_a_setting_of_the_company(factory) -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    erp_make.bom(top, (part, "100", {"scrap_percent": D(5)}))
    order_for(top, "1", factory + days(30))
    assert erp_make.plan()[0].quantity == D(105)

    perform(
        planning.configure_planning,
        actor=None,
        scrap_convention="yield",
        reschedule_days=30,
        dampener_days=3,
        default_lead_days=0,
    )

    assert PlanningSettings.objects.get().version == 1
    assert erp_make.plan()[0].quantity == D(106)  # 105.26 pieces


def test_the_fence_firms_what_starts_soon(bicycle, factory) -> None:
    from core.models import Company
    from erp.services.planning.fence import firm_inside_fence

    order_for(bicycle["wheel"], "1", factory + days(8))
    order_for(bicycle["wheel"], "1", factory + days(60))
    planning.run_plan()
    assert firm_inside_fence() == 0
    Company.objects.update(auto_firm_days=7)

    assert firm_inside_fence() == 2  # the near wheel, and its spokes announced

    work_order = WorkOrder.objects.get()
    assert (work_order.item, work_order.due_date) == (bicycle["wheel"], factory + days(8))
    assert firm_inside_fence() == 0


def test_request_plan_writes_the_event_in_the_business_transaction(factory) -> None:
    PlanningEvent.objects.all().delete()

    perform(request_plan, actor=None, reason="test", item_ids=[3, 1, 3])

    event = PlanningEvent.objects.get()
    assert (event.reason, event.item_ids, event.firmed_run) == ("test", [1, 3], None)

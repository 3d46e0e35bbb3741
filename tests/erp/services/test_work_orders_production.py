"""Work reported, goods received, orders settled."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidInput, MissingRight, ReasonForBackdating
from core.operations import perform
from erp.errors import (
    AlreadyReversed,
    AtWorkElsewhere,
    LotRequired,
    NotAtWork,
    NotInProduction,
    OverReceipt,
    OverReport,
)
from erp.errors.making import WorkNotDoneYet
from erp.models import (
    ItemCost,
    ProductionReceipt,
    StockBalance,
    WorkSession,
)
from erp.services import work_orders
from erp.signals import labour_reported, work_order_closed
from erp.states import WorkOrderState
from finance.errors import PeriodClosed
from finance.models import FiscalPeriod
from finance.services.periods import close_period
from masterdata.errors import ClosedForEntry, QuantityTooFine
from masterdata.models import Item
from tests.erp.services.work_order_steps import (
    fresh,
    in_process,
    issue,
    on_hand,
    open_demand,
    open_supply,
    receive,
    report,
)
from tests.factories import core, erp_make, finance, masterdata

D = Decimal


def test_report_costs_hours_and_announces_them(bench, monkeypatch) -> None:
    heard = []
    monkeypatch.setattr(labour_reported, "receivers", [])
    labour_reported.sender_receivers_cache.clear()
    labour_reported.connect(lambda work_order, amount, **_named: heard.append((work_order.pk, amount)), weak=False)
    order = erp_make.released_work_order(bench, "10")

    made = report(order, "6", "1", "2.5", scrap_reason="bent")

    order = fresh(order)
    assert (made.labour_rate, made.labour_amount, made.scrap_reason) == (D(30), D(75), "bent")
    assert (order.state, order.reported_quantity, order.scrapped_quantity, order.labour_cost) == (
        "in_progress",
        D(6),
        D(1),
        D(75),
    )
    assert open_supply() == [("BENCH", D(9), True)]
    assert heard == [(order.pk, D(75))]


def test_report_refuses_too_much_nothing_and_nonsense(bench) -> None:
    order = erp_make.released_work_order(bench, "10")
    worker = masterdata.employee()
    report(order, "6", "1", employee=worker)

    for good, scrap, hours, refusal in (
        ("4", "0", "0", OverReport),
        ("0", "0", "0", InvalidInput),
        ("-1", "0", "1", InvalidInput),
        ("0.5", "0", "0", QuantityTooFine),
    ):
        with pytest.raises(refusal):
            report(fresh(order), good, scrap, hours, employee=worker)
    Item.objects.update()
    type(worker).objects.filter(pk=worker.pk).update(is_active=False)
    with pytest.raises(ClosedForEntry):
        report(order, "1", employee=worker)


def test_reverse_report_takes_back_quantities_and_cost_once(bench) -> None:
    order = erp_make.released_work_order(bench, "10")
    made = report(order, "6", "1", "2")

    back = perform(work_orders.reverse_report, actor=None, report_id=made.pk)

    order = fresh(order)
    assert back.reverses == made
    assert (order.reported_quantity, order.scrapped_quantity, order.labour_cost) == (D(0), D(0), D(0))
    assert open_supply() == [("BENCH", D(10), True)]
    for report_id in (made.pk, back.pk):
        with pytest.raises(AlreadyReversed):
            perform(work_orders.reverse_report, actor=None, report_id=report_id)


def test_work_by_the_clock_reports_the_hours_between(bench, monkeypatch) -> None:
    order, other = erp_make.released_work_order(bench, "5"), erp_make.released_work_order(bench, "5")
    worker = masterdata.employee(labour_rate=D(30))
    who = {"work_order_id": order.pk, "employee_id": worker.pk}

    with pytest.raises(NotAtWork):
        perform(work_orders.finish_work, actor=None, **who, good_quantity=D(1))
    session = perform(work_orders.start_work, actor=None, **who)
    assert fresh(order).state == WorkOrderState.IN_PROGRESS
    with pytest.raises(AtWorkElsewhere):
        perform(work_orders.start_work, actor=None, work_order_id=other.pk, employee_id=worker.pk)
    WorkSession.objects.filter(pk=session.pk).update(started_at=session.started_at - dt.timedelta(minutes=90))

    done = perform(work_orders.finish_work, actor=None, **who, good_quantity=D(3))

    assert (done.report.hours, done.report.labour_amount, done.report.good_quantity) == (D("1.50"), D(45), D(3))
    assert fresh(order).labour_cost == D(45)
    perform(work_orders.start_work, actor=None, work_order_id=other.pk, employee_id=worker.pk)


def test_the_last_receipt_takes_all_cost_and_completes_the_order(bench) -> None:
    order = erp_make.issued_work_order(bench, "10")
    report(order, "10", "0", "2")

    done = receive(order, "10")

    assert (done.state, done.completed_quantity) == (WorkOrderState.COMPLETED, D(10))
    assert (done.material_cost, done.labour_cost, done.received_cost, done.wip_cost) == (D(240), D(60), D(300), D(0))
    cost = ItemCost.objects.get(item=bench)
    assert (cost.quantity, cost.value) == (D(10), D(300))
    assert (open_demand(), open_supply()) == ({}, [])
    assert ProductionReceipt.objects.get().amount == D(300)


def test_a_part_takes_its_share_when_everything_was_issued_at_once(bench) -> None:
    order = erp_make.issued_work_order(bench, "10")

    part = receive(order, "4")

    assert (part.state, part.received_cost) == (WorkOrderState.IN_PROGRESS, D(96))
    assert receive(order, "6").received_cost == D(240)


def test_a_part_takes_its_share_when_material_is_issued_part_by_part(bench) -> None:
    order = erp_make.released_work_order(bench, "10")
    issue(order, "16", "0.8")
    report(order, "4", "0", "2")

    part = receive(order, "4")

    assert (part.material_cost, part.labour_cost, part.received_cost) == (D(96), D(60), D(156))


def test_scrap_is_borne_by_the_good_ones(bench) -> None:
    order = erp_make.issued_work_order(bench, "10")
    report(order, "8", "2")

    done = receive(order, "8")

    assert (done.state, done.received_cost) == (WorkOrderState.COMPLETED, D(240))


def test_receive_refuses_too_much_and_nothing(bench) -> None:
    order = erp_make.issued_work_order(bench, "10")
    report(order, "0", "1")

    for quantity, refusal in (("10", OverReceipt), ("0", InvalidInput), ("-2", InvalidInput)):
        with pytest.raises(refusal):
            receive(order, quantity)
    assert ProductionReceipt.objects.count() == 0


def test_goods_tracked_by_lot_are_received_by_lot(factory) -> None:
    item = erp_make.made("TRACKED", tracking="lot")
    order = erp_make.released_work_order(item, "10")

    with pytest.raises(LotRequired):
        receive(order, "10")
    with pytest.raises(InvalidInput):
        receive(order, "10", lots=[{"code": "L1", "quantity": D(9)}])
    receive(order, "10", lots=[{"code": "L1", "quantity": D(4)}, {"code": "L2", "quantity": D(6)}])

    balances = StockBalance.objects.filter(item=item, on_hand__gt=0)
    assert {row.lot.code: row.on_hand for row in balances} == {"L1": D(4), "L2": D(6)}


def test_reverse_receipt_puts_goods_and_value_back_into_process(bench) -> None:
    order = erp_make.issued_work_order(bench, "10")
    receive(order, "10")
    receipt = ProductionReceipt.objects.get()

    back = perform(work_orders.reverse_receipt, actor=None, receipt_id=receipt.pk)

    assert (back.state, back.completed_quantity, back.received_cost) == ("in_progress", D(0), D(0))
    assert on_hand("BENCH") == 0
    assert ItemCost.objects.get(item=bench).value == 0
    assert open_supply() == [("BENCH", D(10), True)]
    for receipt_id in ProductionReceipt.objects.values_list("pk", flat=True):
        with pytest.raises(AlreadyReversed):
            perform(work_orders.reverse_receipt, actor=None, receipt_id=receipt_id)
    assert receive(order, "10").received_cost == D(240)


def test_a_short_order_is_completed_by_hand_and_its_rest_is_the_cost_of_its_goods(bench, monkeypatch) -> None:
    heard = []
    work_order_closed.connect(lambda variance, **_named: heard.append(variance), weak=False, dispatch_uid="test")
    order = erp_make.issued_work_order(bench, "10")
    receive(order, "4")

    perform(work_orders.complete_work_order, actor=None, work_order_id=order.pk, reason="no more needed")
    closed = perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)
    work_order_closed.disconnect(dispatch_uid="test")

    assert (closed.state, closed.variance, closed.wip_cost) == (WorkOrderState.CLOSED, D(0), D(0))
    assert ItemCost.objects.get(item=bench).value == D(240)
    assert closed.closed_on == dt.date(2026, 3, 2)
    assert heard == [D(0)]
    with pytest.raises(NotInProduction):
        perform(work_orders.reverse_receipt, actor=None, receipt_id=ProductionReceipt.objects.get().pk)


def test_the_books_of_a_work_order_end_at_nothing_in_process(bench) -> None:
    order = erp_make.issued_work_order(bench, "10")
    report(order, "10", "0", "3")
    receive(order, "4")
    receive(order, "6")
    perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)

    order = fresh(order)
    assert order.received_cost == order.material_cost + order.labour_cost == D(330)
    assert in_process() not in finance.balances()


def test_work_of_a_past_day_takes_a_right_and_a_reason_and_the_future_is_refused(bench) -> None:
    order, worker = erp_make.released_work_order(bench, "10"), masterdata.employee(labour_rate=D(30))
    told = {"work_order_id": order.pk, "employee_id": worker.pk, "good_quantity": D(2)}
    yesterday, tomorrow = dt.date(2026, 3, 1), dt.date(2026, 3, 3)
    clerk = core.user("erp.report_workorder", username="clerk")
    with pytest.raises(MissingRight):
        perform(work_orders.report_operation, actor=clerk, report_date=yesterday, **told)
    keeper = core.user("erp.report_workorder", "erp.backdate_workorder", username="keeper")
    with pytest.raises(ReasonForBackdating):
        perform(work_orders.report_operation, actor=keeper, report_date=yesterday, **told)
    with pytest.raises(WorkNotDoneYet):
        perform(work_orders.report_operation, actor=keeper, report_date=tomorrow, **told)
    late = {"report_date": yesterday, "reason": "card came late"}
    assert perform(work_orders.report_operation, actor=keeper, **late, **told).report_date == yesterday
    perform(close_period, actor=None, period_id=FiscalPeriod.objects.get(year=2026, month=1).pk)
    late |= {"report_date": dt.date(2026, 1, 15)}
    with pytest.raises(PeriodClosed):
        perform(work_orders.report_operation, actor=keeper, **late, **told)

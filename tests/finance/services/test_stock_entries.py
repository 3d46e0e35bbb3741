"""Which accounts each kind of stock movement moves."""

import datetime as dt
from decimal import Decimal

import pytest

from core.clock import on_day
from core.operations import perform
from erp.models import ItemCost, ProductionReport
from erp.services import stock_documents, work_orders
from finance.errors import PeriodClosed
from finance.models import FiscalPeriod, JournalLine
from finance.services.periods import close_period
from masterdata.models import Item, ItemCategory
from tests.factories import erp, erp_make, masterdata
from tests.factories.finance import account, balances, booked

D = Decimal


@pytest.fixture
def item(books):
    erp.place()
    return masterdata.item("STEEL")


def test_opening_stock(item):
    document = erp.opening(item, "20", "10")
    assert booked(document) == [("1405", D(200)), ("3199", D(-200))]


@pytest.mark.parametrize(
    ("kind", "reason", "expected"),
    [
        ("misc_receipt", "found", [("1405", D(50)), ("530102", D(-50))]),
        ("misc_issue", "internal_use", [("1405", D(-50)), ("560201", D(50))]),
        ("misc_issue", "scrap", [("1405", D(-50)), ("571101", D(50))]),
    ],
)
def test_miscellaneous_movements(item, kind, reason, expected):
    erp.opening(item, "20", "10")
    line = {"item_id": item.pk, "quantity": D(5), "unit_cost": D(10) if kind == "misc_receipt" else None}
    document = erp.posted(erp.draft(kind, line, reason_code=reason))
    assert booked(document) == expected


@pytest.mark.parametrize(("counted", "line"), [("23", ("530101", D(-30))), ("17", ("560202", D(30)))])
def test_a_count_and_its_reversal(item, counted, line):
    erp.opening(item, "20", "10")
    document = erp.posted(erp.draft("count", {"item_id": item.pk, "quantity": D(counted)}))
    difference = -line[1]
    assert booked(document) == [("1405", difference), line]
    perform(stock_documents.reverse_stock_document, actor=None, document_id=document.pk)
    assert balances() == {"1405": D(200), "3199": D(-200)}


def test_a_transfer_books_nothing(item):
    erp.opening(item, "20", "10")
    other = masterdata.warehouse("SECOND")
    line = {"item_id": item.pk, "quantity": D(5)}
    document = erp.posted(erp.draft("transfer", line, to_warehouse_id=other.pk))
    assert booked(document) == []


def test_a_value_entry_and_its_line_carry_the_same_amount(item):
    document = erp.opening(item, "3", "3.333333")
    [line] = JournalLine.objects.filter(value_entry__isnull=False, entry__source_id=document.pk)
    assert line.amount == line.value_entry.amount == D("10.00")
    assert line.account == account("1405")


@pytest.fixture
def in_process(books):
    """Return a work order of ten machines: material 20 x 10.00 issued, 4 hours at 25.00 reported."""
    erp.place()
    part, machine = masterdata.item("PART"), erp_make.made("MACHINE")
    erp.opening(part, "100", "10")
    erp_make.bom(machine, (part, "2"))
    order = erp_make.issued_work_order(machine, "10")
    worker = masterdata.employee(labour_rate=D("25"))
    perform(
        work_orders.report_operation,
        actor=None,
        work_order_id=order.pk,
        employee_id=worker.pk,
        good_quantity=D(10),
        hours=D(4),
    )
    return order


def test_material_and_labour_go_into_process(in_process):
    assert booked(in_process) == [
        ("1405", D(-200)),
        ("400101", D(200)),
        ("400101", D(100)),
        ("410101", D(-100)),
    ]
    lines = JournalLine.objects.filter(work_order=in_process)
    assert {line.account.code for line in lines} == {"400101"}


def test_an_undone_report_takes_its_labour_back(in_process):
    report = ProductionReport.objects.get(work_order=in_process)
    perform(work_orders.reverse_report, actor=None, report_id=report.pk)
    assert booked(in_process, "labour")[2:] == [("400101", D(-100)), ("410101", D(100))]
    assert balances()["400101"] == 200


def test_a_received_and_closed_order_leaves_nothing_in_process(in_process):
    perform(work_orders.receive_production, actor=None, work_order_id=in_process.pk, quantity=D(10))
    assert balances()["1405"] == 1000 - 200 + 300
    perform(work_orders.close_work_order, actor=None, work_order_id=in_process.pk)
    assert "400101" not in balances()


def test_what_is_left_at_the_close_goes_into_the_goods(in_process):
    """Half is received at half of the cost, the rest is given up."""
    perform(work_orders.receive_production, actor=None, work_order_id=in_process.pk, quantity=D(5))
    left = balances()["400101"]
    assert left > 0
    perform(work_orders.complete_work_order, actor=None, work_order_id=in_process.pk)
    perform(work_orders.close_work_order, actor=None, work_order_id=in_process.pk)
    assert booked(in_process, "closed") == []
    assert ("400101", -left) in booked(in_process, "stock")
    assert "400101" not in balances()


def test_goods_on_the_way_over_a_month_end_keep_their_layers_and_their_loss_falls_when_it_is_found(books):
    place, target = erp.place(), masterdata.warehouse("W2")
    item = masterdata.item("T")
    category = ItemCategory.objects.create(code="FIFO", name="FIFO", valuation_method="fifo")
    Item.objects.filter(pk=item.pk).update(category=category)
    for day, cost in ((2, "10"), (3, "20")):
        row = {"item_id": item.pk, "quantity": D(3), "unit_cost": D(cost)}
        erp.posted(erp.draft("misc_receipt", row), date=dt.date(2026, 2, day))
    row = {"item_id": item.pk, "quantity": D(5), "to_location_id": masterdata.location_of(target).pk}
    with on_day(dt.date(2026, 2, 27)):
        draft = erp.draft("transfer", row, warehouse_id=place.pk, to_warehouse_id=target.pk, is_two_step=True)
        sent = perform(stock_documents.send_transfer, actor=None, document_id=draft.pk)
    for period in FiscalPeriod.objects.filter(d0__lte=dt.date(2026, 2, 1)).order_by("d0"):
        perform(close_period, actor=None, period_id=period.pk)
    rows = [{"line_id": sent.lines.get().pk, "quantity": D(3)}]
    with pytest.raises(PeriodClosed):
        perform(
            stock_documents.receive_transfer, actor=None, document_id=sent.pk, lines=rows, date=dt.date(2026, 2, 28)
        )
    done = perform(stock_documents.receive_transfer, actor=None, document_id=sent.pk, lines=rows, close=True)
    assert ItemCost.objects.get(item=item).value == 70
    perform(stock_documents.reverse_stock_document, actor=None, document_id=done.pk)
    assert (ItemCost.objects.get(item=item).value, balances()["1405"]) == (90, 90)

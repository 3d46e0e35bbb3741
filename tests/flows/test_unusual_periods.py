"""Turns of making that meet the end of a period: hours taken back, fees and charges that come late, bucket ends."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Sum

from core.clock import forget_company, on_day
from core.models import Company
from core.operations import perform
from erp import tasks
from erp.models import AbsorbedCost, Demand, ItemCost
from erp.services import work_orders
from finance.models import AccountMapping, FiscalPeriod, JournalLine
from finance.selectors.invariants import violations
from finance.services import invoices, periods
from scm.models import SubcontractChargeBack
from scm.services import subcontract_orders
from tests.erp.services.work_order_steps import fresh, issue, receive, report
from tests.factories import erp, erp_demand, erp_make, masterdata
from tests.factories import scm_subcontract as sub
from tests.factories.finance import balances, draft_bill, post

D = Decimal
pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY = dt.date(2026, 1, 12), dt.date(2026, 2, 16)


def close_until(day: dt.date) -> None:
    for period in FiscalPeriod.objects.filter(d1__lt=day.replace(day=1)).order_by("d0"):
        perform(periods.close_period, actor=None, period_id=period.pk)


def books_of_january() -> dict[str, Decimal]:
    rows = JournalLine.objects.filter(entry__entry_date__lt=FEBRUARY.replace(day=1)).values_list("account__code")
    return dict(rows.order_by("account__code").annotate(total=Sum("amount")))


def balance(role: str) -> Decimal:
    codes = set(AccountMapping.objects.filter(role=role).values_list("account__code", flat=True))
    return sum((amount for code, amount in balances().items() if code in codes), D(0))


def value(code: str) -> Decimal:
    return ItemCost.objects.get(item__code=code).value


def test_hours_of_a_closed_month_are_taken_back_and_the_order_is_trued_up_in_the_next():
    """Ten hours too many at 10.00 machine and 20.00 overhead: out of process and of the six in stock, in February."""
    with on_day(JANUARY):
        erp.place()
        steel, machine = masterdata.item("STEEL"), erp_make.made("MACHINE")
        erp_make.bom(machine, (steel, "1"))
        erp_make.routing(machine, (erp_make.work_center("LATHE", rate=("0", "10", "20")), "60"))
        erp.opening(steel, "10", "5")
        order = erp_make.released_work_order(machine, "10")
        issue(order, "10")
        wrong = report(order, "6", hours="16")
        receive(order, "6")
    assert fresh(order).labour_cost == 16 * 60
    close_until(FEBRUARY)
    january = books_of_january()
    with on_day(FEBRUARY):
        perform(work_orders.reverse_report, actor=None, report_id=wrong.pk)
        report(order, "6", hours="6")
        report(order, "4", hours="4")
        receive(order, "4")
        perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)
    rows = list(AbsorbedCost.objects.order_by("pk").values_list("overhead_amount", "absorbed_on"))
    assert rows == [(320, JANUARY), (-320, FEBRUARY), (120, FEBRUARY), (80, FEBRUARY)]
    assert (value("MACHINE"), fresh(order).wip_cost, fresh(order).variance) == (50 + 10 * 60, 0, 0)
    assert (books_of_january(), violations()) == (january, [])


def test_what_is_charged_for_over_use_stays_when_the_fee_of_a_closed_month_changes():
    """13 used for 10 pieces in January, 3 are charged; in February the fee is dearer, only then they are set off."""
    with on_day(JANUARY):
        erp.place()
        part = masterdata.item("PART")
        erp.opening(part, "100", "10")
        order = sub.send(sub.sent(part), "5")
        used = [{"material_id": order.materials.get().pk, "quantity": D(13)}]
        sub.received(order, "10", materials=used)
    assert (value("FRAME"), SubcontractChargeBack.objects.get().amount) == (130, 30)
    close_until(FEBRUARY)
    january = books_of_january()
    with on_day(FEBRUARY):
        bill = draft_bill(order.purchase_order)
        row = {"receipt_line_id": bill.lines.get().receipt_line_id, "quantity": D(10), "price": D("4.50")}
        perform(
            invoices.update_invoice,
            actor=None, invoice_id=bill.pk, lines=[row], document_date=bill.document_date, supplier_reference="F-1",
        )  # fmt: skip
        post(bill)
        charge = SubcontractChargeBack.objects.get()
        perform(subcontract_orders.settle_charge_back, actor=None, charge_id=charge.pk, settled_by="ST-1")
    charge.refresh_from_db()
    assert (value("FRAME"), charge.quantity, charge.amount, balance("subcontract")) == (145, 3, 30, 0)
    assert (books_of_january(), violations()) == (january, [])


def test_orders_of_the_last_and_the_first_day_consume_the_month_they_are_in():
    erp.place()
    motor = masterdata.item("MOTOR")
    erp_demand.ordered(motor, erp_demand.months_before(erp.TODAY, ["20"] * 12))
    erp_demand.released()
    rows = Demand.objects.filter(kind="forecast").order_by("due_date")
    assert [(one.due_date.month, one.quantity) for one in rows] == [(3, 20), (4, 20), (5, 20)]
    Demand.objects.filter(kind="sales").update(open_quantity=0)  # the history is delivered
    for quantity, day in (("3", dt.date(2026, 3, 31)), ("4", dt.date(2026, 4, 1)), ("5", dt.date(2026, 4, 30))):
        erp_demand.ordered(motor, {day: quantity})
    planned: dict[int, Decimal] = {}
    for one in erp_make.plan():
        planned[one.due_date.month] = planned.get(one.due_date.month, D(0)) + one.quantity
    assert planned == {3: 20, 4: 40}  # what May asks for is due before its first, a holiday


def test_a_bucket_ends_at_midnight_of_the_company(monkeypatch):
    """16:30 of 31 March in Greenwich is April in Shanghai: March is no demand any more."""
    erp.place()
    motor = masterdata.item("MOTOR")
    erp_demand.ordered(motor, erp_demand.months_before(erp.TODAY, ["20"] * 12))
    erp_demand.released()
    Company.objects.update(pinned_date=None)
    forget_company()
    zone = ZoneInfo("UTC")
    for hour, months in ((15, [3, 4, 5]), (16, [4, 5])):
        now = dt.datetime(2026, 3, 31, hour, 30, tzinfo=zone)
        monkeypatch.setattr("core.operations.moment", lambda _own=None, now=now: now)
        tasks.roll_forecasts()
        rows = Demand.objects.filter(kind="forecast", open_quantity__gt=0).order_by("due_date")
        assert [one.due_date.month for one in rows] == months

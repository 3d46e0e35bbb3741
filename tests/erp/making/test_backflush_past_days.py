"""Material of a report on a past day is used up on that day; what lay elsewhere then waits, and is said to."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import MissingRight, ReasonForBackdating
from core.operations import perform
from erp.models import BackflushShortage, StockMove, ValueEntry, WorkOrder
from erp.selectors.backflushing import open_shortages
from erp.services import work_orders
from erp.services.stock_documents import create_stock_document, post_stock_document
from erp.states.making import ShortageReason
from finance.errors import PeriodClosed
from finance.models import FiscalPeriod, JournalEntry, ModulePeriod
from finance.selectors.invariants import violations
from finance.services.periods import close_period
from masterdata.models import Item
from tests.erp.services.work_order_steps import fresh, receive, report
from tests.factories import core, erp_make, erp_making, masterdata

D = Decimal
FLUSH = {"issue_method": "backflush"}
EARLY, LATE = dt.date(2026, 2, 20), dt.date(2026, 2, 26)


def bring(item: Item, quantity: str, date: dt.date | None = None, cost: str = "10") -> None:
    """Put goods at the line on a day."""
    row = {"item_id": item.pk, "quantity": D(quantity), "unit_cost": D(cost), "location_id": erp_making.line_side().pk}
    document = perform(
        create_stock_document,
        actor=None,
        kind="misc_receipt",
        reason_code="found",
        warehouse_id=erp_make.place().pk,
        lines=[row],
    )
    perform(post_stock_document, actor=None, document_id=document.pk, date=date)


def used() -> list[tuple[Decimal, dt.date]]:
    return list(StockMove.objects.filter(kind="issue").order_by("pk").values_list("quantity", "moved_on"))


def waiting() -> list[tuple[Decimal, dt.date, str]]:
    return list(open_shortages().values_list("missing_quantity", "report_date", "reason_code"))


def close(month: int) -> None:
    perform(close_period, actor=None, period_id=FiscalPeriod.objects.get(year=2026, month=month).pk)


@pytest.fixture
def powder(factory) -> Item:
    return masterdata.item("POWDER", uom="KG")


@pytest.fixture
def order(powder) -> WorkOrder:
    cap = erp_make.made("CAP")
    erp_make.bom(cap, (powder, "1", FLUSH))
    return erp_make.released_work_order(cap, "100")


def test_material_goes_on_the_day_of_the_report_at_the_cost_of_that_day(order, powder) -> None:
    bring(powder, "50", EARLY, "10")
    bring(powder, "50", dt.date(2026, 3, 1), "30")
    told = {"work_order_id": order.pk, "employee_id": masterdata.employee().pk, "good_quantity": D(20)}
    clerk = core.user("erp.report_workorder", username="clerk")
    keeper = core.user("erp.report_workorder", "erp.backdate_workorder", username="keeper")
    with pytest.raises(MissingRight):
        perform(work_orders.report_operation, actor=clerk, report_date=LATE, reason="card", **told)
    with pytest.raises(ReasonForBackdating):
        perform(work_orders.report_operation, actor=keeper, report_date=LATE, **told)
    made = perform(work_orders.report_operation, actor=keeper, report_date=LATE, reason="card came late", **told)

    assert used() == [(D(20), LATE)]
    entry = ValueEntry.objects.get(move__kind="issue", kind="issue")
    assert (entry.booked_on, entry.amount) == (LATE, D("-200.00"))
    assert JournalEntry.objects.filter(entry_date=LATE, lines__value_entry=entry).exists()
    assert fresh(order).material_cost == D(200)
    assert not violations()
    perform(work_orders.reverse_report, actor=None, report_id=made.pk)
    assert used()[1] == (D(20), dt.date(2026, 3, 2))
    assert fresh(order).material_cost == D(0)
    assert not violations()


def test_what_came_after_the_day_waits_and_the_retry_books_it_today_and_says_so(order, powder, client) -> None:
    bring(powder, "8", EARLY)
    bring(powder, "30")
    report(order, good="20", report_date=LATE)
    assert used() == [(D(8), LATE)]
    assert waiting() == [(D(12), LATE, ShortageReason.LATER)]
    bring(powder, "5", dt.date(2026, 2, 25))
    client.force_login(core.superuser())
    page = client.post(reverse("erp:work-order-retry-backflush", args=[order.pk]), follow=True).content.decode()
    assert used() == [(D(8), LATE), (D(5), LATE), (D(7), dt.date(2026, 3, 2))]
    assert "Booked on" in page
    assert "Backflush errors posted again" in page
    assert not waiting()
    assert not violations()


def test_the_retry_keeps_the_day_only_while_its_period_is_open(order, powder, client) -> None:
    january = dt.date(2026, 1, 20)
    report(order, good="10", report_date=january)
    report(fresh(order), good="10", report_date=LATE)
    assert waiting() == [(D(10), january, "short"), (D(10), LATE, "short")]
    bring(powder, "40", dt.date(2026, 1, 10))
    ModulePeriod.objects.filter(period__year=2026, period__month=1, module="stock").update(state="closed")
    client.force_login(core.superuser())
    answer = client.post(
        reverse("api:erp-backflush-error-retry"), content_type="application/json", headers={"Idempotency-Key": "k"}
    )
    assert answer.json() == {"left": 0, "refused": [], "booked_on": ["2026-02-26", "2026-03-02"]}
    assert sorted(day for _quantity, day in used()) == [LATE, dt.date(2026, 3, 2)]
    assert not violations()


def test_a_closed_period_takes_neither_report_nor_material(order, powder) -> None:
    bring(powder, "50", dt.date(2026, 1, 10))
    close(1)
    with pytest.raises(PeriodClosed, match="closed"):
        report(order, good="5", report_date=dt.date(2026, 1, 20))
    assert not used()
    assert not BackflushShortage.objects.exists()


def test_a_receipt_on_a_past_day_uses_material_up_on_it(order, powder) -> None:
    bring(powder, "50", EARLY)
    receive(order, "10", posting_date=LATE)
    assert used() == [(D(10), LATE)]
    assert fresh(order).wip_cost == D(0)
    assert not violations()


def test_a_report_taken_back_settles_the_error_of_its_own_day(order, powder) -> None:
    report(order, good="5", report_date=EARLY)
    second = report(fresh(order), good="7", report_date=LATE)
    perform(work_orders.reverse_report, actor=None, report_id=second.pk)
    assert waiting() == [(D(5), EARLY, "short")]
    bring(powder, "3", EARLY)
    perform(work_orders.retry_backflush, actor=None, work_order_id=order.pk)
    assert waiting() == [(D(2), EARLY, "short")]


def test_the_plants_usual_way_to_issue_applies_to_lines_that_say_nothing(powder, client) -> None:
    client.force_login(core.superuser())
    url = reverse("erp:stock-settings")
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in {None, False}}
    empty = {"lines-TOTAL_FORMS": "0", "lines-INITIAL_FORMS": "0"}
    assert client.post(url, data | empty | {"usual_issue": "transfer"}).status_code == 302
    motor, cap = masterdata.item("MOTOR", tracking="serial"), erp_make.made("CAP")
    screw = masterdata.item("SCREW")
    made = erp_make.bom(cap, (powder, "1"), (screw, "1", {"issue_method": "pick"}), (motor, "1"))
    found = dict(made.lines.values_list("component__code", "issue_method"))
    assert found == {"POWDER": "transfer", "SCREW": "pick", "MOTOR": "pick"}

"""The cash plan: every source in its week and on its account, nothing twice, late payers, shortfalls."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import today
from core.notifications.models import Notification
from core.operations import perform
from finance import errors
from finance.models import Allocation, CashShortfall
from finance.selectors.cash_plan.plan import Terms, cash_plan, planned_lines
from finance.services import bills, manual_entries, posting
from finance.services import cash_plan as services
from tests.factories import crm, erp, masterdata, scm
from tests.factories.core import make_user, superuser
from tests.factories.finance import account, bank, free_invoice, paid, post, posted_invoice

D = Decimal


@pytest.fixture
def terms(books) -> Terms:
    erp.place()
    return Terms(today())


def sums(plan) -> dict[str, Decimal]:
    return {source: sum(amounts) for source, amounts in plan.total.moves.items()}


def recurring(name: str = "Rent", amount: str = "100", **fields):
    values = {"bank_account_id": bank().pk, "direction": "out", "step": "week", "first_date": today()}
    return perform(services.save_recurring_cash, actor=None, name=name, amount=D(amount), **values | fields)


def test_documents_stand_in_their_week_and_count_once(terms):
    customer, supplier = masterdata.customer("ACME"), masterdata.supplier("ALPHA")
    item = masterdata.item("GRINDER")
    erp.opening(item, "50", "10")
    order = crm.confirmed_order(
        customer, crm.line(item, "10", "100", ship_date=terms.today), warehouse_id=erp.place().pk, tax_included=False
    )
    assert sums(cash_plan(terms)) == {"order": 1130}
    paid(customer, "300", sales_order_id=order.pk)
    assert sums(cash_plan(terms)) == {"order": 830}
    erp.signed(order)
    posted_invoice(order)
    assert sums(cash_plan(terms)) == {"receivable": 830}
    post(free_invoice(supplier, "80", kind="supplier"))
    buying = scm.BuyingCompany(
        superuser("buyer"),
        masterdata.department("OFFICE"),
        erp.place(),
        erp.shelf(),
        supplier,
        supplier,
        item,
        item,
        item,
    )
    bought = scm.approved_order(buying, scm.line(item, "10", price=D(20), due_date=terms.today + dt.timedelta(days=8)))
    plan = cash_plan(terms)
    assert sums(plan) == {"receivable": 830, "payable": -80, "purchase": -bought.gross_amount}
    [line] = planned_lines(terms, source="purchase")
    assert (line["number"], line["amount"], line["bank"]) == (bought.number, -bought.gross_amount, bank())
    scm.approved_requisition(buying, scm.line(None, "1", description="Desk", estimated_price=D(55)))
    assert sums(cash_plan(terms))["requisition"] == -55
    assert plan.total.opening == 300
    assert plan.total.closings[-1] == 300 + 830 - 80 - bought.gross_amount


def test_recurring_money_by_week_and_account(books):
    terms = Terms(today(), 4)
    monday = terms.mondays[1]
    recurring(first_date=monday)
    recurring("Interest", "10", direction="in", step="month", first_date=monday, bank_account_id=bank("CASH").pk)
    plan = cash_plan(terms)
    by_code = {one.bank_account.code: one for one in plan.accounts}
    assert by_code["BANK"].moves == {"recurring": [0, -100, -100, -100]}
    assert by_code["CASH"].moves == {"recurring": [0, 10, 0, 0]}
    assert by_code["BANK"].closings == [0, -100, -200, -300]
    with pytest.raises(errors.WrongRecurringCash):
        recurring(amount="0")


def test_bills_come_due_and_templates_book_on_the_bank(terms):
    taken = {"kind": "bank_acceptance", "issue_date": terms.today, "due_date": terms.today + dt.timedelta(days=15)}
    for side, partner in (("received", masterdata.customer("ACME")), ("issued", masterdata.supplier("ALPHA"))):
        amount = D(100) if side == "received" else D(30)
        values = {"side": side, "bill_number": f"B-{side}", "partner_id": partner.pk, "amount": amount}
        bill = perform(bills.create_bill, actor=None, **taken | values)
        perform(bills.register_bill, actor=None, bill_id=bill.pk)
    rows = [
        {"account_id": account("560203").pk, "side": "debit", "rule": "fixed", "amount": D(40)},
        {"account_id": bank().account_id, "side": "credit", "rule": "rest"},
    ]
    schedule = {"schedule": "monthly", "next_date": terms.today, "until": terms.today + dt.timedelta(days=40)}
    perform(manual_entries.save_template, actor=None, code="RENT", name="Rent", lines=rows, **schedule)
    assert sums(cash_plan(terms)) == {"bill": 70, "template": -80}
    lines = planned_lines(terms, source="template")
    assert [(line["number"], line["amount"], line["bank"]) for line in lines] == [("RENT", -40, bank())] * 2
    assert {line["due_date"] for line in planned_lines(terms, source="bill")} == {taken["due_date"]}


def test_late_payers_move_what_they_owe(terms):
    customer = masterdata.customer("LATE")
    early = terms.today - dt.timedelta(days=60)
    old = post(free_invoice(customer, "100", document_date=early))
    paid(customer, "100", (old, "100"), document_date=early + dt.timedelta(days=45))
    post(free_invoice(customer, "40"))
    late = Terms(terms.today, late=True)
    assert sums(cash_plan(terms)) == sums(cash_plan(late)) == {"receivable": 40}
    [row], [late_row] = planned_lines(terms), planned_lines(late)
    [(due, settled)] = Allocation.objects.values_list("invoice__due_date", "allocated_on")
    assert late_row["due_date"] - row["due_date"] == max(settled - due, dt.timedelta(0))


def test_a_shortfall_is_told_the_day_it_appears_and_closed_when_gone(terms):
    keeper = make_user("keeper", rights=["finance.view_cashplan"])
    rent = recurring(amount="50")
    short = CashShortfall.objects.get()
    assert (short.bank_account, short.week, short.amount) == (bank(), terms.mondays[0], 50 * 13)
    assert Notification.objects.filter(user=keeper).count() == 1
    assert perform(services.check_cash_plan, actor=None) == 1
    assert (CashShortfall.objects.count(), Notification.objects.count()) == (1, 1)
    lines = [posting.Line(account("1002").pk, D(700)), posting.Line(account("3001").pk, D(-700))]
    perform(posting.post_entry, actor=None, source=bank(), event="manual", lines=lines, date=terms.today)
    assert perform(services.check_cash_plan, actor=None) == 0
    assert CashShortfall.objects.get().closed_at is not None
    perform(services.save_cash_plan_account, actor=None, bank_account_id=bank().pk, minimum=D(51))
    assert CashShortfall.objects.get(closed_at=None).amount == 1
    assert rent.pk


def test_the_plan_costs_the_same_however_much_is_planned(terms):
    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            cash_plan(terms)
        return len(caught)

    before = statements()
    for number in range(3):
        recurring(f"R{number}")
        post(free_invoice(masterdata.customer(f"C{number}"), "10"))
    assert statements() == before <= 9

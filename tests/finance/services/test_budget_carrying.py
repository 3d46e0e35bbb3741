"""Open commitments of a year that is over are carried into the next year's budget with the money they had."""

import datetime as dt
from decimal import Decimal
from functools import partial

import pytest
from django.urls import reverse

from core.audit import timeline
from core.clock import on_day
from core.operations import perform
from finance import errors
from finance.models import Budget, BudgetCarry, BudgetCarryLine, BudgetLine, Commitment
from finance.selectors.budgets.report import commitments_of, rows_of
from finance.services import budgets, periods
from masterdata.models import Project
from scm.services import purchase_orders
from tests.factories import scm
from tests.factories.core import make_user
from tests.factories.finance import account, open_books

D = Decimal
NEW_YEAR = dt.date(2027, 1, 12)
EXPENSE = "5602"
pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    company = scm.buying_company()
    open_books()
    return company


def budget(year, *lines):
    made = perform(budgets.create_budget, actor=None, year=year, name="Plan")
    for code, amount, fields in lines:
        values = {"account_id": account(code).pk, "amount": D(amount)} | fields
        perform(budgets.save_budget_line, actor=None, budget_id=made.pk, **values)
    return perform(budgets.activate_budget, actor=None, budget_id=made.pk)


def service(amount, day):
    return scm.line(None, "1", description="Cleaning", price=D(amount), due_date=day)


def carry(made, on=NEW_YEAR, **values):
    with on_day(on):
        return perform(budgets.carry_commitments, actor=None, budget_id=made.pk, **values)


def figures(made):
    return [(row.line.amount, row.consumption.committed, row.left) for row in rows_of(made.lines.order_by("pk"))]


def test_what_is_open_goes_along_with_its_money_once(made):
    old = budget(2026, (EXPENSE, "100", {}))
    new = budget(2027, (EXPENSE, "500", {}), (EXPENSE, "40", {"month": 1}), (EXPENSE, "40", {"month": 2}))
    order = scm.approved_order(made, service("60", dt.date(2026, 11, 1)), tax_included=False)
    assert figures(old) == [(D(100), D(60), D(40))]
    done = carry(old, reason="Year end")
    assert (done.amount, done.year, done.carried_until) == (D(60), 2026, dt.date(2026, 12, 31))
    assert figures(old) == [(D(100), D(0), D(100))]
    assert figures(new) == [(D(560), D(60), D(500)), (D(100), D(60), D(40)), (D(40), D(0), D(40))]
    rows = BudgetCarryLine.objects.order_by("pk").values_list("source_number", "amount", "target__month")
    assert list(rows) == [(order.number, D(60), None), (order.number, D(60), 1)]
    assert [one.amount for one in commitments_of(new.lines.order_by("pk").first())] == [D(60)]
    assert BudgetLine.objects.get(budget=new, month=1).history.count() == 2
    with pytest.raises(errors.BudgetCarried):
        carry(old)


def test_money_goes_only_where_there_was_some_and_there_is_a_line(made):
    project = Project.objects.create(code="P1", name="Plant")
    old = budget(2026, (EXPENSE, "100", {"project_id": project.pk}))
    new = budget(2027, (EXPENSE, "500", {"department_id": made.department.pk}), (EXPENSE, "100", {}))
    day = dt.date(2026, 11, 1)
    scm.approved_order(made, service("60", day), tax_included=False)
    scm.approved_order(made, service("30", day), tax_included=False, project_id=project.pk)
    scm.approved_order(made, service("20", dt.date(2027, 2, 1)), tax_included=False, project_id=project.pk)
    carry(old)
    assert [one.amount for one in new.lines.order_by("pk")] == [D(500), D(130)]
    rows = BudgetCarryLine.objects.order_by("amount").values_list("amount", "target__amount")
    assert list(rows) == [(D(30), D(130)), (D(60), None)]


def test_an_order_due_before_is_asked_of_the_new_year(made):
    old = budget(2026, (EXPENSE, "100", {}))
    budget(2027, (EXPENSE, "50", {}))
    carry(old)
    with on_day(NEW_YEAR):
        order = scm.draft_order(made, service("60", dt.date(2026, 12, 1)), tax_included=False)
        with pytest.raises(errors.BudgetExceeded):
            perform(purchase_orders.approve_purchase_order, actor=made.buyer, order_id=order.pk)


def test_refusals(made):
    old = budget(2026, (EXPENSE, "100", {}))
    with pytest.raises(errors.BudgetYearRunning):
        perform(budgets.carry_commitments, actor=None, budget_id=old.pk)
    with pytest.raises(errors.NoNextBudget):
        carry(old)
    draft = perform(budgets.create_budget, actor=None, year=2026, name="Other")
    with pytest.raises(errors.BudgetNotInForce):
        carry(draft)
    assert not BudgetCarry.objects.exists()


def test_the_page_shows_it_first_and_the_api_does_it(client, made):
    old = budget(2026, (EXPENSE, "100", {}))
    budget(2027, (EXPENSE, "500", {}))
    order = scm.approved_order(made, service("60", dt.date(2026, 11, 1)), tax_included=False)
    url = reverse("finance:budget-carry", args=[old.pk])
    client.force_login(make_user("clerk", rights=["finance.view_budget"]))
    page = client.get(url).content.decode()
    assert order.number in page
    assert 'type="submit"' not in page.split("<main", 1)[-1] or "arrow-forward" not in page
    assert client.post(url).status_code == 403
    client.force_login(make_user("boss", superuser=True))
    assert url in client.get(old.get_absolute_url()).content.decode()
    assert client.post(url).status_code == 409
    preview = client.get(f"/api/v1/finance/budgets/{old.pk}/carry-preview/").json()
    assert [(one["commitment"]["source_number"], one["is_carried"]) for one in preview] == [(order.number, True)]
    with on_day(NEW_YEAR):
        answer = client.post(
            f"/api/v1/finance/budgets/{old.pk}/carry/",
            {"reason": "Year end"},
            headers={"Idempotency-Key": "k"},
            content_type="application/json",
        )
    assert answer.status_code == 201, answer.json()
    assert (answer.status_code, answer.json()["id"]) == (201, BudgetCarry.objects.get().pk)
    assert Budget.objects.get(year=2027).lines.get().amount == 560
    assert "Year end" in client.get(url).content.decode()
    assert Commitment.objects.count() == 1


def test_a_carry_forward_is_taken_back_and_done_again(client, made):
    old = budget(2026, (EXPENSE, "100", {}))
    new = budget(2027, (EXPENSE, "500", {}), (EXPENSE, "40", {"month": 1}))
    scm.approved_order(made, service("60", dt.date(2026, 11, 1)), tax_included=False)
    undo = partial(perform, budgets.undo_carry, actor=None, budget_id=old.pk)
    with pytest.raises(errors.NothingCarried):
        undo(reason="None")
    before = figures(old), figures(new)
    carry(old)
    with pytest.raises(errors.ReasonMissing):
        undo(reason=" ")
    boss = make_user("boss", superuser=True)
    client.force_login(boss)
    url = reverse("finance:budget-carry-undo", args=[old.pk])
    assert url in client.get(reverse("finance:budget-carry", args=[old.pk])).content.decode()
    assert client.post(url, {"_key": "one", "version": str(old.version), "reason": "Wrong year"}).status_code == 302
    assert (figures(old), figures(new)) == before
    assert "Wrong year" in client.get(reverse("finance:budget-carry", args=[old.pk])).content.decode()
    assert BudgetLine.objects.get(budget=new, month=1).history.count() == 3
    [audited] = [one for one in timeline(new) if one.verb.endswith("carry_undone")]
    assert (audited.actor, audited.reason) == (boss, "Wrong year")
    with pytest.raises(errors.NothingCarried):
        undo(reason="Twice")
    assert (carry(old).round, figures(new)[0]) == (2, (D(560), D(60), D(500)))
    perform(periods.create_year, actor=None, year=2028)
    budget(2028, (EXPENSE, "10", {}))
    carry(new, on=NEW_YEAR.replace(year=2028))
    with pytest.raises(errors.LaterYearCarried):
        undo(reason="Not before that")
    undo(budget_id=new.pk, reason="The later one first")
    copied = perform(budgets.copy_budget, actor=None, budget_id=new.pk)
    perform(budgets.activate_budget, actor=None, budget_id=copied.pk)
    with pytest.raises(errors.NextBudgetReplaced):
        undo(reason="Too late")

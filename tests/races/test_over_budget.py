"""Many buyers approve orders against one budget: together never above its stop level."""

from decimal import Decimal

from core.operations import perform
from finance.models import Commitment
from finance.services import budgets
from tests.factories import scm as make
from tests.factories.finance import account, open_books
from tests.races.runners import run_together

BUYERS, ORDERS, EACH, LIMIT = 4, 12, 100, 500


def race(*, locks_off: bool) -> tuple[list[str], Decimal]:
    """Let the buyers approve orders of 100 against a budget of 500; return the outcomes and what is committed."""
    made = make.buying_company()
    open_books()
    plan = perform(budgets.create_budget, actor=None, year=make.TODAY.year, name="Plan")
    perform(
        budgets.save_budget_line,
        actor=None,
        budget_id=plan.pk,
        account_id=account("5602").pk,
        amount=Decimal(LIMIT),
    )
    perform(budgets.activate_budget, actor=None, budget_id=plan.pk)
    line = make.line(None, "1", description="Cleaning", price=Decimal(EACH))
    orders = [make.draft_order(made, line).pk for _ in range(ORDERS)]
    work = [("approve", {"order_id": pk}) for pk in orders]
    outcomes = run_together(work, BUYERS, locks_off=locks_off)
    return outcomes, sum(Commitment.objects.values_list("amount", flat=True), Decimal(0))


def test_parallel_orders_do_not_pass_the_stop_level(committed):
    outcomes, total = race(locks_off=False)
    assert (outcomes.count("done"), outcomes.count("budget_exceeded"), total) == (5, 7, LIMIT)


def test_without_locks_the_same_race_passes_it(committed):
    """The control: a test that cannot fail proves nothing."""
    _outcomes, total = race(locks_off=True)
    assert total > LIMIT

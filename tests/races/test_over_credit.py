"""Many processes confirm orders of one customer: together never above his credit limit."""

from decimal import Decimal

from crm.models import SalesOrder
from finance.providers import credit_exposure
from tests.factories import crm, erp, masterdata
from tests.races.runners import run_together

PROCESSES = 4
LIMIT, EACH, ORDERS = Decimal(500), "100", 12


def race(*, locks_off: bool) -> tuple[list[str], Decimal]:
    """Let the processes confirm orders of 100 against a limit of 500; return the outcomes and the exposure."""
    customer = masterdata.customer(credit_limit=LIMIT)
    item = masterdata.item()
    orders = [crm.sales_order(customer, crm.line(item, "1", EACH)).pk for _number in range(ORDERS)]
    work = [("confirm", {"order_id": pk}) for pk in orders]
    outcomes = run_together(work, PROCESSES, locks_off=locks_off)
    return outcomes, credit_exposure(customer.pk)


def test_parallel_orders_do_not_overspend_the_limit(committed):
    erp.place()
    outcomes, exposure = race(locks_off=False)
    assert exposure == LIMIT
    assert (outcomes.count("done"), outcomes.count("credit_limit_exceeded")) == (5, 7)
    assert SalesOrder.objects.filter(state="confirmed").count() == 5


def test_without_locks_the_same_race_overspends(committed):
    """The control: a test that cannot fail proves nothing."""
    erp.place()
    assert race(locks_off=True)[1] > LIMIT

"""The bicycle maker's excerpt after its cut-over: the rest of September from open orders to closed books."""

import datetime as dt
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from core.clock import forget_company
from finance.models import FiscalPeriod
from finance.selectors.invariants import violations
from finance.takeover.source import CUT_OVER, Source
from masterdata.selectors.calendars import add_working_days
from scm.models import PurchaseOrder
from tests.bench.adventureworks_close import Closing
from tests.bench.adventureworks_month import Month

D = Decimal
FILES = Path(__file__).parents[1] / "data" / "adventureworks"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_clock():
    forget_company()
    yield
    forget_company()


def test_the_rest_of_september_is_lived_and_closed():
    call_command("import_adventureworks", str(FILES), stdout=StringIO())
    month = Month(bicycle="BK-M68B-42", ordered=5, firmed=4)
    september = FiscalPeriod.objects.get(year=2025, month=9)
    month.open_books(CUT_OVER)
    day, number = CUT_OVER, 0
    while day <= september.d1:
        month.live(day, number)
        day, number = add_working_days(day, 1), number + 1
    closing = Closing(month, september)

    against = closing.close(dt.date(2025, 10, 1), {"CAD": D("0.7185")})

    proof, results = closing.prove(), month.results()
    assert {"finished_orders", "revaluation", "carried_over", "entries_without_voucher"} <= set(against)
    assert [(one.invariant.code, one.rows) for one in violations()] == []
    assert (results["shipments"], results["customer invoices"], results["sales orders closed"]) == (1, 1, 1)
    assert min(results["work orders made"], results["receipts"], results["supplier invoices"], proof["vouchers"]) > 3
    open_before = [row["po_no"] for row in Source(FILES).open_purchases()]
    assert set(PurchaseOrder.objects.filter(number__in=open_before).values_list("state", flat=True)) == {"closed"}

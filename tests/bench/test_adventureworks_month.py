"""Six weeks of the bicycle maker: all open orders received, made, shipped, billed and paid; two months closed."""

import datetime as dt
from decimal import Decimal

from core.clock import on_day
from erp.models import Supply, WorkOrder
from finance.models import FiscalPeriod
from finance.selectors.invariants import violations
from finance.takeover.source import CUT_OVER, Source
from masterdata.selectors.calendars import add_working_days
from scm.models import PurchaseOrder, PurchaseOrderLine
from scm.states import PurchaseOrderState
from tests.bench.adventureworks import load, measured
from tests.bench.adventureworks_close import Closing
from tests.bench.adventureworks_month import Month

D = Decimal
RATES = {9: {"CAD": D("0.7185")}, 10: {"CAD": D("0.7138")}}
BICYCLES = 200


def test_two_months_are_lived_and_closed(files, own_clock, committed):
    with measured("import of all files"):
        load(files)
    month = Month(bicycle="BK-M68B-42", ordered=BICYCLES)
    month.open_books(CUT_OVER)
    open_months = list(FiscalPeriod.objects.filter(year=2025, month__in=RATES).order_by("d0"))
    day, number = CUT_OVER, 0
    with measured("all days and both closes"):
        for period in open_months:
            while day <= period.d1:
                month.live(day, number)
                day, number = add_working_days(day, 1), number + 1
            closing = Closing(month, period)
            against = closing.close(day, RATES[period.month])
            print(f"  {period}: cleared {', '.join(against)}; {closing.prove()}")
            with measured(f"all invariants after {period}"):
                assert [(one.invariant.code, one.rows) for one in violations()] == []
    print("\n".join(month.tally.lines()))
    print(f"  {number} working days: {month.results()}")
    with on_day(day):
        everything_came(Source(files))


def everything_came(source: Source) -> None:
    """The orders open at the cut-over are received in full, to the piece."""
    numbers = [row["po_no"] for row in source.open_purchases()]
    assert not PurchaseOrder.objects.filter(number__in=numbers, state=PurchaseOrderState.APPROVED).exists()
    lines = PurchaseOrderLine.objects.filter(order__number__in=numbers)
    assert all(line.received_quantity == line.stock_quantity for line in lines)
    assert not Supply.objects.filter(source_number__in=numbers, open_quantity__gt=0).exists()
    assert WorkOrder.objects.filter(state="closed", received_cost__gt=0).exists()
    assert dt.date(2025, 10, 31) < FiscalPeriod.objects.filter(state="open").earliest("d0").d0

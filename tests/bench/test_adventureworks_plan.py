"""Thirty bicycles for thirty days: each plan equals the one worked out plainly."""

import datetime as dt
import statistics
import time
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.operations import perform
from crm.models import SalesOrder
from crm.services import sales_orders
from erp.models import PlanVerdict
from erp.selectors.pegging import pegs_of_line
from erp.services import planning
from finance.takeover.source import CUT_OVER, Source
from masterdata.models import Item, Partner
from tests.bench.adventureworks import load, measured
from tests.bench.adventureworks_plan import differences, plain_plan, planned, wanted

D = Decimal
BICYCLES = 30


def sell(bicycle: Item, quantity: int, due: dt.date) -> SalesOrder:
    shop = Partner.objects.filter(is_customer=True, kind="company", is_active=True).order_by("code").first()
    lines = [{"item_id": bicycle.pk, "quantity": D(quantity)}]
    order = perform(sales_orders.create_sales_order, actor=None, partner_id=shop.pk, requested_date=due, lines=lines)
    return perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)


def test_thirty_bicycles_for_thirty_days(files, own_clock, committed):
    with measured("import of all files"):
        load(files)
    plain = plain_plan(Source(files))
    assert plain.open_lines() == 2383
    bicycles = Item.objects.filter(code__startswith="BK-", is_sold=True, supply_type="make").order_by("code")
    chosen = list(bicycles[:BICYCLES])
    assert len(chosen) == BICYCLES
    planning.run_plan()
    seconds, statements, plainly = [], [], []
    for place, bicycle in enumerate(chosen):
        order = sell(bicycle, 20 + 5 * place, CUT_OVER + dt.timedelta(days=10 + place))
        with CaptureQueriesContext(connection) as asked:
            began = time.perf_counter()
            planning.run_plan()
            seconds.append(time.perf_counter() - began)
        statements.append(len(asked))
        began = time.perf_counter()
        expected = plain.orders(*wanted())
        plainly.append(time.perf_counter() - began)
        found = planned()
        assert found == expected, differences(found, expected)
    print(
        f"  30 plans: {statistics.median(seconds) * 1000:.0f} ms each (worst {max(seconds) * 1000:.0f}),"
        f" {statistics.median(statements):.0f} statements; plainly {statistics.median(plainly) * 1000:.0f} ms;"
        f" {len(found):,} orders of {len({key[0] for key in found})} items, equal"
    )
    late = PlanVerdict.objects.filter(order_line__order=order).first() or PlanVerdict.objects.latest("days_late")
    line = late.order_line
    with measured("pegging of one order line"):
        pegs = pegs_of_line(line.pk)
    print(f"  {line.order} {line.item.code}: {len(pegs.rows())} nodes, {late.days_late} days late")

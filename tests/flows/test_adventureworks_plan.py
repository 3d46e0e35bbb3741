"""The bicycle maker's excerpt: what is to be made and bought for bicycles due day after day, as worked out plainly."""

import datetime as dt
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from core.clock import forget_company
from core.operations import perform
from crm.services import sales_orders
from erp.services import planning
from finance.takeover.source import CUT_OVER, Source
from masterdata.models import Item, Partner
from tests.bench.adventureworks_plan import differences, plain_plan, planned, wanted

D = Decimal
FILES = Path(__file__).parents[1] / "data" / "adventureworks"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_clock():
    forget_company()
    yield
    forget_company()


def test_the_plan_is_what_tree_stock_receipts_and_lead_times_say():
    call_command("import_adventureworks", str(FILES), stdout=StringIO())
    plain = plain_plan(Source(FILES))
    shop = Partner.objects.filter(is_customer=True, kind="company").order_by("code").first()
    lines = [{"item_id": Item.objects.get(code="BK-M68B-42").pk, "quantity": D(80)}]
    for days in (10, 17, 45):
        due = CUT_OVER + dt.timedelta(days=days)
        order = perform(
            sales_orders.create_sales_order, actor=None, partner_id=shop.pk, requested_date=due, lines=lines
        )
        perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)
        planning.run_plan()
        found, expected = planned(), plain.orders(*wanted())
        assert found == expected, differences(found, expected)
    assert {due for code, _start, due in found if code == "BK-M68B-42"}

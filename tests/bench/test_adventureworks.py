"""A bicycle maker's four years of files: how long they take to load, and what a hundred bicycles then lack."""

import datetime as dt
from decimal import Decimal

from django.test import Client
from django.urls import reverse

from core.clock import today
from core.models import User
from core.operations import perform
from crm.models import SalesOrder
from crm.services import quotations, sales_orders
from crm.states import SalesOrderState
from erp.models import Bom, Demand, StockMove, Supply, WorkOrder
from erp.selectors.boms import bom_tree
from erp.selectors.plan import planned_orders, shortages
from erp.services import planning
from erp.states import BomState
from finance.models import JournalLine
from finance.selectors.invariants import violations
from masterdata.models import Item, Partner
from scm.models import PurchaseOrder
from tests.bench import limits
from tests.bench.adventureworks import load, measured
from tests.factories.core import make_user

D = Decimal
BICYCLE = "BK-M68B-42"
COUNTED = (Item, Partner, Bom, StockMove, WorkOrder, PurchaseOrder, Demand, Supply, JournalLine)


def counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in COUNTED}


def test_four_years_of_files_and_a_hundred_bicycles(files, own_clock, committed, client):
    print(f"\n{limits.measure(committed.owner_url)}")
    with measured("import of all files"):
        said = load(files)
    print(said)
    assert "≠" not in said
    assert "FR-R92B-62" in said
    loaded = counts()
    print("  " + ", ".join(f"{label} {number:,}" for label, number in loaded.items()))
    with measured("second import"):
        assert "already" in load(files)
    assert counts() == loaded
    with measured("all invariants"):
        assert violations() == []

    bicycle = Item.objects.get(code=BICYCLE)
    look_at_the_bicycle(client, bicycle)
    with measured("plan of the open orders"):
        planning.run_plan()
    before = short()
    order = order_bicycles(bicycle)
    with measured("plan with the hundred bicycles"):
        planning.run_plan()
    lacking = {code: quantity - before.get(code, D(0)) for code, quantity in short().items()}
    more = {code: quantity for code, quantity in lacking.items() if quantity > 0}
    print(f"  {planned_orders().count():,} planned orders; {len(more)} items short for {order.number}:")
    print("  " + ", ".join(f"{code} {quantity.normalize():f}" for code, quantity in sorted(more.items())))
    assert more[BICYCLE] <= 100
    for name in ("erp:plan", "erp:shortages", "erp:late-lines"):
        page(client, reverse(name))
    assert BICYCLE in page(client, f"{reverse('erp:shortages')}?q={BICYCLE}")


def look_at_the_bicycle(client: Client, bicycle: Item) -> None:
    client.force_login(User.objects.filter(is_superuser=True).first() or make_user("bench", superuser=True))
    assert BICYCLE in page(client, bicycle.get_absolute_url())
    bom = Bom.objects.get(item=bicycle, state=BomState.RELEASED)
    tree = bom_tree(bicycle, today())
    costs = {node.item.pk: node.unit_cost for node in tree.flat()}
    print(f"  {BICYCLE}: {len(tree.flat())} places in the tree, {len(costs)} items, rolled-up cost {tree.unit_cost}")
    assert tree.unit_cost
    assert bom.lines.first().component.code in page(client, bom.get_absolute_url())


def order_bicycles(bicycle: Item) -> SalesOrder:
    """Quote a hundred to a shop, accept and confirm, as the bench's own sales clerk."""
    clerk = User.objects.filter(is_superuser=True).first() or User.objects.get(username="bench")
    shop = Partner.objects.filter(is_customer=True, is_active=True, kind="company").order_by("code").first()
    line = {"item_id": bicycle.pk, "quantity": D(100)}
    with measured("quote, accept, confirm 100 bicycles"):
        quotation = perform(quotations.create_quotation, actor=clerk, partner_id=shop.pk, lines=[line])
        order = perform(quotations.accept_quotation, actor=clerk, quotation_id=quotation.pk)
        order = perform(sales_orders.confirm_sales_order, actor=clerk, order_id=order.pk)
    demand = Demand.objects.get(source_label="crm.salesorder", source_id=order.pk)
    print(f"  {order.number}: {order.gross_amount} to {shop}, {demand.open_quantity} wanted on {demand.due_date}")
    assert (order.state, demand.quantity) == (SalesOrderState.CONFIRMED, D(100))
    return order


def page(client: Client, address: str) -> str:
    with measured(f"GET {address}"):
        response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def short() -> dict[str, Decimal]:
    """What lacks in the next two years, by item."""
    found: dict[str, Decimal] = {}
    for row in shortages(today() + dt.timedelta(days=730)):
        found[row["item__code"]] = found.get(row["item__code"], D(0)) + row["quantity"]
    return found

"""Co- and by-products: HARD_RULES §8 on a real order, trued up at its close, capped where there is too little cost."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import InvalidInput
from core.operations import perform
from erp.models import ItemCost, ProductionReceipt, Supply, SupplyAdvice, WorkOrder
from erp.selectors.order_costs import cost_card
from erp.services import work_orders
from finance.models import AccountMapping
from finance.selectors.invariants import violations
from masterdata.models import Item
from tests.erp.services.work_order_steps import fresh, issue, open_supply, receive
from tests.factories import erp, erp_make, masterdata
from tests.factories.core import superuser
from tests.factories.finance import balances

D = Decimal


def process(fixed: str) -> WorkOrder:
    """80 kg A, 40 kg B at half the weight and 10 kg scrap, out of material worth 10 000."""
    erp.place()
    ore = masterdata.item("ORE", uom="KG")
    a, b, scrap = (erp_make.made(code, uom="KG") for code in ("A", "B", "SCRAP"))
    weight = {"line_kind": "co_product", "cost_method": "weight", "material_weight": D("0.5")}
    amount = {"line_kind": "by_product", "cost_method": "fixed_amount", "fixed_amount": D(fixed)}
    erp_make.bom(a, (ore, "130"), (b, "40", weight), (scrap, "10", amount), quantity=D(80))
    erp.opening(ore, "130", "76.9230769231")
    order = erp_make.released_work_order(a, "80")
    issue(order, "130")
    return fresh(order)


def output(order: WorkOrder, code: str, quantity: str) -> WorkOrder:
    row = order.outputs.get(item__code=code)
    return perform(
        work_orders.receive_output, actor=None, work_order_id=order.pk, output_id=row.pk, quantity=D(quantity)
    )


def value(code: str) -> Decimal:
    return ItemCost.objects.get(item__code=code).value


def wip() -> Decimal:
    codes = set(AccountMapping.objects.filter(role="wip").values_list("account__code", flat=True))
    return sum((amount for code, amount in balances().items() if code in codes), D(0))


def test_joint_cost_is_shared_over_what_came(db):
    order = process("20")
    output(order, "SCRAP", "10")
    output(order, "B", "40")
    receive(order, "80")
    assert (value("A"), value("B"), value("SCRAP"), wip()) == (D(7840), D(1960), D(200), D(0))
    assert cost_card(fresh(order)).unit_cost == 98
    perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)
    assert (value("A"), value("B"), value("SCRAP")) == (D(7840), D(1960), D(200))
    assert violations() == []


def test_the_close_trues_up_to_what_really_came(db):
    """Only 20 kg of B came, after A was complete: the weights are 80 to 10; the by-product keeps its value."""
    order = process("20")
    receive(order, "80")
    assert (fresh(order).state, value("A")) == ("completed", D(7840))
    output(order, "B", "20")
    output(order, "SCRAP", "10")
    assert cost_card(fresh(order)).unit_cost == 98
    assert (value("B"), wip()) == (D(980), D(980))
    done = perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)
    assert (value("A"), value("B"), value("SCRAP")) == (D("8711.11"), D("1088.89"), D(200))
    assert (done.variance, wip()) == (0, 0)
    assert cost_card(fresh(order)).unit_cost.quantize(D("0.01")) == D("108.89")
    assert violations() == []


def test_a_by_product_is_capped_at_the_cost_there_is(db):
    order = process("1200")
    output(order, "SCRAP", "10")
    row = order.outputs.get(item__code="SCRAP")
    assert (row.received_cost, row.capped_amount) == (D(10000), D(2000))
    receive(order, "80")
    output(order, "B", "40")
    perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)
    assert (value("A"), value("B"), value("SCRAP"), wip()) == (0, 0, D(10000), 0)
    assert violations() == []


def test_a_receipt_is_taken_back_and_pages_show_it(db, client):
    order = process("20")
    output(order, "B", "40")
    [receipt] = ProductionReceipt.objects.all()
    perform(work_orders.reverse_receipt, actor=None, receipt_id=receipt.pk)
    row = order.outputs.get(item__code="B")
    assert (row.received_quantity, row.received_cost, wip()) == (0, 0, D(10000))
    client.force_login(superuser())
    assert b"Co- and by-products" in client.get(order.get_absolute_url()).content
    url = reverse("erp:work-order-receive-output", args=[order.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"output": row.pk, "quantity": "5"}).status_code == 302
    answer = client.post(
        reverse("api:erp-work-order-receive-output", args=[order.pk]),
        {"output_id": row.pk, "quantity": "1"},
        content_type="application/json",
        headers={"Idempotency-Key": "one"},
    )
    assert answer.status_code == 200, answer.content
    row.refresh_from_db()
    assert row.received_quantity == 6
    assert Item.objects.get(code="B").pk == row.item_id
    assert violations() == []


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_nothing_is_refused(db, quantity):
    order = process("20")
    with pytest.raises(InvalidInput):
        output(order, "B", quantity)


def test_what_comes_beside_the_item_is_expected_supply(db):
    """B covers a customer's 40 kg without an order of its own; split, merged, received and taken back it follows."""
    order = process("20")
    b = Item.objects.get(code="B")
    assert open_supply() == [("A", D(80), True), ("B", D(40), True), ("SCRAP", D(10), True)]
    wanted = erp.confirmed(b, "40", ship_date=order.due_date)
    assert [one for one in erp_make.plan() if one.item_id == b.pk] == []
    assert not SupplyAdvice.objects.filter(supply__in=Supply.objects.filter(source_line_id__lt=0)).exists()
    other = perform(work_orders.split_work_order, actor=None, work_order_id=order.pk, quantity=D(20))
    shared = dict(Supply.objects.filter(item=b).values_list("source_id", "open_quantity"))
    assert shared == {order.pk: D(30), other.pk: D(10)}
    output(order, "B", "30")
    assert dict(Supply.objects.filter(item=b).values_list("source_id", "open_quantity")) == {other.pk: D(10)}
    receipt = ProductionReceipt.objects.get()
    perform(work_orders.reverse_receipt, actor=None, receipt_id=receipt.pk)
    assert Supply.objects.get(item=b, source_id=order.pk).open_quantity == 30
    perform(work_orders.complete_work_order, actor=None, work_order_id=order.pk)
    assert list(Supply.objects.filter(item=b).values_list("source_id", flat=True)) == [other.pk]
    [needed] = [one for one in erp_make.plan() if one.item_id == b.pk]
    assert (needed.quantity, wanted.lines.get().stock_quantity) == (D(30), D(40))
    assert violations() == []

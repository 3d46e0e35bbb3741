"""Work at a supplier: pieces and fee come back with the receipt, his invoice corrects the order or its goods."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import InvalidInput
from core.operations import perform
from erp.errors.making import FeeIsSettled, PiecesWentOn
from erp.models import ItemCost, OperationFee, WorkOrder
from erp.selectors.order_costs import cost_card
from erp.services import work_orders
from finance.models import AccountMapping, GrniLine, Invoice
from finance.selectors.invariants import violations
from finance.selectors.invoiceable import services_to_invoice
from finance.services import invoices
from masterdata.models import Item, Partner
from scm.errors import NoSupplierStep
from scm.models import GoodsReceipt, PurchaseOrder, SupplierReturn
from scm.services import goods_receipts, purchase_orders, supplier_returns
from tests.erp.services.work_order_steps import fresh, issue, receive, report
from tests.factories import crm, erp, erp_make, masterdata
from tests.factories.core import superuser
from tests.factories.finance import balances, draft_bill, open_books, post

D = Decimal


@pytest.fixture
def machine(db) -> Item:
    """1 kg at 10.00, plating at 3.00 a piece outside, half an hour of packing at 20 and 10."""
    open_books()
    erp.place()
    steel, machine = masterdata.item("STEEL"), erp_make.made("MACHINE")
    plater = masterdata.supplier("PLATER")
    erp_make.bom(machine, (steel, "1"))
    outside = {"is_subcontracted": True, "supplier_id": plater.pk, "unit_price": D(3), "name": "Plating"}
    erp_make.routing(machine, (None, "0", outside), (erp_make.work_center("PACK", rate=("20", "0", "10")), "30"))
    erp.opening(steel, "100", "10")
    return machine


def wip() -> Decimal:
    return balance("wip")


def balance(role: str) -> Decimal:
    codes = set(AccountMapping.objects.filter(role=role).values_list("account__code", flat=True))
    return sum((amount for code, amount in balances().items() if code in codes), D(0))


def ordered(made: WorkOrder, quantity: str = "100", **fields) -> PurchaseOrder:
    order = perform(
        purchase_orders.order_operation,
        actor=None, work_order_id=made.pk, operation_no=10, quantity=D(quantity), **fields,
    )  # fmt: skip
    return perform(purchase_orders.approve_purchase_order, actor=None, order_id=order.pk)


def back(order: PurchaseOrder, quantity: str = "100") -> GoodsReceipt:
    rows = [{"order_line_id": order.lines.get().pk, "quantity": D(quantity)}]
    return perform(goods_receipts.receive_goods, actor=None, order_id=order.pk, lines=rows)


def bill(order: PurchaseOrder, price: str) -> Invoice:
    """The supplier's invoice of everything that came, at another price."""
    draft = draft_bill(order)
    rows = [
        {"receipt_line_id": key, "quantity": quantity, "price": D(price)}
        for key, quantity in draft.lines.values_list("receipt_line_id", "billed_quantity")
    ]
    perform(
        invoices.update_invoice,
        actor=None, invoice_id=draft.pk, lines=rows, document_date=draft.document_date, supplier_reference="F-1",
    )  # fmt: skip
    return post(draft)


def begun(machine: Item) -> WorkOrder:
    made = erp_make.released_work_order(machine, "100")
    issue(made, "100")
    return fresh(made)


def test_pieces_and_fee_come_back_and_an_open_order_takes_the_invoice(machine):
    """100 pieces at 3.00 accrue 300; 60 come first, then 40; the invoice says 3.50: 50 more in process."""
    made = begun(machine)
    order = ordered(made)
    back(order, "60")
    assert (fresh(made).operations.get(number=10).good_quantity, wip(), balance("grni")) == (60, D(1180), D(-180))
    card = cost_card(fresh(made))
    assert (card.elements["subcontract"], card.projected) == (D(180), card.planned)
    back(order, "40")
    step = fresh(made).operations.get(number=10)
    assert (step.good_quantity, step.state, wip(), balance("grni")) == (100, "done", D(1300), D(-300))
    assert not services_to_invoice().exists()
    bill(order, "3.5")
    assert (wip(), balance("grni"), fresh(made).wip_cost) == (D(1350), D(0), D(1350))
    report(made, "100", hours="50", employee=masterdata.employee(labour_rate=D(20)))
    receive(made, "100")
    done = perform(work_orders.close_work_order, actor=None, work_order_id=made.pk)
    assert (ItemCost.objects.get(item=machine).value, wip(), done.variance) == (D(2850), 0, 0)
    card = cost_card(done)
    assert (card.actual, card.target, card.analysis.variances) == (D(2850), D(2800), {"price": D(50)})
    assert violations() == []


def test_a_late_invoice_follows_the_goods_of_a_settled_order(machine):
    """100 received at 28.00, 40 sold, the order closed; 50 more: 20 cost of sales, 30 stock. In the next period too."""
    made = begun(machine)
    order = ordered(made)
    back(order)
    report(made, "100", hours="50", employee=masterdata.employee(labour_rate=D(20)))
    receive(made, "100")
    perform(work_orders.close_work_order, actor=None, work_order_id=made.pk)
    line = crm.line(machine, "40", "90", ship_date=erp.TODAY)
    erp.signed(crm.confirmed_order(masterdata.customer("ACME"), line, warehouse_id=erp.place().pk))
    before = balance("cost_of_sales")
    assert before == D(1120)
    bill(order, "3.5")
    assert (balance("cost_of_sales") - before, ItemCost.objects.get(item=machine).value) == (D(20), D(1680) + D(30))
    assert (wip(), balance("grni")) == (0, 0)
    assert [(row.amount, row.is_late) for row in OperationFee.objects.order_by("pk")] == [(300, False), (50, True)]
    assert cost_card(fresh(made)).elements["subcontract"] == D(350)
    assert violations() == []


def test_a_late_invoice_is_borne_by_all_products_as_the_fee_was(machine):
    """100 hubs and 50 rims at half the weight: 80 to 20. 1300.00 so far; 50 more: 40 and 10."""
    hub, rim, steel = erp_make.made("HUB"), erp_make.made("RIM"), Item.objects.get(code="STEEL")
    weight = {"line_kind": "co_product", "cost_method": "weight", "material_weight": D("0.5")}
    erp_make.bom(hub, (steel, "1"), (rim, "0.5", weight))
    plater = Partner.objects.get(code="PLATER")
    outside = {"is_subcontracted": True, "supplier_id": plater.pk, "unit_price": D(3), "name": "Plating"}
    erp_make.routing(hub, (None, "0", outside))
    made = begun(hub)
    order = ordered(made)
    back(order)
    row = made.outputs.get()
    perform(work_orders.receive_output, actor=None, work_order_id=made.pk, output_id=row.pk, quantity=D(50))
    receive(made, "100")
    perform(work_orders.close_work_order, actor=None, work_order_id=made.pk)

    def values() -> list[Decimal]:
        return [ItemCost.objects.get(item=one).value for one in (hub, rim)]

    assert values() == [D(1040), D(260)]
    bill(order, "3.5")
    assert (values(), wip(), balance("grni")) == ([D(1080), D(270)], 0, 0)
    assert violations() == []


def test_an_order_that_brought_nothing_loses_the_difference(machine):
    made = begun(machine)
    order = ordered(made)
    back(order)
    report(made, scrap="100", scrap_reason="Cracked")
    perform(work_orders.close_work_order, actor=None, work_order_id=made.pk)
    before = balance("scrap_loss")
    bill(order, "4")
    assert (balance("scrap_loss") - before, balance("grni"), wip()) == (D(100), 0, 0)
    assert violations() == []


def test_a_receipt_taken_back_takes_pieces_and_fee_back(machine):
    made = begun(machine)
    receipt = back(ordered(made))
    perform(goods_receipts.reverse_goods_receipt, actor=None, receipt_id=receipt.pk)
    assert (fresh(made).operations.get(number=10).good_quantity, wip(), balance("grni")) == (0, D(1000), 0)
    assert GrniLine.objects.get().open_amount == 0
    assert violations() == []
    again = back(PurchaseOrder.objects.get())
    report(made, "100", hours="50")
    receive(made, "100")
    perform(work_orders.close_work_order, actor=None, work_order_id=made.pk)
    with pytest.raises(FeeIsSettled):
        perform(goods_receipts.reverse_goods_receipt, actor=None, receipt_id=again.pk)


def sent_back(receipt: GoodsReceipt, quantity: str) -> SupplierReturn:
    draft = perform(
        supplier_returns.create_supplier_return,
        actor=None,
        receipt_id=receipt.pk,
        cause="Stains",
        lines=[{"receipt_line_id": receipt.lines.get().pk, "quantity": D(quantity)}],
    )
    return perform(supplier_returns.post_supplier_return, actor=None, return_id=draft.pk)


def test_bad_pieces_go_back_to_the_step_with_their_fee_and_come_again(machine):
    """100 came at 3.00; 10 go back: 30 less in process and owed. They come again, then the order is settled."""
    made = begun(machine)
    order = ordered(made)
    receipt = back(order)
    document = sent_back(receipt, "10")
    step = fresh(made).operations.get(number=10)
    assert (step.good_quantity, step.state, wip(), balance("grni")) == (90, "paused", D(1270), D(-270))
    assert (GrniLine.objects.get().open_amount, cost_card(fresh(made)).elements["subcontract"]) == (D(270), D(270))
    perform(supplier_returns.reverse_supplier_return, actor=None, return_id=document.pk)
    assert (fresh(made).operations.get(number=10).good_quantity, wip(), balance("grni")) == (100, D(1300), D(-300))
    sent_back(receipt, "10")
    back(fresh_order(order), "10")
    assert (fresh(made).operations.get(number=10).good_quantity, wip()) == (100, D(1300))
    report(made, "95", hours="50", employee=masterdata.employee(labour_rate=D(20)))
    with pytest.raises(PiecesWentOn):
        sent_back(receipt, "6")
    assert violations() == []
    report(made, "5")
    receive(made, "100")
    perform(work_orders.close_work_order, actor=None, work_order_id=made.pk)
    with pytest.raises(FeeIsSettled):
        sent_back(receipt, "1")
    assert (wip(), ItemCost.objects.get(item=machine).value) == (0, D(2800))
    assert violations() == []


def fresh_order(order: PurchaseOrder) -> PurchaseOrder:
    return PurchaseOrder.objects.get(pk=order.pk)


def test_no_more_is_ordered_than_there_is_to_do(machine):
    made = begun(machine)
    ordered(made, "70")
    with pytest.raises(InvalidInput):
        ordered(made, "31")
    with pytest.raises(NoSupplierStep):
        perform(purchase_orders.order_operation, actor=None, work_order_id=made.pk, operation_no=20)
    rest = perform(purchase_orders.order_operation, actor=None, work_order_id=made.pk, operation_no=10)
    assert (rest.lines.get().stock_quantity, rest.lines.get().price, rest.partner.code) == (30, 3, "PLATER")


def test_pages_and_api_order_it_and_show_what_it_cost(machine, client):
    made = begun(machine)
    client.force_login(superuser())
    url = reverse("scm:operation-order", args=[made.pk, 10])
    form = client.get(url)
    assert (form.status_code, b"PLATER" in form.content) == (200, True)
    typed = {
        "partner": Partner.objects.get(code="PLATER").pk,
        "quantity": "60",
        "price": "3",
        "due_date": str(made.due_date),
    }
    assert client.post(url, typed).status_code == 302
    answer = client.post(
        reverse("api:scm-purchase-order-order-operation"),
        {"work_order_id": made.pk, "operation_no": 10, "due_date": str(erp.TODAY + dt.timedelta(days=3))},
        content_type="application/json",
        headers={"Idempotency-Key": "one"},
    )
    assert answer.status_code == 201, answer.content
    assert (answer.json()["work_order"], answer.json()["operation_no"]) == (made.pk, 10)
    page = client.get(made.get_absolute_url()).content.decode()
    assert "Operations at suppliers" in page
    for order in PurchaseOrder.objects.all():
        assert order.number in page
        assert made.number in client.get(order.get_absolute_url()).content.decode()
    assert client.get(reverse("scm:operation-order", args=[made.pk, 20])).status_code == 404

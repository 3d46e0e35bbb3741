"""A dearer invoice makes the goods dearer, wherever they are by then (HARD_RULES §11)."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from erp.models import ItemCost, ValueEntry, WorkOrder
from erp.services import returns, work_orders
from finance.models import EarlyMatch, GrniLine, Invoice
from finance.selectors.invariants import violations
from finance.services import invoices
from masterdata.models import Item, ItemCategory
from scm.services import goods_receipts
from tests.factories import crm, erp, erp_make, masterdata, scm
from tests.factories.finance import balances, draft_bill, post

D = Decimal
GRNI, STOCK, COGS, PAYABLE, DIFFERENCE, WIP = "220202", "1405", "540101", "220201", "540103", "400101"
NOT_RECEIVED = "1402"


@pytest.fixture
def made(books) -> scm.BuyingCompany:
    return scm.buying_one(masterdata.item("BOLT"), masterdata.supplier("S-ALPHA"))


def received(made, quantity="10", price="100"):
    order = scm.approved_order(made, scm.line(made.bolt, quantity, price=D(price)), tax_included=False)
    scm.posted_receipt(made, order)
    return order


def billed(order, price, quantity="10"):
    bill = draft_bill(order)
    rows = [{"receipt_line_id": bill.lines.get().receipt_line_id, "quantity": D(quantity), "price": D(price)}]
    perform(
        invoices.update_invoice,
        actor=None,
        invoice_id=bill.pk,
        lines=rows,
        document_date=bill.document_date,
        supplier_reference="F-1",
    )
    return post(bill)


def sold(made, quantity):
    line = crm.line(made.bolt, quantity, "300", ship_date=erp.TODAY)
    erp.signed(crm.confirmed_order(masterdata.customer(), line, warehouse_id=erp.place().pk, tax_included=False))


def test_the_difference_stays_with_what_is_on_hand_and_follows_what_was_sold(made):
    order = received(made)
    sold(made, "4")
    billed(order, "120")
    found = balances()
    assert (found[STOCK], found[COGS], found[PAYABLE]) == (D(720), D(480), D(-1356))
    assert GRNI not in found
    assert DIFFERENCE not in found
    assert GrniLine.objects.get().open_amount == 0
    late = ValueEntry.objects.filter(kind="price_correction").order_by("pk")
    assert [(entry.amount, entry.counter) for entry in late] == [(D(200), "grni"), (D(-80), "dispatched")]
    assert violations() == []


def test_a_cheaper_invoice_and_its_credit_note_leave_no_trace(made):
    order = received(made)
    sold(made, "4")
    bill = billed(order, "90")
    assert ItemCost.objects.get(item=made.bolt).value == D(540)
    post(perform(invoices.create_credit_note, actor=None, invoice_id=bill.pk, supplier_reference="C-1"))
    found = balances()
    assert (found[STOCK], found[COGS], found[GRNI]) == (D(600), D(400), D(-1000))
    assert violations() == []


def test_under_standard_cost_it_is_a_price_variance(made):
    category = ItemCategory.objects.create(code="S", name="S", valuation_method="standard")
    Item.objects.filter(pk=made.bolt.pk).update(category=category, standard_cost=95)
    order = received(made)
    billed(order, "120")
    found = balances()
    assert (found[STOCK], found[DIFFERENCE], found[PAYABLE]) == (D(950), D(250), D(-1356))
    assert violations() == []


def test_through_a_closed_work_order_into_what_was_made_and_sold(made):
    machine = erp_make.made("MACHINE")
    order = received(made)
    erp_make.bom(machine, (made.bolt, "2"))
    making = erp_make.issued_work_order(machine, "5")
    perform(work_orders.receive_production, actor=None, work_order_id=making.pk, quantity=D(5))
    perform(work_orders.close_work_order, actor=None, work_order_id=making.pk)
    line = crm.line(machine, "2", "900", ship_date=erp.TODAY)
    erp.signed(crm.confirmed_order(masterdata.customer(), line, warehouse_id=erp.place().pk, tax_included=False))
    before = balances()
    billed(order, "110")
    after = balances()
    assert after[STOCK] - before[STOCK] == D(60)  # 3 of 5 machines are here
    assert after[COGS] - before[COGS] == D(40)
    assert after.get(WIP, D(0)) == before.get(WIP, D(0))
    assert WorkOrder.objects.get().material_cost == D(1100)
    assert violations() == []


def billed_before(order, price, quantity=None):
    """A supplier's invoice for all of an order (or so many), at its own price, before the goods."""
    key = str(order.lines.get().pk)
    [made] = perform(
        invoices.invoice_early, actor=None, kind="supplier", order_lines={key: quantity}, supplier_reference="F-9"
    )
    line = Invoice.objects.get(pk=made).lines.get()
    row = {"purchase_order_line_id": line.purchase_order_line_id, "quantity": line.quantity, "price": D(price)}
    perform(
        invoices.update_invoice,
        actor=None,
        invoice_id=made,
        lines=[row],
        document_date=line.invoice.document_date,
        supplier_reference="F-9",
    )
    return post(Invoice.objects.get(pk=made))


def test_goods_that_come_after_a_dearer_invoice_come_in_at_its_price(made):
    order = scm.approved_order(made, scm.line(made.bolt, "10", price=D(100)), tax_included=False)
    billed_before(order, "120")
    receipt = scm.posted_receipt(made, order)
    found = balances()
    assert (found[STOCK], GRNI in found, DIFFERENCE in found, NOT_RECEIVED in found) == (D(1200), False, False, False)
    assert ItemCost.objects.get(item=made.bolt).value == 1200
    row = GrniLine.objects.get()
    assert (row.received_amount, row.invoiced_amount, row.open_amount) == (D(1200), D(1200), 0)
    [match] = EarlyMatch.objects.all()
    assert (match.amount, match.ledger_amount, match.followed_amount) == (D(1200), D(1200), D(200))
    late = ValueEntry.objects.get(kind="price_correction")
    assert (late.source_label, late.source_id, late.amount) == ("scm.goodsreceipt", receipt.pk, D(200))
    assert violations() == []


def machines_of(made, machine, quantity):
    """``quantity`` machines of two bolts each, made and their order closed."""
    making = erp_make.issued_work_order(machine, quantity)
    perform(work_orders.receive_production, actor=None, work_order_id=making.pk, quantity=D(quantity))
    perform(work_orders.close_work_order, actor=None, work_order_id=making.pk)


def test_a_dearer_early_invoice_follows_a_backdated_receipt_into_what_was_made_of_it(made):
    """The layers of before are used anew: the machines were made of the goods that came first, entered last."""
    category = ItemCategory.objects.create(code="F", name="F", valuation_method="fifo")
    Item.objects.filter(pk=made.bolt.pk).update(category=category)
    machine = erp_make.made("MACHINE")
    erp_make.bom(machine, (made.bolt, "2"))
    entered_first = scm.approved_order(made, scm.line(made.bolt, "10", price=D(90)), tax_included=False)
    scm.posted_receipt(made, entered_first, date=erp.TODAY - dt.timedelta(days=3), reason="Late paper")
    machines_of(made, machine, "5")
    order = scm.approved_order(made, scm.line(made.bolt, "20", price=D(100)), tax_included=False)
    billed_before(order, "120", D(10))
    before = ItemCost.objects.get(item=machine).value
    receipt = scm.posted_receipt(made, order, "10", date=erp.TODAY - dt.timedelta(days=5), reason="Late paper")
    assert ItemCost.objects.get(item=machine).value - before == 200
    assert violations() == []
    scm.posted_receipt(made, order, "10")
    perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=receipt.pk, reason="Wrong order")
    assert violations() == []


def test_co_products_of_a_closed_order_share_a_dearer_invoice_by_their_values(made):
    main, side = erp_make.made("MAIN"), erp_make.made("SIDE")
    weight = {"line_kind": "co_product", "cost_method": "weight", "material_weight": D("0.5")}
    erp_make.bom(main, (made.bolt, "1"), (side, "1", weight))
    order = received(made, "10", "30")
    job = erp_make.issued_work_order(main, "10")
    row = {"work_order_id": job.pk, "output_id": job.outputs.get().pk, "quantity": D(10)}
    perform(work_orders.receive_output, actor=None, **row)
    perform(work_orders.receive_production, actor=None, work_order_id=job.pk, quantity=D(10))
    perform(work_orders.close_work_order, actor=None, work_order_id=job.pk)
    line = crm.line(side, "4", "300", ship_date=erp.TODAY)
    erp.signed(crm.confirmed_order(masterdata.customer(), line, warehouse_id=erp.place().pk, tax_included=False))

    def worth():
        return [*(ItemCost.objects.get(item=item).value for item in (main, side)), balances()[COGS]]

    assert worth() == [200, 60, 40]
    bill = billed(order, "33")
    assert worth() == [220, 66, 44]
    post(perform(invoices.create_credit_note, actor=None, invoice_id=bill.pk, supplier_reference="C-1"))
    assert worth() == [200, 60, 40]


def test_goods_that_come_back_in_parts_take_a_later_cost_along_once(made):
    """Ten at 10.00 sold, four back, freight of 20: six more bring back six tenths of 120, not what is left of it."""
    order = received(made, "10", "10")
    line = crm.line(made.bolt, "10", "300", ship_date=erp.TODAY)
    sale = crm.confirmed_order(masterdata.customer(), line, warehouse_id=erp.place().pk, tax_included=False)
    erp.signed(sale)
    back = erp.expected_return(sale, "4")
    perform(returns.receive_return, actor=None, receipt_id=back.pk)
    freight = {"kind": "freight", "basis": "value", "amount": D(20)}
    scm.posted_landed_cost(made, order.receipts.get(), freight)
    assert (balances()[STOCK], balances()[COGS]) == (48, 72)
    back = erp.expected_return(sale, "3")
    perform(returns.receive_return, actor=None, receipt_id=back.pk)
    assert (balances()[STOCK], balances()[COGS]) == (84, 36)
    back = erp.expected_return(sale, "3")
    perform(returns.receive_return, actor=None, receipt_id=back.pk)
    assert (balances()[STOCK], COGS in balances()) == (120, False)
    assert violations() == []

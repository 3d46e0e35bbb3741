"""Receipts, returns and supplier invoices: goods received, not invoiced (HARD_RULES §11)."""

import datetime as dt
from decimal import Decimal

import pytest

from core.clock import forget_company, on_day
from core.models import Company
from core.operations import perform
from finance.errors import DuplicateSupplierReference, NotInvoiceable, SupplierReferenceMissing
from finance.models import GrniLine
from finance.services import invoices, write_offs
from scm.errors import ReceiptGivenUp
from scm.services import goods_receipts, supplier_returns
from tests.factories import masterdata, scm
from tests.factories.core import superuser
from tests.factories.finance import balances, booked, draft_bill, free_invoice, post

D = Decimal
GRNI, STOCK, PAYABLE, TAX, DIFFERENCE = "220202", "1405", "220201", "22210101", "540103"


@pytest.fixture
def made(books) -> scm.BuyingCompany:
    """A company with one supplier and one taxed item, on scm's day, its books open."""
    Company.objects.update(pinned_date=scm.TODAY)
    forget_company()
    warehouse, supplier = masterdata.warehouse("MAIN"), masterdata.supplier("S-ALPHA")
    bolt = masterdata.item("BOLT", tax=masterdata.tax("VAT13"))
    return scm.BuyingCompany(
        buyer=superuser("buyer"),
        department=masterdata.department("OFFICE"),
        warehouse=warehouse,
        shelf=masterdata.location_of(warehouse),
        supplier=supplier,
        other=supplier,
        bolt=bolt,
        paint=bolt,
        motor=bolt,
    )


def order_of(made, price="100", quantity="10", **fields):
    line = scm.line(made.bolt, quantity, price=D(price))
    return scm.approved_order(made, line, tax_included=False, **fields)


def test_a_receipt_accrues_its_net_value(made):
    receipt = scm.posted_receipt(made, order_of(made))
    assert booked(receipt) == [(STOCK, D(1000)), (GRNI, D(-1000))]
    row = GrniLine.objects.get()
    assert (row.received_quantity, row.received_amount, row.open_quantity, row.open_amount) == (10, 1000, 10, 1000)
    assert (row.partner, row.item) == (made.supplier, made.bolt)


def test_a_reversed_receipt_leaves_nothing(made):
    receipt = scm.posted_receipt(made, order_of(made))
    perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=receipt.pk)
    assert balances() == {}
    assert GrniLine.objects.get().open_amount == 0


def test_a_return_before_the_invoice_reduces_its_own_row(made):
    receipt = scm.posted_receipt(made, order_of(made))
    returned = scm.posted_return(made, receipt, "4")
    assert balances() == {STOCK: D(600), GRNI: D(-600)}
    row = GrniLine.objects.get()
    assert (row.returned_quantity, row.returned_amount, row.open_quantity) == (4, 400, 6)
    perform(supplier_returns.reverse_supplier_return, actor=made.buyer, return_id=returned.pk)
    assert balances() == {STOCK: D(1000), GRNI: D(-1000)}


def test_goods_leave_at_another_value_than_they_came_in_with(made):
    """10 @100 and 10 @120 lie at 110; ten of the first go back at 100: what is left over is no payable."""
    first = scm.posted_receipt(made, order_of(made))
    scm.posted_receipt(made, order_of(made, "120"))
    scm.posted_return(made, first, "10")
    assert balances()[GRNI] == D(-1200)


def test_an_invoice_clears_the_receipts_at_their_value(made):
    order = order_of(made)
    scm.posted_receipt(made, order)
    bill = draft_bill(order)
    assert (bill.net_amount, bill.tax_amount, bill.gross_amount) == (D(1000), D(130), D(1130))
    bill = post(bill)
    assert booked(bill) == [(PAYABLE, D(-1130)), (GRNI, D(1000)), (TAX, D(130))]
    assert bill.legal_number == ""
    order.refresh_from_db()
    assert order.lines.get().invoiced_quantity == 10
    assert order.state == "closed"


def test_a_price_difference_does_not_stay_in_the_accrual(made):
    """HARD_RULES §11: 10 @100 received, invoiced @120."""
    order = order_of(made)
    scm.posted_receipt(made, order)
    bill = draft_bill(order)
    line = bill.lines.get()
    rows = [{"receipt_line_id": line.receipt_line_id, "quantity": D(10), "price": D(120)}]
    perform(
        invoices.update_invoice,
        actor=None,
        invoice_id=bill.pk,
        lines=rows,
        document_date=bill.document_date,
        supplier_reference="F-1",
    )
    bill = post(bill)
    assert booked(bill, "invoice") == [(PAYABLE, D(-1356)), (GRNI, D(1200)), (TAX, D(156))]
    assert booked(bill, "stock") == [(STOCK, D(200)), (GRNI, D(-200))]
    row = GrniLine.objects.get()
    assert (row.received_amount, row.invoiced_amount, row.open_amount) == (1200, 1200, 0)
    assert balances() == {PAYABLE: D(-1356), STOCK: D(1200), TAX: D(156)}


def test_a_foreign_invoice_splits_price_and_exchange_differences(made):
    """10 @100 USD received at 7.00, invoiced at 7.10: 100.00 exchange difference, no price difference."""
    masterdata.exchange_rate("USD", "7", scm.TODAY)
    order = order_of(made, currency_id=masterdata.currency("USD").pk)
    scm.posted_receipt(made, order)
    masterdata.exchange_rate("USD", "7.1", scm.TODAY.replace(day=11))
    bill = post(draft_bill(order, document_date=scm.TODAY.replace(day=11)))
    rows = dict(booked(bill))
    assert (rows[PAYABLE], rows[GRNI], rows["560303"]) == (D("-8023.00"), D(7000), D(100))
    assert DIFFERENCE not in rows


def test_partial_invoices_take_the_rest_at_the_end(made):
    order = order_of(made, "3.33", "3")
    scm.posted_receipt(made, order)
    key = str(GrniLine.objects.get().receipt_line_id)
    amounts = []
    for number in range(3):
        [pk] = perform(invoices.invoice_receipts, actor=None, receipts={key: D(1)}, supplier_reference=f"P-{number}")
        bill = perform(invoices.post_invoice, actor=None, invoice_id=pk)
        amounts.append(dict(booked(bill))[GRNI])
    assert sum(amounts) == D("9.99")
    assert GrniLine.objects.get().open_amount == 0


def test_goods_returned_after_the_invoice_are_owed_by_the_supplier(made):
    order = order_of(made)
    receipt = scm.posted_receipt(made, order)
    bill = post(draft_bill(order))
    scm.posted_return(made, receipt, "4")
    row = GrniLine.objects.get()
    assert (row.open_quantity, row.open_amount) == (-4, -400)
    line = bill.lines.get()
    credit = perform(
        invoices.create_credit_note,
        actor=None,
        invoice_id=bill.pk,
        quantities={str(line.pk): D(4)},
        supplier_reference="CN-1",
    )
    credit = post(credit)
    assert booked(credit) == [(PAYABLE, D(452)), (GRNI, D(-400)), (TAX, D(-52))]
    row.refresh_from_db()
    assert (row.open_quantity, row.open_amount) == (0, 0)
    bill.refresh_from_db()
    assert (bill.settled_amount, bill.open_amount) == (452, 678)


def test_no_more_than_was_received_can_be_invoiced(made):
    order = order_of(made)
    scm.posted_receipt(made, order, "6")
    key = str(GrniLine.objects.get().receipt_line_id)
    with pytest.raises(NotInvoiceable):
        perform(invoices.invoice_receipts, actor=None, receipts={key: D(7)})
    perform(invoices.invoice_receipts, actor=None, receipts={key: D(4)})
    with pytest.raises(NotInvoiceable):
        perform(invoices.invoice_receipts, actor=None, receipts={key: D(3)})


def test_the_suppliers_number_is_needed_and_used_once(made):
    bill = free_invoice(made.supplier, kind="supplier", supplier_reference="")
    with pytest.raises(SupplierReferenceMissing):
        post(bill)
    first = post(free_invoice(made.supplier, kind="supplier", supplier_reference="F-9"))
    with pytest.raises(DuplicateSupplierReference) as refusal:
        free_invoice(made.supplier, kind="supplier", supplier_reference="F-9")
    assert refusal.value.params["document"] == first


def test_a_described_service_is_invoiced_against_its_expense(made):
    line = scm.line(None, "1", description="Transport", price=D("300"))
    order = scm.approved_order(made, line, tax_included=False)
    scm.posted_receipt(made, order)
    assert balances() == {}
    [pk] = perform(
        invoices.invoice_receipts,
        actor=None,
        receipts={},
        services={str(order.lines.get().pk): None},
        supplier_reference="T-1",
    )
    bill = perform(invoices.post_invoice, actor=None, invoice_id=pk)
    rows = dict(booked(bill))
    assert rows["560203"] == 300
    assert order.lines.get().invoiced_quantity == 1


def dearer(order, price):
    """The supplier's invoice of all of an order at another price."""
    bill = draft_bill(order)
    rows = [{"receipt_line_id": bill.lines.get().receipt_line_id, "quantity": D(10), "price": D(price)}]
    header = {"document_date": bill.document_date, "supplier_reference": "F-1"}
    return post(perform(invoices.update_invoice, actor=None, invoice_id=bill.pk, lines=rows, **header))


@pytest.mark.parametrize("currency", ["CNY", "USD"])
def test_goods_credited_after_a_dearer_invoice_go_at_what_it_said(made, currency):
    """Nothing is won or lost by sending goods back: what was invoiced is owed (received at 7, invoiced at 8)."""
    masterdata.exchange_rate("USD", "7", scm.TODAY - dt.timedelta(days=5))
    masterdata.exchange_rate("USD", "8", scm.TODAY)
    rates = {"CNY": (1, 1), "USD": (7, 8)}[currency]
    with on_day(scm.TODAY - dt.timedelta(days=5)):
        order = order_of(made, currency_id=masterdata.currency(currency).pk)
        receipt = scm.posted_receipt(made, order)
    bill = dearer(order, "120")
    assert balances()[STOCK] == 1000 * rates[0] + 200 * rates[1]
    scm.posted_return(made, receipt, "4", settlement="credit")
    owed = balances()[GRNI]
    assert owed == 400 * rates[0] + 80 * rates[1]
    assert balances()[STOCK] == 600 * rates[0] + 120 * rates[1]
    line = bill.lines.get()
    values = {"invoice_id": bill.pk, "quantities": {str(line.pk): D(4)}, "supplier_reference": "C-1"}
    post(perform(invoices.create_credit_note, actor=None, **values))
    found = balances()
    assert GRNI not in found
    assert found[STOCK] == 600 * rates[0] + 120 * rates[1]
    assert DIFFERENCE not in found
    assert found.get("560303", 0) == (1000 * (rates[1] - rates[0])) * 6 / 10


def test_a_receipt_that_was_given_up_is_not_undone_before_its_write_off(made):
    """Its gain would stand without goods, and the supplier would seem to owe for them."""
    receipt = scm.posted_receipt(made, order_of(made))
    rows = [{"grni_id": GrniLine.objects.get().pk}]
    values = {"kind": "grni", "partner_id": made.supplier.pk, "lines": rows, "reason_text": "Never invoiced"}
    given_up = perform(write_offs.create_write_off, actor=None, **values)
    perform(write_offs.post_write_off, actor=made.buyer, write_off_id=given_up.pk)
    with pytest.raises(ReceiptGivenUp):
        scm.posted_return(made, receipt, "4")
    with pytest.raises(ReceiptGivenUp):
        perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=receipt.pk)
    perform(write_offs.reverse_write_off, actor=made.buyer, write_off_id=given_up.pk)
    perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=receipt.pk)
    assert balances() == {}

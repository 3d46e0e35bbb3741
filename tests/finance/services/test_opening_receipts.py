"""Goods received before the books began and not invoiced: the later invoice clears them like a receipt of ours."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.operations import perform
from erp.models import ItemCost, StockMove, Supply
from finance.errors import NotInvoiceable, OpeningDiffers, OpeningReceiptTooLate
from finance.models import GrniLine
from finance.services import invoices, manual_entries
from finance.services.opening_receipts import record_opening_receipt
from scm.errors import EmptyDocument, InvoicedAlready, ReceiptTakenOver
from scm.models import GoodsReceipt
from scm.selectors.landed_costs import receipts_for_charges
from scm.services import goods_receipts
from tests.factories import erp, masterdata, scm
from tests.factories.core import superuser
from tests.factories.finance import account, balances, booked, draft_bill, post
from tests.finance.services.test_opening_items import imported

D = Decimal
GRNI, STOCK, PAYABLE, DIFFERENCE, OPENING = "220202", "1405", "220201", "540103", "3199"
FIRST, BEFORE = dt.date(2025, 1, 1), dt.date(2024, 12, 20)


@pytest.fixture
def made(books) -> scm.BuyingCompany:
    return scm.buying_one(masterdata.item("BOLT"), masterdata.supplier("S-ALPHA"))


def opened(made, quantity="10", price="100", reference="RK-1", **fields) -> GoodsReceipt:
    line = {"item_id": made.bolt.pk, "quantity": D(quantity), "price": D(price), "tax_id": None}
    values = {"partner_id": made.supplier.pk, "reference": reference, "received_date": BEFORE, "lines": [line]}
    return perform(record_opening_receipt, actor=made.buyer, **values | fields)


def billed(receipt, price, quantity="10"):
    bill = draft_bill(receipt.order)
    line = {"receipt_line_id": receipt.lines.get().pk, "quantity": D(quantity), "price": D(price)}
    arguments = {"lines": [line], "document_date": bill.document_date, "supplier_reference": "F-1"}
    perform(invoices.update_invoice, actor=None, invoice_id=bill.pk, **arguments)
    return post(bill)


def test_it_stands_against_the_opening_account_and_moves_no_stock(made):
    receipt = opened(made)
    assert booked(receipt) == [(GRNI, D(-1000)), (OPENING, D(1000))]
    assert (str(receipt), receipt.state, receipt.document_date, receipt.is_opening) == ("RK-1", "posted", BEFORE, True)
    row = GrniLine.objects.get()
    assert (row.received_date, row.open_quantity, row.open_amount) == (BEFORE, 10, 1000)
    assert not StockMove.objects.exists()
    assert not Supply.objects.filter(open_quantity__gt=0).exists()
    assert not receipts_for_charges().exists()


def test_the_invoice_clears_it_and_the_order_is_closed(made):
    receipt = opened(made)
    bill = billed(receipt, "100")
    assert booked(bill) == [(PAYABLE, D(-1000)), (GRNI, D(1000))]
    receipt.order.refresh_from_db()
    assert (receipt.order.state, receipt.order.lines.get().invoiced_quantity) == ("closed", 10)
    lines = [{"receipt_line_id": receipt.lines.get().pk, "quantity": D(1)}]
    arguments = {"kind": "supplier", "partner_id": made.supplier.pk, "lines": lines}
    with pytest.raises(NotInvoiceable):
        perform(invoices.create_invoice, actor=None, **arguments)


def test_a_dearer_invoice_follows_the_opening_stock_the_rest_is_a_price_difference(made):
    """Of 10 received, 4 lie in the opening stock: 4/10 of the 200 make them dearer, 120 is a difference."""
    erp.opening(made.bolt, "4", "100")
    billed(opened(made), "120")
    found = balances()
    assert (found[STOCK], found[DIFFERENCE], found[PAYABLE]) == (480, 120, -1200)
    assert GRNI not in found
    assert ItemCost.objects.get(item=made.bolt).value == 480


def test_without_opening_stock_all_of_it_is_a_price_difference(made):
    billed(opened(made), "90")
    assert balances() == {PAYABLE: D(-900), DIFFERENCE: D(-100), OPENING: D(1000)}


def test_goods_go_back_like_any_others(made):
    erp.opening(made.bolt, "10", "100")
    receipt = opened(made)
    scm.posted_return(made, receipt, "4")
    found = balances()
    assert (found[STOCK], found[GRNI], GrniLine.objects.get().open_quantity) == (600, -600, 6)


def test_it_is_reversed_on_its_own_day_while_nothing_came_of_it(made):
    receipt = opened(made)
    perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=receipt.pk, reason="Typed wrongly")
    assert balances() == {}
    receipt.order.refresh_from_db()
    assert receipt.order.state == "closed"
    assert not Supply.objects.filter(open_quantity__gt=0).exists()
    again = opened(made)
    billed(again, "100", "3")
    with pytest.raises(InvoicedAlready):
        perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=again.pk)


def test_it_is_refused_twice_empty_or_when_the_books_had_begun(made):
    opened(made)
    with pytest.raises(ReceiptTakenOver):
        opened(made)
    with pytest.raises(EmptyDocument):
        opened(made, reference="RK-2", lines=[])
    with pytest.raises(OpeningReceiptTooLate):
        opened(made, reference="RK-3", received_date=FIRST)


def test_the_opening_voucher_must_state_what_the_receipts_say(made):
    opened(made)
    opening = {"actor": None, "kind": "opening", "document_date": FIRST}
    lines = [{"account_id": account(GRNI).pk, "credit": D(1)}, {"account_id": account("1002").pk, "debit": D(1)}]
    with pytest.raises(OpeningDiffers):
        perform(manual_entries.record_manual_entry, **opening, lines=lines)
    lines = [{"account_id": account(GRNI).pk, "credit": D(1000)}, {"account_id": account("1002").pk, "debit": D(1000)}]
    perform(manual_entries.record_manual_entry, **opening, lines=lines)
    assert balances() == {GRNI: D(-1000), "1002": D(1000)}


def test_in_the_currency_of_the_supplier(made):
    dollar = masterdata.currency("USD")
    receipt = opened(made, currency_id=dollar.pk, exchange_rate=D("7.1"))
    assert booked(receipt) == [(GRNI, D(-7100)), (OPENING, D(7100))]
    assert receipt.order.currency == dollar


def test_by_form_import_and_api(made, client):
    boss = superuser("boss")
    client.force_login(boss)
    page = client.get(reverse("finance:opening-receipt-create"))
    typed = {"partner": made.supplier.pk, "reference": "F-1", "received_date": "2024-12-01", "_key": "one"}
    typed |= {"lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0", "lines-0-item": made.bolt.pk}
    typed |= {"lines-0-quantity": "2", "lines-0-price": "50", "lines-1-item": ""}
    answer = client.post(page.wsgi_request.path, typed)
    assert (answer.status_code, answer.url) == (302, reverse("finance:opening-receipt-list"))
    assert "F-1" in client.get(answer.url).content.decode()
    head = ["供应商", "入库单号", "入库日期", "物料编码", "暂估数量", "暂估单价"]
    rows = [["S-ALPHA", "I-1", BEFORE, "BOLT", 1, 20], ["S-ALPHA", "I-1", BEFORE, "BOLT", 2, 30]]
    run = imported([head, *rows], "finance.openingreceipt", boss)
    assert (run.done, run.errors, GrniLine.objects.filter(receipt__delivery_note="I-1").count()) == (1, [], 2)
    api = APIClient()
    api.force_authenticate(boss)
    body = {"partner_id": made.supplier.pk, "reference": "A-1", "received_date": "2024-12-03"}
    body["lines"] = [{"item_id": made.bolt.pk, "quantity": "1", "price": "7"}]
    path = "/api/v1/finance/received-not-invoiced/opening-receipt/"
    answered = api.post(path, body, format="json", headers={"Idempotency-Key": "k"})
    assert (answered.status_code, answered.json()[0]["open_amount"]) == (201, "7.0000")
    assert balances()[GRNI] == -187

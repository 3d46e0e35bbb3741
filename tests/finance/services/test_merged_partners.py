"""Money of merged partners: the one kept answers for both, and what was begun with the duplicate is settled."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from crm.models import SalesOrder
from crm.selectors.credit import credit_with
from finance.errors import WrongAllocation
from finance.models import Invoice
from finance.selectors.ageing import ageing
from finance.selectors.exposure import credit_exposure
from finance.selectors.invariants import violations
from finance.selectors.partner_statements import partner_statement
from finance.selectors.payments import open_invoices
from finance.services import payments
from masterdata.errors import MergedAway
from masterdata.models import Partner
from masterdata.services.merging import merge_partners, unmerge_partner
from tests.factories import crm, erp, masterdata
from tests.factories.core import superuser
from tests.factories.finance import balances, free_invoice, paid, post, posted_invoice

D = Decimal


@pytest.fixture
def pair(books):
    duplicate = masterdata.customer("ACME2")
    kept = masterdata.customer("ACME", credit_limit=D(1000))
    return duplicate, kept


def merged(duplicate, kept):
    """Two tax numbers are two taxpayers: the duplicate loses the one its factory gave it."""
    Partner.objects.filter(pk=duplicate.pk).update(tax_number="")
    return perform(merge_partners, actor=None, partner_id=duplicate.pk, kept_id=kept.pk)


def test_the_kept_one_answers_for_both(pair, client):
    duplicate, kept = pair
    old, own = post(free_invoice(duplicate, "60")), post(free_invoice(kept, "40"))
    merged(duplicate, kept)
    assert credit_exposure(kept.pk).receivable == 100
    [row] = ageing("customer", dt.date(2030, 1, 1))
    assert (row.partner, row.total) == (kept, 100)
    [section] = partner_statement(kept, "customer", dt.date(2025, 1, 1), dt.date(2030, 1, 1))
    assert (section.closing, len(section.lines)) == (100, 2)
    assert set(open_invoices(kept.pk, "customer", old.currency_id)) == {old, own}
    client.force_login(superuser("boss"))
    listed = client.get(f"{reverse('finance:invoice-list')}?partner={kept.pk}").content.decode()
    assert str(old) in listed
    assert str(own) in listed


def test_money_of_the_kept_one_settles_what_the_duplicate_owes(pair):
    duplicate, kept = pair
    old = post(free_invoice(duplicate, "60"))
    stranger = post(free_invoice(masterdata.customer("OTHER"), "5"))
    with pytest.raises(WrongAllocation):
        paid(kept, "60", (old, "60"))
    merged(duplicate, kept)
    with pytest.raises(MergedAway):
        paid(duplicate, "60", (old, "60"))
    with pytest.raises(MergedAway):
        free_invoice(duplicate, "1")
    with pytest.raises(WrongAllocation):
        paid(kept, "60", (stranger, "5"))
    payment = paid(kept, "70", (old, "50"))
    part = [{"invoice_id": old.pk, "amount": D(10)}]
    perform(payments.allocate_payment, actor=None, payment_id=payment.pk, allocations=part)
    old.refresh_from_db()
    assert (old.open_amount, credit_exposure(kept.pk).total) == (0, -10)
    assert violations() == []
    before = balances()
    perform(unmerge_partner, actor=None, partner_id=duplicate.pk)
    assert balances() == before
    perform(payments.reverse_payment, actor=None, payment_id=payment.pk)
    old.refresh_from_db()
    assert old.open_amount == 60
    assert violations() == []


def test_an_order_of_the_duplicate_is_delivered_and_invoiced_under_the_credit_of_the_kept_one(pair):
    duplicate, kept = pair
    warehouse = erp.place()
    item = masterdata.item("GRINDER", tax=masterdata.tax("VAT13"))
    erp.opening(item, "100", "10")
    order = crm.confirmed_order(duplicate, crm.line(item, "2", ship_date=erp.TODAY), warehouse_id=warehouse.pk)
    merged(duplicate, kept)
    erp.signed(order)
    order = SalesOrder.objects.get(pk=order.pk)
    assert credit_with(order).limit == 1000
    invoice = posted_invoice(order)
    assert (invoice.state, invoice.partner) == ("posted", duplicate)
    assert Invoice.objects.filter(partner=kept).count() == 0
    assert credit_exposure(kept.pk).receivable == invoice.gross_amount
    assert violations() == []


def test_the_page_of_a_merge_links_to_what_is_not_finished(pair, client):
    duplicate, kept = pair
    client.force_login(superuser("boss"))
    draft = crm.sales_order(duplicate)
    crm.sales_order(kept)
    page = client.get(reverse("masterdata:partner-merge", args=[duplicate.pk])).content.decode()
    address = f"{reverse('crm:sales-order-list')}?partner={duplicate.pk}&amp;state=draft"
    assert f'href="{address}">Draft sales orders 1' in page
    assert "Draft quotations" not in page
    shown = client.get(address.replace("&amp;", "&")).content.decode()
    assert (draft.number in shown, SalesOrder.objects.filter(state="draft").count()) == (True, 2)

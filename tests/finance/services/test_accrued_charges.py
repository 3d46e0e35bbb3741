"""A carrier's invoice clears what was accrued on goods; what it says beyond that follows them (HARD_RULES §7)."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from erp.models import ItemCost, ValueEntry
from finance.errors import ChargeNotInvoiceable, ControlAccount
from finance.models import AccruedCharge, Invoice
from finance.selectors.invariants import violations
from finance.services import invoices
from masterdata.models import ExchangeRate, Item
from scm.errors import ChargeInvoiced
from scm.models import LandedCost
from scm.services import landed_costs
from tests.factories import crm, erp, masterdata
from tests.factories import scm as make
from tests.factories.core import make_user
from tests.factories.finance import account, balances, open_books, post

D = Decimal
ACCRUED, STOCK, COGS, PAYABLE, EXCHANGE = "220203", "1405", "540101", "220201", "560302"
FREIGHT = {"kind": "freight", "basis": "value", "amount": D(100)}
DUTY = {"kind": "duty", "basis": "quantity", "amount": D(30)}
pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    company = make.buying_company()
    open_books()
    Item.objects.update(is_sold=True)
    return company


@pytest.fixture
def carrier(made):
    return masterdata.supplier("CARRIER")


def accrued(made, *charges, **fields):
    """Ten bolts at 30, freight of 100 by value (or other charges) accrued on them."""
    order = make.approved_order(made, make.line(made.bolt, "10", price=D(30)), tax_included=False)
    draft = make.draft_landed_cost(made, make.posted_receipt(made, order), *charges, **fields)
    return perform(landed_costs.post_landed_cost, actor=made.buyer, landed_cost_id=draft.pk)


def charge_ids(document):
    return list(document.lines.order_by("line_no").values_list("pk", flat=True))


def invoiced(document, *prices, quantity="1", **header):
    """The carrier's invoice for the charges of a landed cost, at its own prices."""
    [key] = perform(invoices.invoice_charges, actor=None, charge_ids=charge_ids(document), **header)
    draft = Invoice.objects.get(pk=key)
    rows = [
        {"landed_charge_id": pk, "quantity": D(quantity), "price": D(price)}
        for pk, price in zip(charge_ids(document), prices, strict=True)
    ]
    perform(
        invoices.update_invoice,
        actor=None,
        invoice_id=key,
        lines=rows,
        document_date=draft.document_date,
        supplier_reference=f"C-{key}",
    )
    return post(Invoice.objects.get(pk=key))


def sold(made, quantity):
    line = crm.line(made.bolt, quantity, "300", ship_date=erp.TODAY)
    erp.signed(crm.confirmed_order(masterdata.customer(), line, warehouse_id=made.warehouse.pk, tax_included=False))


def test_a_dearer_freight_invoice_follows_the_goods_and_clears_the_accrual(made, carrier):
    document = accrued(made, partner_id=carrier.pk)
    sold(made, "4")
    before = balances()
    invoiced(document, "150")
    after = balances()
    assert after[STOCK] - before[STOCK] == D(30)  # six of ten bolts are here
    assert after[COGS] - before[COGS] == D(20)
    assert ACCRUED not in after
    assert after[PAYABLE] - before.get(PAYABLE, D(0)) == D(-150)
    row = AccruedCharge.objects.get()
    assert (row.accrued_amount, row.invoiced_amount, row.open_amount) == (D(150), D(150), 0)
    late = ValueEntry.objects.filter(source_label="finance.invoice").order_by("pk")
    assert [(one.amount, one.counter) for one in late] == [(D(50), "landed_cost"), (D(-20), "dispatched")]
    assert violations() == []


def test_a_cheaper_invoice_and_its_credit_note_leave_the_estimate(made, carrier):
    document = accrued(made, FREIGHT, DUTY, partner_id=carrier.pk)
    bill = invoiced(document, "80", "30")
    assert ItemCost.objects.get(item=made.bolt).value == D(410)
    assert ACCRUED not in balances()
    with pytest.raises(ChargeInvoiced):
        perform(landed_costs.reverse_landed_cost, actor=made.buyer, landed_cost_id=document.pk, reason="x")
    post(perform(invoices.create_credit_note, actor=None, invoice_id=bill.pk, supplier_reference="N-2"))
    assert balances()[ACCRUED] == D(-130)
    assert ItemCost.objects.get(item=made.bolt).value == D(430)
    assert violations() == []
    perform(landed_costs.reverse_landed_cost, actor=made.buyer, landed_cost_id=document.pk, reason="x")
    assert ACCRUED not in balances()
    assert violations() == []


def test_an_allowance_on_the_freight_makes_the_goods_cheaper(made, carrier):
    bill = invoiced(accrued(made, partner_id=carrier.pk), "100")
    line = bill.lines.get()
    note = perform(
        invoices.create_price_correction,
        actor=None,
        invoice_id=bill.pk,
        amounts={str(line.pk): D(-10)},
        supplier_reference="N-1",
    )
    post(note)
    assert ItemCost.objects.get(item=made.bolt).value == D(390)
    assert ACCRUED not in balances()
    assert violations() == []


def test_in_two_invoices_of_nobody_in_particular(made, carrier):
    document = accrued(made)
    invoiced(document, "100", quantity="0.4", partner_id=carrier.pk)
    row = AccruedCharge.objects.get()
    assert (row.invoiced_amount, row.open_amount) == (D(40), D(60))
    assert balances()[ACCRUED] == D(-60)
    with pytest.raises(ChargeNotInvoiceable):
        invoiced(document, "100", quantity="0.7", partner_id=carrier.pk)
    Invoice.objects.filter(state="draft").update(state="cancelled")
    invoiced(document, "110", quantity="0.6", partner_id=carrier.pk)
    assert ACCRUED not in balances()
    assert ItemCost.objects.get(item=made.bolt).value == D(406)
    assert violations() == []


def test_what_only_the_rate_explains_is_an_exchange_difference(made, carrier):
    usd = masterdata.currency("USD")
    masterdata.exchange_rate("USD", "7", make.TODAY)
    document = accrued(made, currency_id=usd.pk, partner_id=carrier.pk)
    assert balances()[ACCRUED] == D(-700)
    ExchangeRate.objects.update(rate=D("7.2"))
    invoiced(document, "110")
    found = balances()
    assert ACCRUED not in found
    assert found[PAYABLE] == D("-792.00")  # 110 x 7.2
    assert ItemCost.objects.get(item=made.bolt).value == D(300) + D(700) + D(72)  # 10 more at 7.2; 20 is exchange
    assert violations() == []


def test_only_the_carrier_once_and_never_by_hand(made, carrier):
    document = accrued(made, partner_id=carrier.pk)
    row = {"landed_charge_id": charge_ids(document)[0], "quantity": D(1)}
    other = {"kind": "supplier", "partner_id": made.other.pk, "lines": [row]}
    with pytest.raises(ChargeNotInvoiceable):
        perform(invoices.create_invoice, actor=None, **other)
    perform(invoices.invoice_charges, actor=None, charge_ids=charge_ids(document))
    with pytest.raises(ChargeNotInvoiceable):
        perform(invoices.invoice_charges, actor=None, charge_ids=charge_ids(document))
    with pytest.raises(ChargeNotInvoiceable):  # nor line by line while the first draft holds it
        perform(invoices.create_invoice, actor=None, **other | {"partner_id": carrier.pk})
    typed = {"account_id": account(ACCRUED).pk, "quantity": D(1), "price": D(100)}
    with pytest.raises(ControlAccount):
        perform(invoices.create_invoice, actor=None, **other | {"lines": [typed]})


def test_the_list_makes_the_draft_and_the_form_takes_what_the_invoice_says(client, made, carrier):
    document = accrued(made, partner_id=carrier.pk)
    url = reverse("finance:accrued-charge-list")
    client.force_login(make_user("clerk", rights=["finance.view_payables"]))
    page = client.get(url).content.decode()
    assert document.number in page
    assert "Enter the carrier" not in page
    boss = make_user("boss", superuser=True)
    client.force_login(boss)
    assert "Enter the carrier" in client.get(url).content.decode()
    answer = client.post(reverse("finance:accrued-charge-invoice"), {"ids": [AccruedCharge.objects.get().pk]})
    draft = Invoice.objects.get()
    assert answer.url == reverse("finance:invoice-edit", args=[draft.pk])
    form = {
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "1",
        "lines-0-landed_charge": charge_ids(document)[0],
        "lines-0-quantity": "1",
        "lines-0-price": "120",
        "lines-0-tax": masterdata.tax("VAT9").pk,
        "document_date": make.TODAY,
        "supplier_reference": "F-77",
        "version": draft.version,
    }
    assert "Freight" in client.get(answer.url).content.decode()
    assert client.post(answer.url, form).status_code == 302
    draft.refresh_from_db()
    assert (draft.net_amount, draft.gross_amount) == (D(120), D("130.80"))
    assert document.number in client.get(draft.get_absolute_url()).content.decode()
    found = client.get("/api/v1/finance/accrued-charges/").json()["results"]
    assert [(one["landed_cost"], one["open_amount"]) for one in found] == [(document.pk, "100.0000")]
    assert "Accrued charges" in client.get(LandedCost.objects.get().get_absolute_url()).content.decode()

"""Pages of bills, write-offs, provisions, tolerances, corrections: anonymous, without the right, with it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from finance.models import Allocation, Bill, Invoice, MatchTolerance, ProvisionRun, WriteOff
from finance.services import bills, invoices, provisions, write_offs
from tests.factories import crm, erp, masterdata
from tests.factories.core import make_user, superuser
from tests.factories.finance import bank, free_invoice, paid, post

D = Decimal

PAGES = {
    "bill-list": "finance.view_bill",
    "bill-create": "finance.add_bill",
    "write-off-list": "finance.view_writeoff",
    "grni-list": "finance.view_payables",
    "provision-list": "finance.view_provisionrun",
    "provision-create": "finance.add_provisionrun",
    "settings": "finance.configure_receivables",
    "provision-bands": "finance.configure_receivables",
    "tolerance-list": "finance.view_matchtolerance",
    "tolerance-create": "finance.configure_receivables",
}


def signed_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def told(books):
    """An open invoice, a posted credit note with money left, a drafted and a held bill, drafts of the rest."""
    erp.place()
    customer = masterdata.customer("ACME")
    invoice = post(free_invoice(customer, "250"))
    settled = post(free_invoice(customer, "40"))
    paid(customer, "40", (settled, "40"))
    credit = post(perform(invoices.create_credit_note, actor=None, invoice_id=settled.pk))
    values = {"partner_id": customer.pk, "issue_date": erp.TODAY, "due_date": erp.TODAY, "kind": "bank_acceptance"}
    draft, held = (
        perform(bills.create_bill, actor=None, side="received", bill_number=f"B{n}", amount=D(50), **values)
        for n in range(2)
    )
    perform(bills.register_bill, actor=None, bill_id=held.pk)
    rows = [{"invoice_id": invoice.pk, "amount": D(10)}]
    bad = perform(
        write_offs.create_write_off,
        actor=superuser("clerk"),
        kind="bad_debt",
        partner_id=customer.pk,
        lines=rows,
        reason_text="Insolvent",
    )
    run = perform(provisions.create_provision, actor=None)
    tolerance = perform(
        invoices.save_tolerance, actor=None, quantity_percent=D(0), price_percent=D(3), total_amount=None
    )
    return {
        "customer": customer,
        "invoice": invoice,
        "credit": credit,
        "draft": draft,
        "held": held,
        "bad": bad,
        "run": run,
        "tolerance": tolerance,
    }


def _urls(told) -> dict[str, tuple[str, str]]:
    urls = {name: (reverse(f"finance:{name}"), right) for name, right in PAGES.items()}
    for name, key, right in (
        ("bill-detail", "held", "finance.view_bill"),
        ("bill-register", "draft", "finance.register_bill"),
        ("bill-endorse", "held", "finance.endorse_bill"),
        ("bill-discount", "held", "finance.discount_bill"),
        ("bill-settle", "held", "finance.settle_bill"),
        ("write-off-detail", "bad", "finance.view_writeoff"),
        ("provision-detail", "run", "finance.view_provisionrun"),
        ("tolerance-edit", "tolerance", "finance.configure_receivables"),
        ("invoice-correct", "invoice", "finance.credit_invoice"),
        ("invoice-write-off", "invoice", "finance.add_writeoff"),
        ("invoice-allocate", "credit", "finance.allocate_payment"),
    ):
        urls[name] = (reverse(f"finance:{name}", args=[told[key].pk]), right)
    return urls


def test_pages_are_open_to_those_with_the_right_only(client, told):
    stranger = make_user("stranger")
    for name, (url, right) in _urls(told).items():
        client.logout()
        assert client.get(url).status_code == 302, name
        assert signed_in(client, stranger).get(url).status_code == 403, name
        clerk = make_user(f"clerk-{name}", rights=[right])
        assert signed_in(client, clerk).get(url).status_code == 200, name


def test_lists_export_and_filter(client, told):
    signed_in(client, superuser("boss"))
    for name in ("bill-list", "write-off-list", "grni-list", "provision-list", "tolerance-list"):
        url = reverse(f"finance:{name}")
        assert client.get(url, {"export": "csv"}).status_code == 200, name
        assert client.get(url, {"q": "ACME"}).status_code == 200, name
    assert client.get(reverse("finance:invoice-list"), {"blocked": "true"}).status_code == 200


def test_people_work_with_bills_on_their_pages(client, told):
    signed_in(client, superuser("boss"))
    typed = {
        "side": "received",
        "kind": "commercial",
        "bill_number": "C-1",
        "partner": told["customer"].pk,
        "amount": "70",
        "issue_date": "2026-03-01",
        "due_date": "2026-02-01",
        "document_date": "2026-03-10",
    }
    assert client.post(reverse("finance:bill-create"), typed).status_code == 422
    assert client.post(reverse("finance:bill-create"), typed | {"due_date": "2026-06-01"}).status_code == 302
    bill = Bill.objects.get(bill_number="C-1")
    url = reverse("finance:bill-register", args=[bill.pk])
    assert f'name="allocate-{told["invoice"].pk}" value="70"' in client.get(url).content.decode()
    assert client.post(url, {f"allocate-{told['invoice'].pk}": "999"}).status_code == 409
    assert client.post(url, {f"allocate-{told['invoice'].pk}": "70"}).status_code == 302
    held = reverse("finance:bill-discount", args=[bill.pk])
    money = {"bank_account": bank().pk, "document_date": "2026-03-10"}
    assert client.post(held, money | {"interest": "2"}).status_code == 302
    supplier = {"partner": masterdata.supplier("ALPHA").pk, "document_date": "2026-03-10", "oldest": "on"}
    assert client.post(reverse("finance:bill-endorse", args=[told["held"].pk]), supplier).status_code == 302
    dishonour = reverse("finance:bill-dishonour", args=[told["held"].pk])
    assert client.post(dishonour, {"reason": "Refused"}).status_code == 302
    assert set(Bill.objects.values_list("state", flat=True)) == {"draft", "discounted", "dishonoured"}


def test_people_correct_and_write_off_on_their_pages(client, told):
    signed_in(client, superuser("boss"))
    invoice = told["invoice"]
    line = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1", "lines-0-line": invoice.lines.get().pk}
    form = line | {"document_date": "2026-03-10", "lines-0-amount": "25"}
    assert client.post(reverse("finance:invoice-correct", args=[invoice.pk]), form).status_code == 302
    assert Invoice.objects.get(state="draft").gross_amount == 25
    allocate = reverse("finance:invoice-allocate", args=[told["credit"].pk])
    assert client.post(allocate, {f"allocate-{invoice.pk}": "41"}).status_code == 409
    assert client.post(allocate, {f"allocate-{invoice.pk}": "40"}).status_code == 302
    assert client.post(reverse("finance:write-off-post", args=[told["bad"].pk])).status_code == 302
    typed = {"amount": "5", "reason_text": "Gone", "document_date": "2026-03-10"}
    assert client.post(reverse("finance:invoice-write-off", args=[invoice.pk]), typed).status_code == 302
    assert WriteOff.objects.filter(state="draft").count() == 1
    assert client.post(reverse("finance:provision-create"), {"document_date": "2026-03-31"}).status_code == 302
    assert client.post(reverse("finance:provision-post", args=[told["run"].pk])).status_code == 302
    assert ProvisionRun.objects.filter(state="draft").count() == 1
    bands = {"not_due": "0", "d30": "2", "d60": "5", "d90": "20", "older": "100"}
    assert client.post(reverse("finance:provision-bands"), bands).status_code == 302
    tolerance = {"quantity_percent": "1", "price_percent": "2"}
    assert client.post(reverse("finance:tolerance-create"), tolerance).status_code == 422
    edit = reverse("finance:tolerance-edit", args=[told["tolerance"].pk])
    assert client.post(edit, tolerance | {"version": "0"}).status_code == 302
    assert MatchTolerance.objects.get().quantity_percent == 1
    values = {"write_off_tolerance": "2", "grni_tolerance": "3", "dunning_interval_days": "10"}
    assert client.post(reverse("finance:settings"), values).status_code == 302


def test_an_allocation_is_undone_on_the_page_of_the_payment(client, told):
    signed_in(client, superuser("boss"))
    payment = paid(told["customer"], "30", (told["invoice"], "30"))
    allocation = Allocation.objects.get(payment=payment)
    page = client.get(payment.get_absolute_url()).content.decode()
    url = reverse("finance:payment-undo-allocation", args=[payment.pk, allocation.pk])
    assert url in page
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 409


def test_order_lines_are_invoiced_ahead_of_their_goods(client, told):
    signed_in(client, superuser("boss"))
    item = masterdata.item("GRINDER")
    erp.opening(item, "50", "10")
    line = crm.line(item, "10", "100", ship_date=erp.TODAY)
    order = crm.confirmed_order(told["customer"], line, warehouse_id=erp.place().pk, tax_included=False)
    url = reverse("finance:to-invoice")
    assert str(order) in client.get(url, {"kind": "customer", "early": "1"}).content.decode()
    key = order.lines.get().pk
    typed = {"kind": "customer", "early": "1", "merge": "1", "rows": [f"early-{key}"], f"quantity-early-{key}": "4"}
    assert client.post(url, typed).status_code == 302
    draft = post(Invoice.objects.get(state="draft"))
    assert draft.net_amount == 400
    assert client.get(draft.get_absolute_url()).status_code == 200

"""Every page: anonymous, without the right, with it; and what people do on them."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.models import User
from core.operations import perform
from finance.models import Account, FiscalPeriod, Invoice, JournalEntry, Payment
from finance.services import invoices, payments
from masterdata.models import Partner
from tests.factories import crm, erp, masterdata
from tests.factories.core import make_user, superuser
from tests.factories.finance import bank, draft_invoice, everything_of, free_invoice, paid, post, posted_invoice

D = Decimal

PAGES = {
    "account-list": "finance.view_account",
    "account-create": "finance.change_account",
    "mapping-list": "finance.view_accountmapping",
    "mapping-edit": "finance.change_accountmapping",
    "bank-account-list": "finance.view_bankaccount",
    "bank-account-create": "finance.change_bankaccount",
    "entry-list": "finance.view_journalentry",
    "trial-balance": "finance.view_account",
    "period-list": "finance.view_fiscalperiod",
    "year-create": "finance.add_fiscalperiod",
    "receivables": "finance.view_receivables",
    "receivable-list": "finance.view_receivables",
    "payables": "finance.view_payables",
    "payable-list": "finance.view_payables",
    "to-invoice": "finance.add_invoice",
    "invoice-list": "finance.view_invoice",
    "invoice-create": "finance.add_invoice",
    "payment-list": "finance.view_payment",
    "payment-create": "finance.add_payment",
    "payment-open-invoices": "finance.add_payment",
}
OF_INVOICE = {
    "invoice-detail": "finance.view_invoice",
    "invoice-credit": "finance.credit_invoice",
    "invoice-print": "finance.view_invoice",
}
OF_PAYMENT = {"payment-detail": "finance.view_payment", "payment-allocate": "finance.allocate_payment"}


def signed_in(client, user: User):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def told(books):
    """An order shipped and signed for, invoiced in part, an invoice open, a payment with money left."""
    erp.place()
    customer = masterdata.customer("ACME")
    item = masterdata.item("GRINDER", tax=masterdata.tax("VAT13"))
    erp.opening(item, "50", "10")
    line = crm.line(item, "10", "100", ship_date=erp.TODAY)
    order = crm.confirmed_order(customer, line, warehouse_id=erp.place().pk, tax_included=False)
    erp.signed(order)
    bill = post(free_invoice(masterdata.supplier("ALPHA"), "80", kind="supplier"))
    invoice = post(free_invoice(customer, "250"))
    payment = paid(customer, "100", (invoice, "60"))
    return {"order": order, "invoice": invoice, "payment": payment, "customer": customer, "bill": bill}


def _urls(told) -> dict[str, tuple[str, str]]:
    urls = {name: (reverse(f"finance:{name}"), right) for name, right in PAGES.items()}
    for name, right in OF_INVOICE.items():
        urls[name] = (reverse(f"finance:{name}", args=[told["invoice"].pk]), right)
    for name, right in OF_PAYMENT.items():
        urls[name] = (reverse(f"finance:{name}", args=[told["payment"].pk]), right)
    urls["entry-detail"] = (JournalEntry.objects.first().get_absolute_url(), "finance.view_journalentry")
    march = FiscalPeriod.objects.get(year=2026, month=3)
    urls["period-detail"] = (march.get_absolute_url(), "finance.view_fiscalperiod")
    urls["period-check"] = (
        reverse("finance:period-check", args=[march.pk, "invoice_drafts"]),
        "finance.view_fiscalperiod",
    )
    urls["account-detail"] = (Account.objects.get(code="112201").get_absolute_url(), "finance.view_account")
    urls["account-edit"] = (reverse("finance:account-edit", args=[bank().account_id]), "finance.change_account")
    return urls


def test_pages_are_open_to_those_with_the_right_only(client, told):
    stranger = make_user("stranger")
    for name, (url, right) in _urls(told).items():
        client.logout()
        assert client.get(url).status_code == 302, name
        assert signed_in(client, stranger).get(url).status_code == 403, name
        clerk = make_user(f"clerk-{name}", rights=[right])
        response = signed_in(client, clerk).get(url + ("?format=html" if "print" in name else ""))
        assert response.status_code == 200, name


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_show_the_figures(client, told, language):
    signed_in(client, make_user("boss", superuser=True, language=language))
    assert "250.00" in client.get(told["invoice"].get_absolute_url()).content.decode()
    assert "190.00" in client.get(reverse("finance:receivables")).content.decode()
    assert "ACME" in client.get(reverse("finance:to-invoice")).content.decode()
    balance = client.get(reverse("finance:trial-balance"), {"date_min": "2026-01-01", "date_max": "2026-12-31"})
    assert "1,130.00" not in balance.content.decode()
    assert "1,000.00" in balance.content.decode()


def test_lists_filter_search_and_export(client, told):
    signed_in(client, superuser())
    for name in ("invoice-list", "payment-list", "entry-list", "receivable-list", "bank-account-list"):
        url = reverse(f"finance:{name}")
        assert client.get(url, {"q": "ACME"}).status_code == 200, name
        assert client.get(url, {"export": "csv"}).status_code == 200, name
    for name in ("trial-balance", "receivables"):
        assert client.get(reverse(f"finance:{name}"), {"export": "xlsx"}).status_code == 200
    shown = client.get(reverse("finance:invoice-list"), {"overdue": "true"}).content.decode()
    assert str(told["invoice"]) not in shown


def test_ticked_deliveries_become_a_draft(client, told):
    signed_in(client, superuser())
    [key] = everything_of(told["order"])
    url = reverse("finance:to-invoice")
    nothing = client.post(url, {"kind": "customer", "merge": "1"})
    assert nothing.status_code == 422
    typed = {"kind": "customer", "merge": "1", "rows": [f"delivery-{key}"], f"quantity-delivery-{key}": "99"}
    refused = client.post(url, typed)
    assert refused.status_code == 409
    assert 'value="99"' in refused.content.decode()
    response = client.post(url, typed | {f"quantity-delivery-{key}": "4"})
    draft = Invoice.objects.get(state="draft")
    assert response.headers["Location"] == draft.get_absolute_url()
    assert draft.net_amount == 400


def test_an_invoice_is_edited_posted_and_credited_on_its_pages(client, told):
    signed_in(client, superuser())
    draft = draft_invoice(told["order"])
    edit = reverse("finance:invoice-edit", args=[draft.pk])
    assert client.get(edit).status_code == 200
    line = draft.lines.get()
    rows = {
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "1",
        "lines-0-shipment_line": line.shipment_line_id,
        "lines-0-sales_order_line": line.sales_order_line_id,
        "lines-0-quantity": "6",
        "document_date": "2026-03-10",
        "version": draft.version,
    }
    assert client.post(edit, rows).status_code == 302
    assert Invoice.objects.get(pk=draft.pk).net_amount == 600
    assert client.post(reverse("finance:invoice-post", args=[draft.pk]), {"version": 1}).status_code == 302
    assert client.post(reverse("finance:invoice-post", args=[draft.pk]), {"version": 2}).status_code == 409
    credit = {
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "1",
        "lines-0-line": line.pk if Invoice.objects.get(pk=draft.pk).lines.filter(pk=line.pk) else "",
        "lines-0-quantity": "2",
        "document_date": "2026-03-10",
    }
    credit["lines-0-line"] = Invoice.objects.get(pk=draft.pk).lines.get().pk
    assert client.post(reverse("finance:invoice-credit", args=[draft.pk]), credit).status_code == 302
    assert Invoice.objects.get(is_credit=True).net_amount == -200


def test_a_free_invoice_is_typed_with_its_total_while_typing(client, told):
    signed_in(client, superuser())
    account = Account.objects.get(code="5051")
    typed = {
        "kind": "customer",
        "partner": told["customer"].pk,
        "document_date": "2026-03-10",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-description": "Training",
        "lines-0-account": account.pk,
        "lines-0-quantity": "2",
        "lines-0-price": "50",
        "lines-0-tax": masterdata.tax("VAT6").pk,
    }
    answer = client.post(reverse("finance:invoice-recalculate"), typed).content.decode()
    assert "106.00" in answer
    incomplete = client.post(reverse("finance:invoice-create"), typed | {"lines-0-account": ""})
    assert incomplete.status_code == 422
    assert client.post(reverse("finance:invoice-create"), typed).status_code == 302
    assert Invoice.objects.get(state="draft").gross_amount == 106


def test_a_payment_is_typed_and_posted_at_once(client, told):
    signed_in(client, superuser())
    invoice = told["invoice"]
    page = client.get(reverse("finance:invoice-pay", args=[invoice.pk]), follow=True)
    assert f'name="allocate-{invoice.pk}" value="190"' in page.content.decode()
    typed = {
        "sort": "receipt",
        "partner": told["customer"].pk,
        "bank_account": bank().pk,
        "amount": "190",
        "document_date": "2026-03-10",
        f"allocate-{invoice.pk}": "190",
        "post": "1",
    }
    assert client.post(reverse("finance:payment-create"), typed | {"amount": "10"}).status_code == 409
    assert client.post(reverse("finance:payment-create"), typed).status_code == 302
    assert Invoice.objects.get(pk=invoice.pk).open_amount == 0
    assert Payment.objects.order_by("-pk").first().state == "posted"


def test_periods_are_closed_and_reopened_with_a_reason(client, told):
    signed_in(client, superuser())
    first, second = FiscalPeriod.objects.order_by("d0")[:2]
    assert client.post(reverse("finance:period-close", args=[second.pk])).status_code == 409
    assert client.post(reverse("finance:period-close", args=[first.pk])).status_code == 302
    assert client.post(reverse("finance:period-reopen", args=[first.pk])).status_code == 422
    assert client.post(reverse("finance:period-reopen", args=[first.pk]), {"reason": "Late bill"}).status_code == 302


def test_partner_and_order_pages_show_money(client, told):
    signed_in(client, superuser())
    partner = Partner.objects.get(code="ACME")
    page = client.get(partner.get_absolute_url()).content.decode()
    assert "190.00" in page
    order = client.get(told["order"].get_absolute_url()).content.decode()
    assert "1,130.00" in order
    posted_invoice(told["order"])
    assert client.get(told["order"].get_absolute_url()).status_code == 200


def standing(response) -> tuple[dict, str]:
    return response.context["active_entry"], response.context["list_url"]


def test_an_invoice_stands_under_the_invoices_of_its_side(client, books):
    signed_in(client, superuser())
    sold = free_invoice(masterdata.customer("ACME"))
    bought = free_invoice(masterdata.supplier("BOLTS"), kind="supplier")
    for invoice in (sold, bought):
        entry, list_url = standing(client.get(invoice.get_absolute_url()))
        assert entry["url"] == list_url == f"{reverse('finance:invoice-list')}?kind={invoice.kind}"
    edit = client.get(reverse("finance:invoice-edit", args=[bought.pk]))
    assert edit.context["active_entry"]["url"].endswith("kind=supplier")


def totals(client, page: str) -> list[str]:
    table = client.get(page).context["table"]
    return [str(column.footer) for column in table.columns if column.has_footer()]


def test_what_is_open_is_summed_up_by_currency(client, books):
    signed_in(client, superuser())
    page = reverse("finance:receivable-list")
    customer = masterdata.customer("ACME")
    post(free_invoice(customer, "100"))
    post(free_invoice(customer, "1150.5"))
    assert totals(client, page) == ["Total", "1,250.50"]
    masterdata.exchange_rate("USD", "7", erp.TODAY)
    post(free_invoice(customer, "9", currency_id=masterdata.currency("USD").pk))
    assert totals(client, page) == ["Total CNY<br>Total USD", "1,250.50<br>9.00"]


def test_invoices_and_payments_are_summed_up_by_side_and_currency(client, books):
    signed_in(client, superuser())
    customer, supplier = masterdata.customer("ACME"), masterdata.supplier("BOLTS")
    invoice = post(free_invoice(customer, "100"))
    free_invoice(customer, "7")  # a draft is not open yet
    page = reverse("finance:invoice-list")
    assert totals(client, page) == ["Total", "107.00", "107.00", "100.00"]
    dropped = free_invoice(customer, "50")
    perform(invoices.cancel_invoice, actor=None, invoice_id=dropped.pk)
    post(free_invoice(supplier, "30", kind="supplier"))
    assert totals(client, page) == [
        "Total Customer CNY<br>Total Supplier CNY",
        "107.00<br>30.00",
        "107.00<br>30.00",
        "100.00<br>30.00",
    ]
    paid(customer, "80", (invoice, "60"))
    paid(supplier, "30", direction="out", kind="supplier")
    undone = paid(customer, "5")
    perform(payments.reverse_payment, actor=None, payment_id=undone.pk)
    assert totals(client, reverse("finance:payment-list")) == [
        "Total Money in CNY<br>Total Money out CNY",
        "80.00<br>30.00",
        "20.00<br>30.00",
    ]

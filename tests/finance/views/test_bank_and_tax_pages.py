"""Pages of bank statements, dunning, statements of account, tax and revaluation: rights, and what people do there."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.operations import perform
from finance.models import BankMovement, BankStatement, DunningLetter, Invoice, Revaluation, TaxInvoice
from finance.services import bank_statements, dunning, revaluations, tax_invoices
from finance.services.settings import save_settings
from tests.factories import erp, masterdata
from tests.factories.core import make_user, superuser
from tests.factories.finance import account, bank, free_invoice, post
from tests.finance.engines.test_bank_files import CAMT
from tests.finance.services.test_payments import dollars

D = Decimal
DAY = dt.date(2026, 3, 10)

PAGES = {
    "bank-statement-list": "finance.view_bankstatement",
    "bank-statement-import": "finance.add_bankstatement",
    "bank-movement-list": "finance.view_bankstatement",
    "bank-journal": "finance.view_bankaccount",
    "bank-reconciliation": "finance.view_bankaccount",
    "dunning": "finance.view_dunningletter",
    "dunning-letter-list": "finance.view_dunningletter",
    "dunning-level-list": "finance.view_dunninglevel",
    "dunning-level-create": "finance.configure_receivables",
    "dunning-block": "finance.block_dunning",
    "partner-statement": "finance.view_receivables",
    "vat-report": "finance.view_invoice",
    "vat-lines": "finance.view_invoice",
    "tax-invoice-list": "finance.view_taxinvoice",
    "tax-invoice-due": "finance.issue_taxinvoice",
    "tax-invoice-answers": "finance.issue_taxinvoice",
    "revaluation-list": "finance.view_revaluation",
    "revaluation-create": "finance.add_revaluation",
}


def signed_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def told(books):
    """An overdue invoice, one in dollars, a bank statement, a letter, an electronic invoice, a revaluation."""
    erp.place()
    masterdata.exchange_rate("USD", "7", dt.date(2026, 1, 1))
    masterdata.exchange_rate("USD", "7.2", dt.date(2026, 3, 31))
    customer = masterdata.customer("ACME")
    invoice = post(free_invoice(customer, "100", document_date=dt.date(2026, 1, 5)))
    foreign = post(free_invoice(customer, "50", currency_id=masterdata.currency("USD").pk))
    row = {"booked_on": DAY, "amount": D(100), "reference": "R1", "name": customer.name, "purpose": str(invoice)}
    statement = perform(bank_statements.import_statement, actor=None, bank_account_id=bank().pk, movements=[row])
    texts = {"title": "First reminder", "title_zh": "第一次催款", "text": "Please pay.", "text_zh": "请付款。"}
    level = perform(dunning.save_level, actor=None, level=1, days_overdue=1, **texts)
    [letter] = perform(dunning.write_letters, actor=None, partner_ids=[customer.pk], document_date=DAY)
    values = {"write_off_tolerance": D(1), "grni_tolerance": D(1), "dunning_interval_days": 7}
    perform(save_settings, actor=None, **values, service_tax_code="3040000000000000000")
    [paper] = perform(tax_invoices.prepare_tax_invoices, actor=None, invoice_ids=[invoice.pk])
    run = perform(revaluations.create_revaluation, actor=None, document_date=dt.date(2026, 3, 31))
    return {
        "customer": customer,
        "invoice": invoice,
        "foreign": foreign,
        "statement": statement,
        "movement": statement.movements.get(),
        "level": level,
        "letter": DunningLetter.objects.get(pk=letter),
        "paper": TaxInvoice.objects.get(pk=paper),
        "run": run,
    }


def _urls(told) -> dict[str, tuple[str, str]]:
    urls = {name: (reverse(f"finance:{name}"), right) for name, right in PAGES.items()}
    for name, key, right in (
        ("bank-statement-detail", "statement", "finance.view_bankstatement"),
        ("bank-movement", "movement", "finance.match_bankstatement"),
        ("dunning-letter-detail", "letter", "finance.view_dunningletter"),
        ("dunning-letter-print", "letter", "finance.view_dunningletter"),
        ("dunning-level-edit", "level", "finance.configure_receivables"),
        ("partner-statement-print", "customer", "finance.view_receivables"),
        ("tax-invoice-edit", "paper", "finance.issue_taxinvoice"),
        ("revaluation-detail", "run", "finance.view_revaluation"),
    ):
        urls[name] = (reverse(f"finance:{name}", args=[told[key].pk]), right)
    return urls


def test_pages_are_open_to_those_with_the_right_only(client, told):
    stranger = make_user("stranger")
    for name, (url, right) in _urls(told).items():
        asked = {"format": "html"} if "print" in name else {}
        client.logout()
        assert client.get(url, asked).status_code == 302, name
        assert signed_in(client, stranger).get(url, asked).status_code == 403, name
        clerk = make_user(f"clerk-{name}", rights=[right])
        assert signed_in(client, clerk).get(url, asked).status_code == 200, name


def test_lists_export_and_filter(client, told):
    signed_in(client, superuser())
    for name in (
        "bank-statement-list",
        "bank-movement-list",
        "dunning-letter-list",
        "dunning-level-list",
        "vat-lines",
        "tax-invoice-list",
        "tax-invoice-due",
        "revaluation-list",
    ):
        url = reverse(f"finance:{name}")
        assert client.get(url, {"export": "csv"}).status_code == 200, name
        assert client.get(url, {"q": "ACME"}).status_code == 200, name
    for name in ("dunning", "vat-report", "bank-journal"):
        assert client.get(reverse(f"finance:{name}"), {"export": "xlsx"}).status_code == 200, name
    span = {"partner": told["customer"].pk, "first": "2026-01-01", "last": "2026-03-31"}
    page = reverse("finance:partner-statement")
    assert "100.00" in client.get(page, span).content.decode()
    assert client.get(page, span | {"export": "xlsx"}).status_code == 200


def test_files_are_read_by_their_columns_or_as_camt(client, told):
    signed_in(client, superuser())
    url, own = reverse("finance:bank-statement-import"), bank().pk
    rows = "日期,收入,支出,对方户名,流水号,摘要\n2026-03-10,55.00,,ACME,T1,货款\n2026-03-11,,8.00,Bank,T2,手续费\n"

    def upload(name, body):
        return client.post(url, {"bank_account": own, "file": SimpleUploadedFile(name, body)})

    page = upload("march.csv", rows.encode("gb18030"))
    assert page.status_code == 200
    assert page.context["form"].fields["money_in"].initial == "1"
    columns = {"columns": "1", "date": "0", "money_in": "1", "money_out": "2", "name": "3", "reference": "4"}
    assert client.post(url, {"columns": "1", "date": "0"}).status_code == 422
    assert client.post(url, columns | {"date": "3"}).status_code == 422
    assert client.post(url, columns).status_code == 302
    assert [one.amount for one in BankStatement.objects.order_by("-pk").first().movements.all()] == [55, -8]
    assert upload("march.csv", rows.encode()).status_code == 200
    assert client.post(url, columns).status_code == 409
    assert upload("march.xml", b"<nonsense").status_code == 422
    assert upload("march.xml", CAMT.encode()).status_code == 302
    assert BankStatement.objects.order_by("-pk").first().closing_balance == 170


def test_movements_are_accepted_booked_and_closed_on_their_pages(client, told):
    signed_in(client, superuser())
    movement, invoice = told["movement"], told["invoice"]
    page = client.get(told["statement"].get_absolute_url()).content.decode()
    assert f'value="{invoice.pk}:' in page
    typed = {"partner": told["customer"].pk, "kind": "customer", "settle": [f"{invoice.pk}:100"], "version": "0"}
    assert client.post(reverse("finance:bank-movement-accept", args=[movement.pk]), typed).status_code == 302
    assert Invoice.objects.get(pk=invoice.pk).open_amount == 0
    assert client.post(reverse("finance:bank-movement-unmatch", args=[movement.pk])).status_code == 302
    payment = BankMovement.objects.get(pk=movement.pk)
    assert payment.payment is None
    url = reverse("finance:bank-movement", args=[movement.pk])
    assert client.post(url, {"account_id": ""}).status_code == 422
    assert client.post(url, {"account_id": account("560302").pk}).status_code == 302
    close = reverse("finance:bank-statement-close", args=[told["statement"].pk])
    assert client.post(close).status_code == 302


def test_letters_levels_and_blocks_on_their_pages(client, told):
    signed_in(client, superuser())
    letter = told["letter"]
    assert client.post(reverse("finance:dunning"), {"partners": []}).status_code == 422
    assert client.post(reverse("finance:dunning"), {"partners": [told["customer"].pk]}).status_code == 409
    for language, word in (("zh", "第一次催款"), ("en", "First reminder")):
        url = reverse("finance:dunning-letter-print", args=[letter.pk])
        assert word in client.get(url, {"format": "html", "language": language}).content.decode()
    assert client.post(reverse("finance:dunning-letter-send", args=[letter.pk])).status_code == 302
    level = {"level": "2", "days_overdue": "30", "title": "T", "title_zh": "二", "text": "X", "text_zh": "文"}
    assert client.post(reverse("finance:dunning-level-create"), level).status_code == 302
    assert client.post(reverse("finance:dunning-level-create"), level).status_code == 422
    edit = reverse("finance:dunning-level-edit", args=[told["level"].pk])
    assert client.post(edit, level | {"level": "1"}).status_code == 302
    block = {"partner": told["customer"].pk, "reason_text": "Dispute"}
    assert client.post(reverse("finance:dunning-block"), block).status_code == 302
    assert "Dispute" in client.get(reverse("finance:dunning")).content.decode()


def test_tax_and_revaluation_on_their_pages(client, told):
    signed_in(client, superuser())
    prepare = reverse("finance:tax-invoice-prepare-kind", args=["ordinary"])
    assert client.post(prepare, {"ids": [told["foreign"].pk]}).status_code == 302
    export = client.post(reverse("finance:tax-invoice-export"), {"ids": [told["paper"].pk]})
    assert export.status_code == 200
    assert TaxInvoice.objects.get(pk=told["paper"].pk).status == "exported"
    number = told["invoice"].legal_number
    url = reverse("finance:tax-invoice-answers")
    bad = SimpleUploadedFile("a.csv", f"no,e,d,r\n{number},{'1' * 20},soon,\n".encode())
    assert client.post(url, {"file": bad}).status_code == 422
    good = SimpleUploadedFile("a.csv", f"no,e,d,r\n{number},{'1' * 20},2026-03-11,\n".encode())
    assert client.post(url, {"file": good}).status_code == 302
    assert TaxInvoice.objects.get(pk=told["paper"].pk).status == "issued"
    assert client.post(reverse("finance:revaluation-post", args=[told["run"].pk])).status_code == 302
    again = {"document_date": "2026-03-31"}
    assert client.post(reverse("finance:revaluation-create"), again).status_code == 409
    assert Revaluation.objects.get().state == "posted"
    assert dollars().currency.code == "USD"

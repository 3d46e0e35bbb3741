"""The pages of the reports: rights, what they show, what can be done on them."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from finance.models import CashClassification, StatementLayout
from finance.services import statements
from tests.factories import erp, masterdata
from tests.factories.core import make_user, superuser
from tests.factories.finance import free_invoice, paid, post

D = Decimal


def signed_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def told(books) -> dict[str, StatementLayout]:
    """Standard layouts, an invoice paid in part."""
    erp.place()
    perform(statements.load_standard_layouts, actor=None)
    customer = masterdata.customer("ACME")
    invoice = post(free_invoice(customer, "250"))
    paid(customer, "100", (invoice, "60"))
    return {one.code: one for one in StatementLayout.objects.all()}


def pages(told) -> dict[str, str]:
    see, change = "finance.view_statements", "finance.change_statementlayout"
    sheet, flow = told["CN-BS"].pk, told["CN-CF"].pk
    return {
        reverse("finance:reports"): see,
        reverse("finance:statement", args=[sheet]): see,
        reverse("finance:statement-print", args=[sheet]) + "?format=html": see,
        reverse("finance:statement-figure", args=[sheet, "1"]): see,
        reverse("finance:statement-unclassified", args=[flow]): see,
        reverse("finance:layout-list"): change,
        reverse("finance:layout-create"): change,
        reverse("finance:layout-edit", args=[sheet]): change,
    }


def test_pages_are_open_to_those_with_the_right_only(client, told):
    stranger = make_user("stranger")
    for place, (url, right) in enumerate(pages(told).items()):
        client.logout()
        assert client.get(url).status_code == 302, url
        assert signed_in(client, stranger).get(url).status_code == 403, url
        clerk = make_user(f"clerk-{place}", rights=[right])
        assert signed_in(client, clerk).get(url).status_code == 200, url


def test_a_statement_shows_its_figures_and_leads_to_the_entries(client, told):
    page = signed_in(client, superuser())
    flow = told["CN-CF"]
    shown = page.get(flow.get_absolute_url()).content.decode()
    url = reverse("finance:statement-figure", args=[flow.pk, "1"])
    assert url in shown
    behind = page.get(url)
    line = behind.context["lines"][0]
    codes = sorted(one.account.code for one in behind.context["lines"])
    assert (behind.context["behind"].total, codes) == (100, ["112201", "2203"])
    answer = page.post(
        reverse("finance:cash-classify", args=[flow.pk]),
        {"entry": line.entry_id, "account": line.account_id, "row": "2", "next": url},
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, url)
    assert CashClassification.objects.get().row_code == "2"
    refused = page.post(reverse("finance:cash-classify", args=[flow.pk]), {"entry": "x", "account": "", "row": "2"})
    assert refused.status_code == 409
    for kind in ("xlsx", "csv"):
        file = page.get(flow.get_absolute_url() + f"?export={kind}&language=zh")
        assert "CN-CF-" in file.headers["Content-Disposition"]
    printed = page.get(reverse("finance:statement-print", args=[told["CN-BS"].pk]) + "?format=html&language=zh")
    assert "会小企01表" in printed.content.decode()


def test_a_layout_is_edited_on_its_page(client, told):
    page = signed_in(client, superuser())
    layout = told["CN-PL"]
    answer = page.post(reverse("finance:layout-copy", args=[layout.pk]))
    own = StatementLayout.objects.get(standard="own")
    assert answer.headers["Location"] == reverse("finance:layout-edit", args=[own.pk])
    form = {
        "version": own.version, "code": "OWN", "kind": "profit_loss", "name": "Own", "name_zh": "", "form_code": "",
        "is_active": "on", "lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0",
        "lines-0-code": "1", "lines-0-name": "Revenue", "lines-0-kind": "accounts", "lines-0-level": "0",
        "lines-0-side": "credit", "lines-0-accounts": "5001", "lines-1-code": "2", "lines-1-name": "Sum",
        "lines-1-kind": "formula", "lines-1-level": "0", "lines-1-side": "credit", "lines-1-formula": "9",
    }  # fmt: skip
    url = reverse("finance:layout-edit", args=[own.pk])
    assert page.post(url, form).status_code == 422
    saved = page.post(url, form | {"lines-1-formula": "1"})
    assert saved.status_code == 302
    assert list(own.rows.values_list("code", "formula")) == [("1", ""), ("2", "1")]
    assert page.post(reverse("finance:layouts-load")).status_code == 302

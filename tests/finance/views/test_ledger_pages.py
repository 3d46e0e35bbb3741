"""Pages of the ledger: who may open them, and what an accountant does on them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.operations import perform
from finance.models import EntryTemplate, FiscalPeriod, LedgerSettings, ManualEntry, Voucher
from finance.services import manual_entries, vouchers
from masterdata.models import Department
from tests.factories import masterdata
from tests.factories.core import make_user, superuser
from tests.factories.finance import account, free_invoice, post

DAY = dt.date(2026, 3, 10)
PAGES = {
    "voucher-list": "finance.view_voucher",
    "voucher-prepare": "finance.prepare_voucher",
    "voucher-seals": "finance.view_voucher",
    "ledger-settings": "finance.change_ledgersettings",
    "manual-entry-list": "finance.view_manualentry",
    "manual-entry-create": "finance.add_manualentry",
    "entry-template-list": "finance.view_entrytemplate",
    "entry-template-create": "finance.change_entrytemplate",
    "general-ledger": "finance.view_account",
    "dimension-balances": "finance.view_account",
}


@pytest.fixture
def told(books):
    """A sale, a typed entry and a draft, a template, prepared vouchers, all in March."""
    office = masterdata.department("OFFICE")
    post(free_invoice(masterdata.customer("ACME"), "100", document_date=DAY))
    lines = [
        {"account_id": account("560204").pk, "debit": Decimal(30), "department_id": office.pk},
        {"account_id": account("1001").pk, "credit": Decimal(30)},
    ]
    typed = {"actor": None, "lines": lines, "document_date": DAY, "description": "Taxi"}
    entry = perform(manual_entries.record_manual_entry, **typed)
    draft = perform(manual_entries.create_manual_entry, **typed)
    rule = [{"account_id": account("560204").pk, "side": "debit", "amount": Decimal(5)}]
    rule.append({"account_id": account("1001").pk, "side": "credit", "rule": "rest"})
    template = perform(manual_entries.save_template, actor=None, code="RENT", name="Rent", lines=rule)
    march = FiscalPeriod.objects.get(year=2026, month=3)
    keys = perform(vouchers.prepare_vouchers, actor=None, period_id=march.pk)
    return {"entry": entry, "draft": draft, "template": template, "march": march, "vouchers": keys}


def _urls(told) -> dict[str, tuple[str, str]]:
    of_one = {
        "voucher-detail": (told["vouchers"][0], "finance.view_voucher"),
        "voucher-print": (told["vouchers"][0], "finance.view_voucher"),
        "voucher-attachments": (told["vouchers"][0], "finance.prepare_voucher"),
        "manual-entry-detail": (told["entry"].pk, "finance.view_manualentry"),
        "manual-entry-edit": (told["draft"].pk, "finance.change_manualentry"),
        "entry-template-detail": (told["template"].pk, "finance.view_entrytemplate"),
        "entry-template-edit": (told["template"].pk, "finance.change_entrytemplate"),
        "carry-over": (told["march"].pk, "finance.view_fiscalperiod"),
    }
    urls = {name: (reverse(f"finance:{name}"), right) for name, right in PAGES.items()}
    return urls | {name: (reverse(f"finance:{name}", args=[pk]), right) for name, (pk, right) in of_one.items()}


def signed_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_pages_are_open_to_those_with_the_right_only(client, told):
    stranger = make_user("stranger")
    for name, (url, right) in _urls(told).items():
        client.logout()
        assert client.get(url).status_code == 302, name
        assert signed_in(client, stranger).get(url).status_code == 403, name
        clerk = make_user(f"clerk-{name}", rights=[right])
        response = signed_in(client, clerk).get(url + ("?format=html" if "print" in name else ""))
        assert response.status_code == 200, name


def test_an_entry_is_typed_corrected_and_posted(client, told):
    signed_in(client, superuser())
    partner = masterdata.customer("B")
    form = {
        "document_date": "2026-03-12",
        "kind": "general",
        "attachment_count": "1",
        "description": "Fee",
        "lines-TOTAL_FORMS": "3",
        "lines-INITIAL_FORMS": "0",
        "lines-0-account": str(account("560204").pk),
        "lines-0-debit": "12.50",
        "lines-0-partner": str(partner.pk),
        "lines-1-account": str(account("1001").pk),
        "lines-1-credit": "12.50",
    }
    answer = client.post(reverse("finance:manual-entry-create"), form)
    assert answer.status_code == 302
    made = ManualEntry.objects.latest("pk")
    assert [(line.amount, line.partner) for line in made.lines.all()] == [
        (Decimal("12.5"), partner),
        (Decimal("-12.5"), None),
    ]
    late = form | {"lines-0-reference": "A-1", "lines-0-due_date": "2026-04-01"}  # typed before the kind was changed
    assert client.post(reverse("finance:manual-entry-create"), late).status_code == 302
    first = ManualEntry.objects.latest("pk").lines.first()
    assert (first.reference, first.due_date) == ("", None)
    page = client.get(reverse("finance:manual-entry-edit", args=[made.pk])).content.decode()
    assert "lines-0-debit" in page
    assert "lines-0-due_date" not in page
    wrong = client.post(reverse("finance:manual-entry-create"), form | {"lines-1-debit": "1"})
    assert (wrong.status_code, "debit or credit" in wrong.content.decode()) == (422, True)
    edit = form | {"version": str(made.version), "lines-0-debit": "13", "lines-1-credit": "13"}
    assert client.post(reverse("finance:manual-entry-edit", args=[made.pk]), edit).status_code == 302
    assert client.post(reverse("finance:manual-entry-post", args=[made.pk])).status_code == 302
    made.refresh_from_db()
    assert made.state == "posted"
    assert "13.00" in client.get(made.get_absolute_url()).content.decode()
    made_from_template = client.post(reverse("finance:entry-template-use", args=[told["template"].pk]))
    assert made_from_template.url == ManualEntry.objects.latest("pk").get_absolute_url()


def test_vouchers_are_reviewed_and_posted_from_the_list_and_printed(client, told):
    signed_in(client, superuser("reviewer"))
    answer = client.post(reverse("finance:vouchers-review"), {"ids": [str(pk) for pk in told["vouchers"]]})
    assert answer.status_code == 302
    signed_in(client, superuser("poster"))
    client.post(reverse("finance:vouchers-post") + "?state=reviewed", {"all": "1"})
    assert sorted(Voucher.objects.values_list("number", flat=True)) == [1, 2]
    page = client.get(reverse("finance:voucher-detail", args=[told["vouchers"][0]])).content.decode()
    assert Voucher.objects.get(pk=told["vouchers"][0]).seal.hash in page
    printed = client.get(reverse("finance:voucher-print", args=[told["vouchers"][0]]) + "?format=html&language=zh")
    for word in ("记账凭证", "合计大写", "壹佰元整", "制单", "审核", "附件", "reviewer", "poster", "记-1"):
        assert word in printed.content.decode(), word
    assert "Every seal" in client.get(reverse("finance:voucher-seals")).content.decode()


def test_the_ledgers_show_and_drill_down(client, told):
    signed_in(client, superuser())
    span = "date_min=2026-03-01&date_max=2026-03-31"
    page = client.get(reverse("finance:dimension-balances") + f"?dimension=department&{span}").content.decode()
    assert "OFFICE" in page
    assert "&amp;department=" in page
    office = Department.objects.get(code="OFFICE")
    lines = client.get(f"{account('560204').get_absolute_url()}?{span}&department={office.pk}").content.decode()
    assert "30.00" in lines
    months = client.get(reverse("finance:general-ledger") + f"?year=2026&account={account('560204').pk}")
    assert "30.00" in months.content.decode()
    for url in (reverse("finance:dimension-balances"), reverse("finance:general-ledger")):
        exported = client.get(f"{url}?export=csv&{span}")
        assert exported.headers["Content-Type"].startswith("text/csv")


def test_carry_over_and_settings_by_page(client, told):
    signed_in(client, superuser())
    page = reverse("finance:carry-over", args=[told["march"].pk])
    assert "100.00" in client.get(page).content.decode()
    assert client.post(reverse("finance:carry-over-run", args=[told["march"].pk])).url == page
    assert "Everything is carried over" in client.get(page).content.decode()
    again = client.post(reverse("finance:carry-over-run", args=[told["march"].pk]))
    assert again.status_code == 409
    undone = client.post(reverse("finance:carry-over-undo", args=[told["march"].pk]), {"reason": "Late bill"})
    assert undone.url == page
    row = LedgerSettings.objects.get()
    form = {"voucher_grouping": "day", "voucher_naming": "three", "vouchers_required": "on", "version": row.version}
    assert client.post(reverse("finance:ledger-settings"), form).status_code == 302
    row.refresh_from_db()
    assert (row.voucher_grouping, row.vouchers_required, row.carry_over_required) == ("day", True, False)


def test_the_api_of_vouchers_and_typed_entries(told):
    api = APIClient()
    api.force_authenticate(superuser("api"))
    root = "/api/v1/finance"

    def send(path: str, body: dict, key: str):
        return api.post(f"{root}/{path}", body, format="json", headers={"Idempotency-Key": key})

    assert api.get(f"{root}/vouchers/?state=prepared").json()["results"][0]["number"] is None
    body = {"voucher_ids": told["vouchers"]}
    assert {row["state"] for row in send("vouchers/review/", body, "r").json()} == {"reviewed"}
    refused = send("vouchers/post/", body, "p")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "same_person")
    lines = [
        {"account_id": account("560204").pk, "debit": "1"},
        {"account_id": account("1001").pk, "credit": "1"},
    ]
    made = send("typed-entries/", {"document_date": "2026-03-20", "lines": lines}, "m").json()
    assert send(f"typed-entries/{made['id']}/post/", {}, "mp").json()["state"] == "posted"
    assert len(send("vouchers/prepare/", {"period_id": told["march"].pk}, "v").json()) == 1
    assert api.get(f"{root}/entry-templates/").json()["results"][0]["code"] == "RENT"
    checks = api.get(f"{root}/periods/{told['march'].pk}/checks/").json()
    assert {row["code"]: row["passed"] for row in checks}["manual_entry_drafts"] is False
    held = send(f"periods/{told['march'].pk}/hold/", {"module": "stock"}, "h").json()
    assert {row["module"]: row["state"] for row in held["modules"]}["stock"] == "held"
    assert EntryTemplate.objects.count() == 1


def test_the_page_of_a_typed_entry_shows_its_totals(client, books):
    client.force_login(superuser("typist"))
    lines = [
        {"account_id": account("560204").pk, "debit": "120.5"},
        {"account_id": account("1001").pk, "credit": "100"},
    ]
    entry = perform(manual_entries.create_manual_entry, actor=None, lines=lines)
    page = client.get(reverse("finance:manual-entry-edit", args=[entry.pk])).content.decode()
    totals = page.split("data-entry-totals", 1)[1].split("</dl>")[0]
    assert all(figure in totals for figure in ("120.50", "100.00", "20.50", "Lacks in credit"))
    assert "entry-totals.js" in page

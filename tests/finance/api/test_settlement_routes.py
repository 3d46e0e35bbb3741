"""The API of settlement: settings, bank statements, bills of exchange, electronic invoices."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from core.operations import perform
from finance.models import DunningBlock, MatchTolerance, ProvisionBand, TaxInvoice
from finance.services.settings import save_settings
from tests.factories import erp, masterdata
from tests.factories.core import make_user, superuser
from tests.factories.finance import account, balances, bank, free_invoice, post

ROOT = "/api/v1/finance"


class Clerk:
    """A signed-in client that gives every request a key of its own."""

    def __init__(self) -> None:
        self.client, self.sent = APIClient(), 0
        self.client.force_authenticate(superuser())

    def send(self, path: str, body: dict | None = None, method: str = "post"):
        self.sent += 1
        call = getattr(self.client, method)
        return call(f"{ROOT}/{path}", body or {}, format="json", headers={"Idempotency-Key": f"k{self.sent}"})

    def read(self, path: str):
        return self.client.get(f"{ROOT}/{path}")


@pytest.fixture
def api(books) -> Clerk:
    erp.place()
    return Clerk()


def code_of(answer) -> str:
    return answer.json()["errors"][0]["code"]


def test_settings_of_receivables_and_payables(api):
    supplier = masterdata.supplier("ALPHA")
    body = {"partner_id": supplier.pk, "quantity_percent": "1", "price_percent": "3", "total_amount": "50"}
    made = api.send("match-tolerances/", body)
    assert (made.status_code, made.json()["total_amount"]) == (201, "50.0000")
    pk = made.json()["id"]
    changed = api.send(f"match-tolerances/{pk}/", body | {"price_percent": "5", "version": 0}, "put")
    assert changed.json()["price_percent"].startswith("5.")
    assert api.send(f"match-tolerances/{pk}/", body | {"version": 0}, "put").status_code == 409
    assert MatchTolerance.objects.get(pk=pk).version == 1
    level = {"level": 1, "days_overdue": 10, "title": "Reminder", "title_zh": "催款函", "text": "x", "text_zh": "甲"}
    made = api.send("dunning-levels/", level)
    assert made.status_code == 201
    assert api.send(f"dunning-levels/{made.json()['id']}/", level | {"days_overdue": 12}, "put").status_code == 200
    bands = api.send("provision-bands/", {"bands": [{"bucket": "older", "percent": "80"}]})
    assert bands.status_code == 200
    assert {row["bucket"]: row["percent"] for row in bands.json()}["older"] == "80.0000"
    assert ProvisionBand.objects.get(bucket="older").percent == 80
    assert api.send("provision-bands/", {"bands": [{"bucket": "older", "percent": "101"}]}).status_code in {409, 422}
    blocked = api.send("dunning-blocks/", {"partner_id": masterdata.customer("ACME").pk, "reason_text": "Dispute"})
    assert api.send(f"dunning-blocks/{blocked.json()['id']}/lift/").status_code == 200
    assert DunningBlock.objects.get().until is not None
    api.client.force_authenticate(make_user("stranger"))
    for path in ("match-tolerances", "dunning-levels", "provision-bands", "dunning-blocks"):
        assert api.read(f"{path}/").status_code == 403, path
    assert api.send("match-tolerances/", body).status_code == 403


def test_a_bank_statement_is_imported_matched_and_closed(api):
    customer = masterdata.customer("ACME")
    invoice = post(free_invoice(customer, "100"))
    rows = [
        {"booked_on": "2026-03-10", "amount": "100", "reference": "R1", "purpose": f"Invoice {invoice}"},
        {"booked_on": "2026-03-10", "amount": "-12", "reference": "R2", "purpose": "Charges"},
    ]
    body = {"bank_account_id": bank().pk, "opening_balance": "0", "closing_balance": "90", "movements": rows}
    assert code_of(api.send("bank-statements/", body)) == "balance_differs"
    statement = api.send("bank-statements/", body | {"closing_balance": "88"}).json()
    first, second = (row["id"] for row in statement["movements"])
    assert api.send(f"bank-statements/{statement['id']}/close/").status_code == 409
    pay = {
        "partner_id": customer.pk,
        "kind": "customer",
        "lines": [{"invoice_id": invoice.pk, "amount": "100"}],
    }
    assert api.send(f"bank-movements/{first}/pay/", pay).json()["state"] == "matched"
    assert api.send(f"bank-movements/{first}/unmatch/").json()["state"] == "open"
    payment = api.read("payments/").json()["results"][0]["id"]
    assert api.send(f"bank-movements/{first}/link/", {"payment_id": payment}).json()["payment"] == payment
    wrong = api.send(f"bank-movements/{second}/book/", {"account_id": account("112201").pk})
    assert code_of(wrong) == "control_account"
    assert api.send(f"bank-movements/{second}/book/", {"account_id": account("560302").pk}).status_code == 200
    assert api.send(f"bank-statements/{statement['id']}/close/").json()["state"] == "closed"
    assert balances()["1002"] == 88


def test_a_bill_is_taken_in_and_goes_its_way(api):
    customer, supplier = masterdata.customer("ACME"), masterdata.supplier("ALPHA")
    invoice, debt = post(free_invoice(customer, "100")), post(free_invoice(supplier, "100", kind="supplier"))
    body = {
        "side": "received",
        "kind": "bank_acceptance",
        "bill_number": "B-1",
        "partner_id": customer.pk,
        "amount": "100",
        "issue_date": "2026-03-01",
        "due_date": "2026-09-01",
    }
    made = api.send("bills/", body)
    assert made.status_code == 201
    path = f"bills/{made.json()['id']}"
    assert code_of(api.send("bills/", body)) == "duplicate_bill"
    taken = api.send(f"{path}/register/", {"lines": [{"invoice_id": invoice.pk, "amount": "100"}]})
    assert taken.json()["state"] == "held"
    onward = {"partner_id": supplier.pk, "lines": [{"invoice_id": debt.pk, "amount": "100"}]}
    assert api.send(f"{path}/endorse/", onward).json()["endorsed_to"] == supplier.pk
    assert api.send(f"{path}/dishonour/", {"reason": "Refused"}).json()["state"] == "dishonoured"
    assert api.send(f"{path}/settle/", {"bank_account_id": bank().pk}).status_code == 409
    for number, verb, values, state in (
        ("B-2", "settle", {}, "settled"),
        ("B-3", "discount", {"interest": "3"}, "discounted"),
    ):
        other = f"bills/{api.send('bills/', body | {'bill_number': number}).json()['id']}"
        api.send(f"{other}/register/")
        assert api.send(f"{other}/{verb}/", values | {"bank_account_id": bank().pk}).json()["state"] == state
    draft = api.send("bills/", body | {"bill_number": "B-4"}).json()["id"]
    assert api.send(f"bills/{draft}/cancel/").json()["state"] == "cancelled"


def test_electronic_invoices_are_prepared_and_answered(api):
    figures = {"write_off_tolerance": Decimal(1), "grni_tolerance": Decimal(1), "dunning_interval_days": 7}
    perform(save_settings, actor=None, **figures, service_tax_code="3040000000000000000")
    invoice = post(free_invoice(masterdata.customer("ACME"), "100"))
    made = api.send("electronic-invoices/", {"invoice_ids": [invoice.pk]})
    assert (made.status_code, [row["invoice"] for row in made.json()]) == (201, [invoice.pk])
    assert api.send("electronic-invoices/", {"invoice_ids": [invoice.pk]}).status_code == 409
    answer = {"number": invoice.legal_number, "fapiao_number": "1" * 20, "issued_on": "2026-03-10"}
    wrong = api.send("electronic-invoices/answers/", {"answers": [answer | {"fapiao_number": "12"}]})
    assert code_of(wrong) == "wrong_fapiao_number"
    assert api.send("electronic-invoices/answers/", {"answers": [answer]}).json() == {"taken": 1}
    assert TaxInvoice.objects.get().fapiao_number == "1" * 20


def test_settings_accounts_and_templates_are_kept_by_the_api(api):
    row = api.read("ledger-settings/").json()
    changed = api.send("ledger-settings/", row | {"voucher_naming": "three"}, "put")
    assert (changed.status_code, changed.json()["voucher_naming"]) == (200, "three")
    assert api.send("ledger-settings/", row, "put").status_code == 409
    row = api.read("receivable-settings/").json()
    changed = api.send("receivable-settings/", row | {"dunning_interval_days": 9}, "put").json()
    assert (changed["dunning_interval_days"], changed["version"]) == (9, row["version"] + 1)
    wrong = api.send("receivable-settings/", row | {"grni_tolerance": "-1", "version": changed["version"]}, "put")
    assert wrong.status_code in {409, 422}
    body = {"code": "1099", "name": "Petty cash", "kind": "asset", "dimensions": ["department"]}
    made = api.send("accounts/", body)
    assert (made.status_code, made.json()["dimensions"]) == (201, ["department"])
    pk = made.json()["id"]
    assert api.send(f"accounts/{pk}/", body | {"is_active": False}, "put").json()["is_active"] is False
    api.send(f"accounts/{pk}/", body, "put")
    purse = {"code": "PURSE", "name": "Purse", "currency_id": bank().currency_id, "account_id": pk}
    made = api.send("bank-accounts/", purse)
    assert (made.status_code, made.json()["account"]) == (201, pk)
    template = {
        "code": "RENT",
        "name": "Rent",
        "lines": [
            {"account_id": account("560204").pk, "side": "debit", "amount": "120"},
            {"account_id": account("2241").pk, "side": "credit", "rule": "rest"},
        ],
    }
    made = api.send("entry-templates/", template)
    assert (made.status_code, [line["rule"] for line in made.json()["lines"]]) == (201, ["fixed", "rest"])
    again = api.send(f"entry-templates/{made.json()['id']}/", template | {"name": "Rent and water"}, "put")
    assert again.json()["version"] == 1
    drives = masterdata.category("DRIVES")
    own = {"role": "revenue", "category_id": drives.pk, "account_id": account("5051").pk}
    made = api.send("account-mapping/", own)
    assert (made.status_code, made.json()["account"]) == (201, account("5051").pk)
    assert api.send("account-mapping/", own | {"account_id": None}).status_code == 204
    assert code_of(api.send("account-mapping/", own | {"category_id": None, "account_id": None})) == "mapping_needed"


def test_ageing_and_vat_lines_are_read_by_the_api(api):
    customer = masterdata.customer("ACME")
    invoice = post(free_invoice(customer, "100"))
    [row] = api.read("reports/ageing/?kind=customer").json()
    assert (row["partner"], row["total"]) == (customer.pk, "100.0000")
    [line] = api.read(f"vat-lines/?q={invoice.legal_number}").json()["results"]
    assert (line["invoice"], line["base_net_amount"]) == (invoice.pk, "100.0000")
    api.client.force_authenticate(make_user("seller", rights=["finance.view_receivables"]))
    assert api.read("reports/ageing/?kind=supplier").status_code == 403
    assert api.read("ledger-settings/").status_code == 403

"""The API of finance: rights, verbs, one-time keys, refusals in one shape."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from finance.models import Invoice, Payment
from tests.factories import erp, masterdata
from tests.factories.core import make_user, superuser
from tests.factories.finance import account, bank, free_invoice, post

ROOT = "/api/v1/finance"


@pytest.fixture
def api(books) -> APIClient:
    erp.place()
    client = APIClient()
    client.force_authenticate(superuser())
    return client


def send(client: APIClient, path: str, body: dict, key: str):
    return client.post(f"{ROOT}/{path}", body, format="json", headers={"Idempotency-Key": key})


def test_reading_needs_the_right(books):
    client = APIClient()
    for path in ("invoices", "payments", "accounts", "entries", "periods", "bank-accounts"):
        client.force_authenticate(None)
        assert client.get(f"{ROOT}/{path}/").status_code == 401, path
        client.force_authenticate(make_user(f"stranger-{path}"))
        assert client.get(f"{ROOT}/{path}/").status_code == 403, path
        client.force_authenticate(superuser())
        assert client.get(f"{ROOT}/{path}/").status_code == 200, path


def test_an_invoice_is_made_posted_credited_once(api):
    customer = masterdata.customer("ACME")
    body = {
        "kind": "customer",
        "partner_id": customer.pk,
        "lines": [{"account_id": account("5051").pk, "description": "Service", "quantity": "1", "price": "100"}],
    }
    assert api.post(f"{ROOT}/invoices/", body, format="json").status_code == 400
    made = send(api, "invoices/", body, "k1")
    assert made.status_code == 201
    assert send(api, "invoices/", body, "k1").json()["id"] == made.json()["id"]
    assert Invoice.objects.count() == 1
    pk = made.json()["id"]
    posted = send(api, f"invoices/{pk}/post/", {}, "k2").json()
    assert (posted["state"], posted["legal_number"], posted["open_amount"]) == ("posted", "2026-000001", "100.0000")
    again = send(api, f"invoices/{pk}/post/", {}, "k3")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "invalid_transition")
    credit = send(api, f"invoices/{pk}/credit/", {}, "k4")
    assert (credit.status_code, credit.json()["model"]) == (201, "finance.invoice")
    assert Invoice.objects.get(pk=credit.json()["id"]).gross_amount == -100


def test_a_payment_is_made_posted_and_allocated(api):
    customer = masterdata.customer("ACME")
    invoice = post(free_invoice(customer, "100"))
    body = {"kind": "customer", "partner_id": customer.pk, "bank_account_id": bank().pk, "amount": "150"}
    pk = send(api, "payments/", body, "p1").json()["id"]
    assert send(api, f"payments/{pk}/post/", {}, "p2").json()["open_amount"] == "150.0000"
    rows = {"allocations": [{"invoice_id": invoice.pk, "amount": "100"}]}
    assert send(api, f"payments/{pk}/allocate/", rows, "p3").json()["open_amount"] == "50.0000"
    too_much = send(api, f"payments/{pk}/allocate/", rows, "p4")
    assert (too_much.status_code, too_much.json()["errors"][0]["code"]) == (409, "over_allocated")
    reversed_ = send(api, f"payments/{pk}/reverse/", {"reason": "Bounced"}, "p5").json()
    assert reversed_["state"] == "reversed"
    assert Payment.objects.get(pk=pk).allocated_amount == Decimal(0)


def test_unknown_filters_and_wrong_input(api):
    assert api.get(f"{ROOT}/invoices/", {"nonsense": "1"}).status_code == 400
    wrong = send(api, "payments/", {"kind": "customer", "amount": "NaN"}, "w1")
    assert wrong.status_code == 422


def test_a_period_is_closed_and_reopened_with_a_reason(api):
    first = api.get(f"{ROOT}/periods/").json()["results"][-1]["id"]
    assert send(api, f"periods/{first}/close/", {}, "c1").json()["state"] == "closed"
    assert send(api, f"periods/{first}/reopen/", {}, "c2").status_code == 422
    assert send(api, f"periods/{first}/reopen/", {"reason": "Late bill"}, "c3").json()["state"] == "open"

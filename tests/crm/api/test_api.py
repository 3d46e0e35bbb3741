"""The API of sales: reading in scope, writing by keys, verbs as actions, refusals with code and params."""

import itertools
from decimal import Decimal

import pytest

from crm.models import Lead, OrderChange, Quotation, ReturnRequest, SalesOrder
from tests.factories import crm, masterdata
from tests.factories.core import make_user

D = Decimal
ROOT = "/api/v1/crm"
_keys = itertools.count(1)


@pytest.fixture
def api(client, day):
    """A client of a user with every right; ``post`` sends a fresh one-time key."""
    client.force_login(make_user("robot", superuser=True))
    return Api(client)


class Api:
    """JSON in, JSON out."""

    def __init__(self, client):
        self.client = client

    def get(self, path, **query):
        return self.client.get(f"{ROOT}/{path}", query)

    def send(self, method, path, data=None, key=None):
        headers = {"Idempotency-Key": key or f"key-{next(_keys)}"}
        call = getattr(self.client, method)
        return call(f"{ROOT}/{path}", data or {}, content_type="application/json", headers=headers)

    def post(self, path, data=None, key=None):
        return self.send("post", path, data, key)


def test_order_from_creation_to_confirmation(api):
    masterdata.warehouse()
    partner, item = masterdata.customer(), masterdata.item(tax=masterdata.tax())
    lines = [
        {"item_id": item.pk, "quantity": "3", "price": "113"},
        {"description": "Freight", "quantity": "1", "price": "5"},
    ]
    made = api.post("sales-orders/", {"partner_id": partner.pk, "customer_po": "P-1", "lines": lines})
    body = made.json()
    assert made.status_code == 201
    assert (body["state"], body["customer_po"], body["gross_amount"]) == ("draft", "P-1", "344.0000")
    assert body["lines"][0]["net_amount"] == "300.0000"
    path = f"sales-orders/{body['id']}"
    lines[0] |= {"id": body["lines"][0]["id"], "quantity": "2"}
    changed = api.send("put", f"{path}/", {"lines": lines[:1], "version": body["version"]})
    assert (changed.status_code, changed.json()["gross_amount"]) == (200, "226.0000")
    confirmed = api.post(f"{path}/confirm/", {"version": changed.json()["version"]}).json()
    assert (confirmed["state"], confirmed["fulfilment"]) == ("confirmed", "waiting")
    assert [one["amount"] for one in confirmed["payment_plan"]] == ["226.0000"]


def test_key_is_required_and_makes_one(api):
    masterdata.warehouse()
    data = {"partner_id": masterdata.customer().pk}
    data["lines"] = [{"item_id": masterdata.item().pk, "quantity": "1", "price": "1"}]
    bare = api.client.post(f"{ROOT}/sales-orders/", data, content_type="application/json")
    assert bare.status_code == 400
    first, second = api.post("sales-orders/", data, "same"), api.post("sales-orders/", data, "same")
    assert first.json()["id"] == second.json()["id"]
    assert SalesOrder.objects.count() == 1
    other = api.post("sales-orders/", data | {"note": "x"}, "same")
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"partner_id": 10**9}, 422, "does_not_exist", "partner_id"),
        ({"lines": []}, 422, "empty", "lines"),
        ({"lines": [{"quantity": "1"}]}, 422, "invalid", "lines.0"),
        ({"lines": [{"item_id": 10**9, "quantity": "1", "price": "1"}]}, 422, "invalid_input", "lines.item_id"),
        ({"lines": [{"description": "x", "quantity": "0", "price": "1"}]}, 422, "min_value", "lines.0.quantity"),
        ({"source": "dream"}, 422, "invalid_choice", "source"),
    ],
)
def test_wrong_input_names_the_field(api, change, status, code, field):
    masterdata.warehouse()
    line = {"item_id": masterdata.item().pk, "quantity": "1", "price": "1"}
    answer = api.post("quotations/", {"partner_id": masterdata.customer().pk, "lines": [line]} | change)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["code"], error["field"]) == (status, code, field)
    assert not Quotation.objects.exists()


def test_refusal_has_code_and_params(api, answers):
    order = crm.sales_order(masterdata.customer(credit_limit=D(999)))
    answer = api.post(f"sales-orders/{order.pk}/confirm/")
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (409, "credit_limit_exceeded")
    assert error["params"]["over"] == "1"
    stale = api.post(f"sales-orders/{order.pk}/confirm/", {"version": 9})
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "stale_version")


def test_filters_are_an_allow_list(api):
    order = crm.confirmed_order()
    crm.sales_order()
    found = api.get("sales-orders/", state="confirmed").json()["results"]
    assert [one["id"] for one in found] == [order.pk]
    assert api.get("sales-orders/", secret="1").status_code == 400


def test_rights_and_scope(client, day):
    order = crm.sales_order()
    assert client.get(f"{ROOT}/sales-orders/").status_code in {401, 403}
    client.force_login(make_user("nobody"))
    assert client.get(f"{ROOT}/sales-orders/").status_code == 403
    client.force_login(make_user("seller", rights=["crm.view_salesorder"], scope="own"))
    assert client.get(f"{ROOT}/sales-orders/{order.pk}/").status_code == 404
    headers = {"Idempotency-Key": "k"}
    refused = client.post(f"{ROOT}/sales-orders/{order.pk}/confirm/", content_type="application/json", headers=headers)
    assert refused.status_code == 403


def test_lead_opportunity_quotation_order(api):
    lead = api.post("leads/", {"company_name": "Acme", "source": "phone", "phone": "021-5555"}).json()
    one = api.post(f"leads/{lead['id']}/qualify/", {"title": "Grinders", "amount": "500"}).json()
    assert one["model"] == "crm.opportunity"
    stages = {row["code"]: row["id"] for row in api.get("stages/").json()["results"]}
    moved = api.post(f"opportunities/{one['id']}/move/", {"stage_id": stages["negotiation"]}).json()
    assert (moved["probability"], moved["base_amount"]) == ("75.0000", "500.0000")
    masterdata.warehouse()
    partner = Lead.objects.get().partner
    line = {"item_id": masterdata.item().pk, "quantity": "1", "price": "500"}
    data = {"partner_id": partner.pk, "opportunity_id": one["id"], "lines": [line]}
    quotation = api.post("quotations/", data).json()
    assert quotation["source"] == "phone"
    path = f"quotations/{quotation['id']}"
    assert api.post(f"{path}/send/").json()["state"] == "sent"
    revision = api.post(f"{path}/revise/", {"reason": "Cheaper"}).json()
    assert revision["number"].endswith("-R2")
    accepted = api.post(f"quotations/{revision['id']}/accept/", {"customer_po": "PO"})
    assert (accepted.status_code, accepted.json()["model"]) == (201, "crm.salesorder")
    assert api.get(f"opportunities/{one['id']}/").json()["state"] == "won"


def test_decisions_name_their_reason(api):
    quotation = crm.sent_quotation()
    path = f"quotations/{quotation.pk}/lose/"
    assert api.post(path).status_code == 422
    assert api.post(path, {"lost_reason": "price", "reason": "too dear"}).json()["lost_reason"] == "price"
    one = crm.opportunity()
    lost = api.post(f"opportunities/{one.pk}/lose/", {"lost_reason": "competitor", "competitor": "X"}).json()
    assert (lost["state"], lost["competitor"]) == ("lost", "X")


def test_change_of_a_binding_order(api):
    order = crm.confirmed_order()
    line = order.lines.get()
    row = {"id": line.pk, "item_id": line.item_id, "quantity": "12", "price": "100"}
    changed = api.post(f"sales-orders/{order.pk}/change/", {"reason": "More", "lines": [row]}).json()
    assert (changed["revision"], changed["gross_amount"]) == (1, "1200.0000")
    assert changed["changes"][0]["reason"] == "More"
    assert OrderChange.objects.get().actor.username == "robot"
    proposed = api.post(
        f"sales-orders/{order.pk}/propose-change/", {"reason": "Less", "lines": [row | {"quantity": "3"}]}
    ).json()
    assert proposed["pending_change"]["reason"] == "Less"
    assert api.post(f"sales-orders/{order.pk}/apply-change/").json()["gross_amount"] == "300.0000"
    nothing = api.post(f"sales-orders/{order.pk}/withdraw-change/")
    assert nothing.json()["errors"][0]["code"] == "no_pending_change"


def test_closing_and_cancelling_want_a_reason(api):
    order = crm.confirmed_order()
    refused = api.post(f"sales-orders/{order.pk}/cancel/")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "reason_missing")
    assert api.post(f"sales-orders/{order.pk}/cancel/", {"reason": "Gone"}).json()["state"] == "cancelled"
    other = crm.confirmed_order()
    assert api.post(f"sales-orders/{other.pk}/close/", {"reason": "Rest given up"}).json()["state"] == "closed"


def test_delivery_and_return(api):
    order = crm.confirmed_order()
    made = api.post("delivery-requests/", {"order_id": order.pk}).json()
    assert made["lines"][0]["quantity"] == "10.000000"
    line = {"order_line_id": made["lines"][0]["order_line"], "quantity": "4"}
    path = f"delivery-requests/{made['id']}"
    edited = api.send("put", f"{path}/", {"lines": [line], "version": made["version"]}).json()
    assert edited["lines"][0]["quantity"] == "4.000000"
    assert api.post(f"{path}/release/").json()["state"] == "released"
    assert api.post(f"{path}/cancel/").json()["state"] == "cancelled"
    crm.delivered(order, "4")
    back = api.post("return-requests/", {"order_id": order.pk, "reason": "Dented", "lines": [line]}).json()
    assert api.post(f"return-requests/{back['id']}/approve/").json()["state"] == "approved"
    assert ReturnRequest.objects.get().reason == "Dented"


def test_campaigns_and_stages(api):
    made = api.post("campaigns/", {"code": "FAIR", "name": "Fair"}).json()
    changed = api.send(
        "put", f"campaigns/{made['id']}/", {"code": "FAIR", "name": "Big fair", "version": made["version"]}
    )
    assert changed.json()["name"] == "Big fair"
    double = api.post("campaigns/", {"code": "FAIR", "name": "Again"})
    assert (double.status_code, double.json()["errors"][0]["field"]) == (422, "code")
    stage = api.post("stages/", {"code": "demo", "name": "Demo", "probability": "60"})
    assert stage.status_code == 201

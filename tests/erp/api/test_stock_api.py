"""REST routes of stock, shipments and returns."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from erp.models import Demand, Shipment, StockDocument
from tests.factories import core, erp, masterdata

D = Decimal
pytestmark = pytest.mark.django_db
BASE = "/api/v1/erp/"


@pytest.fixture
def item():
    erp.place()
    made = masterdata.item("MOTOR")
    erp.opening(made, "10", "7")
    return made


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def send(client, path, body=None, key="k1"):
    return client.post(BASE + path, body or {}, headers={"Idempotency-Key": key})


LISTS = {
    "lots": "view_lot",
    "stock-balances": "view_stockbalance",
    "stock-moves": "view_stockmove",
    "project-stock": "view_projectstock",
    "project-transfers": "view_projectstock",
    "value-entries": "view_valueentry",
    "cost-layers": "view_costlayer",
    "layer-uses": "view_layeruse",
    "average-runs": "view_averagerun",
    "demands": "view_demand",
    "supplies": "view_supply",
    "shipments": "view_shipment",
    "return-receipts": "view_returnreceipt",
    "stock-documents": "view_stockdocument",
}


@pytest.mark.parametrize(("path", "right"), LISTS.items())
def test_each_list_asks_for_its_right_and_refuses_unknown_filters(item, path, right):
    erp.confirmed(item, "1")
    assert APIClient().get(f"{BASE}{path}/").status_code == 401
    assert api(core.user()).get(f"{BASE}{path}/").status_code == 403
    reader = api(core.user(f"erp.{right}"))
    assert reader.get(f"{BASE}{path}/").status_code == 200
    assert reader.get(f"{BASE}{path}/?nonsense=1").status_code == 400


def test_amounts_are_for_those_who_may_see_costs(item):
    [row] = api(core.user("erp.view_valueentry")).get(f"{BASE}value-entries/").json()["results"]
    assert "amount" not in row
    rights = ("erp.view_valueentry", "masterdata.view_cost")
    [row] = api(core.user(*rights)).get(f"{BASE}value-entries/").json()["results"]
    assert row["amount"] == "70.0000"


def test_a_stock_document_is_made_changed_and_posted_once(item):
    client = api(core.user_in_role("warehouse"))
    body = {
        "kind": "misc_issue",
        "warehouse_id": erp.place().pk,
        "reason_code": "sample",
        "lines": [{"item_id": item.pk, "quantity": "2"}],
    }
    made = send(client, "stock-documents/", body)
    assert made.status_code == 201
    assert send(client, "stock-documents/", body).json()["id"] == made.json()["id"]
    assert StockDocument.objects.filter(kind="misc_issue").count() == 1

    path = f"stock-documents/{made.json()['id']}/"
    change = {"warehouse_id": erp.place().pk, "reason_code": "scrap", "lines": [{"item_id": item.pk, "quantity": "3"}]}
    changed = client.put(BASE + path, change, headers={"Idempotency-Key": "k2"})
    assert changed.status_code == 200
    assert (changed.json()["reason_code"], changed.json()["lines"][0]["quantity"]) == ("scrap", "3.000000")

    assert send(client, path + "post/", key="k3").json()["state"] == "posted"
    again = send(client, path + "post/", key="k4")
    assert again.status_code == 409
    assert again.json()["errors"][0]["code"] == "invalid_transition"
    assert send(client, path + "reverse/", {"reason": "Wrong"}, key="k5").json()["state"] == "reversed"


def test_short_stock_is_told_with_figures(item):
    client = api(core.user_in_role("warehouse"))
    document = erp.draft("misc_issue", {"item_id": item.pk, "quantity": D(11)})
    answer = send(client, f"stock-documents/{document.pk}/post/")
    assert answer.status_code == 409
    [error] = answer.json()["errors"]
    assert (error["code"], error["params"]["available"], error["params"]["wanted"]) == ("short_stock", "10", "11")


def test_a_cost_is_given_only_by_those_who_may_see_it(item):
    body = {
        "kind": "misc_receipt",
        "warehouse_id": erp.place().pk,
        "reason_code": "found",
        "lines": [{"item_id": item.pk, "quantity": "2", "unit_cost": "1"}],
    }
    assert send(api(core.user_in_role("warehouse")), "stock-documents/", body).status_code == 422


def test_a_shipment_from_pick_to_signature(item):
    shipment = erp.to_pick(erp.confirmed(item, "2"))
    client = api(core.user_in_role("warehouse"))
    path = f"shipments/{shipment.pk}/"
    assert send(client, path + "scan/", {"code": "MOTOR"}, key="a").status_code == 200
    assert send(client, path + "undo/", key="b").status_code == 200
    pick = {"line_id": shipment.lines.get().pk, "location_id": erp.shelf().pk, "quantity": "2"}
    assert send(client, path + "pick/", {"picks": [pick]}, key="c").json()["state"] == "picked"
    shipped = send(client, path + "ship/", {"carrier": "SF"}, key="d").json()
    assert (shipped["state"], shipped["carrier"], shipped["lines"][0]["picked_quantity"]) == (
        "shipped",
        "SF",
        "2.000000",
    )
    signed = {"lines": [{"line_id": pick["line_id"], "signed": "2"}], "signed_by": "Li"}
    assert send(client, path + "sign-off/", signed, key="e").json()["state"] == "signed"
    assert send(client, path + "sign-off/", signed, key="e").json()["state"] == "signed"
    wrong = send(client, path + "sign-off/", signed, key="f")
    assert wrong.status_code == 409
    assert client.post(f"{BASE}{path}cancel/").status_code == 400


def test_a_return_is_received(item):
    order = erp.confirmed(item, "2")
    erp.signed(order)
    receipt = erp.expected_return(order, "2")
    answer = send(api(core.user_in_role("warehouse")), f"return-receipts/{receipt.pk}/receive/")
    assert answer.json()["state"] == "received"
    assert answer.json()["lines"][0]["received_quantity"] == "2.000000"


def test_a_reservation_is_moved(item):
    rich, poor = erp.confirmed(item, "10"), erp.confirmed(item, "4")
    giver, taker = (Demand.objects.get(source_id=one.pk) for one in (rich, poor))
    client = api(core.user_in_role("planner"))
    body = {"to_demand_id": taker.pk, "quantity": "3"}
    answer = send(client, f"demands/{giver.pk}/reassign/", body)
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["reserved"]) == (taker.pk, "3.000000")


def test_a_pick_list_is_made_for_a_released_request(item):
    shipment = erp.to_pick(erp.confirmed(item, "2"))
    client = api(core.user_in_role("warehouse"))
    body = {"request_id": shipment.delivery_request_id}
    assert send(client, "shipments/", body).status_code == 409
    send(client, f"shipments/{shipment.pk}/cancel/", key="k2")
    assert send(client, "shipments/", body, key="k3").status_code == 201
    assert Shipment.objects.filter(state="draft").count() == 1
    assert send(client, "shipments/", {"request_id": 0}, key="k4").status_code == 404

"""The REST routes of purchasing."""

import itertools
from decimal import Decimal

import pytest
from django.urls import reverse

from scm.models import GoodsReceipt, PurchaseOrder, Requisition, SupplierReturn
from tests.factories import scm as make
from tests.factories.core import make_user

D = Decimal
_keys = itertools.count(1)


@pytest.fixture
def call(made, client):
    """POST JSON as the buyer with a fresh one-time key."""
    client.force_login(made.buyer)

    def run(name: str, *args, method: str = "post", key: str = "", **body):
        headers = {"Idempotency-Key": key or f"key-{next(_keys)}"}
        send = getattr(client, method)
        return send(reverse(f"api:{name}", args=args), body, content_type="application/json", headers=headers)

    return run


def test_from_requisition_to_receipt_and_return(made, call):
    asked = call(
        "scm-requisition-list",
        needed_date="2026-04-01",
        department_id=made.department.pk,
        lines=[{"item_id": made.bolt.pk, "quantity": "10"}],
    )
    assert asked.status_code == 201, asked.content
    key, line = asked.json()["id"], asked.json()["lines"][0]["id"]
    assert call("scm-requisition-submit", key).json()["state"] == "submitted"
    own = call("scm-requisition-approve", key)
    assert (own.status_code, own.json()["errors"][0]["code"]) == (409, "own_requisition")
    Requisition.objects.update(requester=make_user("asker"))
    assert call("scm-requisition-approve", key).json()["state"] == "approved"

    orders = call("scm-purchase-order-from-requisitions", selections=[{"line_id": line}])
    assert orders.status_code == 201
    [order] = orders.json()
    assert (order["net_amount"], order["lines"][0]["price"]) == ("25.0000", "2.500000")
    assert call("scm-purchase-order-approve", order["id"]).json()["state"] == "approved"
    order_line = order["lines"][0]["id"]
    confirmed = call(
        "scm-purchase-order-confirm-dates",
        order["id"],
        dates=[{"line_id": order_line, "confirmed_date": "2026-03-30"}],
    )
    assert confirmed.json()["lines"][0]["confirmed_date"] == "2026-03-30"

    receipt = call(
        "scm-goods-receipt-list",
        order_id=order["id"],
        lines=[{"order_line_id": order_line, "quantity": "4"}],
    ).json()
    changed = call(
        "scm-goods-receipt-detail",
        receipt["id"],
        method="put",
        lines=[{"order_line_id": order_line, "quantity": "5"}],
    )
    assert changed.status_code == 200, changed.content
    posted = call("scm-goods-receipt-post", receipt["id"]).json()
    assert (posted["state"], posted["lines"][0]["amount"]) == ("posted", "12.5000")

    back = call(
        "scm-supplier-return-list",
        receipt_id=receipt["id"],
        cause="Rusty",
        lines=[{"receipt_line_id": posted["lines"][0]["id"], "quantity": "1"}],
    ).json()
    assert call("scm-supplier-return-post", back["id"]).json()["lines"][0]["amount"] == "2.5000"
    assert call("scm-supplier-return-reverse", back["id"]).json()["state"] == "reversed"


def test_a_create_with_the_same_key_happens_once(made, call):
    body = {"partner_id": made.supplier.pk, "lines": [{"item_id": made.bolt.pk, "quantity": "1"}]}
    first = call("scm-purchase-order-list", key="once", **body)
    again = call("scm-purchase-order-list", key="once", **body)
    assert first.json()["id"] == again.json()["id"]
    assert PurchaseOrder.objects.count() == 1


def test_writes_need_a_key(made, client):
    client.force_login(made.buyer)
    url = reverse("api:scm-purchase-order-list")
    assert client.post(url, {"partner_id": 1, "lines": []}, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lines": [{"item_id": 987654, "quantity": "1"}]}, "lines.0.item_id"),
        ({"lines": [{"quantity": "x"}]}, "lines.0.quantity"),
        ({"lines": [{"quantity": "1"}], "partner_id": 987654}, "partner_id"),
    ],
)
def test_bad_input_names_its_field(made, call, body, field):
    response = call("scm-purchase-order-list", **{"partner_id": made.supplier.pk} | body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field


def test_refusals_come_with_code_and_params(made, call):
    order = make.approved_order(made)
    response = call(
        "scm-goods-receipt-list",
        order_id=order.pk,
        lines=[{"order_line_id": order.lines.get().pk, "quantity": "11"}],
    )
    error = response.json()["errors"][0]
    assert (response.status_code, error["code"]) == (409, "over_receipt")
    assert (error["params"]["quantity"], error["params"]["allowed"]) == ("11", "10")
    missing = call("scm-purchase-order-close", order.pk, reason="")
    assert missing.status_code == 422
    assert call("scm-purchase-order-cancel", 987654).status_code == 404


def test_change_and_close_and_reopen(made, call):
    order = make.approved_order(made)
    line = order.lines.get()
    changed = call(
        "scm-purchase-order-change",
        order.pk,
        reason="Agreed",
        lines=[{"line_id": line.pk, "quantity": "12"}],
    )
    assert changed.status_code == 200, changed.content
    assert changed.json()["changes"][0]["reason"] == "Agreed"
    assert call("scm-purchase-order-reopen", order.pk, reason="Again").json()["state"] == "draft"
    assert call("scm-purchase-order-approve", order.pk).json()["revision"] == 2
    assert call("scm-purchase-order-close", order.pk, reason="No more").json()["state"] == "closed"


def test_lists_filter_and_refuse_unknown_filters(made, client):
    order = make.approved_order(made)
    make.draft_order(made, partner_id=made.other.pk)
    client.force_login(made.buyer)
    url = reverse("api:scm-purchase-order-list")
    rows = client.get(url, {"state": "approved"}).json()["results"]
    assert [row["number"] for row in rows] == [order.number]
    assert client.get(url, {"colour": "red"}).status_code == 400


def test_prices_are_hidden_from_those_who_may_not_see_them(made, client):
    order = make.approved_order(made)
    receipt = make.posted_receipt(made, order, "4")
    client.force_login(make_user("clerk", rights=["scm.view_purchaseorder", "scm.view_goodsreceipt"]))
    shown = client.get(reverse("api:scm-purchase-order-detail", args=[order.pk])).json()
    assert "net_amount" not in shown
    assert "price" not in shown["lines"][0]
    lines = client.get(reverse("api:scm-goods-receipt-detail", args=[receipt.pk])).json()["lines"]
    assert "amount" not in lines[0]


@pytest.mark.parametrize("name", ["requisition", "purchase-order", "goods-receipt", "supplier-return"])
def test_reading_needs_the_right(made, client, name):
    url = reverse(f"api:scm-{name}-list")
    assert client.get(url).status_code in {401, 403}
    client.force_login(make_user("stranger"))
    assert client.get(url).status_code == 403
    client.force_login(make_user("supplier", kind="supplier", rights=["scm.view_purchaseorder"]))
    assert client.get(url).status_code == 403


def test_verbs_need_their_rights(made, call, client):
    draft = make.draft_order(made)
    receipt = make.draft_receipt(made, make.approved_order(made), "1")
    client.force_login(make_user("reader", rights=["scm.view_purchaseorder", "scm.view_goodsreceipt"]))
    assert call("scm-purchase-order-approve", draft.pk).status_code == 403
    assert call("scm-goods-receipt-post", receipt.pk).status_code == 403
    assert not GoodsReceipt.objects.filter(state="posted").exists()
    assert not SupplierReturn.objects.exists()


def test_landed_costs(made, call, client):
    receipt = make.posted_receipt(made, make.approved_order(made))
    charge = {"kind": "freight", "basis": "value", "amount": "12.50"}
    answer = call("scm-landed-cost-list", receipt_ids=[receipt.pk], lines=[charge])
    assert answer.status_code == 201, answer.content
    key = answer.json()["id"]
    assert (
        call("scm-landed-cost-detail", key, method="put", receipt_ids=[receipt.pk], lines=[charge]).status_code == 200
    )
    posted = call("scm-landed-cost-post", key).json()
    assert (posted["state"], posted["lines"][0]["shares"][0]["amount"]) == ("posted", "12.5000")
    again = call("scm-landed-cost-post", key)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "invalid_transition")
    back = call("scm-landed-cost-reverse", key, reason="Wrong goods")
    assert back.json()["state"] == "reversed"

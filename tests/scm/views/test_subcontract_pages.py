"""Pages and API of subcontracting."""

import itertools
from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from masterdata.models import Item
from scm.models import SubcontractChargeBack, SubcontractOrder
from scm.services import subcontract_orders
from tests.factories import crm, erp, erp_make, masterdata
from tests.factories import scm_subcontract as make
from tests.factories.core import superuser, user, user_in_role

D = Decimal


@pytest.fixture
def part(db) -> Item:
    erp.place()
    part = masterdata.item("PART")
    erp.opening(part, "100", "10")
    return part


@pytest.fixture
def desk(part, client):
    client.force_login(superuser())
    return client


def grid(**rows) -> dict[str, str]:
    return {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": "0"} | {
        f"lines-{key[1:]}-{name}": value for key, row in rows.items() for name, value in row.items()
    }


def test_an_order_goes_its_way_by_forms(desk, part):
    frame = masterdata.item("FRAME")
    erp_make.bom(frame, (part, "2"))
    supplier = masterdata.supplier("GALVANO")
    typed = {"partner": supplier.pk, "item": frame.pk, "quantity": "10", "fee": "3", "due_date": "2026-04-01"}
    answer = desk.post(reverse("scm:subcontract-order-create"), typed | grid())
    order = SubcontractOrder.objects.get()
    assert answer.status_code == 302, answer.context["form"].errors
    assert order.materials.get().required_quantity == 20
    page = reverse("scm:subcontract-order-detail", args=[order.pk])
    for name in ("list", "create"):
        assert desk.get(reverse(f"scm:subcontract-order-{name}")).status_code == 200
    edit = desk.get(reverse("scm:subcontract-order-edit", args=[order.pk]))
    assert b'value="3"' in edit.content
    desk.post(reverse("scm:subcontract-order-release", args=[order.pk]))
    material = str(order.materials.get().pk)
    assert b'value="20"' in desk.get(reverse("scm:subcontract-order-send", args=[order.pk])).content
    rows = grid(_0={"material": material, "quantity": "20"})
    assert desk.post(reverse("scm:subcontract-order-send", args=[order.pk]), rows).status_code == 302
    received = {"quantity": "4", "rejected_quantity": "1", "charge_rejected": "on"}
    rows = received | grid(_0={"material": material, "quantity": "11"})
    assert desk.post(reverse("scm:subcontract-order-receive", args=[order.pk]), rows).status_code == 302
    back = grid(_0={"material": material, "quantity": "2"})
    assert desk.post(reverse("scm:subcontract-order-return", args=[order.pk]), back).status_code == 302
    shown = desk.get(page).content.decode()
    assert "Used beyond the allowance" in shown
    assert "Went into rejected pieces" in shown
    charge = SubcontractChargeBack.objects.first()
    settle = reverse("scm:charge-back-settle", args=[charge.pk])
    assert desk.get(settle).status_code == 200
    assert desk.post(settle, {"settled_by": "ST-1"}).status_code == 302
    assert desk.get(reverse("scm:charge-back-list"), {"is_open": "true"}).context["table"].rows
    balance = desk.get(reverse("scm:supplier-balance"), {"partner": supplier.pk})
    [row] = balance.context["filter"].qs
    assert (row.opening, row.sent, row.used, row.lost, row.returned, row.closing, row.value) == (0, 20, 8, 3, 2, 7, 70)
    assert desk.get(row.get_absolute_url()).status_code == 200
    assert b"FRAME" not in balance.content
    assert desk.get(reverse("scm:supplier-balance"), {"export": "csv"}).status_code == 200
    count = reverse("scm:supplier-balance-count", args=[supplier.pk])
    assert count in balance.content.decode()
    assert count in shown
    assert desk.get(count).status_code == 200
    assert desk.post(count, grid(_0={"goods": f"{part.pk}:", "counted": "6"})).status_code == 302


def test_a_refusal_keeps_what_was_typed(desk, part):
    order = make.sent(part)
    rows = {"quantity": "11"} | grid()
    answer = desk.post(reverse("scm:subcontract-order-receive", args=[order.pk]), rows)
    assert answer.status_code == 409
    assert b'value="11"' in answer.content


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("subcontract-order-list", "scm.view_subcontractorder"),
        ("supplier-balance", "scm.view_subcontractorder"),
        ("material-to-send", "scm.view_subcontractorder"),
        ("charge-back-list", "scm.view_subcontractorder"),
        ("subcontract-order-create", "scm.add_subcontractorder"),
    ],
)
def test_who_may_open_what(part, client, name, right):
    url = reverse(f"scm:{name}")
    assert client.get(url).status_code == 302
    client.force_login(user(username="nobody"))
    assert client.get(url).status_code == 403
    client.force_login(user(right, "masterdata.view_purchase_price", username="somebody"))
    assert client.get(url).status_code == 200


def test_fee_and_value_are_for_those_who_may_see_them(part, client):
    order = make.sent(part)
    client.force_login(user_in_role("warehouse"))
    assert "3.00" not in client.get(order.get_absolute_url()).content.decode()
    shown = client.get(reverse("scm:supplier-balance")).context["table"]
    assert "value" not in {column.name for column in shown.columns}


def test_by_api(desk, part):
    keys = itertools.count(1)

    def call(name: str, *args, **body):
        headers = {"Idempotency-Key": f"key-{next(keys)}"}
        url = reverse(f"api:scm-subcontract-order-{name}", args=args)
        return desk.post(url, body, content_type="application/json", headers=headers)

    typed = {"partner_id": masterdata.supplier("GALVANO").pk, "item_id": masterdata.item("FRAME").pk, "quantity": "10"}
    material = {"item_id": part.pk, "required_quantity": "10"}
    made = call("list", **typed, fee="3", due_date="2026-04-01", materials=[material])
    assert made.status_code == 201, made.content
    key, line = made.json()["id"], made.json()["materials"][0]["id"]
    assert call("release", key).json()["state"] == "released"
    sent = call("send-materials", key, lines=[{"material_id": line, "quantity": "10"}])
    assert sent.json()["materials"][0]["sent_quantity"] == "10.000000"
    received = call("receive", key, quantity="4", materials=[{"material_id": line, "quantity": "5"}])
    assert received.json()["materials"][0]["used_quantity"] == "4.000000"
    assert received.json()["charge_backs"][0]["amount"] == "10.0000"
    charge = received.json()["charge_backs"][0]["id"]
    charges = desk.get(reverse("api:scm-subcontract-charge-list"), {"is_open": "true"}).json()["results"]
    assert [(one["id"], one["order"]) for one in charges] == [(charge, key)]
    settle = reverse("api:scm-subcontract-charge-settle", args=[charge])
    headers = {"Idempotency-Key": "settled"}
    settled = desk.post(settle, {"settled_by": "ST-7"}, content_type="application/json", headers=headers)
    assert settled.json()["settled_by"] == "ST-7"
    [there] = desk.get(reverse("api:scm-subcontract-order-balances")).json()
    figures = {name: there[name] for name in ("sent", "used", "lost", "closing")}
    assert figures == {"sent": "10.000000", "used": "4.000000", "lost": "1.000000", "closing": "5.000000"}
    assert (there["item"], there["value"]) == (part.pk, "50.0000")
    over = call("receive", key, quantity="40")
    assert (over.status_code, over.json()["errors"][0]["code"]) == (409, "over_receipt")
    back = call("return-materials", key, lines=[{"material_id": line, "quantity": "1"}])
    assert back.json()["materials"][0]["returned_quantity"] == "1.000000"
    counted = call(
        "count", partner_id=typed["partner_id"], lines=[{"item_id": part.pk, "counted": "3"}], reason="Count"
    )
    assert [(one["counted"], one["closing"]) for one in counted.json()] == [("-1.000000", "3.000000")]
    assert call("close", key, reason="Quality").json()["state"] == "closed"


def test_an_order_closed_short_shows_what_is_left(desk, part):
    order = make.sent(part)
    perform(subcontract_orders.close_subcontract_order, actor=superuser(), order_id=order.pk, reason="Quality")
    page = desk.get(order.get_absolute_url())
    assert (page.context["document"].state, page.status_code) == ("closed", 200)


def test_what_is_to_be_sent_takes_off_what_lies_there(desk, part, django_assert_max_num_queries):
    """Ten pieces lie at the supplier after an order is closed: six for his open order, the rest of the planned one."""
    frame = masterdata.item("FRAME", supply_type="subcontract", lead_time_days=5)
    galvano = masterdata.supplier("GALVANO")
    masterdata.supplier_item(galvano, frame, "3", is_preferred=True)
    erp_make.bom(frame, (part, "2"))
    old = make.sent(part, galvano)
    perform(subcontract_orders.close_subcontract_order, actor=None, order_id=old.pk, reason="No more")
    order = make.released(part, galvano, "6")
    crm.confirmed_order(None, crm.line(frame, "13"), crm.line(part, "90"), warehouse_id=erp.place().pk)

    assert {one.item.code: one.quantity for one in erp_make.plan()} == {"FRAME": 7, "PART": 10}
    url = reverse("scm:material-to-send")
    with django_assert_max_num_queries(40):
        page = desk.get(url, {"until": "2027-12-31"})
    rows = [(one.is_planned, one.needed, one.there, one.to_send) for one in page.context["filter"].qs]
    assert rows == [(False, 6, 6, 0), (True, 14, 4, 10)]
    assert order.number in page.content.decode()
    found = desk.get(reverse("api:scm-subcontract-order-material-to-send"), {"until": "2027-12-31"}).json()
    assert (found[0]["source"], found[0]["to_send"]) == (order.number, "0.000000")

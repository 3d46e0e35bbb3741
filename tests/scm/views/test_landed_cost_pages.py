"""Freight and charges are typed from the receipt, shown as they will be spread, and posted."""

from decimal import Decimal

import pytest
from django.urls import reverse

from scm.models import LandedCost
from tests.factories import scm as make
from tests.factories.core import make_user
from tests.scm.views.test_requisition_pages import grid

D = Decimal


@pytest.fixture
def receipt(made, client):
    client.force_login(made.buyer)
    return make.posted_receipt(made, make.approved_order(made))


def typed(receipt, amount: str) -> dict:
    currency = receipt.order.currency_id
    rows = grid({"kind": "freight", "basis": "value", "amount": amount, "description": "Truck"})
    return {"receipts": [receipt.pk], "currency": currency, "reference": "WB-1"} | rows


def test_from_the_receipt_to_posted_charges(client, receipt):
    page = client.get(reverse("scm:goods-receipt-charges", args=[receipt.pk])).content.decode()
    assert f'value="{receipt.pk}" selected' in page
    answer = client.post(reverse("scm:landed-cost-create"), typed(receipt, "100"))
    document = LandedCost.objects.get()
    assert answer.url == document.get_absolute_url()
    assert (document.reference, document.total_amount) == ("WB-1", D(100))
    shown = client.get(answer.url).content.decode()
    assert "How it would be spread" in shown
    client.post(reverse("scm:landed-cost-edit", args=[document.pk]), typed(receipt, "80") | {"version": 0})
    posted = client.post(reverse("scm:landed-cost-post", args=[document.pk]), {"version": 1})
    assert posted.status_code == 302
    document.refresh_from_db()
    assert (document.state, document.total_amount) == ("posted", D(80))
    assert "How it was spread" in client.get(answer.url).content.decode()
    assert document.number in client.get(reverse("scm:landed-cost-list"), {"receipt": receipt.pk}).content.decode()


def test_a_wrong_charge_keeps_what_was_typed(client, receipt):
    answer = client.post(reverse("scm:landed-cost-create"), typed(receipt, "0"))
    assert answer.status_code == 422
    assert "WB-1" in answer.content.decode()


def test_without_the_right_to_prices_no_amount_is_shown(client, made, receipt):
    document = make.draft_landed_cost(made, receipt, {"kind": "duty", "basis": "value", "amount": D("77.77")})
    client.force_login(make_user("blind", rights=["scm.view_landedcost"]))
    assert "77.77" not in client.get(document.get_absolute_url()).content.decode()
    assert "77.77" not in client.get(reverse("scm:landed-cost-list")).content.decode()

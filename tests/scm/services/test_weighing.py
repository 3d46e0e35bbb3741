"""Goods kept in two units at the receiving door: typed, scanned, kept per lot, given back."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from erp.errors import NoSecondUnit
from erp.models import StockBalance, StockMove
from finance.selectors.invariants import violations
from masterdata.models import Item, UnitOfMeasure
from scm.models import GoodsReceipt
from scm.services import goods_receipts
from tests.factories import scm as make
from tests.factories.core import make_user

D = Decimal


@pytest.fixture
def steel(made):
    kg = UnitOfMeasure.objects.create(code="KGM", name="kilogram", decimals=3)
    Item.objects.filter(pk=made.bolt.pk).update(second_uom=kg, second_factor=D(4), tracking="lot")
    return Item.objects.get(pk=made.bolt.pk)


def per_lot(item):
    rows = StockBalance.objects.filter(item=item, on_hand__gt=0)
    return dict(rows.values_list("lot__code", "second_on_hand"))


def test_each_lot_has_what_was_weighed_else_what_is_usual(made, steel):
    order = make.approved_order(made)
    key = order.lines.get().pk
    rows = [
        {"order_line_id": key, "quantity": D(6), "lot_code": "A", "second_quantity": D("25.4")},
        {"order_line_id": key, "quantity": D(4), "lot_code": "B"},
    ]
    receipt = perform(goods_receipts.receive_goods, actor=made.buyer, order_id=order.pk, lines=rows)
    assert per_lot(steel) == {"A": D("25.4"), "B": D(16)}
    assert list(receipt.lines.order_by("line_no").values_list("second_quantity", flat=True)) == [D("25.4"), D(16)]
    assert not violations()
    perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=receipt.pk)
    assert per_lot(steel) == {}
    back = StockMove.objects.filter(reverses__isnull=False).values_list("second_quantity", flat=True)
    assert set(back) == {D("25.4"), D(16)}
    assert not violations()


def test_goods_of_one_unit_have_no_weight(made):
    order = make.approved_order(made)
    row = {"order_line_id": order.lines.get().pk, "quantity": D(1), "second_quantity": D(2)}
    with pytest.raises(NoSecondUnit):
        perform(goods_receipts.receive_goods, actor=made.buyer, order_id=order.pk, lines=[row])


def test_the_scanner_page_and_the_form_ask_for_it(client, made, steel):
    rights = ["scm.add_goodsreceipt", "scm.post_goodsreceipt", "scm.view_goodsreceipt", "scm.change_goodsreceipt"]
    client.force_login(make_user("clerk", rights=rights))
    order = make.approved_order(made)
    url = reverse("scm:receiving-order", args=[order.pk])
    assert "Weighed (" in client.post(url, {"code": "BOLT"}, headers={"HX-Request": "true"}).content.decode()
    count = {"order_line_id": order.lines.get().pk, "quantity": "3", "second_quantity": "12.7", "lot_code": "A"}
    assert "12.7" in client.post(url + "count/", count, headers={"HX-Request": "true"}).content.decode()
    receipt = GoodsReceipt.objects.get()
    assert receipt.lines.get().second_quantity == D("12.7")
    page = client.get(reverse("scm:goods-receipt-edit", args=[receipt.pk]))
    assert page.context["formset"].initial[0]["second_quantity"] == D("12.7")
    perform(goods_receipts.post_goods_receipt, actor=made.buyer, receipt_id=receipt.pk)
    assert "12.7" in client.get(receipt.get_absolute_url()).content.decode()
    assert per_lot(steel) == {"A": D("12.7")}

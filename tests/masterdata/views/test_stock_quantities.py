"""Grids say what is typed in the stock unit, whatever unit it is typed in."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from erp.models import StockBalance
from masterdata.errors import UnitNotConvertible
from scm.models import GoodsReceipt
from scm.services import goods_receipts
from tests.factories import masterdata
from tests.factories import scm as make
from tests.factories.core import make_user
from tests.factories.finance import open_books

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    company = make.buying_company()
    open_books()
    return company


def shown(response):
    """{row: text} of the answer."""
    assert response.status_code == 200
    cells = re.findall(
        r'id="lines-(\d+)-stock"[^>]*>(.*?)</span>\s*(?=<span id=|$)', response.content.decode(), re.DOTALL
    )
    return {int(row): " ".join(re.sub(r"<[^>]+>", " ", text).split()) for row, text in cells}


def test_a_grid_is_answered_in_stock_units(client, made):
    client.force_login(make_user("clerk", rights=["masterdata.view_item"]))
    box, kg = masterdata.uom("BOX"), masterdata.uom("KG")
    rows = {
        "lines-0-item": made.bolt.pk,
        "lines-0-quantity": "3",
        "lines-0-uom": box.pk,
        "lines-1-item": made.bolt.pk,
        "lines-1-quantity": "3",
        "lines-2-item": made.bolt.pk,
        "lines-2-quantity": "3",
        "lines-2-uom": kg.pk,
        "lines-3-item": "",
        "lines-3-quantity": "x",
    }
    found = shown(client.post(reverse("masterdata:stock-quantities"), rows))
    assert found[0] == f"300 {made.bolt.uom}"
    assert found[1] == f"3 {made.bolt.uom}"
    assert "kg" in found[2]
    assert "BOLT" in found[2]
    assert found[3] == ""


def test_a_receipt_is_counted_in_another_unit_than_the_order(client, made):
    box = masterdata.uom("BOX")
    order = make.approved_order(made, make.line(made.bolt, "500"))
    line = order.lines.get()
    client.force_login(make_user("clerk", rights=["scm.add_goodsreceipt", "scm.view_goodsreceipt"]))
    page = reverse("scm:goods-receipt-create", args=[order.pk])
    assert "In stock unit" in client.get(page).content.decode()
    typed = {"lines-0-order_line": line.pk, "lines-0-quantity": "4", "lines-0-uom": box.pk}
    answer = client.post(reverse("scm:receipt-quantities", args=[order.pk]), typed)
    assert shown(answer)[0] == f"400 {made.bolt.uom}"
    header = {"date": make.TODAY, "warehouse": made.warehouse.pk}
    grid = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0"}
    assert client.post(page, header | grid | typed).status_code == 302
    [counted] = GoodsReceipt.objects.get().lines.all()
    assert (counted.quantity, counted.uom, counted.stock_quantity) == (D(4), box, D(400))
    perform(goods_receipts.post_goods_receipt, actor=made.buyer, receipt_id=counted.receipt_id)
    assert StockBalance.objects.get(item=made.bolt).on_hand == 400
    wrong = {"order_line_id": line.pk, "quantity": D(1), "uom_id": masterdata.uom("KG").pk}
    with pytest.raises(UnitNotConvertible):
        perform(goods_receipts.create_goods_receipt, actor=made.buyer, order_id=order.pk, lines=[wrong])


def test_the_forms_of_stock_and_requisitions_have_the_column(client, made):
    client.force_login(make_user("boss", superuser=True))
    for page in (
        reverse("erp:stock-document-create", args=["transfer"]),
        reverse("erp:opening-stock"),
        reverse("scm:requisition-create"),
    ):
        shown_page = client.get(page).content.decode()
        assert reverse("masterdata:stock-quantities") in shown_page, page
        assert "In stock unit" in shown_page, page

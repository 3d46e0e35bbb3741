"""Who may open which page of purchasing."""

import pytest
from django.urls import reverse

from tests.factories import scm as make
from tests.factories.core import make_user

PRICES = "masterdata.view_purchase_price"
PAGES = {
    "requisition-list": ("scm.view_requisition", ""),
    "requisition-create": ("scm.add_requisition", ""),
    "requisition-to-order": ("scm.add_purchaseorder", ""),
    "requisition-detail": ("scm.view_requisition", "requisition"),
    "requisition-edit": ("scm.change_requisition", "requisition"),
    "purchase-order-list": ("scm.view_purchaseorder", ""),
    "purchase-order-create": ("scm.add_purchaseorder", ""),
    "purchase-order-detail": ("scm.view_purchaseorder", "order"),
    "purchase-order-edit": ("scm.change_purchaseorder", "draft"),
    "purchase-order-change": ("scm.revise_purchaseorder", "order"),
    "purchase-order-confirm-dates": ("scm.confirm_purchaseorder_dates", "order"),
    "receiving": ("scm.add_goodsreceipt", ""),
    "receiving-order": ("scm.add_goodsreceipt", "order"),
    "goods-receipt-create": ("scm.add_goodsreceipt", "order"),
    "goods-receipt-list": ("scm.view_goodsreceipt", ""),
    "goods-receipt-detail": ("scm.view_goodsreceipt", "receipt"),
    "goods-receipt-edit": ("scm.change_goodsreceipt", "receipt"),
    "supplier-return-list": ("scm.view_supplierreturn", ""),
    "supplier-return-create": ("scm.add_supplierreturn", "posted"),
    "supplier-return-detail": ("scm.view_supplierreturn", "return"),
    "supplier-return-print": ("scm.view_supplierreturn", "return"),
    "supplier-return-edit": ("scm.change_supplierreturn", "return"),
    "landed-cost-list": ("scm.view_landedcost", ""),
    "landed-cost-create": ("scm.add_landedcost", ""),
    "goods-receipt-charges": ("scm.add_landedcost", "posted"),
    "landed-cost-detail": ("scm.view_landedcost", "landed"),
    "landed-cost-edit": ("scm.change_landedcost", "landed"),
}
NEED_PRICES = {
    "purchase-order-create",
    "purchase-order-edit",
    "purchase-order-change",
    "purchase-order-confirm-dates",
    "landed-cost-create",
    "goods-receipt-charges",
    "landed-cost-edit",
}


@pytest.fixture
def documents(made):
    order = make.approved_order(made)
    posted = make.posted_receipt(made, order, "4")
    return {
        "requisition": make.requisition(made),
        "draft": make.draft_order(made),
        "order": order,
        "posted": posted,
        "receipt": make.draft_receipt(made, order, "2"),
        "return": make.draft_return(made, posted, "1"),
        "landed": make.draft_landed_cost(made, posted),
    }


def address(name: str, documents: dict) -> str:
    kind = PAGES[name][1]
    return reverse(f"scm:{name}", args=[documents[kind].pk] if kind else [])


def test_every_page_is_closed_to_strangers(client, documents):
    stranger = make_user("stranger")
    for name in PAGES:
        url = address(name, documents)
        client.logout()
        assert client.get(url).status_code == 302, name
        client.force_login(stranger)
        assert client.get(url).status_code == 403, name


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_with_its_right(client, documents, language):
    for name, (right, _kind) in PAGES.items():
        rights = {right, PRICES} if name in NEED_PRICES else {right}
        user = make_user(f"user-of-{name}", rights=rights, language=language)
        client.force_login(user)
        response = client.get(address(name, documents))
        assert response.status_code == 200, name


@pytest.mark.parametrize("name", sorted(NEED_PRICES))
def test_pages_with_prices_need_the_right_to_see_them(client, documents, name):
    client.force_login(make_user("blind", rights=[PAGES[name][0]]))
    assert client.get(address(name, documents)).status_code == 403


def test_suppliers_never_pass(client, documents):
    client.force_login(make_user("outside", kind="supplier", rights=["scm.view_purchaseorder"]))
    assert client.get(reverse("scm:purchase-order-list")).status_code == 403


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("requisition-submit", "requisition"),
        ("requisition-withdraw", "requisition"),
        ("requisition-approve", "requisition"),
        ("requisition-reject", "requisition"),
        ("requisition-cancel", "requisition"),
        ("requisition-close", "requisition"),
        ("purchase-order-approve", "draft"),
        ("purchase-order-reopen", "order"),
        ("purchase-order-cancel", "order"),
        ("purchase-order-close", "order"),
        ("purchase-order-recalculate", ""),
        ("goods-receipt-post", "receipt"),
        ("goods-receipt-reverse", "posted"),
        ("goods-receipt-cancel", "receipt"),
        ("receiving-count", "order"),
        ("receiving-uncount", "receipt"),
        ("receiving-post", "receipt"),
        ("supplier-return-post", "return"),
        ("supplier-return-reverse", "return"),
        ("supplier-return-cancel", "return"),
    ],
)
def test_verbs_are_closed_to_strangers(client, documents, name, kind):
    url = reverse(f"scm:{name}", args=[documents[kind].pk] if kind else [])
    assert client.post(url).status_code == 302
    client.force_login(make_user("stranger"))
    assert client.post(url).status_code == 403
    assert client.get(url).status_code in {403, 405}


def test_a_warehouse_clerk_sees_no_prices(client, documents):
    client.force_login(make_user("clerk", rights=["scm.view_purchaseorder", "scm.view_goodsreceipt"]))
    order = client.get(reverse("scm:purchase-order-detail", args=[documents["order"].pk])).content.decode()
    assert "BOLT" in order
    assert "2.50" not in order
    assert "25.00" not in order
    lines = client.get(reverse("scm:purchase-order-list")).content.decode()
    assert documents["order"].number in lines
    assert "28.25" not in lines
    receipt = client.get(reverse("scm:goods-receipt-detail", args=[documents["posted"].pk])).content.decode()
    assert "10.00" not in receipt


def test_an_unknown_document_is_not_found(client, made):
    client.force_login(made.buyer)
    for name, (_right, kind) in PAGES.items():
        if kind:
            assert client.get(reverse(f"scm:{name}", args=[987654])).status_code == 404, name

"""A supplier's goods on consignment are taken over by a receipt on an order: in place, at its price."""

from decimal import Decimal

import pytest

from core.operations import perform
from erp.errors import ShortStock
from erp.models import ItemCost, StockBalance, StockMove
from finance.models import GrniLine
from finance.selectors.invariants import violations
from scm.services import goods_receipts, landed_costs, supplier_returns
from tests.factories import erp, masterdata, scm
from tests.factories.finance import balances

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    erp.place()
    return scm.buying_one(masterdata.item("BOLT"), masterdata.supplier("ALPHA"))


def take_over(company, order, quantity):
    lines = [{"order_line_id": order.lines.get().pk, "quantity": D(quantity), "location_id": company.shelf.pk}]
    return perform(
        goods_receipts.receive_goods, actor=company.buyer, order_id=order.pk, lines=lines, from_consignment=True
    )


def owned():
    return {row.owner_id: row.on_hand for row in StockBalance.objects.filter(on_hand__gt=0)}


def test_consignment_becomes_ours_at_the_orders_price_and_is_owed(company):
    line = {"item_id": company.bolt.pk, "quantity": D(10)}
    erp.posted(erp.draft("owner_receipt", line, goods_owner_id=company.supplier.pk))
    order = scm.approved_order(company, scm.line(company.bolt, "20", price=D(3)), tax_included=False)
    with pytest.raises(ShortStock):
        take_over(company, order, "11")
    receipt = take_over(company, order, "4")
    assert owned() == {company.supplier.pk: 6, None: 4}
    moves = StockMove.objects.filter(source_label="scm.goodsreceipt", source_id=receipt.pk).order_by("pk")
    assert [(move.owner_id, move.from_location.kind) for move in moves] == [
        (company.supplier.pk, "storage"),
        (None, "supplier"),
    ]
    owed = GrniLine.objects.get(receipt=receipt)
    assert (owed.received_quantity, owed.received_amount) == (4, 12)
    assert not violations()
    perform(goods_receipts.reverse_goods_receipt, actor=company.buyer, receipt_id=receipt.pk, reason="Wrong lot")
    assert owned() == {company.supplier.pk: 10}
    assert not violations()


def test_goods_out_of_consignment_bear_freight_go_back_and_become_his_again(company):
    line = {"item_id": company.bolt.pk, "quantity": D(10)}
    erp.posted(erp.draft("owner_receipt", line, goods_owner_id=company.supplier.pk))
    order = scm.approved_order(company, scm.line(company.bolt, "6", price=D(10)), tax_included=False)
    receipt = take_over(company, order, "6")
    freight = scm.posted_landed_cost(company, receipt)
    worth = [ItemCost.objects.get().value]
    back = scm.posted_return(company, receipt, "2")
    worth.append(ItemCost.objects.get().value)
    perform(supplier_returns.reverse_supplier_return, actor=company.buyer, return_id=back.pk)
    perform(landed_costs.reverse_landed_cost, actor=company.buyer, landed_cost_id=freight.pk)
    worth.append(ItemCost.objects.get().value)
    perform(goods_receipts.reverse_goods_receipt, actor=company.buyer, receipt_id=receipt.pk)
    assert worth == [160, 140, 60]
    assert (owned(), balances()) == ({company.supplier.pk: 10}, {})
    assert not violations()

"""Supplier returns: at the figures of the receipt, replaced or credited."""

from decimal import Decimal

import pytest

from core.errors import InvalidInput, InvalidTransition, MissingRight, StaleVersion
from core.operations import perform
from erp.errors import ShortStock
from erp.models import StockBalance, StockMove, Supply, ValueEntry
from erp.services import engineering_changes as changes
from scm import errors
from scm.models import SupplierReturn
from scm.services import goods_receipts, purchase_orders, supplier_returns
from scm.states import PurchaseOrderState, SupplierReturnState
from tests.factories import erp_make, masterdata
from tests.factories import scm as make
from tests.factories.core import make_user

D = Decimal


def on_hand(item) -> Decimal:
    return sum((row.on_hand for row in StockBalance.objects.filter(item=item)), D(0))


def value_of(document) -> Decimal:
    rows = ValueEntry.objects.filter(source_label="scm.supplierreturn", source_id=document.pk, kind="supplier_return")
    return sum((row.amount for row in rows), D(0))


def test_goods_go_back_at_the_value_they_came_with(made):
    cheap = make.approved_order(made, make.line(made.bolt, "10", price=D(2)))
    dear = make.approved_order(made, make.line(made.bolt, "10", price=D(4)))
    receipt = make.posted_receipt(made, cheap)
    make.posted_receipt(made, dear)
    document = make.posted_return(made, receipt, "3")
    assert (document.state, document.reason) == (SupplierReturnState.POSTED, "Scratched")
    assert on_hand(made.bolt) == D(17)
    assert value_of(document) == D(-6)  # the receipt's price, not the average of 3
    assert document.lines.get().amount == D(6)
    assert receipt.lines.get().returnable_quantity == D(7)


def test_replaced_goods_are_expected_again(made):
    order = make.approved_order(made)
    receipt = make.posted_receipt(made, order)
    assert not Supply.objects.filter(source_label="scm.purchaseorder").exists()
    make.posted_return(made, receipt, "3", settlement="replace")
    line = order.lines.get()
    assert (line.received_quantity, line.returned_quantity, line.open_quantity) == (D(10), D(3), D(3))
    assert Supply.objects.get(source_label="scm.purchaseorder").open_quantity == D(3)
    make.posted_receipt(made, order, "3")
    assert order.lines.get().open_quantity == D(0)
    assert on_hand(made.bolt) == D(10)


def test_credited_goods_are_not_expected_again(made):
    order = make.approved_order(made)
    make.posted_return(made, make.posted_receipt(made, order), "3", settlement="credit")
    assert order.lines.get().open_quantity == D(0)
    perform(purchase_orders.register_invoiced, actor=None, quantities={order.lines.get().pk: D(7)})
    order.refresh_from_db()
    assert order.state == PurchaseOrderState.CLOSED


def test_a_replacement_reopens_a_closed_order(made):
    order = make.approved_order(made)
    receipt = make.posted_receipt(made, order)
    perform(purchase_orders.register_invoiced, actor=None, quantities={order.lines.get().pk: D(10)})
    document = make.posted_return(made, receipt, "1")
    order.refresh_from_db()
    assert order.state == PurchaseOrderState.APPROVED
    perform(supplier_returns.reverse_supplier_return, actor=made.buyer, return_id=document.pk)
    order.refresh_from_db()
    assert order.state == PurchaseOrderState.CLOSED


def test_no_more_goes_back_than_came_in(made):
    receipt = make.posted_receipt(made, make.approved_order(made), "4")
    with pytest.raises(errors.OverReturn):
        make.draft_return(made, receipt, "5")
    first, second = make.draft_return(made, receipt, "3"), make.draft_return(made, receipt, "3")
    perform(supplier_returns.post_supplier_return, actor=made.buyer, return_id=first.pk)
    with pytest.raises(errors.OverReturn):
        perform(supplier_returns.post_supplier_return, actor=made.buyer, return_id=second.pk)
    assert on_hand(made.bolt) == D(1)


def test_a_return_needs_a_cause_a_posted_receipt_and_lines(made):
    order = make.approved_order(made)
    receipt = make.posted_receipt(made, order, "4")
    with pytest.raises(errors.ReasonMissing):
        make.draft_return(made, receipt, "1", cause=" ")
    with pytest.raises(errors.EmptyDocument):
        make.draft_return(made, receipt, lines=[])
    with pytest.raises(InvalidInput):
        make.draft_return(made, receipt, "1", settlement="forget")
    with pytest.raises(errors.NotReturnable):
        make.draft_return(made, make.draft_receipt(made, order, "2"), "1")
    stranger = make.posted_receipt(made, make.approved_order(made), "1").lines.get()
    with pytest.raises(errors.NotOnDocument):
        make.draft_return(made, receipt, lines=[{"receipt_line_id": stranger.pk, "quantity": D(1)}])
    virtual = masterdata.virtual_location("customer")
    line = receipt.lines.get()
    with pytest.raises(InvalidInput):
        make.draft_return(
            made, receipt, lines=[{"receipt_line_id": line.pk, "quantity": D(1), "location_id": virtual.pk}]
        )
    assert not SupplierReturn.objects.exists()


def test_goods_that_are_gone_cannot_go_back(made):
    receipt = make.posted_receipt(made, make.approved_order(made), "4")
    document = make.draft_return(made, receipt, "4")
    StockBalance.objects.update(reserved=1)
    with pytest.raises(ShortStock):
        perform(supplier_returns.post_supplier_return, actor=made.buyer, return_id=document.pk)
    assert SupplierReturn.objects.get(pk=document.pk).state == SupplierReturnState.DRAFT
    assert receipt.lines.get().returned_quantity == D(0)


def test_reversal_brings_the_goods_back(made):
    order = make.approved_order(made)
    receipt = make.posted_receipt(made, order)
    document = make.posted_return(made, receipt, "3")
    undone = perform(
        supplier_returns.reverse_supplier_return, actor=made.buyer, return_id=document.pk, reason="Still here"
    )
    assert undone.state == SupplierReturnState.REVERSED
    assert on_hand(made.bolt) == D(10)
    assert value_of(document) == D(0)
    assert receipt.lines.get().returned_quantity == D(0)
    assert order.lines.get().open_quantity == D(0)
    perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=receipt.pk)
    assert on_hand(made.bolt) == D(0)


def test_update_supplier_return_replaces_the_draft(made):
    receipt = make.posted_receipt(made, make.approved_order(made), "4")
    document = make.draft_return(made, receipt, "1")
    line = receipt.lines.get()
    arguments = {
        "return_id": document.pk,
        "lines": [{"receipt_line_id": line.pk, "quantity": D(2)}],
        "cause": "Bent",
        "settlement": "credit",
    }
    changed = perform(supplier_returns.update_supplier_return, actor=made.buyer, version=0, **arguments)
    assert (changed.reason, changed.settlement, changed.lines.get().quantity) == ("Bent", "credit", D(2))
    with pytest.raises(StaleVersion):
        perform(supplier_returns.update_supplier_return, actor=made.buyer, version=0, **arguments)
    perform(supplier_returns.post_supplier_return, actor=made.buyer, return_id=document.pk)
    with pytest.raises(errors.NotDraft):
        perform(supplier_returns.update_supplier_return, actor=made.buyer, **arguments)


VERBS = {
    "post_supplier_return": {"draft"},
    "reverse_supplier_return": {"posted"},
    "cancel_supplier_return": {"draft"},
}


@pytest.mark.parametrize(
    ("verb", "state"),
    [(verb, state.value) for verb, allowed in VERBS.items() for state in SupplierReturnState if state not in allowed],
)
def test_verbs_are_refused_in_every_other_state(made, verb, state):
    document = make.draft_return(made, make.posted_receipt(made, make.approved_order(made), "4"), "1")
    SupplierReturn.objects.filter(pk=document.pk).update(state=state)
    before = StockMove.objects.count()
    with pytest.raises(InvalidTransition):
        perform(getattr(supplier_returns, verb), actor=made.buyer, return_id=document.pk)
    assert StockMove.objects.count() == before


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_need_their_rights(made, verb):
    document = make.draft_return(made, make.posted_receipt(made, make.approved_order(made), "4"), "1")
    with pytest.raises(MissingRight):
        perform(getattr(supplier_returns, verb), actor=make_user("nobody"), return_id=document.pk)


def test_components_taken_out_of_use_go_back_to_their_suppliers(made):
    """Twelve bolts came with two receipts, one was found: the latest receipt goes back first, for credit."""
    first = make.posted_receipt(made, make.approved_order(made, make.line(made.bolt, "5")))
    second = make.posted_receipt(made, make.approved_order(made, make.line(made.bolt, "7")))
    make.posted_return(made, first, "4")
    erp_make.stock(made.bolt, "1")
    bench = erp_make.made("BENCH")
    erp_make.bom(bench, (made.bolt, "4"), (made.paint, "1"))
    line = {"item_id": bench.pk, "action": "drop_component", "component_id": made.bolt.pk, "disposition": "return"}
    change = perform(
        changes.create_engineering_change,
        actor=made.buyer,
        title="Glued",
        reason_code="cost",
        effective_date=make.TODAY,
        lines=[line],
    )
    perform(changes.release_engineering_change, actor=made.buyer, change_id=change.pk)
    perform(changes.carry_out_dispositions, actor=made.buyer, change_id=change.pk)
    latest, earlier = SupplierReturn.objects.filter(state=SupplierReturnState.DRAFT).order_by("pk").reverse()
    drafts = {one.receipt: (one.settlement, one.lines.get().quantity) for one in (latest, earlier)}
    assert drafts == {second: ("credit", 7), first: ("credit", 1)}
    follow_ups = change.lines.get().follow_ups.values_list("document_label", "document_number", "quantity")
    assert set(follow_ups) == {
        ("scm.supplierreturn", one.number, one.lines.get().stock_quantity) for one in (latest, earlier)
    }

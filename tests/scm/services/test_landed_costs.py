"""Freight and duty become part of what the goods cost, wherever the goods are."""

from decimal import Decimal

import pytest

from core.errors import InvalidInput, InvalidTransition
from core.operations import perform
from erp.models import ItemCost, ValueEntry
from finance.selectors.invariants import violations
from masterdata.models import Item
from scm import errors
from scm.models import LandedCost, LandedCostShare
from scm.services import goods_receipts, landed_costs
from scm.states import LandedCostState
from tests.factories import masterdata
from tests.factories import scm as make
from tests.factories.finance import balances

D = Decimal
FREIGHT = {"kind": "freight", "basis": "value", "amount": D(100)}
DUTY = {"kind": "duty", "basis": "quantity", "amount": D(30)}


def received(made, *lines):
    return make.posted_receipt(made, make.approved_order(made, *lines, tax_included=False))


def test_charges_make_the_goods_in_stock_dearer(made):
    nut = masterdata.item("NUT")
    receipt = received(made, make.line(made.bolt, "10", price=D(30)), make.line(nut, "20", price=D(5)))
    document = make.posted_landed_cost(made, receipt, FREIGHT, DUTY)
    assert (document.state, document.total_amount) == (LandedCostState.POSTED, D(130))
    shares = LandedCostShare.objects.order_by("charge__line_no", "receipt_line__line_no")
    assert [share.amount for share in shares] == [D(75), D(25), D(10), D(20)]
    assert ItemCost.objects.get(item=made.bolt).value == D(385)
    assert ItemCost.objects.get(item=nut).value == D(145)
    entries = ValueEntry.objects.filter(source_label="scm.landedcost").order_by("pk")
    assert [(entry.kind, entry.quantity, entry.amount) for entry in entries] == [
        ("late_cost", D(0), D(85)),
        ("late_cost", D(0), D(45)),
    ]
    assert balances()["220203"] == D(-130)
    assert violations() == []


def test_taken_back_from_wherever_the_goods_are_by_then(made):
    receipt = received(made, make.line(made.bolt, "10", price=D(30)))
    before = balances()
    document = make.posted_landed_cost(made, receipt)
    perform(landed_costs.reverse_landed_cost, actor=made.buyer, landed_cost_id=document.pk, reason="Wrong receipt")
    document.refresh_from_db()
    assert document.state == LandedCostState.REVERSED
    assert ItemCost.objects.get(item=made.bolt).value == D(300)
    assert balances() == before
    assert violations() == []


def test_goods_without_weight_are_refused_by_weight_and_spread_with_it(made):
    receipt = received(made, make.line(made.bolt, "10", price=D(30)))
    document = make.draft_landed_cost(made, receipt, FREIGHT | {"basis": "weight"})
    with pytest.raises(errors.NothingToSpreadBy):
        perform(landed_costs.post_landed_cost, actor=made.buyer, landed_cost_id=document.pk)
    assert not ValueEntry.objects.filter(source_label="scm.landedcost").exists()
    Item.objects.filter(pk=made.bolt.pk).update(weight=D("0.2"))
    perform(landed_costs.post_landed_cost, actor=made.buyer, landed_cost_id=document.pk)
    assert LandedCostShare.objects.get().weight == D(2)


def test_only_posted_receipts_bear_charges(made):
    order = make.approved_order(made)
    draft = make.draft_receipt(made, order)
    with pytest.raises(errors.NothingReceived):
        make.draft_landed_cost(made, draft)
    receipt = perform(goods_receipts.post_goods_receipt, actor=made.buyer, receipt_id=draft.pk)
    document = make.draft_landed_cost(made, receipt)
    perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=receipt.pk)
    with pytest.raises(errors.NothingReceived):
        perform(landed_costs.post_landed_cost, actor=made.buyer, landed_cost_id=document.pk)


@pytest.mark.parametrize(
    ("charge", "refusal"),
    [
        ({"amount": D(0)}, InvalidInput),
        ({"amount": D("0.001")}, InvalidInput),
        ({"amount": "NaN"}, InvalidInput),
        ({"basis": "luck"}, InvalidInput),
        ({"kind": "bribe"}, InvalidInput),
    ],
)
def test_impossible_charges_are_refused(made, charge, refusal):
    receipt = received(made)
    with pytest.raises(refusal):
        make.draft_landed_cost(made, receipt, FREIGHT | charge)
    assert not LandedCost.objects.exists()


def test_a_customer_carries_nothing(made):
    with pytest.raises(errors.NotSupplier):
        make.draft_landed_cost(made, received(made), partner_id=masterdata.customer().pk)


@pytest.mark.parametrize("state", ["posted", "reversed", "cancelled"])
def test_wrong_states(made, state):
    document = make.draft_landed_cost(made, received(made))
    if state == "cancelled":
        perform(landed_costs.cancel_landed_cost, actor=made.buyer, landed_cost_id=document.pk)
    else:
        perform(landed_costs.post_landed_cost, actor=made.buyer, landed_cost_id=document.pk)
    if state == "reversed":
        perform(landed_costs.reverse_landed_cost, actor=made.buyer, landed_cost_id=document.pk, reason="x")
    with pytest.raises(InvalidTransition):
        perform(landed_costs.post_landed_cost, actor=made.buyer, landed_cost_id=document.pk)
    with pytest.raises(errors.NotDraft):
        perform(
            landed_costs.update_landed_cost,
            actor=made.buyer,
            landed_cost_id=document.pk,
            receipt_ids=list(document.receipts.values_list("pk", flat=True)),
            lines=[FREIGHT],
        )

"""Purchase orders: drafted, approved, closed, cancelled."""

import datetime as dt
from decimal import Decimal

import pytest

from core.approvals.errors import ApprovalRequired
from core.approvals.models import ApprovalPolicy
from core.errors import InvalidInput, InvalidTransition, MissingRight, StaleVersion
from core.operations import perform
from erp.models import Supply
from masterdata.errors import ClosedForEntry, NoExchangeRate, PartnerIncomplete
from scm import errors, signals
from scm.models import PurchaseOrder
from scm.services import purchase_orders
from scm.states import PurchaseOrderState
from tests.factories import masterdata
from tests.factories import scm as make
from tests.factories.core import make_user

D = Decimal


def supply_of(order) -> list[tuple]:
    rows = Supply.objects.filter(source_label="scm.purchaseorder", source_id=order.pk).order_by("pk")
    return [(row.item_id, row.open_quantity, row.due_date, row.is_firm) for row in rows]


@pytest.fixture
def heard(monkeypatch):
    """What purchasing announces, in order."""
    found = []
    for name in ("approved", "changed", "cancelled", "closed"):
        signal = getattr(signals, f"purchase_order_{name}")

        def hear(sender, name=name, **payload):
            found.append((name, payload["order"].number))

        signal.connect(hear, weak=False, dispatch_uid=f"test.{name}")
    yield found
    for name in ("approved", "changed", "cancelled", "closed"):
        getattr(signals, f"purchase_order_{name}").disconnect(dispatch_uid=f"test.{name}")


def test_create_purchase_order_fills_in_what_follows_from_the_supplier(made):
    order = make.draft_order(made, make.line(made.bolt, "2", uom_id=masterdata.uom("BOX").pk))
    [line] = order.lines.all()
    assert (order.state, order.currency.code, order.exchange_rate) == (PurchaseOrderState.DRAFT, "CNY", D(1))
    assert order.payment_term == made.supplier.payment_term
    assert (line.stock_quantity, line.price, line.tax_rate) == (D(200), D(250), D(13))
    assert (line.net_amount, line.tax_amount, line.gross_amount) == (D(500), D(65), D(565))
    assert (order.net_amount, order.tax_amount, order.gross_amount) == (D(500), D(65), D(565))
    assert line.due_date == dt.date(2026, 3, 13)  # the supplier's three working days
    assert supply_of(order) == []


def test_prices_that_include_tax_are_kept_as_entered(made):
    order = make.draft_order(made, make.line(made.bolt, "10", price=D("2.26")), tax_included=True)
    [line] = order.lines.all()
    assert (line.price, line.net_amount, line.tax_amount, line.gross_amount) == (
        D("2.26"),
        D(20),
        D("2.60"),
        D("22.60"),
    )


def test_a_supplier_in_another_currency(made):
    masterdata.exchange_rate("USD", "7.1", dt.date(2026, 3, 1))
    abroad = masterdata.supplier("S-USD", currency="USD")
    order = make.draft_order(made, make.line(made.bolt, "10", price=D(3)), partner_id=abroad.pk)
    assert (order.currency.code, order.exchange_rate, order.net_amount) == ("USD", D("7.1"), D(30))


def test_without_an_exchange_rate_nothing_is_written(made):
    abroad = masterdata.supplier("S-EUR", currency="EUR")
    with pytest.raises(NoExchangeRate):
        make.draft_order(made, partner_id=abroad.pk)
    assert not PurchaseOrder.objects.exists()


def test_only_suppliers_are_ordered_from(made):
    with pytest.raises(errors.NotSupplier):
        make.draft_order(made, partner_id=masterdata.customer().pk)
    made.other.is_active = False
    made.other.save()
    with pytest.raises(ClosedForEntry):
        make.draft_order(made, partner_id=made.other.pk)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"price": D(-1)}, "price"),
        ({"discount_percent": D(101)}, "discount_percent"),
        ({"quantity": D(0)}, "quantity"),
        ({"tax_id": 987654}, "tax_id"),
    ],
)
def test_create_purchase_order_refuses_impossible_lines(made, values, field):
    with pytest.raises(InvalidInput) as refused:
        make.draft_order(made, make.line(made.bolt, "1") | values)
    assert refused.value.params["field"] == f"lines.0.{field}"


def test_create_purchase_order_needs_the_right(made):
    made.buyer = make_user("nobody")
    with pytest.raises(MissingRight):
        make.draft_order(made)


def update(made, order, *lines, **fields):
    arguments = {"partner_id": order.partner_id, "lines": list(lines)}
    return perform(purchase_orders.update_purchase_order, actor=made.buyer, order_id=order.pk, **arguments | fields)


def test_update_purchase_order_replaces_the_draft(made):
    order = make.draft_order(made)
    changed = update(made, order, make.line(made.paint, "3", price=D(20)), version=0, note="Call before delivery")
    assert (changed.version, changed.note, changed.net_amount) == (1, "Call before delivery", D(60))
    assert [one.item for one in changed.lines.all()] == [made.paint]


def test_update_purchase_order_keeps_requisition_lines_that_stay(made):
    asked = make.approved_requisition(made, make.line(made.bolt, "10"), make.line(made.bolt, "5"))
    [key] = perform(
        purchase_orders.create_purchase_orders_from_requisitions,
        actor=made.buyer,
        selections=[{"line_id": one.pk} for one in asked.lines.all()],
    )
    order = PurchaseOrder.objects.get(pk=key)
    first = order.lines.first()
    update(made, order, make.line(made.bolt, "12", line_id=first.pk))
    assert [one.ordered_quantity for one in asked.lines.all()] == [D(12), D(0)]


def test_update_purchase_order_refuses_stale_and_approved(made):
    order = make.approved_order(made)
    with pytest.raises(StaleVersion):
        update(made, order, version=0)
    with pytest.raises(errors.NotDraft):
        update(made, order)


def test_approve_purchase_order_expects_the_goods(made, heard):
    order = make.approved_order(
        made, make.line(made.bolt, "10"), make.line(None, "1", description="Freight", price=D(9))
    )
    line = order.lines.first()
    assert order.state == PurchaseOrderState.APPROVED
    assert order.approved_at is not None
    assert supply_of(order) == [(made.bolt.pk, D(10), line.due_date, True)]
    assert heard == [("approved", order.number)]


def test_approve_purchase_order_refuses_a_line_without_price(made):
    order = make.draft_order(made, make.line(made.paint, "1"))
    with pytest.raises(errors.PriceMissing):
        perform(purchase_orders.approve_purchase_order, actor=made.buyer, order_id=order.pk)
    free = make.draft_order(made, make.line(made.paint, "1", discount_percent=D(100)))
    assert (
        perform(purchase_orders.approve_purchase_order, actor=made.buyer, order_id=free.pk).state
        == PurchaseOrderState.APPROVED
    )


def test_approve_purchase_order_refuses_an_empty_order(made):
    order = make.draft_order(made)
    order.lines.all().delete()
    with pytest.raises(errors.EmptyDocument):
        perform(purchase_orders.approve_purchase_order, actor=made.buyer, order_id=order.pk)


def test_approve_purchase_order_refuses_an_incomplete_supplier(made):
    order = make.draft_order(made)
    made.supplier.payment_term = None
    made.supplier.save()
    with pytest.raises(PartnerIncomplete):
        perform(purchase_orders.approve_purchase_order, actor=made.buyer, order_id=order.pk)


def test_approve_purchase_order_asks_the_policies(made):
    ApprovalPolicy.objects.create(
        document_label="scm.purchaseorder", name="Dear orders", fact="amount", threshold=D(1000), by_manager=True
    )
    make.approved_order(made, make.line(made.bolt, "10", price=D(100)))
    dear = make.draft_order(made, make.line(made.bolt, "11", price=D(100)))
    with pytest.raises(ApprovalRequired):
        perform(purchase_orders.approve_purchase_order, actor=made.buyer, order_id=dear.pk)
    assert PurchaseOrder.objects.get(pk=dear.pk).state == PurchaseOrderState.DRAFT


def test_reopen_purchase_order_makes_the_next_revision_a_draft(made):
    order = make.approved_order(made)
    with pytest.raises(errors.ReasonMissing):
        perform(purchase_orders.reopen_purchase_order, actor=made.buyer, order_id=order.pk)
    draft = perform(purchase_orders.reopen_purchase_order, actor=made.buyer, order_id=order.pk, reason="More needed")
    assert (draft.state, draft.revision) == (PurchaseOrderState.DRAFT, 1)
    assert [row[3] for row in supply_of(order)] == [False]


def test_reopen_purchase_order_refuses_once_a_receipt_is_written(made):
    order = make.approved_order(made)
    make.draft_receipt(made, order)
    with pytest.raises(errors.ReceiptsExist):
        perform(purchase_orders.reopen_purchase_order, actor=made.buyer, order_id=order.pk, reason="More")


def test_cancel_purchase_order_expects_nothing_any_more(made, heard):
    order = make.approved_order(made)
    cancelled = perform(purchase_orders.cancel_purchase_order, actor=made.buyer, order_id=order.pk, reason="Too late")
    assert cancelled.state == PurchaseOrderState.CANCELLED
    assert supply_of(order) == []
    assert heard[-1] == ("cancelled", order.number)


def test_cancel_purchase_order_refuses_counted_and_received_goods(made):
    order = make.approved_order(made)
    draft = make.draft_receipt(made, order, "4")
    with pytest.raises(errors.OpenReceipts):
        perform(purchase_orders.cancel_purchase_order, actor=made.buyer, order_id=order.pk)
    perform(make.goods_receipts.post_goods_receipt, actor=made.buyer, receipt_id=draft.pk)
    with pytest.raises(errors.ReceivedAlready):
        perform(purchase_orders.cancel_purchase_order, actor=made.buyer, order_id=order.pk)


def test_close_purchase_order_short(made, heard):
    order = make.approved_order(made)
    make.posted_receipt(made, order, "4")
    with pytest.raises(errors.ReasonMissing):
        perform(purchase_orders.close_purchase_order, actor=made.buyer, order_id=order.pk)
    closed = perform(purchase_orders.close_purchase_order, actor=made.buyer, order_id=order.pk, reason="Discontinued")
    assert closed.state == PurchaseOrderState.CLOSED
    assert [one.open_quantity for one in closed.lines.all()] == [D(0)]
    assert supply_of(order) == []
    assert heard[-1] == ("closed", order.number)


def test_close_single_lines_keeps_the_order_open(made):
    order = make.approved_order(made, make.line(made.bolt, "10"), make.line(made.paint, "5", price=D(20)))
    first, second = order.lines.all()
    left = perform(
        purchase_orders.close_purchase_order,
        actor=made.buyer,
        order_id=order.pk,
        line_ids=[first.pk],
        reason="Not made any more",
    )
    assert left.state == PurchaseOrderState.APPROVED
    assert [row[0] for row in supply_of(order)] == [made.paint.pk]
    with pytest.raises(errors.NotOnDocument):
        perform(
            purchase_orders.close_purchase_order, actor=made.buyer, order_id=order.pk, line_ids=[987654], reason="?"
        )
    assert second.open_quantity == D(5)


def test_an_order_closes_with_its_last_invoice(made, heard):
    order = make.approved_order(made)
    line = order.lines.get()
    make.posted_receipt(made, order)
    order.refresh_from_db()
    assert order.state == PurchaseOrderState.APPROVED
    perform(purchase_orders.register_invoiced, actor=None, quantities={line.pk: D(4)})
    order.refresh_from_db()
    assert order.state == PurchaseOrderState.APPROVED
    perform(purchase_orders.register_invoiced, actor=None, quantities={line.pk: D(6)})
    order.refresh_from_db()
    assert order.state == PurchaseOrderState.CLOSED
    assert order.lines.get().invoiced_quantity == D(10)
    assert heard[-1] == ("closed", order.number)


VERBS = {
    "approve_purchase_order": {"draft"},
    "reopen_purchase_order": {"approved"},
    "cancel_purchase_order": {"draft", "approved"},
    "close_purchase_order": {"approved"},
}


@pytest.mark.parametrize(
    ("verb", "state"),
    [(verb, state.value) for verb, allowed in VERBS.items() for state in PurchaseOrderState if state not in allowed],
)
def test_verbs_are_refused_in_every_other_state(made, verb, state):
    order = make.draft_order(made)
    PurchaseOrder.objects.filter(pk=order.pk).update(state=state)
    with pytest.raises(InvalidTransition):
        perform(getattr(purchase_orders, verb), actor=made.buyer, order_id=order.pk, reason="because")
    assert PurchaseOrder.objects.get(pk=order.pk).state == state


@pytest.mark.parametrize(
    ("verb", "right"),
    [
        ("approve_purchase_order", "approve_purchaseorder"),
        ("cancel_purchase_order", "cancel_purchaseorder"),
        ("close_purchase_order", "close_purchaseorder"),
        ("reopen_purchase_order", "revise_purchaseorder"),
    ],
)
def test_verbs_need_their_rights(made, verb, right):
    order = make.draft_order(made)
    with pytest.raises(MissingRight) as refused:
        perform(getattr(purchase_orders, verb), actor=make_user("nobody"), order_id=order.pk, reason="because")
    assert refused.value.params["right"] == f"scm.{right}"


def test_an_order_from_requisitions_for_each_supplier(made):
    asked = make.approved_requisition(
        made,
        make.line(made.bolt, "10"),
        make.line(made.paint, "2"),
        make.line(None, "1", description="Repair", supplier_id=made.other.pk),
    )
    keys = perform(
        purchase_orders.create_purchase_orders_from_requisitions,
        actor=made.buyer,
        selections=[{"line_id": one.pk} for one in asked.lines.all()],
    )
    orders = {order.partner: order for order in PurchaseOrder.objects.filter(pk__in=keys)}
    assert set(orders) == {made.supplier, made.other}
    assert [(one.item, one.quantity, one.price) for one in orders[made.supplier].lines.all()] == [
        (made.bolt, D(10), D("2.5"))
    ]
    assert [(one.what, one.price) for one in orders[made.other].lines.all()] == [
        (str(made.paint), D(18)),
        ("Repair", D(0)),
    ]
    assert {one.warehouse for one in orders.values()} == {made.warehouse}
    with pytest.raises(errors.NotToOrder):
        perform(
            purchase_orders.create_purchase_orders_from_requisitions,
            actor=made.buyer,
            selections=[{"line_id": asked.lines.first().pk}],
        )


def test_the_chosen_supplier_wins_and_an_unknown_one_is_asked_for(made):
    asked = make.approved_requisition(made, make.line(made.bolt, "10"), make.line(made.motor, "1"))
    bolt, motor = asked.lines.all()
    with pytest.raises(errors.UnknownSupplier):
        perform(
            purchase_orders.create_purchase_orders_from_requisitions,
            actor=made.buyer,
            selections=[{"line_id": motor.pk}],
        )
    [key] = perform(
        purchase_orders.create_purchase_orders_from_requisitions,
        actor=made.buyer,
        selections=[
            {"line_id": bolt.pk, "partner_id": made.other.pk},
            {"line_id": motor.pk, "partner_id": made.other.pk},
        ],
    )
    assert PurchaseOrder.objects.get(pk=key).partner == made.other

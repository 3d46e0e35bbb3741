"""What purchasing shows on others' pages: work, figures, search, policies."""

import datetime as dt
from decimal import Decimal

import pytest

from core.approvals.selectors import content_hash, needs
from core.contributions import Approvable, Kpi, Navigation, SearchSource, WorkItems, approvable, contributions
from core.counting import number
from core.operations import perform
from masterdata.models import SupplierItem
from scm.models import PurchaseOrder
from scm.selectors.purchase_orders import expected_quantity, punctuality
from scm.selectors.requisitions import lines_to_order, with_offers
from scm.services import purchase_orders, requisitions
from tests.factories import scm as make
from tests.factories.core import make_user

D = Decimal


def work(key: str) -> WorkItems:
    return next(one for one in contributions(WorkItems) if one.key == key)


def figure(key: str, user) -> Decimal:
    return number(next(one for one in contributions(Kpi) if one.key == key).value(user))


def test_late_and_expected_deliveries_wait_for_somebody(made):
    late = make.approved_order(made, make.line(made.bolt, "10", due_date=dt.date(2026, 3, 6)))
    due = make.approved_order(made, make.line(made.bolt, "10", due_date=make.TODAY))
    make.approved_order(made, make.line(made.bolt, "10", due_date=dt.date(2026, 4, 1)))
    user = made.buyer
    assert [one.title for one in work("scm.late_orders").items(user, 10)] == [late.number]
    assert [one.title for one in work("scm.expected_today").items(user, 10)] == [due.number]
    assert (number(work("scm.late_orders").waiting(user)), figure("scm.late_lines", user)) == (1, 1)
    line = late.lines.get()
    perform(
        purchase_orders.confirm_purchase_order_dates,
        actor=user,
        order_id=late.pk,
        dates=[{"line_id": line.pk, "confirmed_date": dt.date(2026, 3, 20)}],
    )
    assert number(work("scm.late_orders").waiting(user)) == 0


def test_open_value_is_what_is_still_to_come(made):
    order = make.approved_order(made, make.line(made.bolt, "10"), make.line(made.paint, "5", price=D(20)))
    make.draft_order(made)
    assert figure("scm.open_value", made.buyer) == D("125.00")
    make.posted_receipt(made, order, "4")
    assert figure("scm.open_value", made.buyer) == D("115.00")
    assert expected_quantity(made.bolt.pk, made.buyer) == D(6)


def test_requisitions_wait_for_approval_then_for_an_order(made):
    asker = make_user("asker", rights=["scm.add_requisition", "scm.submit_requisition"])
    asked = make.requisition(made, actor=asker)
    perform(requisitions.submit_requisition, actor=asker, requisition_id=asked.pk)
    assert [one.title for one in work("scm.requisitions_to_approve").items(made.buyer, 5)] == [asked.number]
    assert [one.title for one in work("scm.own_requisitions").items(asker, 5)] == [asked.number]
    perform(requisitions.approve_requisition, actor=made.buyer, requisition_id=asked.pk)
    assert number(work("scm.requisitions_to_approve").waiting(made.buyer)) == 0
    assert [one.title for one in work("scm.lines_to_order").items(made.buyer, 5)] == [str(made.bolt)]
    assert figure("scm.to_order", made.buyer) == 1


def test_the_proposed_supplier_is_the_wished_then_the_preferred_then_the_only_one(made):
    make.masterdata.supplier_item(made.other, made.bolt, "2")
    make.masterdata.supplier_item(made.supplier, made.motor, "90")
    make.approved_requisition(
        made,
        make.line(made.bolt, "1"),
        make.line(made.bolt, "2", supplier_id=made.other.pk),
        make.line(made.motor, "1"),
        make.line(None, "1", description="Taxi"),
    )
    rows = with_offers(list(lines_to_order(made.buyer)))
    assert [row.proposal for row in rows] == [made.supplier, made.other, made.supplier, None]
    SupplierItem.objects.update(is_preferred=False)
    assert with_offers(list(lines_to_order(made.buyer)))[0].proposal is None


def test_punctuality_counts_receipts_against_the_promised_day(made):
    order = make.approved_order(made, make.line(made.bolt, "10", due_date=dt.date(2026, 3, 9)))
    make.posted_receipt(made, order, "4", date=dt.date(2026, 3, 9), reason="Entered late")
    make.posted_receipt(made, order, "4")
    found = punctuality(made.supplier.pk, dt.date(2026, 1, 1))
    assert (found.deliveries, found.in_time, found.ratio) == (2, 1, D("0.5"))
    assert punctuality(made.other.pk, dt.date(2026, 1, 1)).ratio is None


@pytest.mark.parametrize(
    "key", ["scm.purchase_orders", "scm.goods_receipts", "scm.requisitions", "scm.supplier_returns"]
)
def test_search_finds_documents_by_number(made, key):
    order = make.approved_order(made, supplier_reference="AB-4711")
    receipt = make.posted_receipt(made, order)
    documents = {
        "scm.purchase_orders": order,
        "scm.goods_receipts": receipt,
        "scm.requisitions": make.requisition(made),
        "scm.supplier_returns": make.draft_return(made, receipt, "1"),
    }
    source = next(one for one in contributions(SearchSource) if one.key == key)
    [hit] = source.search(documents[key].number.lower(), made.buyer, 5)
    assert (hit.title, hit.url, hit.exact) == (documents[key].number, documents[key].get_absolute_url(), True)
    if key == "scm.purchase_orders":
        assert source.search("4711", made.buyer, 5)[0].title == order.number


def test_an_approval_is_bound_to_what_was_seen(made):
    order = make.draft_order(made)
    seen = content_hash(order)
    assert approvable("scm.purchaseorder").facts(order) == {"amount": D("25.00")}
    assert content_hash(PurchaseOrder.objects.get(pk=order.pk)) == seen
    order.lines.update(price=D(3))
    assert content_hash(order) != seen
    assert needs(order) == []


def test_everybody_who_may_ask_finds_the_way(made):
    clerk = make_user("clerk", rights=["scm.view_requisition"])
    entries = [one.url_name for one in contributions(Navigation, user=clerk) if one.url_name.startswith("scm:")]
    assert entries == ["scm:requisition-list"]
    assert any(one.label == "scm.purchaseorder" for one in contributions(Approvable))

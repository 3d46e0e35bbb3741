"""Sales orders: drafts, confirmation with credit, closing, cancelling."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from core.errors import InvalidTransition, MissingRight, NotFound, StaleVersion
from core.operations import perform
from crm.errors import (
    AlreadyDelivered,
    CreditLimitExceeded,
    EmptyDocument,
    ForeignAddress,
    ForeignLine,
    ItemNotSold,
    MissingDeliveryAddress,
    NotACustomer,
    NotEditable,
    OpenDelivery,
    PriceMissing,
    ReasonMissing,
)
from crm.models import PaymentPlanLine, SalesOrder, SalesOrderLine
from crm.services import sales_orders
from crm.signals import sales_order_cancelled, sales_order_closed, sales_order_confirmed
from crm.states import SalesOrderState
from masterdata.errors import ClosedForEntry, PartnerIncomplete, QuantityTooFine
from masterdata.models import PartnerAddress
from tests.crm.conftest import TODAY, heard
from tests.factories import crm, masterdata
from tests.factories.core import make_user

D = Decimal
STATES = list(SalesOrderState)


def in_state(state):
    """An order in ``state``."""
    if state == SalesOrderState.DRAFT:
        return crm.sales_order()
    if state == SalesOrderState.CANCELLED:
        return perform(sales_orders.cancel_sales_order, actor=None, order_id=crm.sales_order().pk)
    order = crm.confirmed_order()
    if state == SalesOrderState.CLOSED:
        return perform(sales_orders.close_sales_order, actor=None, order_id=order.pk, reason="Customer agreed")
    return order


def test_create_writes_header_and_lines_with_the_partners_defaults(day):
    partner = masterdata.customer()
    item = masterdata.item(tax=masterdata.tax())
    order = crm.sales_order(partner, crm.line(item, "3", "113"), customer_po="PO-7")

    order.refresh_from_db()
    assert order.number == "SO2603-0001"
    assert (order.state, order.document_date, order.revision) == (SalesOrderState.DRAFT, day, 0)
    assert (order.currency, order.payment_term) == (partner.currency, partner.payment_term)
    assert order.ship_to == partner.addresses.get()
    assert (order.tax_included, order.exchange_rate) == (True, D(1))
    assert (order.net_amount, order.tax_amount, order.gross_amount) == (D(300), D(39), D(339))
    [line] = order.lines.all()
    assert (line.line_no, line.item, line.quantity, line.stock_quantity) == (1, item, D(3), D(3))
    assert (line.uom, line.tax_rate, line.price) == (item.uom, D(13), D(113))
    assert order.history.count() == 1
    assert SalesOrderLine.history.filter(id=line.pk).count() == 1


def test_create_takes_the_price_of_the_lists_and_says_which(day):
    item = masterdata.item()
    book = masterdata.price_list({"item": item, "price": D("8.50"), "floor_price": D("8")})
    order = crm.sales_order(None, crm.line(item, "10", None), tax_included=False)

    [line] = order.lines.all()
    assert (line.price, line.floor_price) == (D("8.50"), D(8))
    assert line.price_reason == f"list|{book.code}|general|0|0|0"
    with translation.override("en"):
        assert line.price_from == f"{book.code} (general)"
    with translation.override("zh-hans"):
        assert line.price_from == f"{book.code} (通用)"


def test_typed_price_keeps_no_reason(day):
    item = masterdata.item()
    masterdata.price_list({"item": item, "price": D("8.50")})
    order = crm.sales_order(None, crm.line(item, "10", "9"), tax_included=False)
    assert order.lines.get().price_reason == ""


def test_list_price_without_tax_becomes_a_price_with_tax(day):
    item = masterdata.item(tax=masterdata.tax())
    masterdata.price_list({"item": item, "price": D(100)})
    order = crm.sales_order(None, crm.line(item, "1", None), tax_included=True)
    assert order.lines.get().price == D(113)
    assert order.net_amount == D(100)


def test_quantity_in_another_unit_is_kept_in_stock_units_too(day):
    box = masterdata.uom("BOX")
    item = masterdata.item(units=[{"uom": box, "factor": D(12)}])
    order = crm.sales_order(None, crm.line(item, "2", "120", uom_id=box.pk))
    line = order.lines.get()
    assert (line.quantity, line.uom, line.stock_quantity) == (D(2), box, D(24))


def test_text_line_has_no_item_and_is_never_shipped(day):
    typed = {"description": "Installation", "quantity": D(1), "price": D(500)}
    order = crm.sales_order(None, crm.line(), typed)
    [_goods, fee] = order.lines.all()
    assert (fee.item, fee.description, fee.stock_quantity, fee.open_quantity) == (None, "Installation", D(1), D(0))


def test_foreign_currency_takes_the_rate_of_the_day(day):
    masterdata.exchange_rate("USD", "7.1", day - dt.timedelta(days=3))
    partner = masterdata.customer(currency="USD")
    order = crm.sales_order(partner)
    assert (order.currency.code, order.exchange_rate) == ("USD", D("7.1"))


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [({"is_customer": False}, NotACustomer), ({"is_active": False}, ClosedForEntry)],
)
def test_create_refuses_a_partner_that_cannot_buy(day, fields, refusal):
    partner = masterdata.customer(**fields)
    with pytest.raises(refusal):
        crm.sales_order(partner)
    assert not SalesOrder.objects.exists()


def test_create_refuses_foreign_address(day):
    other = masterdata.customer().addresses.get()
    with pytest.raises(ForeignAddress):
        crm.sales_order(None, ship_to_id=other.pk)


def test_create_refuses_item_that_is_not_sold(day):
    with pytest.raises(ItemNotSold):
        crm.sales_order(None, crm.line(masterdata.item(is_sold=False)))


def test_create_refuses_item_without_any_price(day):
    with pytest.raises(PriceMissing):
        crm.sales_order(None, crm.line(price=None))


def test_create_refuses_half_a_piece(day):
    with pytest.raises(QuantityTooFine):
        crm.sales_order(None, crm.line(quantity="0.5"))


def test_create_refuses_no_lines(day):
    masterdata.warehouse()
    with pytest.raises(EmptyDocument):
        perform(sales_orders.create_sales_order, actor=None, partner_id=masterdata.customer().pk, lines=[])


def test_create_needs_the_right(day):
    user = make_user("nobody")
    masterdata.warehouse()
    partner = masterdata.customer()
    with pytest.raises(MissingRight):
        perform(sales_orders.create_sales_order, actor=user, partner_id=partner.pk, lines=[crm.line()])


def test_create_for_a_partner_out_of_scope_is_not_found(day):
    owner = make_user("owner")
    partner = masterdata.customer(owner=owner)
    user = make_user("seller", scope="own", rights=["crm.add_salesorder"])
    with pytest.raises(NotFound):
        perform(sales_orders.create_sales_order, actor=user, partner_id=partner.pk, lines=[crm.line()])


def test_update_keeps_changes_adds_and_drops_lines(day):
    first, second = crm.line(), crm.line()
    order = crm.sales_order(None, first, second)
    [kept, dropped] = order.lines.all()
    third = crm.line(quantity="1", price="7")
    updated = perform(
        sales_orders.update_sales_order,
        actor=None,
        order_id=order.pk,
        version=order.version,
        customer_po="A-1",
        lines=[first | {"id": kept.pk, "quantity": D(20)}, third],
    )
    lines = list(updated.lines.all())
    assert [(line.pk == kept.pk, line.line_no, line.quantity) for line in lines] == [(True, 1, D(20)), (False, 3, D(1))]
    assert not SalesOrderLine.objects.filter(pk=dropped.pk).exists()
    assert (updated.customer_po, updated.gross_amount, updated.version) == ("A-1", D(2007), order.version + 1)


def test_update_refuses_stale_version(day):
    order = crm.sales_order()
    with pytest.raises(StaleVersion):
        perform(sales_orders.update_sales_order, actor=None, order_id=order.pk, version=9, lines=[crm.line()])


def test_update_refuses_a_line_of_another_order(day):
    other = crm.sales_order().lines.get()
    order = crm.sales_order()
    with pytest.raises(ForeignLine):
        perform(sales_orders.update_sales_order, actor=None, order_id=order.pk, lines=[crm.line(id=other.pk)])


@pytest.mark.parametrize("state", [one for one in STATES if one != SalesOrderState.DRAFT])
def test_update_refuses_all_but_drafts(day, state):
    order = in_state(state)
    with pytest.raises(NotEditable):
        perform(sales_orders.update_sales_order, actor=None, order_id=order.pk, lines=[crm.line()])


def test_confirm_draws_the_payment_plan_and_announces_once(day):
    term = masterdata.payment_term("NET30")
    order = crm.sales_order(masterdata.customer(payment_term=term), requested_date=dt.date(2026, 4, 1))
    with heard(sales_order_confirmed) as announced:
        confirmed = perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk, version=order.version)
    assert (confirmed.state, confirmed.confirmed_date) == (SalesOrderState.CONFIRMED, day)
    assert [payload["order"].pk for payload in announced] == [order.pk]
    [instalment] = confirmed.payment_plan.all()
    assert (instalment.basis, instalment.percent, instalment.amount) == ("invoice", D(100), confirmed.gross_amount)
    assert instalment.due_date == dt.date(2026, 5, 1)


def test_confirm_splits_the_plan_to_the_cent(day):
    from core.operations import perform as run
    from masterdata.services.money import create_payment_term

    term = run(
        create_payment_term,
        actor=None,
        code="SPLIT",
        name="30/60/10",
        lines=[
            {"percent": D(30), "basis": "order", "days": 0},
            {"percent": D(60), "basis": "shipment", "days": 10},
            {"percent": D(10), "basis": "invoice", "days": 60, "end_of_month": True},
        ],
    )
    partner = masterdata.customer(payment_term=term)
    order = crm.confirmed_order(partner, crm.line(quantity="1", price="100.01"), requested_date=dt.date(2026, 4, 1))
    rows = order.payment_plan.values_list("basis", "amount", "due_date")
    assert list(rows) == [
        ("order", D("30.00"), TODAY),
        ("shipment", D("60.01"), dt.date(2026, 4, 11)),
        ("invoice", D("10.00"), dt.date(2026, 6, 29)),
    ]


def test_confirm_refuses_second_click(day):
    order = crm.confirmed_order()
    with pytest.raises(InvalidTransition):
        perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)


@pytest.mark.parametrize("state", [one for one in STATES if one != SalesOrderState.DRAFT])
def test_confirm_refuses_all_but_drafts(day, state):
    order = in_state(state)
    with pytest.raises(InvalidTransition):
        perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)


def test_confirm_refuses_incomplete_customer_and_changes_nothing(day):
    order = crm.sales_order(masterdata.customer(payment_term=None))
    with heard(sales_order_confirmed) as announced, pytest.raises(PartnerIncomplete):
        perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)
    order.refresh_from_db()
    assert (order.state, announced, PaymentPlanLine.objects.count()) == (SalesOrderState.DRAFT, [], 0)


def test_confirm_refuses_order_without_address(day):
    order = crm.sales_order()
    perform(sales_orders.update_sales_order, actor=None, order_id=order.pk, ship_to_id=None, lines=[crm.line()])
    with pytest.raises(MissingDeliveryAddress):
        perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)
    assert PartnerAddress.objects.filter(partner=order.partner).exists()


def test_confirm_counts_the_order_against_the_limit(day, answers):
    partner = masterdata.customer(credit_limit=D(1000))
    order = crm.sales_order(partner, crm.line(quantity="3", price="200"))
    answers.exposure = D("400.01")
    with pytest.raises(CreditLimitExceeded) as refusal:
        perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)
    assert refusal.value.params["over"] == D("0.01")
    assert ("credit", partner.pk, order.pk) in answers.asked
    answers.exposure = D(400)
    assert perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk).state == SalesOrderState.CONFIRMED


def test_confirm_without_limit_asks_nobody(day, answers):
    crm.confirmed_order()
    assert [one for one in answers.asked if one[0] == "credit"] == []


def test_confirm_needs_the_right(day):
    order = crm.sales_order()
    with pytest.raises(MissingRight):
        perform(sales_orders.confirm_sales_order, actor=make_user("nobody"), order_id=order.pk)


def test_confirm_rolls_back_when_a_receiver_fails(day):
    def fail(sender, **payload):
        raise RuntimeError("defect below")

    order = crm.sales_order()
    sales_order_confirmed.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)
    finally:
        sales_order_confirmed.disconnect(fail)
    order.refresh_from_db()
    assert (order.state, order.payment_plan.count()) == (SalesOrderState.DRAFT, 0)


def test_confirm_locks_order_and_customer_before_it_writes(day):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    order = crm.sales_order(masterdata.customer(credit_limit=D(100_000)))
    with CaptureQueriesContext(connection) as queries:
        perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)
    statements = [query["sql"] for query in queries]
    first_lock = next(i for i, sql in enumerate(statements) if "crm_salesorder" in sql and "FOR NO KEY UPDATE" in sql)
    customer = next(i for i, sql in enumerate(statements) if "masterdata_partner" in sql and "FOR NO KEY UPDATE" in sql)
    first_write = next(i for i, sql in enumerate(statements) if 'UPDATE "crm_' in sql)
    assert first_lock < customer < first_write


def test_close_gives_up_what_is_open(day):
    order = crm.delivered(crm.confirmed_order(), "4")
    with heard(sales_order_closed) as announced:
        closed = perform(sales_orders.close_sales_order, actor=None, order_id=order.pk, reason="Rest not wanted")
    line = closed.lines.get()
    assert (closed.state, line.is_closed, line.open_quantity) == (SalesOrderState.CLOSED, True, D(0))
    assert len(announced) == 1


def test_close_wants_a_reason_for_what_it_gives_up(day):
    with pytest.raises(ReasonMissing):
        perform(sales_orders.close_sales_order, actor=None, order_id=crm.confirmed_order().pk)


def test_close_refuses_while_goods_are_released(day):
    request = crm.released_request()
    with pytest.raises(OpenDelivery) as refusal:
        perform(sales_orders.close_sales_order, actor=None, order_id=request.order_id, reason="x")
    assert refusal.value.params["requests"] == [request.number]


@pytest.mark.parametrize("state", [one for one in STATES if one != SalesOrderState.CONFIRMED])
def test_close_refuses_all_but_confirmed(day, state):
    with pytest.raises(InvalidTransition):
        perform(sales_orders.close_sales_order, actor=None, order_id=in_state(state).pk, reason="x")


def test_cancel_of_a_draft_is_silent(day):
    order = crm.sales_order()
    with heard(sales_order_cancelled) as announced:
        assert perform(sales_orders.cancel_sales_order, actor=None, order_id=order.pk).state == "cancelled"
    assert announced == []


def test_cancel_of_a_binding_order_announces(day):
    order = crm.confirmed_order()
    with heard(sales_order_cancelled) as announced:
        perform(sales_orders.cancel_sales_order, actor=None, order_id=order.pk, reason="Customer gone")
    assert [payload["order"].state for payload in announced] == ["cancelled"]


def test_cancel_of_a_binding_order_wants_a_reason(day):
    with pytest.raises(ReasonMissing):
        perform(sales_orders.cancel_sales_order, actor=None, order_id=crm.confirmed_order().pk)


def test_cancel_refuses_what_is_delivered_or_released(day):
    order = crm.delivered(crm.confirmed_order(), "1")
    with pytest.raises(AlreadyDelivered):
        perform(sales_orders.cancel_sales_order, actor=None, order_id=order.pk, reason="x")
    with pytest.raises(AlreadyDelivered):
        perform(sales_orders.cancel_sales_order, actor=None, order_id=crm.released_request().order_id, reason="x")


@pytest.mark.parametrize("state", [SalesOrderState.CLOSED, SalesOrderState.CANCELLED])
def test_cancel_refuses_what_is_over(day, state):
    with pytest.raises(InvalidTransition):
        perform(sales_orders.cancel_sales_order, actor=None, order_id=in_state(state).pk, reason="x")

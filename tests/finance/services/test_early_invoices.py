"""Invoices ahead of the goods, corrections of price, three-way match, write-offs and the provision."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from finance.errors import (
    AboveTolerance,
    AllowanceTooLarge,
    InvoiceBlocked,
    MixedCorrection,
    NotBlocked,
    NotInvoiceable,
    ReasonMissing,
    ToleranceExists,
)
from finance.models import EarlyLine, GrniLine, Invoice, MatchDifference, UnbilledLine
from finance.selectors.exposure import credit_exposure
from finance.selectors.matching import is_blocked
from finance.services import invoices, provisions, write_offs
from masterdata.models import Partner
from tests.factories import crm, erp, masterdata, scm
from tests.factories.core import superuser
from tests.factories.finance import balances, booked, draft_bill, free_invoice, paid, post

D = Decimal
RECEIVABLE, UNBILLED, EARLY, REVENUE = "112201", "112202", "2205", "5001"
GRNI, NOT_RECEIVED, PAYABLE, PRICE = "220202", "1402", "220201", "540103"


@pytest.fixture
def customer(books) -> Partner:
    erp.place()
    return masterdata.customer("ACME")


@pytest.fixture
def order(customer):
    item = masterdata.item("GRINDER")
    erp.opening(item, "50", "10")
    line = crm.line(item, "10", "100", ship_date=erp.TODAY)
    return crm.confirmed_order(customer, line, warehouse_id=erp.place().pk, tax_included=False)


@pytest.fixture
def buying(books):
    return scm.buying_one(masterdata.item("PART"), masterdata.supplier("ALPHA"))


def early_invoice(kind, order, quantity=None, **fields) -> Invoice:
    key = str(order.lines.get().pk)
    [made] = perform(
        invoices.invoice_early, actor=None, kind=kind, order_lines={key: quantity and D(quantity)}, **fields
    )
    return Invoice.objects.get(pk=made)


def test_a_delivery_clears_what_was_invoiced_before_it(order, customer):
    before = credit_exposure(customer.pk).total
    invoice = post(early_invoice("customer", order, "6"))
    assert booked(invoice)[:2] == [(RECEIVABLE, invoice.gross_amount), (EARLY, D(-600))]
    assert credit_exposure(customer.pk).total == before
    with pytest.raises(NotInvoiceable):
        early_invoice("customer", order, "5")
    erp.signed(order)
    early, row = EarlyLine.objects.get(), UnbilledLine.objects.get()
    assert (early.open_quantity, early.open_amount, row.open_quantity, row.open_amount) == (0, 0, 4, 400)
    assert {code: balances().get(code) for code in (EARLY, UNBILLED, REVENUE)} == {
        EARLY: None,
        UNBILLED: D(400),
        REVENUE: D(-1000),
    }
    assert credit_exposure(customer.pk).total == before


def test_credit_notes_of_early_lines_come_off_what_is_to_come_and_what_came(order):
    invoice = post(early_invoice("customer", order))
    line = invoice.lines.get()
    part = perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk, quantities={str(line.pk): D(3)})
    post(part)
    assert EarlyLine.objects.get().open_quantity == 7
    erp.signed(order)
    assert (EarlyLine.objects.get().open_quantity, UnbilledLine.objects.get().open_quantity) == (0, 3)
    rest = post(perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk))
    assert rest.net_amount == -700
    assert UnbilledLine.objects.get().open_quantity == 10
    assert (balances().get(RECEIVABLE), balances()[UNBILLED]) == (None, D(1000))


def test_a_receipt_clears_the_invoice_that_came_first(buying):
    order = scm.approved_order(buying, scm.line(buying.bolt, "10", price=D(12)), tax_included=False)
    bill = post(early_invoice("supplier", order, supplier_reference="F-1"))
    assert (NOT_RECEIVED, D(120)) in booked(bill)
    assert [one.kind for one in MatchDifference.objects.all()] == ["quantity"]
    with pytest.raises(InvoiceBlocked):
        paid(buying.supplier, "1", (bill, "1"), kind="supplier")
    scm.posted_receipt(buying, order)
    assert (NOT_RECEIVED in balances(), GRNI in balances()) == (False, False)
    assert GrniLine.objects.get().open_quantity == 0
    paid(buying.supplier, "1", (bill, "1"), kind="supplier")


def test_prices_above_the_tolerance_block_the_payment_until_somebody_releases(buying):
    order = scm.approved_order(buying, scm.line(buying.bolt, "10", price=D(12)), tax_included=False)
    scm.posted_receipt(buying, order)
    bill = draft_bill(order)
    rows = [{"receipt_line_id": bill.lines.get().receipt_line_id, "quantity": D(10), "price": D(13)}]
    header = {"document_date": bill.document_date, "supplier_reference": "F-1"}
    bill = post(perform(invoices.update_invoice, actor=None, invoice_id=bill.pk, lines=rows, **header))
    difference = MatchDifference.objects.get()
    assert (difference.kind, difference.expected, difference.actual, difference.tolerance) == ("price", 12, 13, 2)
    with pytest.raises(InvoiceBlocked):
        paid(buying.supplier, "1", (bill, "1"), kind="supplier")
    with pytest.raises(ReasonMissing):
        perform(invoices.release_invoice, actor=None, invoice_id=bill.pk)
    bill = perform(invoices.release_invoice, actor=None, invoice_id=bill.pk, reason="Agreed by telephone")
    assert not is_blocked(bill)
    with pytest.raises(NotBlocked):
        perform(invoices.release_invoice, actor=None, invoice_id=bill.pk, reason="Again")
    paid(buying.supplier, "1", (bill, "1"), kind="supplier")


def test_tolerances_of_a_supplier_and_on_the_total(buying):
    values = {"partner_id": buying.supplier.pk, "quantity_percent": D(0), "price_percent": D(10)}
    perform(invoices.save_tolerance, actor=None, **values, total_amount=D(5))
    with pytest.raises(ToleranceExists):
        perform(invoices.save_tolerance, actor=None, **values)
    order = scm.approved_order(buying, scm.line(buying.bolt, "10", price=D(12)), tax_included=False)
    scm.posted_receipt(buying, order)
    bill = draft_bill(order)
    rows = [{"receipt_line_id": bill.lines.get().receipt_line_id, "quantity": D(10), "price": D(13)}]
    header = {"document_date": bill.document_date, "supplier_reference": "F-1"}
    post(perform(invoices.update_invoice, actor=None, invoice_id=bill.pk, lines=rows, **header))
    difference = MatchDifference.objects.get()
    assert (difference.kind, difference.expected, difference.actual) == ("total", 120, 130)


def test_a_debit_note_and_an_allowance_change_the_price_alone(order):
    erp.signed(order)
    invoice = post(early_or_delivered(order))
    line = invoice.lines.get()
    debit = perform(invoices.create_price_correction, actor=None, invoice_id=invoice.pk, amounts={str(line.pk): D(50)})
    assert (debit.is_credit, debit.net_amount, debit.corrects) == (False, 50, invoice)
    debit = post(debit)
    assert booked(debit)[:2] == [(RECEIVABLE, debit.gross_amount), (REVENUE, D(-50))]
    allowance = perform(
        invoices.create_price_correction, actor=None, invoice_id=invoice.pk, amounts={str(line.pk): D(-30)}
    )
    assert (allowance.is_credit, allowance.net_amount) == (True, -30)
    post(allowance)
    assert balances()[REVENUE] == -1020
    whole = post(perform(invoices.create_credit_note, actor=None, invoice_id=debit.pk))
    assert whole.gross_amount == -debit.gross_amount
    assert UnbilledLine.objects.get().open_quantity == 0
    with pytest.raises(AllowanceTooLarge):
        perform(invoices.create_price_correction, actor=None, invoice_id=invoice.pk, amounts={str(line.pk): D(-1500)})


def test_goods_credited_after_an_allowance_take_their_share_of_what_it_left(order):
    erp.signed(order)
    invoice = post(early_or_delivered(order))
    key = str(invoice.lines.get().pk)
    less = {"invoice_id": invoice.pk, "amounts": {key: D(-600)}}
    post(perform(invoices.create_price_correction, actor=None, **less))
    for _half in range(2):
        half = perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk, quantities={key: D(5)})
        assert (half.lines.get().quantity, half.net_amount) == (-5, -200)
        post(half)
    invoice.refresh_from_db()
    assert (invoice.open_amount, RECEIVABLE in balances()) == (0, False)


def test_a_credit_note_leaves_the_debit_note_of_its_invoice_alone(order):
    erp.signed(order)
    invoice = post(early_or_delivered(order))
    more = {"invoice_id": invoice.pk, "amounts": {str(invoice.lines.get().pk): D(50)}}
    debit = post(perform(invoices.create_price_correction, actor=None, **more))
    for found, amount in ((invoice, -1000), (debit, -50)):
        credit = perform(invoices.create_credit_note, actor=None, invoice_id=found.pk)
        assert credit.net_amount == amount
        post(credit)
    assert RECEIVABLE not in balances()


def early_or_delivered(order) -> Invoice:
    from tests.factories.finance import draft_invoice

    return draft_invoice(order)


def test_a_correction_goes_one_way(customer):
    lines = [
        {"account_id": __import__("finance.models", fromlist=["Account"]).Account.objects.get(code="5051").pk,
         "description": name, "quantity": D(1), "price": D(100)} for name in "AB"
    ]  # fmt: skip
    invoice = post(perform(invoices.create_invoice, actor=None, kind="customer", partner_id=customer.pk, lines=lines))
    first, second = invoice.lines.order_by("line_no")
    with pytest.raises(MixedCorrection):
        perform(
            invoices.create_price_correction,
            actor=None,
            invoice_id=invoice.pk,
            amounts={str(first.pk): D(1), str(second.pk): D(-1)},
        )


def test_a_bad_debt_is_written_off_by_two_people_and_recovered(customer):
    clerk, manager = superuser("clerk"), superuser("manager")
    invoice = post(free_invoice(customer, "100"))
    rows = [{"invoice_id": invoice.pk, "amount": D(60)}]
    values = {"kind": "bad_debt", "partner_id": customer.pk, "lines": rows, "reason_text": "Insolvent"}
    with pytest.raises(ReasonMissing):
        perform(write_offs.create_write_off, actor=clerk, **values | {"reason_text": " "})
    draft = perform(write_offs.create_write_off, actor=clerk, **values)
    with pytest.raises(AboveTolerance):
        perform(write_offs.post_write_off, actor=clerk, write_off_id=draft.pk)
    posted = perform(write_offs.post_write_off, actor=manager, write_off_id=draft.pk)
    assert booked(posted) == [(RECEIVABLE, D(-60)), ("1231", D(60))]
    invoice.refresh_from_db()
    assert invoice.open_amount == 40
    perform(write_offs.reverse_write_off, actor=manager, write_off_id=draft.pk, reason="Paid after all")
    invoice.refresh_from_db()
    assert (invoice.open_amount, balances().get("1231")) == (100, None)
    other = perform(write_offs.create_write_off, actor=clerk, **values)
    assert perform(write_offs.cancel_write_off, actor=clerk, write_off_id=other.pk).state == "cancelled"


def test_the_provision_follows_age_and_what_was_written_off(customer):
    late = dt.date(2026, 1, 5)
    invoice = post(free_invoice(customer, "1000", document_date=late))
    run = perform(provisions.create_provision, actor=None, document_date=dt.date(2026, 3, 1))
    assert [(one.bucket, one.open_amount, one.percent, one.amount) for one in run.lines.all()] == [("d30", 1000, 1, 10)]
    run = perform(provisions.post_provision, actor=None, run_id=run.pk)
    assert booked(run) == [("571103", D(10)), ("1231", D(-10))]
    rows = [{"invoice_id": invoice.pk}]
    gone = perform(
        write_offs.create_write_off,
        actor=None,
        kind="bad_debt",
        partner_id=customer.pk,
        lines=rows,
        reason_text="Gone",
    )
    perform(write_offs.post_write_off, actor=None, write_off_id=gone.pk)
    perform(provisions.save_provision_bands, actor=None, percents={"d30": D(10)})
    after = perform(provisions.create_provision, actor=None)
    after = perform(provisions.post_provision, actor=None, run_id=after.pk)
    assert (after.needed_amount, after.standing_amount, after.difference) == (0, -990, 990)
    assert "1231" not in balances()


def test_old_receipts_are_written_off_within_the_tolerance_or_by_another(buying):
    order = scm.approved_order(buying, scm.line(buying.bolt, "10", price=D(12)), tax_included=False)
    scm.posted_receipt(buying, order)
    clerk, row = superuser("clerk"), GrniLine.objects.get()
    values = {"kind": "grni", "partner_id": buying.supplier.pk, "reason_text": "Never invoiced"}
    draft = perform(write_offs.create_write_off, actor=clerk, **values, lines=[{"grni_id": row.pk}])
    with pytest.raises(AboveTolerance):
        perform(write_offs.post_write_off, actor=clerk, write_off_id=draft.pk)
    posted = perform(write_offs.post_write_off, actor=superuser("manager"), write_off_id=draft.pk)
    assert booked(posted) == [(GRNI, D(120)), ("530103", D(-120))]
    row.refresh_from_db()
    assert (row.open_quantity, row.open_amount) == (0, 0)
    perform(write_offs.reverse_write_off, actor=None, write_off_id=draft.pk, reason="It came")
    post(draft_bill(order))
    assert GRNI not in balances()


def test_who_is_closed_is_still_billed_and_paid_for_what_came(buying):
    order = scm.approved_order(buying, scm.line(buying.bolt, "10", price=D(12)), tax_included=False)
    scm.posted_receipt(buying, order, "10")
    Partner.objects.filter(pk=buying.supplier.pk).update(is_active=False)
    bill = post(draft_bill(order))
    payment = paid(buying.supplier, str(bill.gross_amount), (bill, str(bill.gross_amount)), kind="supplier")
    bill.refresh_from_db()
    assert (payment.open_amount, bill.open_amount, balances().get(GRNI)) == (0, 0, None)

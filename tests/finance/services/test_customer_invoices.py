"""Invoices of customers: drafted from deliveries, posted, numbered, credited."""

import datetime as dt
from decimal import Decimal

import pytest

from core.clock import forget_company
from core.errors import InvalidTransition, StaleVersion
from core.models import Company
from core.operations import perform
from erp.services import returns
from finance.errors import (
    AccountNotPostable,
    ControlAccount,
    EmptyInvoice,
    LineWithoutSource,
    MixedInvoice,
    NotADraft,
    NothingToCredit,
    NotInvoiceable,
    NotPosted,
    PeriodClosed,
)
from finance.models import FiscalPeriod, Invoice, UnbilledLine
from finance.selectors.dunning import due_letters
from finance.services import invoices, periods
from masterdata.errors import ClosedForEntry, PartnerIncomplete
from masterdata.models import Partner
from tests.factories import crm, erp, masterdata
from tests.factories.finance import (
    account,
    balances,
    booked,
    draft_invoice,
    everything_of,
    free_invoice,
    paid,
    post,
    posted_invoice,
)

D = Decimal
RECEIVABLE, UNBILLED, TAX, REVENUE = "112201", "112202", "22210106", "5001"


@pytest.fixture
def item(books):
    erp.place()
    found = masterdata.item("GRINDER", tax=masterdata.tax("VAT13"))
    erp.opening(found, "100", "10")
    return found


@pytest.fixture
def customer(books) -> Partner:
    return masterdata.customer("ACME")


def order_of(customer, item, quantity="10", price="100", **header):
    line = crm.line(item, quantity, price, ship_date=erp.TODAY)
    values = {"warehouse_id": erp.place().pk, "tax_included": False}
    return crm.confirmed_order(customer, line, **values | header)


@pytest.fixture
def signed(item, customer):
    """Ten pieces at 100.00, delivered and signed for."""
    order = order_of(customer, item)
    erp.signed(order)
    return order


def test_a_draft_takes_its_figures_from_the_order(signed, customer):
    invoice = draft_invoice(signed)
    assert (invoice.state, invoice.kind, invoice.partner, invoice.is_credit) == ("draft", "customer", customer, False)
    assert (invoice.net_amount, invoice.tax_amount, invoice.gross_amount) == (D(1000), D(130), D(1130))
    assert (invoice.source, invoice.legal_number, invoice.document_date) == (signed.source, "", erp.TODAY)
    [line] = invoice.lines.all()
    assert (line.quantity, line.price, line.tax_rate, line.billed_quantity) == (D(10), D(100), D(13), D(10))
    assert line.sales_order_line == signed.lines.get()
    assert balances().get(RECEIVABLE) is None


def test_posting_books_and_numbers_and_reports(signed):
    invoice = posted_invoice(signed)
    assert booked(invoice) == [(RECEIVABLE, D(1130)), (UNBILLED, D(-1000)), (TAX, D(-130))]
    assert (invoice.state, invoice.legal_number, invoice.open_amount) == ("posted", "2026-000001", D(1130))
    signed.refresh_from_db()
    assert signed.lines.get().invoiced_quantity == 10
    assert signed.state == "closed"
    [instalment] = invoice.instalments.all()
    assert (instalment.due_date, instalment.amount) == (erp.TODAY + dt.timedelta(days=30), D(1130))
    assert UnbilledLine.objects.get().open_quantity == 0


def test_the_second_of_two_clicks_is_refused(signed):
    invoice = posted_invoice(signed)
    with pytest.raises(InvalidTransition):
        post(invoice)
    assert Invoice.objects.get(pk=invoice.pk).legal_number == "2026-000001"
    assert balances()[RECEIVABLE] == 1130


def test_an_invoice_seen_before_a_change_is_not_posted(signed):
    invoice = draft_invoice(signed)
    with pytest.raises(StaleVersion):
        post(invoice, version=invoice.version + 1)


def test_numbers_have_no_gap_after_a_refusal(signed, customer):
    draft = free_invoice(customer)
    _close_until(dt.date(2026, 2, 28))
    Invoice.objects.filter(pk=draft.pk).update(document_date=dt.date(2026, 2, 1))
    with pytest.raises(PeriodClosed):
        post(draft)
    assert posted_invoice(signed).legal_number == "2026-000001"
    assert post(free_invoice(customer)).legal_number == "2026-000002"


def test_one_invoice_for_several_deliveries_of_a_customer(item, customer, signed):
    other = order_of(customer, item, "5", "80")
    erp.signed(other)
    keys = everything_of(signed) | everything_of(other)
    assert len(perform(invoices.invoice_deliveries, actor=None, deliveries=keys, merge=False)) == 2
    for draft in Invoice.objects.all():
        perform(invoices.cancel_invoice, actor=None, invoice_id=draft.pk)
    [pk] = perform(invoices.invoice_deliveries, actor=None, deliveries=keys)
    invoice = perform(invoices.post_invoice, actor=None, invoice_id=pk)
    assert invoice.net_amount == 1400
    assert {order.state for order in type(signed).objects.all()} == {"closed"}


def test_customers_get_invoices_of_their_own(item, customer, signed):
    other = order_of(masterdata.customer("OTHER"), item, "5")
    erp.signed(other)
    keys = everything_of(signed) | everything_of(other)
    made = perform(invoices.invoice_deliveries, actor=None, deliveries=keys)
    assert set(Invoice.objects.filter(pk__in=made).values_list("partner__code", flat=True)) == {"ACME", "OTHER"}


def test_partial_invoices(signed):
    key = next(iter(everything_of(signed)))
    [first] = perform(invoices.invoice_deliveries, actor=None, deliveries={key: D(4)})
    with pytest.raises(NotInvoiceable) as refusal:
        perform(invoices.invoice_deliveries, actor=None, deliveries={key: D(7)})
    assert refusal.value.params["open"] == 6
    post(Invoice.objects.get(pk=first))
    signed.refresh_from_db()
    assert (signed.state, signed.lines.get().invoiced_quantity) == ("confirmed", D(4))
    rest = posted_invoice(signed)
    assert (rest.gross_amount, UnbilledLine.objects.get().open_amount) == (D(678), D(0))


def test_nothing_is_invoiced_before_the_customer_signed(item, customer):
    order = order_of(customer, item)
    shipment = erp.shipped(order)
    with pytest.raises(NotInvoiceable):
        perform(invoices.invoice_deliveries, actor=None, deliveries={str(shipment.lines.get().pk): D(1)})


def test_goods_returned_while_the_invoice_was_a_draft(signed):
    draft = draft_invoice(signed)
    receipt = erp.expected_return(signed, "4")
    perform(returns.receive_return, actor=None, receipt_id=receipt.pk)
    with pytest.raises(NotInvoiceable) as refusal:
        post(draft)
    assert refusal.value.params["open"] == 6
    assert Invoice.objects.get(pk=draft.pk).state == "draft"


def test_revenue_at_the_invoice_is_what_the_invoice_says(item, customer):
    Company.objects.update(revenue_point="invoice")
    forget_company()
    order = order_of(customer, item)
    erp.signed(order)
    invoice = posted_invoice(order)
    assert booked(invoice) == [
        (RECEIVABLE, D(1130)),
        (REVENUE, D(-1000)),
        (TAX, D(-130)),
        ("540101", D(100)),
        ("1406", D(-100)),
    ]
    credit = post(perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk))
    assert sorted(booked(credit)) == sorted((code, -amount) for code, amount in booked(invoice))


def test_fees_of_an_order_are_invoiced_with_its_goods(item, customer):
    lines = [
        crm.line(item, "10", "100", ship_date=erp.TODAY),
        {"item_id": None, "description": "Installation", "quantity": D(1), "price": D(500)},
    ]
    order = crm.confirmed_order(customer, *lines, warehouse_id=erp.place().pk, tax_included=False)
    erp.signed(order)
    fee = order.lines.get(item=None)
    [pk] = perform(invoices.invoice_deliveries, actor=None, deliveries=everything_of(order), fees={str(fee.pk): None})
    invoice = perform(invoices.post_invoice, actor=None, invoice_id=pk)
    rows = dict(booked(invoice))
    assert (rows[UNBILLED], rows[REVENUE]) == (D(-1000), D(-500))
    order.refresh_from_db()
    assert order.state == "closed"


def test_instalments_by_payment_terms(item, customer):
    term = masterdata.payment_term("NET30")
    term.lines.all().delete()
    for line_no, (percent, basis, days) in enumerate([(30, "shipment", 0), (70, "invoice", 60)], 1):
        term.lines.create(line_no=line_no, percent=percent, basis=basis, days=days)
    order = order_of(customer, item, "10", "33.33")
    erp.signed(order)
    invoice = posted_invoice(order)
    rows = list(invoice.instalments.values_list("amount", "due_date"))
    assert rows == [
        (D("112.99"), erp.TODAY),
        (D("263.64"), erp.TODAY + dt.timedelta(days=60)),
    ]
    assert invoice.due_date == erp.TODAY + dt.timedelta(days=60)


# --- drafts --------------------------------------------------------------------------------------------------------


def test_free_lines_book_on_their_account(customer):
    invoice = post(free_invoice(customer, "250"))
    assert booked(invoice) == [(RECEIVABLE, D(250)), ("5051", D(-250))]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ({"quantity": D(1), "price": D(1)}, LineWithoutSource),
        ({"shipment_line_id": 999999, "quantity": D(1)}, NotInvoiceable),
        ({"receipt_line_id": 999999, "quantity": D(1)}, NotInvoiceable),
    ],
)
def test_lines_that_cannot_be_invoiced(customer, line, error):
    with pytest.raises(error):
        perform(invoices.create_invoice, actor=None, kind="customer", partner_id=customer.pk, lines=[line])
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(("code", "error"), [("112201", ControlAccount), ("5603", AccountNotPostable)])
def test_accounts_that_take_no_typed_line(customer, code, error):
    line = {"account_id": account(code).pk, "quantity": D(1), "price": D(1)}
    with pytest.raises(error):
        perform(invoices.create_invoice, actor=None, kind="customer", partner_id=customer.pk, lines=[line])


def test_an_invoice_needs_lines_and_a_complete_customer(customer):
    with pytest.raises(EmptyInvoice):
        perform(invoices.create_invoice, actor=None, kind="customer", partner_id=customer.pk, lines=[])
    bare = masterdata.customer("BARE", tax_number="")
    with pytest.raises(PartnerIncomplete):
        free_invoice(bare)


def test_lines_of_another_customer_are_refused(signed):
    other = masterdata.customer("OTHER")
    key = int(next(iter(everything_of(signed))))
    rows = [{"shipment_line_id": key, "quantity": D(1)}]
    with pytest.raises(MixedInvoice):
        perform(invoices.create_invoice, actor=None, kind="customer", partner_id=other.pk, lines=rows)


def test_changing_a_draft_replaces_its_lines(signed):
    draft = draft_invoice(signed)
    key = draft.lines.get().shipment_line_id
    changed = perform(
        invoices.update_invoice,
        actor=None,
        invoice_id=draft.pk,
        version=draft.version,
        lines=[{"shipment_line_id": key, "quantity": D(6)}],
        document_date=dt.date(2026, 3, 9),
        note="Part",
    )
    assert (changed.net_amount, changed.document_date, changed.version) == (D(600), dt.date(2026, 3, 9), 1)
    assert changed.lines.get().billed_quantity == 6


@pytest.mark.parametrize("state", ["posted", "cancelled"])
def test_only_drafts_change(signed, state):
    draft = draft_invoice(signed)
    perform(invoices.post_invoice if state == "posted" else invoices.cancel_invoice, actor=None, invoice_id=draft.pk)
    with pytest.raises(NotADraft):
        perform(
            invoices.update_invoice,
            actor=None,
            invoice_id=draft.pk,
            lines=[{"shipment_line_id": 1, "quantity": D(1)}],
            document_date=erp.TODAY,
        )
    with pytest.raises(InvalidTransition):
        perform(invoices.cancel_invoice, actor=None, invoice_id=draft.pk)


def test_a_cancelled_draft_frees_what_it_held(signed):
    draft = draft_invoice(signed)
    with pytest.raises(NotInvoiceable):
        draft_invoice(signed)
    perform(invoices.cancel_invoice, actor=None, invoice_id=draft.pk)
    assert draft_invoice(signed).net_amount == 1000


# --- credit notes --------------------------------------------------------------------------------------------------


def test_a_full_credit_note_is_the_exact_negative(signed):
    invoice = posted_invoice(signed)
    credit = perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk)
    assert (credit.is_credit, credit.corrects, credit.gross_amount) == (True, invoice, D(-1130))
    credit = post(credit)
    assert booked(credit) == [(code, -amount) for code, amount in booked(invoice)]
    assert credit.legal_number == "2026-000002"
    invoice.refresh_from_db()
    assert (invoice.open_amount, credit.open_amount) == (0, 0)
    signed.refresh_from_db()
    assert (signed.state, signed.lines.get().invoiced_quantity) == ("confirmed", D(0))
    assert posted_invoice(signed).gross_amount == 1130


def test_returned_goods_are_credited_and_nothing_is_left(signed):
    invoice = posted_invoice(signed)
    receipt = erp.expected_return(signed, "4")
    perform(returns.receive_return, actor=None, receipt_id=receipt.pk)
    line = invoice.lines.get()
    credit = perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk, quantities={str(line.pk): D(4)})
    credit = post(credit)
    assert booked(credit) == [(RECEIVABLE, D(-452)), (UNBILLED, D(400)), (TAX, D(52))]
    row = UnbilledLine.objects.get()
    assert (row.open_quantity, row.open_amount) == (0, 0)
    assert balances()[REVENUE] == -600


def test_parts_of_a_credit_add_up_to_the_invoice(item, customer):
    order = order_of(customer, item, "3", "33.333333")
    erp.signed(order)
    invoice = posted_invoice(order)
    line = invoice.lines.get()
    total = D(0)
    for _part in range(3):
        credit = perform(
            invoices.create_credit_note, actor=None, invoice_id=invoice.pk, quantities={str(line.pk): D(1)}
        )
        total += post(credit).gross_amount
    assert total == -invoice.gross_amount
    with pytest.raises(EmptyInvoice):
        perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk)


def test_no_more_is_credited_than_invoiced(signed):
    invoice = posted_invoice(signed)
    line = invoice.lines.get()
    perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk, quantities={str(line.pk): D(7)})
    with pytest.raises(NothingToCredit) as refusal:
        perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk, quantities={str(line.pk): D(4)})
    assert refusal.value.params["open"] == 3


def test_drafts_and_credit_notes_are_not_credited(signed):
    draft = draft_invoice(signed)
    with pytest.raises(NotPosted):
        perform(invoices.create_credit_note, actor=None, invoice_id=draft.pk)
    credit = perform(invoices.create_credit_note, actor=None, invoice_id=post(draft).pk)
    with pytest.raises(NotPosted):
        perform(invoices.create_credit_note, actor=None, invoice_id=post(credit).pk)


def test_a_credit_of_a_paid_invoice_stays_open(signed, customer):
    invoice = posted_invoice(signed)
    paid(customer, "1130", (invoice, "1130"))
    credit = post(perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk))
    assert credit.open_amount == -1130
    back = paid(customer, "1130", (credit, "-1130"), direction="out")
    credit.refresh_from_db()
    assert (credit.open_amount, back.open_amount) == (0, 0)
    assert RECEIVABLE not in balances()


def _close_until(last: dt.date) -> None:
    for period in FiscalPeriod.objects.filter(d1__lte=last):
        perform(periods.close_period, actor=None, period_id=period.pk)


def test_who_is_closed_is_still_invoiced_credited_and_paid_for_what_came(signed, item, customer):
    Partner.objects.filter(pk=customer.pk).update(is_active=False)
    invoice = posted_invoice(signed)
    credit = perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk)
    perform(invoices.cancel_invoice, actor=None, invoice_id=credit.pk)
    paid(customer, "1000", (invoice, "1000"))
    invoice.refresh_from_db()
    assert (invoice.open_amount, balances()[RECEIVABLE]) == (130, 130)
    [late] = [one for one in due_letters(invoice.due_date + dt.timedelta(days=40)) if one.partner == customer]
    assert late.overdue == 130
    with pytest.raises(ClosedForEntry):
        order_of(customer, item)

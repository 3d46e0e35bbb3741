"""What a customer owes or will owe (RELIABILITY B40)."""

import datetime as dt
from decimal import Decimal

from crm import ports
from finance.selectors.ageing import ageing, bucket_of
from finance.selectors.exposure import credit_exposure
from finance.selectors.ledger import account_ledger, trial_balance
from tests.factories import crm, erp, masterdata
from tests.factories.finance import account, draft_invoice, free_invoice, paid, post

D = Decimal


def test_exposure_follows_an_order_to_the_payment(books):
    erp.place()
    customer = masterdata.customer("ACME")
    item = masterdata.item("GRINDER", tax=masterdata.tax("VAT13"))
    erp.opening(item, "50", "10")
    line = crm.line(item, "10", "100", ship_date=erp.TODAY)
    order = crm.confirmed_order(customer, line, warehouse_id=erp.place().pk, tax_included=False)
    before = credit_exposure(customer.pk)
    assert (before.receivable, before.delivered, before.undelivered, before.total) == (0, 0, 1130, 1130)
    assert ports.credit_exposure(partner_id=customer.pk, exclude_order_id=order.pk) == 0
    erp.signed(order)
    shipped = credit_exposure(customer.pk)
    assert (shipped.delivered, shipped.undelivered, shipped.total) == (1130, 0, 1130)
    invoice = post(draft_invoice(order))
    invoiced = credit_exposure(customer.pk)
    assert (invoiced.receivable, invoiced.delivered, invoiced.total) == (1130, 0, 1130)
    paid(customer, "500", (invoice, "400"))
    after = credit_exposure(customer.pk)
    assert (after.receivable, after.advances, after.total) == (730, 100, 630)


def test_ageing_puts_instalments_into_their_buckets(books):
    erp.place()
    customer = masterdata.customer("ACME", payment_term=None)
    invoice = post(free_invoice(customer, "100"))
    due = invoice.instalments.get().due_date
    for days, code in ((0, "not_due"), (1, "d30"), (30, "d30"), (31, "d60"), (61, "d90"), (91, "older")):
        as_of = due + dt.timedelta(days=days)
        [row] = ageing("customer", as_of)
        assert (row.buckets, bucket_of(due, as_of)) == ({code: D(100)}, code)
    assert row.overdue == 100


def test_the_trial_balance_rolls_up_and_balances(books):
    erp.place()
    erp.opening(masterdata.item("TOOL"), "1", "7")
    invoice = post(free_invoice(masterdata.customer("ACME"), "100"))
    paid(invoice.partner, "40", (invoice, "40"))
    day = erp.TODAY
    balance = trial_balance(day.replace(day=1), day)
    rows = {row.account.code: row for row in balance.rows}
    assert (rows["1122"].debit, rows["1122"].credit, rows["1122"].closing) == (100, 40, 60)
    assert rows["1122"].level + 1 == rows["112201"].level
    assert balance.debit == balance.credit == 147
    assert balance.closing_debit == balance.closing_credit
    later = trial_balance(day.replace(month=day.month + 1), day.replace(month=day.month + 2))
    assert {row.account.code: row.opening for row in later.rows}["1002"] == 40


def test_the_ledger_of_an_account_runs_to_its_balance(books):
    erp.place()
    invoice = post(free_invoice(masterdata.customer("ACME"), "100"))
    paid(invoice.partner, "40", (invoice, "40"))
    ledger = account_ledger(account("1122"), erp.TODAY.replace(day=1), erp.TODAY)
    assert [line.running for line in ledger.lines] == [100, 60]
    assert (ledger.opening, ledger.closing) == (0, 60)

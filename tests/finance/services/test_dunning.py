"""Dunning: levels by days, letters, interval, blocks; the statement of account."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidTransition
from core.operations import perform
from finance.errors import LevelInUse, LevelsMissing, NotDue, ReasonMissing
from finance.models import DunningLetter
from finance.selectors.dunning import due_letters
from finance.selectors.partner_statements import partner_statement
from finance.services import dunning
from masterdata.models import Partner
from tests.factories import erp, masterdata
from tests.factories.finance import free_invoice, paid, post

D = Decimal
OLD, TODAY = dt.date(2026, 1, 5), dt.date(2026, 3, 10)


@pytest.fixture
def customer(books) -> Partner:
    erp.place()
    return masterdata.customer("ACME")


def level(number: int, days: int, **fields):
    texts = {"title": f"L{number}", "title_zh": f"第{number}次催款", "text": "Please pay.", "text_zh": "请付款。"}
    return perform(dunning.save_level, actor=None, level=number, days_overdue=days, **texts | fields)


def write(customer, day=TODAY) -> DunningLetter:
    [key] = perform(dunning.write_letters, actor=None, partner_ids=[customer.pk], document_date=day)
    return DunningLetter.objects.get(pk=key)


def test_letters_climb_the_levels_at_their_interval(customer):
    invoice = post(free_invoice(customer, "100", document_date=OLD))
    post(free_invoice(customer, "50", document_date=TODAY))
    with pytest.raises(LevelsMissing):
        write(customer)
    level(1, 10)
    level(2, 30)
    with pytest.raises(LevelInUse):
        level(2, 40)
    letter = write(customer)
    days = (TODAY - invoice.due_date).days
    assert (letter.level.level, letter.amount) == (1, 100)
    assert [(one.amount, one.days_overdue) for one in letter.lines.all()] == [(100, days)]
    assert due_letters(TODAY)[0].why == "drafted"
    perform(dunning.send_letter, actor=None, letter_id=letter.pk)
    with pytest.raises(InvalidTransition):
        perform(dunning.send_letter, actor=None, letter_id=letter.pk)
    assert due_letters(TODAY)[0].why == "recent"
    later = TODAY + dt.timedelta(days=8)
    second = write(customer, later)
    assert second.level.level == 2
    assert perform(dunning.cancel_letter, actor=None, letter_id=second.pk).state == "cancelled"
    paid(customer, "100", (invoice, "100"))
    with pytest.raises(NotDue):
        write(customer, later)


def test_a_blocked_customer_gets_no_letter(customer):
    post(free_invoice(customer, "100", document_date=OLD))
    level(1, 10)
    with pytest.raises(ReasonMissing):
        perform(dunning.block_dunning, actor=None, partner_id=customer.pk, reason_text=" ")
    block = perform(dunning.block_dunning, actor=None, partner_id=customer.pk, reason_text="Dispute")
    assert due_letters(TODAY)[0].why == "blocked"
    with pytest.raises(NotDue):
        write(customer)
    perform(dunning.lift_block, actor=None, block_id=block.pk)
    assert write(customer).state == "draft"


def test_a_statement_of_account_carries_the_balance(customer):
    first = post(free_invoice(customer, "100", document_date=OLD))
    paid(customer, "30", (first, "30"), document_date=TODAY)
    post(free_invoice(customer, "20", document_date=TODAY))
    [section] = partner_statement(customer, "customer", dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    assert (section.opening, section.debit, section.credit, section.closing) == (100, 20, 30, 90)
    assert {line.what for line in section.lines} == {str(line.entry.get_event_display()) for line in section.lines}
    assert section.lines[-1].balance == 90

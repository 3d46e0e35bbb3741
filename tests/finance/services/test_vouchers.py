"""Vouchers: grouped by rule, prepared, reviewed and posted by different people, numbered and sealed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from core.clock import forget_company
from core.errors import InvalidTransition
from core.models import Company
from core.operations import perform
from finance.errors import ReasonMissing, SamePerson, VoucherNotPrepared
from finance.models import FiscalPeriod, JournalEntry, LedgerSettings, Payment, Voucher, VoucherLine, VoucherSeal
from finance.selectors.close import failed
from finance.selectors.vouchers import broken_seals, entries_waiting
from finance.services import manual_entries, vouchers
from tests.factories import masterdata
from tests.factories.core import superuser
from tests.factories.finance import account, free_invoice, paid, post

DAY = dt.date(2026, 3, 10)


def march() -> FiscalPeriod:
    return FiscalPeriod.objects.get(year=2026, month=3)


@pytest.fixture
def month(books):
    """Two invoices, one paid, and a typed entry, all in March."""
    customer = masterdata.customer()
    first = post(free_invoice(customer, "100", document_date=DAY))
    post(free_invoice(customer, "50", document_date=DAY))
    paid(customer, "100", (first, "100"), document_date=DAY)
    typed(superuser("typist"))
    return customer


def typed(actor=None, **fields):
    lines = [
        {"account_id": account("560204").pk, "debit": Decimal(30), "description": "Taxi"},
        {"account_id": account("1001").pk, "credit": Decimal(30)},
    ]
    values = {"lines": lines, "document_date": DAY, "description": "Travel", "attachment_count": 2} | fields
    return perform(manual_entries.record_manual_entry, actor=actor, **values)


def prepared(actor=None) -> list[int]:
    return perform(vouchers.prepare_vouchers, actor=actor, period_id=march().pk)


def settled(**values) -> None:
    LedgerSettings.objects.update(**values)


def test_each_document_has_its_voucher_and_the_typist_prepares_his(month):
    maker = superuser("maker")
    keys = prepared(maker)
    assert entries_waiting(march()).count() == 0
    assert prepared(maker) == []
    found = {one.pk: one for one in Voucher.objects.filter(pk__in=keys)}
    by_person = sorted((str(one.prepared_by), one.total, one.attachment_count) for one in found.values())
    assert by_person[-1] == ("typist", Decimal(30), 2)
    assert [row[0] for row in by_person].count("maker") == len(keys) - 1
    taxi = next(one for one in found.values() if one.total == 30)
    assert [(line.description, line.account.code, line.amount) for line in taxi.lines.all()] == [
        ("Taxi", "560204", Decimal(30)),
        ("Travel", "1001", Decimal(-30)),
    ]
    assert (taxi.number, taxi.state, taxi.series) == (None, "prepared", "general")
    money = Payment.objects.earliest("pk")  # of what booked itself the summary says what it is, of which document
    assert VoucherLine.objects.filter(description=f"Payment {money.number} {money.partner}").count() == 2


def test_grouping_by_day_and_series_apart(month):
    settled(voucher_grouping="day", voucher_naming="three")
    keys = prepared()
    assert sorted(Voucher.objects.filter(pk__in=keys).values_list("series", flat=True)) == [
        "payment",
        "receipt",
        "transfer",
    ]
    transfer = Voucher.objects.get(series="transfer")
    assert (transfer.total, transfer.entries.count()) == (Decimal(150), 2)


def test_different_people_review_and_post_and_the_numbers_follow_the_days(month):
    maker, reviewer, poster = superuser("maker"), superuser("reviewer"), superuser("poster")
    keys = prepared(maker)
    with pytest.raises(SamePerson):
        perform(vouchers.review_vouchers, actor=maker, voucher_ids=keys)
    with pytest.raises(InvalidTransition):
        perform(vouchers.post_vouchers, actor=poster, voucher_ids=keys)
    perform(vouchers.review_vouchers, actor=reviewer, voucher_ids=keys)
    with pytest.raises(SamePerson):
        perform(vouchers.post_vouchers, actor=reviewer, voucher_ids=keys)
    perform(vouchers.post_vouchers, actor=poster, voucher_ids=keys)
    found = list(Voucher.objects.filter(pk__in=keys).order_by("number"))
    assert [one.number for one in found] == list(range(1, len(keys) + 1))
    assert {(str(one.reviewed_by), str(one.posted_by)) for one in found} == {("reviewer", "poster")}
    seals = list(VoucherSeal.objects.order_by("position"))
    assert [one.previous_hash for one in seals] == ["", *(one.hash for one in seals[:-1])]
    assert broken_seals() == []
    with connection.cursor() as cursor:  # the database computes the same seals
        cursor.execute(
            "SELECT count(*) FROM finance_voucherseal WHERE hash = finance_voucher_hash(voucher_id, previous_hash)"
        )
        assert cursor.fetchone()[0] == len(keys)
    with pytest.raises(VoucherNotPrepared):
        perform(vouchers.discard_vouchers, actor=None, voucher_ids=keys[:1])


def test_one_person_may_do_it_all_where_the_company_says_so_with_a_reason(month):
    Company.objects.update(allow_self_approval=True)
    maker = superuser("typist")
    keys = prepared(maker)
    with pytest.raises(ReasonMissing):
        perform(vouchers.review_vouchers, actor=maker, voucher_ids=keys)
    perform(vouchers.review_vouchers, actor=maker, voucher_ids=keys, reason="Only accountant")
    perform(vouchers.post_vouchers, actor=maker, voucher_ids=keys, reason="Only accountant")
    assert set(Voucher.objects.values_list("state", flat=True)) == {"posted"}


def test_given_back_and_taken_apart(month):
    keys = prepared()
    perform(vouchers.review_vouchers, actor=None, voucher_ids=keys)
    with pytest.raises(ReasonMissing):
        perform(vouchers.return_vouchers, actor=None, voucher_ids=keys)
    perform(vouchers.return_vouchers, actor=None, voucher_ids=keys, reason="Wrong summary")
    assert set(Voucher.objects.values_list("state", "reviewed_at")) == {("prepared", None)}
    changed = perform(vouchers.set_attachments, actor=None, voucher_id=keys[0], count=5)
    assert changed.attachment_count == 5
    perform(vouchers.discard_vouchers, actor=None, voucher_ids=keys)
    assert entries_waiting(march()).count() == JournalEntry.objects.filter(period=march()).count()


def test_posted_vouchers_never_change(month):
    keys = prepared()
    perform(vouchers.review_vouchers, actor=None, voucher_ids=keys)
    perform(vouchers.post_vouchers, actor=None, voucher_ids=keys)
    with pytest.raises(InvalidTransition):  # the second of two clicks
        perform(vouchers.post_vouchers, actor=None, voucher_ids=keys)
    statements = (
        "UPDATE finance_voucher SET total = total + 1",
        "DELETE FROM finance_voucher",
        "UPDATE finance_voucherline SET amount = amount + 1",
        "DELETE FROM finance_voucherline",
        "DELETE FROM finance_voucherentry",
        "UPDATE finance_voucherseal SET hash = ''",
        "DELETE FROM finance_voucherseal",
    )
    for statement in statements:
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_command_and_the_close_ask_for_all_of_them(month, capsys):
    call_command("verify_vouchers")
    assert "0 seals hold" in capsys.readouterr().out
    settled(vouchers_required=True)
    assert [one.check.code for one in failed(march(), ["ledger"])] == ["entries_without_voucher"]
    keys = prepared()
    [finding] = failed(march(), ["ledger"])
    assert (finding.check.code, finding.count) == ("open_vouchers", len(keys))
    perform(vouchers.review_vouchers, actor=None, voucher_ids=keys)
    perform(vouchers.post_vouchers, actor=None, voucher_ids=keys)
    assert failed(march(), ["ledger"]) == []


def test_a_changed_row_breaks_the_chain_from_there(month, monkeypatch):
    keys = prepared()
    perform(vouchers.review_vouchers, actor=None, voucher_ids=keys)
    perform(vouchers.post_vouchers, actor=None, voucher_ids=keys)
    from finance.selectors import vouchers as selectors

    texts = selectors.texts_of
    second = VoucherSeal.objects.get(position=2).voucher_id
    monkeypatch.setattr(selectors, "texts_of", lambda found: texts(found) | {second: "forged"})
    [broken] = broken_seals()
    assert (broken.position, broken.reason) == (2, "differs from what was sealed")
    with pytest.raises(CommandError, match="1 seals are broken"):
        call_command("verify_vouchers")


def test_the_month_of_a_voucher_changes_at_midnight_of_the_company(books, monkeypatch):
    Company.objects.update(pinned_date=None, time_zone="Asia/Shanghai")
    forget_company()
    customer = masterdata.customer()
    found = []
    for hour, second in ((15, 59), (16, 0)):
        moment = dt.datetime(2026, 3, 31, hour, second, second, tzinfo=dt.UTC)
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        invoice = post(free_invoice(customer, "10"))
        period = FiscalPeriod.objects.get(d0__lte=invoice.document_date, d1__gte=invoice.document_date)
        keys = perform(vouchers.prepare_vouchers, actor=superuser(f"maker{hour}"), period_id=period.pk)
        perform(vouchers.review_vouchers, actor=superuser(f"reviewer{hour}"), voucher_ids=keys)
        perform(vouchers.post_vouchers, actor=superuser(f"keeper{hour}"), voucher_ids=keys)
        found += Voucher.objects.filter(pk__in=keys).values_list("voucher_date", "number")
    assert found == [(dt.date(2026, 3, 31), 1), (dt.date(2026, 4, 1), 1)]

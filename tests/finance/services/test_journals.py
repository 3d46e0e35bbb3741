"""Journals of the general ledger: kept by people, written in by typed entries, naming the series of their vouchers."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.errors import StaleVersion
from core.operations import perform
from finance.errors import (
    CodeTaken,
    ControlAccount,
    JournalClosed,
    JournalInUse,
    JournalOfTemplates,
    LineWithoutAccount,
    StandardJournal,
    WrongJournal,
    WrongJournalKind,
)
from finance.models import FiscalPeriod, JournalEntry, LedgerJournal, Voucher
from finance.services import manual_entries, vouchers
from finance.services.journals import save_journal
from tests.factories import masterdata
from tests.factories.core import superuser, user
from tests.factories.finance import account, free_invoice, post

D = Decimal
DAY = dt.date(2026, 3, 10)


def save(journal: LedgerJournal | None = None, **values) -> LedgerJournal:
    names = ("code", "name", "name_zh", "kind", "series", "is_active", "debit_account_id", "credit_account_id")
    stored = {name: getattr(journal, name) for name in names} | {"journal_id": journal.pk} if journal else {}
    return perform(save_journal, actor=None, **{"name": "Wages"} | stored | values)


def typed(journal: LedgerJournal | None, *, post: bool = True, **values):
    lines = [{"account_id": account("560204").pk, "debit": D(9)}, {"account_id": account("2241").pk, "credit": D(9)}]
    service = manual_entries.record_manual_entry if post else manual_entries.create_manual_entry
    chosen = {"ledger_journal_id": journal.pk if journal else None, "document_date": DAY, "lines": lines}
    return perform(service, actor=None, **chosen | values)


def test_an_added_journal_takes_typed_entries_with_its_accounts_and_its_voucher_series(books):
    wages = save(code="WAGES", debit_account_id=account("560204").pk, credit_account_id=account("2241").pk)
    save(wages, series="transfer")
    entry = typed(wages, lines=[{"debit": D(5)}, {"credit": D(5)}])
    booked = JournalEntry.objects.get(source_id=entry.pk, source_label="finance.manualentry")
    assert (booked.journal, booked.ledger_journal) == ("general", wages)
    assert list(booked.lines.values_list("account__code", "amount")) == [("560204", D(5)), ("2241", D(-5))]
    typed(None)
    perform(vouchers.prepare_vouchers, actor=None, period_id=FiscalPeriod.objects.get(d0__lte=DAY, d1__gte=DAY).pk)
    assert sorted(Voucher.objects.values_list("series", "total")) == [("general", D(9)), ("transfer", D(5))]
    undone = perform(manual_entries.reverse_manual_entry, actor=None, entry_id=entry.pk, date=DAY, reason="Wrong")
    assert JournalEntry.objects.filter(source_id=undone.pk, ledger_journal=wages).count() == 2
    assert list(wages.history.order_by("history_id").values_list("series", flat=True)) == ["", "transfer"]


def test_the_series_of_a_standard_journal_is_that_of_its_automatic_vouchers(books):
    save(LedgerJournal.objects.get(kind="sales", is_standard=True), name="Sales book", series="receipt")
    invoice = post(free_invoice(masterdata.customer("ACME"), document_date=DAY))
    perform(vouchers.prepare_vouchers, actor=None, period_id=FiscalPeriod.objects.get(d0__lte=DAY, d1__gte=DAY).pk)
    assert Voucher.objects.get(entries__entry__source_id=invoice.pk).series == "receipt"


def test_a_journal_in_use_keeps_its_code_and_a_closed_one_takes_nothing(books):
    wages = save(code="WAGES")
    draft = typed(wages, post=False)
    for change in ({"code": "PAY"}, {"kind": "bank"}):
        with pytest.raises(JournalInUse):
            save(wages, **change)
    renamed = save(wages, name="Payroll", name_zh="工资", is_active=False)
    assert (renamed.label(), renamed.is_active, renamed.version) == ("Payroll", False, 1)
    with pytest.raises(JournalClosed):
        perform(manual_entries.post_manual_entry, actor=None, entry_id=draft.pk)
    with pytest.raises(JournalClosed):
        typed(wages)
    assert not JournalEntry.objects.exists()
    with pytest.raises(StaleVersion):
        save(wages, version=0)
    free = save(code="FREE")
    assert save(free, code="OTHER", kind="bank").code == "OTHER"


def test_what_journals_are_refused_for(books):
    wages, general = save(code="WAGES"), LedgerJournal.objects.get(kind="general", is_standard=True)
    with pytest.raises(CodeTaken):
        save(code="WAGES")
    with pytest.raises(WrongJournalKind):
        save(code="X", kind="stock")
    with pytest.raises(ControlAccount):
        save(code="X", debit_account_id=account("112201").pk)
    for change in ({"is_active": False}, {"kind": "bank"}):
        with pytest.raises(StandardJournal):
            save(general, **change)
    with pytest.raises(WrongJournal):
        typed(general)
    with pytest.raises(WrongJournal):
        typed(wages, kind="opening", document_date=dt.date(2025, 1, 1))
    with pytest.raises(LineWithoutAccount):
        typed(wages, lines=[{"debit": D(5)}, {"credit": D(5)}])
    line = {"account_id": account("2241").pk, "side": "debit", "amount": D(1)}
    values = {"code": "T", "name": "T", "lines": [line], "ledger_journal_id": wages.pk}
    perform(manual_entries.save_template, actor=None, **values)
    with pytest.raises(JournalOfTemplates):
        save(wages, is_active=False)


def test_journals_on_pages_and_by_api(books, client):
    boss, reader = superuser("boss"), user("finance.view_ledgerjournal")
    client.force_login(reader)
    assert client.get(reverse("finance:journal-create")).status_code == 403
    assert "General journal" in client.get(reverse("finance:journal-list")).content.decode()
    client.force_login(boss)
    typed_form = {"code": "WAGES", "name": "Wages", "kind": "general", "is_active": "on", "_key": "one"}
    made = client.post(reverse("finance:journal-create"), typed_form)
    wages = LedgerJournal.objects.get(code="WAGES")
    assert (made.status_code, made.url) == (302, wages.get_absolute_url())
    entry = typed(wages)
    page = client.get(wages.get_absolute_url()).content.decode()
    booked = JournalEntry.objects.get(source_id=entry.pk)
    assert str(booked) in page
    assert str(booked) in client.get(reverse("finance:entry-list"), {"ledger_journal": wages.pk}).content.decode()
    assert "Wages" in client.get(booked.get_absolute_url()).content.decode()
    standard = LedgerJournal.objects.get(kind="sales", is_standard=True)
    edit = reverse("finance:journal-edit", args=[standard.pk])
    assert client.get(edit).status_code == 200
    client.post(edit, {"code": "SALES", "name": "Sales", "name_zh": "销售", "_key": "two", "version": "0"})
    standard.refresh_from_db()
    assert (standard.name_zh, standard.kind, standard.is_active) == ("销售", "sales", True)
    api = APIClient()
    api.force_authenticate(boss)
    body = {"code": "WAGES", "name": "Wages", "is_active": False, "version": 0}
    headers = {"Idempotency-Key": "k"}
    answer = api.put(f"/api/v1/finance/journals/{wages.pk}/", body, format="json", headers=headers)
    assert (answer.status_code, answer.json()["is_active"]) == (200, False)
    api.force_authenticate(reader)
    refused = api.put(f"/api/v1/finance/journals/{wages.pk}/", body, format="json", headers={"Idempotency-Key": "l"})
    assert refused.status_code == 403

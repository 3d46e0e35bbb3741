"""Modules of a period: closed in order, held for named people, reopened in reverse with a reason on record."""

import datetime as dt

import pytest

from core.errors import InvalidTransition
from core.operations import perform
from erp import ports
from finance.errors import (
    ModuleOutOfTurn,
    NotHeld,
    PeriodClosed,
    PeriodHeld,
    PeriodNotReady,
    PeriodOutOfTurn,
    ReasonMissing,
    UnknownModule,
)
from finance.models import ClosingBalance, FiscalPeriod, Invoice, ModulePeriod, PeriodEvent
from finance.selectors.close import failed
from finance.selectors.periods import date_for_adjustment
from finance.services import periods
from finance.services.posting import journal_of, module_of
from finance.states import CLOSING_ORDER
from tests.factories import masterdata
from tests.factories.core import superuser, user
from tests.factories.finance import free_invoice, post

JANUARY = dt.date(2025, 1, 15)


def period(month: int = 1) -> FiscalPeriod:
    return FiscalPeriod.objects.get(year=2025, month=month)


def run(service, month: int = 1, **arguments) -> FiscalPeriod:
    return perform(service, actor=arguments.pop("actor", None), period_id=period(month).pk, **arguments)


def states(month: int = 1) -> dict[str, str]:
    found = {part.module: part.state for part in ModulePeriod.objects.filter(period=period(month))}
    return found | {"ledger": period(month).state}


def test_modules_close_in_their_order(books):
    with pytest.raises(ModuleOutOfTurn):
        run(periods.close_module, module="receivables")
    for module in CLOSING_ORDER:
        run(periods.close_module, module=module)
    assert set(states().values()) == {"closed"}
    with pytest.raises(InvalidTransition):
        run(periods.close_module, module="stock")
    with pytest.raises(UnknownModule):
        run(periods.close_module, module="payroll")
    recorded = PeriodEvent.objects.values_list("module", "became")
    assert list(recorded) == [(module, "closed") for module in CLOSING_ORDER]


def test_a_module_closes_month_after_month(books):
    with pytest.raises(PeriodOutOfTurn) as refusal:
        run(periods.close_module, 2, module="stock")
    assert refusal.value.params["period"] == "2025-01"


def test_a_closed_module_takes_nothing_while_later_ones_do(books):
    run(periods.close_module, module="stock")
    with pytest.raises(PeriodClosed):
        ports.posting_date("stock", JANUARY)
    assert ports.posting_date("production", JANUARY) == JANUARY
    assert ports.posting_date("sales", JANUARY) == JANUARY
    assert ports.adjustment_date("stock", JANUARY) == dt.date(2025, 2, 1)
    assert date_for_adjustment(JANUARY, "ledger") == JANUARY
    draft = free_invoice(masterdata.customer(), document_date=JANUARY)
    assert post(draft).state == "posted"


def test_the_database_refuses_what_the_service_let_through(books, monkeypatch):
    from django.db import IntegrityError

    run(periods.close_module, module="stock")
    run(periods.close_module, module="production")
    run(periods.close_module, module="receivables")
    draft = free_invoice(masterdata.customer(), document_date=JANUARY)
    monkeypatch.setattr("finance.services.posting.period_for_posting", lambda date, module: period())
    with pytest.raises(IntegrityError, match="is closed"):
        post(draft)


def test_held_modules_take_postings_of_named_people(books):
    run(periods.hold_module, module="receivables")
    clerk = user("finance.post_invoice", "finance.view_invoice")
    lead = user("finance.post_invoice", "finance.view_invoice", "finance.post_in_held_period")
    one, two = (free_invoice(masterdata.customer(), document_date=JANUARY) for _ in range(2))
    with pytest.raises(PeriodHeld):
        post_as(clerk, one)
    assert post_as(lead, one).state == "posted"
    run(periods.release_module, module="receivables")
    with pytest.raises(NotHeld):
        run(periods.release_module, module="receivables")
    assert post_as(clerk, two).state == "posted"


def post_as(actor, invoice: Invoice) -> Invoice:
    from finance.services import invoices

    return perform(invoices.post_invoice, actor=actor, invoice_id=invoice.pk)


def test_only_the_failed_module_stays_open_and_the_close_is_on_record(books):
    draft = free_invoice(masterdata.customer(), document_date=JANUARY)
    run(periods.close_module, module="stock")
    run(periods.close_module, module="production")
    with pytest.raises(PeriodNotReady) as refusal:
        run(periods.close_module, module="receivables")
    assert draft.number in refusal.value.params["reasons"]
    [finding] = failed(period(), ["receivables"])
    assert (finding.check.code, finding.count, finding.rows[0].label) == ("invoice_drafts", 1, draft.number)
    assert finding.rows[0].url == draft.get_absolute_url()
    post(draft)
    actor = superuser("closer")
    run(periods.close_period, actor=actor)
    last = PeriodEvent.objects.order_by("-pk").first()
    assert (last.module, last.became, last.actor) == ("ledger", "closed", actor)
    kept = dict(ClosingBalance.objects.filter(event=last).values_list("account__code", "balance"))
    assert sum(kept.values()) == 0
    assert kept["112201"] == 100


def test_modules_reopen_in_reverse_with_a_reason(books):
    run(periods.close_period)
    with pytest.raises(ReasonMissing):
        run(periods.reopen_module, module="ledger", reason="")
    with pytest.raises(ModuleOutOfTurn):
        run(periods.reopen_module, module="stock", reason="Late receipt")
    run(periods.reopen_module, module="ledger", reason="Late accrual")
    assert states() == {"stock": "closed", "production": "closed", "receivables": "closed", "ledger": "open"}
    run(periods.close_module, module="ledger")
    run(periods.close_period, 2)
    with pytest.raises(PeriodOutOfTurn):
        run(periods.reopen_module, module="ledger", reason="Late accrual")
    run(periods.reopen_period, 2, reason="Late")
    assert set(states(2).values()) == {"open"}
    assert PeriodEvent.objects.filter(period=period(2), became="open").values_list("reason", flat=True)[0] == "Late"


def test_the_journal_says_the_module(books):
    customer = free_invoice(masterdata.customer())
    supplier = free_invoice(masterdata.supplier(), kind="supplier")
    assert (journal_of(customer, "invoice"), journal_of(supplier, "invoice")) == ("sales", "purchase")
    assert [module_of(one) for one in ("stock", "production", "bank", "general", "closing")] == [
        "stock",
        "production",
        "receivables",
        "ledger",
        "ledger",
    ]

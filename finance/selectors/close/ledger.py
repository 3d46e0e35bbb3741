"""Checks before the general ledger of a period is closed."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from finance.models import Account, EntryTemplate, FiscalPeriod, ManualEntry, Voucher
from finance.selectors.accounts import account_book
from finance.selectors.balances import balance_sums
from finance.selectors.carry_over import profit_and_loss_left, standing_on
from finance.selectors.close.base import LIMIT, Check, Found, Offence, documents, holds
from finance.selectors.invariants import LEDGER
from finance.selectors.manual_entries import due_reversals, due_templates
from finance.selectors.vouchers import entries_waiting, ledger_settings
from finance.states import AccountRole, ManualEntryState, PeriodModule, VoucherState


def wants_vouchers() -> bool:
    """Whether a period closes only with all entries in posted vouchers."""
    return ledger_settings().vouchers_required


def carries_over() -> bool:
    """Whether a period closes only with profit and loss carried over."""
    return ledger_settings().carry_over_required


def open_vouchers(period: FiscalPeriod) -> QuerySet[Voucher]:
    """Return the vouchers of a period that are not posted."""
    return Voucher.objects.filter(period=period).exclude(state=VoucherState.POSTED).select_related("period")


def turns_due(period: FiscalPeriod) -> QuerySet[EntryTemplate]:
    """Return the scheduled templates whose turn came in or before a period."""
    return due_templates(period.d1)


def profit_and_loss(period: FiscalPeriod) -> Found:
    """Look for what stands on revenue and expense accounts after a period."""
    left = profit_and_loss_left(period.d1)
    accounts = Account.objects.in_bulk({one.account_id for one in left})
    rows = [
        Offence(
            str(accounts[one.account_id]),
            f"{accounts[one.account_id].get_absolute_url()}?date_min={period.d0}&date_max={period.d1}",
            date=period.d1,
            amount=one.amount,
        )
        for one in left[:LIMIT]
    ]
    return Found(len(left), rows)


def year_end(period: FiscalPeriod) -> Found:
    """Look for profit of the year that was not brought to retained earnings in the year's last period."""
    if FiscalPeriod.objects.filter(year=period.year, d0__gt=period.d0).exists():
        return Found()
    balance = standing_on(account_book().account(AccountRole.CURRENT_PROFIT), period.d1)
    if not balance:
        return Found()
    return Found(1, [Offence(str(AccountRole.CURRENT_PROFIT.label), amount=balance)])


def out_of_balance(period: FiscalPeriod) -> Found:
    """Look for a difference between all debits and all credits up to the end of a period."""
    difference = sum((one.closing for one in balance_sums(period.d0, period.d1, by=())), ZERO)
    if not difference:
        return Found()
    return Found(1, [Offence(_text("Debit and credit differ"), amount=difference)])


def _cockpit(period: FiscalPeriod) -> str:
    return f"{reverse('finance:carry-over', args=[period.pk])}"


CHECKS = (
    Check(
        "manual_entry_drafts",
        PeriodModule.LEDGER,
        _("No draft entry"),
        "finance",
        documents(
            lambda period: ManualEntry.objects.filter(state=ManualEntryState.DRAFT, document_date__lte=period.d1),
            detail=lambda row: row.description,
        ),
        lambda period: f"{reverse('finance:manual-entry-list')}?state=draft",
        _("Post or cancel the drafts"),
    ),
    Check(
        "scheduled_entries",
        PeriodModule.LEDGER,
        _("Recurring entries are made"),
        "finance",
        documents(turns_due, date="next_date"),
        lambda period: reverse("finance:entry-template-list"),
        _("Make them, or end their schedule"),
    ),
    Check(
        "due_reversals",
        PeriodModule.LEDGER,
        _("Entries that reverse by themselves are reversed"),
        "finance",
        documents(lambda period: due_reversals(period.d1), date="reversal_date", detail=lambda row: row.description),
        lambda period: f"{reverse('finance:manual-entry-list')}?state=posted",
        _("Reverse them"),
    ),
    Check(
        "carried_over",
        PeriodModule.LEDGER,
        _("Profit and loss is carried over"),
        "finance_manager",
        profit_and_loss,
        _cockpit,
        _("Carry over"),
        carries_over,
    ),
    Check(
        "year_end",
        PeriodModule.LEDGER,
        _("The profit of the year is in retained earnings at its end"),
        "finance_manager",
        year_end,
        _cockpit,
        _("End the year"),
        carries_over,
    ),
    Check(
        "entries_without_voucher",
        PeriodModule.LEDGER,
        _("Every entry is in a voucher"),
        "finance",
        documents(entries_waiting, date="entry_date", detail=lambda row: f"{row.source_number} {row.description}"),
        lambda period: f"{reverse('finance:voucher-list')}?period={period.pk}",
        _("Prepare vouchers"),
        wants_vouchers,
    ),
    Check(
        "open_vouchers",
        PeriodModule.LEDGER,
        _("Every voucher is reviewed and posted"),
        "finance_manager",
        documents(open_vouchers, date="voucher_date", detail=lambda row: str(row.get_state_display())),
        lambda period: f"{reverse('finance:voucher-list')}?period={period.pk}&state=prepared&state=reviewed",
        _("Review and post them"),
        wants_vouchers,
    ),
    Check(
        "trial_balance",
        PeriodModule.LEDGER,
        _("Debits equal credits"),
        "administrator",
        out_of_balance,
        lambda period: f"{reverse('finance:trial-balance')}?date_min={period.d0}&date_max={period.d1}",
        _("Look at the trial balance"),
    ),
    Check(
        "ledger",
        PeriodModule.LEDGER,
        _("Entries balance, and every posted document has its entry"),
        "administrator",
        holds(*(one for one in LEDGER if one.closes)),
        lambda period: reverse("finance:trial-balance"),
        _("Look at the trial balance"),
    ),
)

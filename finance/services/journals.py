"""Keeping the journals of the general ledger."""

import datetime as dt
from typing import Any

from core.documents import lock
from core.operations import operation
from finance.errors import (
    AccountNotPostable,
    CodeTaken,
    ControlAccount,
    JournalInUse,
    JournalOfTemplates,
    StandardJournal,
    WrongJournalKind,
)
from finance.models import Account, EntryTemplate, LedgerJournal
from finance.selectors.accounts import postable_accounts
from finance.selectors.journals import is_used
from finance.states import TYPED_JOURNALS, Journal, VoucherSeries


@operation(permission="finance.change_ledgerjournal")
def save_journal(
    *,
    journal_id: int | None = None,
    version: int | None = None,
    code: str,
    name: str,
    name_zh: str = "",
    kind: str = Journal.GENERAL,
    series: str = "",
    debit_account_id: int | None = None,
    credit_account_id: int | None = None,
    is_active: bool = True,
    actor: Any,
    at: dt.datetime,
) -> LedgerJournal:
    """Create a journal for typed entries, or change one; code and kind of a journal with entries stay.

    ``series`` is the voucher series of its entries from the next preparing on (empty: as the ledger settings say).
    A closed journal takes no new entry; what stands in it stays.

    Raises:
        StaleVersion: somebody changed it since.
        CodeTaken: another journal has the code.
        WrongJournalKind: the program alone writes in journals of that kind.
        JournalInUse: it has entries, and its code or kind would change.
        StandardJournal: one of the program's own would get another kind, or be closed.
        JournalOfTemplates: it would be closed, and templates in use write in it.
        AccountNotPostable, ControlAccount: a default account takes no typed line.
    """
    if LedgerJournal.objects.filter(code=code).exclude(pk=journal_id).exists():
        raise CodeTaken(value=code, field="code")
    accounts = [_typed_account(pk) for pk in (debit_account_id, credit_account_id)]
    journal = lock(LedgerJournal, journal_id, version=version) if journal_id else LedgerJournal()
    _refuse_change(journal, code=code, kind=kind, is_active=is_active)
    journal.code, journal.name, journal.name_zh = code, name, name_zh
    journal.kind = Journal(kind)
    journal.series = VoucherSeries(series) if series else ""
    journal.debit_account, journal.credit_account = accounts
    journal.is_active = is_active
    journal.version += 1 if journal.pk else 0
    journal.save()
    return journal


def _refuse_change(journal: LedgerJournal, *, code: str, kind: str, is_active: bool) -> None:
    if journal.is_standard:
        if kind != journal.kind or not is_active:
            raise StandardJournal(journal=journal)
    elif kind not in TYPED_JOURNALS:
        raise WrongJournalKind(kind=str(Journal(kind).label), field="kind")
    if journal.pk is None:
        return
    if (journal.code, journal.kind) != (code, kind) and is_used(journal):
        raise JournalInUse(journal=journal)
    if journal.is_active and not is_active:
        templates = EntryTemplate.objects.filter(ledger_journal=journal, is_active=True).order_by("code")
        if templates:
            raise JournalOfTemplates(journal=journal, templates=", ".join(one.code for one in templates))


def _typed_account(pk: int | None) -> Account | None:
    if pk is None:
        return None
    account = Account.objects.get(pk=pk)
    if account.is_control:
        raise ControlAccount(account=account)
    if not postable_accounts().filter(pk=pk).exists():
        raise AccountNotPostable(account=account)
    return account

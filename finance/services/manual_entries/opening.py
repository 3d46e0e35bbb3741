"""Opening balances (期初余额): of every account, balanced; those of sub-ledgers equal their opening documents."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.context import write_pending
from core.fields import ZERO
from finance.errors import EntryNotBalanced, OpeningDiffers, OpeningTooLate
from finance.models import FiscalPeriod, JournalEntry, JournalLine, ManualEntry, ManualEntryLine
from finance.selectors.accounts import account_book
from finance.services.lines import Line
from finance.services.manual_entries.booking import booked
from finance.services.manual_entries.open_items import record_open_items
from finance.states import AccountRole, PeriodState


def opening_lines(entry: ManualEntry, typed: Sequence[ManualEntryLine], *, actor: Any, at: dt.datetime) -> list[Line]:
    """Return what opening balances book: the accounts without a sub-ledger, against the opening account.

    Receivables and payables that name partner, number and due date, and advances that name partner and number, are
    entered one by one first. A sub-ledger's
    opening documents (stock, open items) stand against the opening account; its lines here must equal them, so that in
    the end nothing stands on the opening account.

    Raises:
        OpeningTooLate: the date is not in the first period, or that is closed.
        EntryNotBalanced: debit and credit of all accounts differ.
        OpeningItemIncomplete, OpeningItemKnown: see `record_open_items`.
        OpeningDiffers: an account of a sub-ledger differs from its opening documents.
    """
    first = FiscalPeriod.objects.order_by("d0").first()
    if first is None or first.state == PeriodState.CLOSED or not first.d0 <= entry.document_date <= first.d1:
        raise OpeningTooLate(period=str(first or ""))
    difference = sum((line.amount for line in typed), ZERO)
    if difference:
        raise EntryNotBalanced(difference=difference)
    opening = account_book().account(AccountRole.OPENING)
    record_open_items(entry, typed, actor=actor, at=at)
    write_pending()  # what is compared below
    _compare_sub_ledgers(typed, opening)
    own = [booked(line) for line in typed if not line.account.is_control and line.account_id != opening]
    counter = Line(account_id=opening, amount=-sum((line.amount for line in own), ZERO))
    return [*own, counter]


def sub_ledger_openings(opening_account: int) -> dict[int, Decimal]:
    """Return {account: amount} that entries against the opening account brought on each account, debit positive."""
    entries = JournalEntry.objects.filter(lines__account=opening_account).values("pk")
    rows = JournalLine.objects.filter(entry__in=entries, account__is_control=True)
    return dict(rows.order_by().values_list("account").annotate(total=Sum("amount")))


def _compare_sub_ledgers(typed: Sequence[ManualEntryLine], opening: int) -> None:
    stated: dict[int, Decimal] = {}
    for line in typed:
        if line.account.is_control:
            stated[line.account_id] = stated.get(line.account_id, ZERO) + line.amount
    brought = sub_ledger_openings(opening)
    names = {line.account_id: str(line.account) for line in typed}
    for account in sorted(stated.keys() | {key for key, amount in brought.items() if amount}):
        amount, found = stated.get(account, ZERO), brought.get(account, ZERO)
        if amount != found:
            raise OpeningDiffers(account=names.get(account, str(account)), amount=amount, sub_ledger=found)

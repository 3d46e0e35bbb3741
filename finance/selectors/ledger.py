"""The general ledger read: trial balance, the ledger of one account."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum, Window

from core.fields import ZERO
from finance.models import Account, JournalEntry, JournalLine
from finance.selectors.accounts import family_of
from finance.selectors.balances import Sums, balance_sums
from scm.selectors.subcontracting import adjusting_entries


@dataclass
class BalanceRow:
    """One account of a trial balance, in base currency; an account with others below it sums them up.

    ``opening`` and ``closing`` are debit positive; ``debit`` and ``credit`` the movements of the period, both positive.
    """

    account: Account
    level: int
    opening: Decimal = ZERO
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    is_leaf: bool = True

    @property
    def closing(self) -> Decimal:
        """What stands at the end."""
        return self.opening + self.debit - self.credit

    @property
    def sides(self) -> tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]:
        """Opening debit, opening credit, closing debit, closing credit: each positive, None where the other side is."""
        return (*_sides(self.opening), *_sides(self.closing))

    @property
    def is_empty(self) -> bool:
        """Whether nothing stood, moved or stands."""
        return not (self.opening or self.debit or self.credit)


@dataclass(frozen=True)
class TrialBalance:
    """The rows in order of the chart, and the totals over the accounts that are booked on."""

    rows: list[BalanceRow]
    debit: Decimal
    credit: Decimal
    opening_debit: Decimal
    opening_credit: Decimal
    closing_debit: Decimal
    closing_credit: Decimal


@dataclass(frozen=True)
class AccountLedger:
    """Lines of one account (and those below it) in a span of dates: ``running`` is the balance after each line."""

    opening: Decimal
    closing: Decimal
    lines: QuerySet[JournalLine] = field(compare=False)


def trial_balance(
    first: dt.date,
    last: dt.date,
    *,
    with_empty: bool = False,
    where: Mapping[str, Sequence[Any]] | None = None,
    without_closing: bool = False,
) -> TrialBalance:
    """Return opening, movement and closing of every account for the days from ``first`` to ``last``; three statements.

    ``where`` and ``without_closing`` as in `balance_sums`.
    """
    accounts = list(Account.objects.order_by("code"))
    found = balance_sums(first, last, where=where, without_closing=without_closing)
    sums = {int(one.key[0]): one for one in found}
    rows = _rows(accounts, sums)
    leaves = [row for row in rows if row.account.pk in sums]
    shown = [row for row in rows if with_empty or not row.is_empty]
    return TrialBalance(
        rows=shown,
        debit=_total(row.debit for row in leaves),
        credit=_total(row.credit for row in leaves),
        opening_debit=_total(row.opening for row in leaves if row.opening > 0),
        opening_credit=-_total(row.opening for row in leaves if row.opening < 0),
        closing_debit=_total(row.closing for row in leaves if row.closing > 0),
        closing_credit=-_total(row.closing for row in leaves if row.closing < 0),
    )


def account_ledger(
    account: Account, first: dt.date, last: dt.date, *, where: Mapping[str, int] | None = None
) -> AccountLedger:
    """Return the lines of ``account`` and the accounts below it between two days, oldest first.

    ``where`` names dimensions: {"partner_id": 7}.
    """
    accounts = family_of(account)
    lines = JournalLine.objects.filter(account__in=accounts, **(where or {}))
    opening = _sum(lines.filter(entry__entry_date__lt=first))
    inside = lines.filter(entry__entry_date__gte=first, entry__entry_date__lte=last)
    ordered = (
        inside.select_related("entry", "account", "partner", "item", "currency")
        .annotate(
            running=Window(
                Sum("amount"), order_by=[F("entry__entry_date").asc(), F("entry_id").asc(), F("line_no").asc()]
            )
            + opening
        )
        .order_by("entry__entry_date", "entry_id", "line_no")
    )
    return AccountLedger(opening=opening, closing=opening + _sum(inside), lines=ordered)


def balances_of(accounts: Iterable[int]) -> dict[int, Decimal]:
    """Return {account: balance} of accounts that have lines, debit positive."""
    return dict(
        JournalLine.objects.filter(account__in=set(accounts))
        .order_by()
        .values_list("account")
        .annotate(total=Sum("amount"))
    )


def entries_of(label: str, pk: int) -> QuerySet[JournalEntry]:
    """Return the entries that a document has booked, oldest first."""
    return JournalEntry.objects.filter(source_label=label, source_id=pk).order_by("pk")


def adjustments_of_order(order_id: int) -> QuerySet[JournalEntry]:
    """Return the entries by which later invoices and charges changed the cost of what a subcontract order made."""
    lines = JournalLine.objects.filter(value_entry__in=adjusting_entries(order_id).values("pk"))
    return JournalEntry.objects.filter(pk__in=lines.values("entry")).order_by("pk")


def _rows(accounts: list[Account], sums: dict[int, Sums]) -> list[BalanceRow]:
    by_pk = {account.pk: account for account in accounts}
    rows = {account.pk: BalanceRow(account, _level(account, by_pk)) for account in accounts}
    for account in accounts:
        if account.parent_id:
            rows[account.parent_id].is_leaf = False
    for pk, found in sums.items():
        above: int | None = pk
        while above is not None:
            row = rows[above]
            row.opening += found.opening
            row.debit += found.debit
            row.credit += found.credit
            above = by_pk[above].parent_id
    return _in_order(accounts, rows)


def _in_order(accounts: list[Account], rows: dict[int, BalanceRow]) -> list[BalanceRow]:
    """Each account is followed by those below it."""
    children: dict[int | None, list[Account]] = {}
    for account in accounts:
        children.setdefault(account.parent_id, []).append(account)
    ordered: list[BalanceRow] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        account = waiting.pop()
        ordered.append(rows[account.pk])
        waiting += reversed(children.get(account.pk, []))
    return ordered


def _level(account: Account, by_pk: dict[int, Account]) -> int:
    level = 0
    while account.parent_id is not None:
        account = by_pk[account.parent_id]
        level += 1
    return level


def _sides(balance: Decimal) -> tuple[Decimal | None, Decimal | None]:
    return (balance if balance > 0 else None, -balance if balance < 0 else None)


def _sum(lines: QuerySet[JournalLine]) -> Decimal:
    return lines.order_by().aggregate(total=Sum("amount"))["total"] or ZERO


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)

"""A partner's statement of account (对账单): balance before, every movement, balance after, by currency."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.fields import ZERO
from finance.models import JournalEntry, JournalLine
from finance.selectors.accounts import accounts_of
from finance.states import AccountRole, Side
from masterdata.models import Currency, Partner
from masterdata.selectors.merging import keys_of_family

ROLES = {
    Side.CUSTOMER: (AccountRole.RECEIVABLE, AccountRole.ADVANCE_RECEIVED),
    Side.SUPPLIER: (AccountRole.PAYABLE, AccountRole.ADVANCE_PAID),
}


@dataclass(frozen=True)
class StatementLine:
    """One movement: ``debit`` raises what the partner owes us, ``credit`` lowers it; ``balance`` after it."""

    entry: JournalEntry
    debit: Decimal
    credit: Decimal
    balance: Decimal

    @property
    def document(self) -> str:
        """The number of the document behind it."""
        return self.entry.source_number

    @property
    def what(self) -> str:
        """What it was: invoice, payment, write-off …"""
        return str(self.entry.get_event_display())


@dataclass(frozen=True)
class CurrencyStatement:
    """The movements of one currency between two days."""

    currency: Currency
    opening: Decimal
    closing: Decimal
    lines: list[StatementLine] = field(default_factory=list)

    @property
    def debit(self) -> Decimal:
        """Everything charged."""
        return sum((line.debit for line in self.lines), ZERO)

    @property
    def credit(self) -> Decimal:
        """Everything paid or credited."""
        return sum((line.credit for line in self.lines), ZERO)


def partner_statement(partner: Partner, kind: str, first: dt.date, last: dt.date) -> list[CurrencyStatement]:
    """Return the statements of a partner, one per currency that has a balance or moved; four statements.

    Read from the control accounts, so it is what the general ledger says. Money on account counts as paid; what was
    booked for a partner merged into this one counts as his.
    """
    rows = JournalLine.objects.filter(
        account__in=accounts_of(*ROLES[Side(kind)]),
        partner__in=keys_of_family(partner.pk),
        is_exchange_difference=False,
    )
    opening = dict(
        rows.filter(entry__entry_date__lt=first)
        .order_by()
        .values_list("currency")
        .annotate(total=Sum("currency_amount"))
    )
    moved: list[dict[str, Any]] = list(
        rows.filter(entry__entry_date__gte=first, entry__entry_date__lte=last)
        .order_by()
        .values("entry", "currency")
        .annotate(total=Sum("currency_amount"))
        .order_by("entry__entry_date", "entry")  # type: ignore[arg-type]
    )
    moved = [row for row in moved if row["total"]]
    entries = JournalEntry.objects.in_bulk({row["entry"] for row in moved})
    keys = {key for key, total in opening.items() if total} | {row["currency"] for row in moved}
    currencies = Currency.objects.in_bulk(keys)
    ordered = sorted(currencies.values(), key=lambda one: one.code)
    return [_of_currency(one, opening.get(one.pk) or ZERO, moved, entries) for one in ordered]


def _of_currency(
    currency: Currency, opening: Decimal, moved: Iterable[dict[str, Any]], entries: dict[int, JournalEntry]
) -> CurrencyStatement:
    balance, lines = opening, []
    for row in moved:
        if row["currency"] != currency.pk:
            continue
        amount = row["total"]
        balance += amount
        lines.append(StatementLine(entries[row["entry"]], max(amount, ZERO), max(-amount, ZERO), balance))
    return CurrencyStatement(currency, opening, balance, lines)

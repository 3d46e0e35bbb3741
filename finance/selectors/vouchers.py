"""Vouchers read: which entries wait for one, how they are grouped, whether the seals still hold."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, Subquery

from core.fields import ZERO
from finance.engines.seals import seal, voucher_text
from finance.models import (
    BankAccount,
    FiscalPeriod,
    JournalEntry,
    LedgerSettings,
    Voucher,
    VoucherEntry,
    VoucherLine,
    VoucherSeal,
)
from finance.selectors.accounts import accounts_of
from finance.states import AccountRole, EntryEvent, PeriodState, VoucherGrouping, VoucherNaming, VoucherSeries


@dataclass
class Group:
    """Entries that go on one voucher; ``typed_by`` is who typed them, when a person did."""

    series: str
    date: dt.date
    entries: list[int]
    total: Decimal
    description: str
    typed_by: int | None
    attachment_count: int


@dataclass(frozen=True)
class BrokenSeal:
    """A posted voucher whose seal is not what its rows say, or does not follow the one before."""

    voucher: Voucher
    position: int
    reason: str


def ledger_settings() -> LedgerSettings:
    """Return the company's settings of the general ledger."""
    row, _created = LedgerSettings.objects.get_or_create(singleton=True)
    return row


def entries_waiting(period: FiscalPeriod) -> QuerySet[JournalEntry]:
    """Return the entries of a period that are in no voucher."""
    return JournalEntry.objects.filter(period=period, voucher_link__isnull=True)


def periods_without_vouchers() -> QuerySet[FiscalPeriod]:
    """Return the periods that are not closed and have entries in no voucher (how many: ``waiting``), oldest first."""
    entries = JournalEntry.objects.filter(period=OuterRef("pk"), voucher_link__isnull=True).order_by()
    counted = entries.values("period").annotate(count=Count("pk")).values("count")
    found = FiscalPeriod.objects.exclude(state=PeriodState.CLOSED).annotate(waiting=Subquery(counted))
    return found.filter(waiting__gt=0).order_by("d0")


def groups_waiting(period: FiscalPeriod, rules: LedgerSettings) -> list[Group]:
    """Group the entries of a period that are in no voucher by the company's rule, in order of their days."""
    found: dict[tuple[Any, ...], Group] = {}
    for row in _waiting_rows(period.pk):
        series = row["series"] or _series(rules, row["cash_in"], row["cash_out"])
        key = (series, row["entry_date"], *_what(rules.voucher_grouping, row))
        group = found.get(key)
        typed_by = row["actor_id"] if row["event"] in {EntryEvent.MANUAL, EntryEvent.OPENING} else None
        if group is None:
            description = row["description"] or row["source_number"]
            group = Group(series, row["entry_date"], [], ZERO, description, typed_by, 0)
            found[key] = group
        group.entries.append(row["id"])
        group.total += row["total"]
        group.typed_by = group.typed_by if group.typed_by == typed_by else None
        group.attachment_count += row["attachments"] or 0
    return list(found.values())


def texts_of(vouchers: Iterable[int]) -> dict[int, str]:
    """Return the text that is sealed of each voucher; three statements."""
    keys = list(vouchers)
    lines: dict[int, list[list[Any]]] = {}
    for row in VoucherLine.objects.filter(voucher__in=keys).order_by("voucher_id", "line_no"):
        lines.setdefault(row.voucher_id, []).append(
            [
                row.line_no,
                row.description,
                row.account_id,
                str(row.amount),
                row.currency_id,
                str(row.currency_amount),
                row.partner_id,
                row.department_id,
                row.project_id,
                row.item_category_id,
            ]
        )
    entries: dict[int, list[int]] = {}
    for voucher, entry in VoucherEntry.objects.filter(voucher__in=keys).values_list("voucher_id", "entry_id"):
        entries.setdefault(voucher, []).append(entry)
    return {
        one.pk: voucher_text(_header(one), lines.get(one.pk, []), entries.get(one.pk, []))
        for one in Voucher.objects.filter(pk__in=keys).select_related("period")
    }


def broken_seals(*, batch: int = 1000) -> list[BrokenSeal]:
    """Recompute the chain of every series from its first voucher on, in batches; nothing returned is all well."""
    broken = []
    for series in VoucherSeries.values:
        previous, expected = "", 1
        while True:
            seals = list(
                VoucherSeal.objects.filter(series=series, position__gte=expected)
                .select_related("voucher__period")
                .order_by("position")[:batch]
            )
            if not seals:
                break
            texts = texts_of([one.voucher_id for one in seals])
            for one in seals:
                reason = _fault(one, previous, expected, texts[one.voucher_id])
                if reason:
                    broken.append(BrokenSeal(one.voucher, one.position, reason))
                previous, expected = one.hash, one.position + 1
    return broken


def _fault(one: VoucherSeal, previous: str, expected: int, text: str) -> str:
    if one.position != expected:
        return f"place {expected} of the chain is missing"
    if one.previous_hash != previous:
        return "does not follow the seal before it"
    return "" if one.hash == seal(one.previous_hash, text) else "differs from what was sealed"


def _header(voucher: Voucher) -> list[Any]:
    return [
        voucher.series,
        voucher.period.year,
        voucher.period.month,
        voucher.number,
        voucher.voucher_date.isoformat(),
        str(voucher.total),
        voucher.attachment_count,
        voucher.prepared_by_id,
        voucher.reviewed_by_id,
        voucher.posted_by_id,
    ]


def _series(rules: LedgerSettings, cash_in: bool, cash_out: bool) -> str:
    """Return the series of an entry: money between own accounts is a payment (only one voucher is made of it)."""
    if rules.voucher_naming == VoucherNaming.SINGLE:
        return VoucherSeries.GENERAL
    if cash_out:
        return VoucherSeries.PAYMENT
    return VoucherSeries.RECEIPT if cash_in else VoucherSeries.TRANSFER


def _what(grouping: str, row: dict[str, Any]) -> tuple[Any, ...]:
    if grouping == VoucherGrouping.DAY:
        return ()
    if grouping == VoucherGrouping.JOURNAL:
        return (row["journal"], row["ledger_journal_id"])
    return (row["source_label"], row["source_id"])


def _waiting_rows(period: int) -> list[dict[str, Any]]:
    cash = set(accounts_of(AccountRole.CASH, AccountRole.BANK).values_list("pk", flat=True))
    cash |= set(BankAccount.objects.values_list("account_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT entry.id, entry.entry_date, entry.source_label, entry.source_id, entry.journal, entry.event,
              entry.actor_id, entry.description, entry.source_number, entry.ledger_journal_id,
              min(book.series) AS series,
              sum(line.amount) FILTER (WHERE line.amount > 0) AS total,
              bool_or(line.account_id = ANY(%(cash)s) AND line.amount > 0) AS cash_in,
              bool_or(line.account_id = ANY(%(cash)s) AND line.amount < 0) AS cash_out,
              max(typed.attachment_count) AS attachments
            FROM finance_journalentry entry
            JOIN finance_journalline line ON line.entry_id = entry.id
            LEFT JOIN finance_ledgerjournal book ON CASE WHEN entry.ledger_journal_id IS NULL
              THEN book.is_standard AND book.kind = entry.journal ELSE book.id = entry.ledger_journal_id END
            LEFT JOIN finance_voucherentry link ON link.entry_id = entry.id
            LEFT JOIN finance_manualentry typed
              ON entry.source_label = 'finance.manualentry' AND typed.id = entry.source_id
            WHERE entry.period_id = %(period)s AND link.id IS NULL
            GROUP BY entry.id ORDER BY entry.entry_date, entry.id
            """,
            {"cash": list(cash), "period": period},
        )
        columns = [column.name for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

"""Typed entries before they are posted."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.clock import business_date, company
from core.documents import lock, next_number, transition
from core.fields import ZERO
from core.money import round_amount
from core.operations import operation
from finance.errors import LineOneSided, LineWithoutAccount, NotADraft, OpeningReversal, ReversalBeforeEntry
from finance.models import ManualEntry, ManualEntryLine
from finance.services.manual_entries.journals import require_journal
from finance.states import ManualEntryKind, ManualEntryState

Rows = Sequence[Mapping[str, Any]]
NAMED = ("partner_id", "department_id", "project_id", "item_category_id", "sales_order_id")


@operation(permission="finance.add_manualentry")
def create_manual_entry(
    *,
    lines: Rows,
    document_date: dt.date | None = None,
    kind: str = ManualEntryKind.GENERAL,
    description: str = "",
    attachment_count: int = 0,
    reversal_date: dt.date | None = None,
    ledger_journal_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> ManualEntry:
    """Draft an entry of ``lines``: account_id, debit or credit (base currency), description, dimensions by key.

    A line in a foreign currency names currency_id, currency_amount (positive) and rate; its debit or credit then
    follows from them. A line that names no account takes the one its journal has for that side. On opening balances
    a line may name ``reference`` and ``due_date`` of an open item, or the ``reference`` of an advance.

    Raises:
        JournalClosed, WrongJournal: ``ledger_journal_id`` takes no such entry.
        LineWithoutAccount: a line names no account, and its journal has none for the side.
        LineOneSided: a line has no amount, or one on both sides.
        ReversalBeforeEntry, OpeningReversal: the reversal is not after the entry, or of opening balances.
    """
    entry = ManualEntry(
        number=next_number(ManualEntry, at),
        kind=ManualEntryKind(kind),
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
    )
    fill(
        entry,
        document_date=document_date or business_date(at),
        description=description,
        attachment_count=attachment_count,
        reversal_date=reversal_date,
        note=note,
        ledger_journal=require_journal(ledger_journal_id, entry.kind),
    )
    entry.save()
    store_lines(entry, lines)
    return entry


@operation(permission="finance.change_manualentry", document=(ManualEntry, "entry_id"))
def update_manual_entry(
    *,
    entry_id: int,
    version: int | None = None,
    lines: Rows,
    document_date: dt.date,
    description: str = "",
    attachment_count: int = 0,
    reversal_date: dt.date | None = None,
    ledger_journal_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> ManualEntry:
    """Replace what was typed on a draft.

    Raises:
        StaleVersion: somebody changed it since.
        NotADraft: it is posted, reversed or cancelled.
        LineOneSided, LineWithoutAccount, ReversalBeforeEntry, OpeningReversal, JournalClosed, WrongJournal: see
            `create_manual_entry`.
    """
    entry = lock(ManualEntry, entry_id, version=version)
    if entry.state != ManualEntryState.DRAFT:
        raise NotADraft(document=entry, state=str(entry.get_state_display()))
    fill(
        entry,
        document_date=document_date,
        description=description,
        attachment_count=attachment_count,
        reversal_date=reversal_date,
        note=note,
        ledger_journal=require_journal(ledger_journal_id, entry.kind),
    )
    entry.version += 1
    entry.save()
    entry.lines.all().delete()
    store_lines(entry, lines)
    return entry


@operation(permission="finance.cancel_manualentry", document=(ManualEntry, "entry_id"))
def cancel_manual_entry(*, entry_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> ManualEntry:
    """Cancel a draft.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is posted (reverse it), reversed or cancelled.
    """
    entry = lock(ManualEntry, entry_id, version=version)
    transition(entry, ManualEntryState.CANCELLED, actor=actor, at=at)
    return entry


def fill(entry: ManualEntry, *, document_date: dt.date, reversal_date: dt.date | None, **typed: Any) -> None:
    """Set what was typed on the header.

    Raises:
        ReversalBeforeEntry: the reversal is not after the entry.
        OpeningReversal: opening balances do not reverse themselves.
    """
    if reversal_date is not None and entry.kind == ManualEntryKind.OPENING:
        raise OpeningReversal(field="reversal_date")
    if reversal_date is not None and reversal_date <= document_date:
        raise ReversalBeforeEntry(field="reversal_date")
    entry.document_date, entry.reversal_date = document_date, reversal_date
    for name, value in typed.items():
        setattr(entry, name, value)


def store_lines(entry: ManualEntry, lines: Rows) -> None:
    """Write the typed lines, numbered from 1.

    Raises:
        LineOneSided: a line has no amount, or one on both sides.
        LineWithoutAccount: a line names no account, and the journal has none for the side.
    """
    own = company()
    decimals = own.base_decimals if own else 2
    made = []
    for line_no, row in enumerate(lines, 1):
        amount, currency_amount, rate = _amounts(row, line_no, decimals)
        made.append(
            ManualEntryLine(
                document=entry,
                line_no=line_no,
                account_id=row.get("account_id") or _usual_account(entry, amount, line_no),
                description=row.get("description") or "",
                amount=amount,
                currency_id=row.get("currency_id"),
                currency_amount=currency_amount,
                rate=rate,
                reference=(row.get("reference") or "").strip(),
                due_date=row.get("due_date"),
                **{name: row.get(name) for name in NAMED},
            )
        )
    ManualEntryLine.objects.bulk_create(made)


def _usual_account(entry: ManualEntry, amount: Decimal, line_no: int) -> int:
    """Return the account that the journal has for the side a line stands on."""
    journal = entry.ledger_journal
    account = (journal.debit_account_id if amount > 0 else journal.credit_account_id) if journal else None
    if account is None:
        raise LineWithoutAccount(line=str(line_no), field="lines")
    return account


def _amounts(row: Mapping[str, Any], line_no: int, decimals: int) -> tuple[Decimal, Decimal, Decimal]:
    """Return amount (debit positive), amount in currency with the same sign, and rate."""
    debit, credit = Decimal(row.get("debit") or 0), Decimal(row.get("credit") or 0)
    if row.get("currency_id"):
        rate, foreign = Decimal(row.get("rate") or 1), Decimal(row.get("currency_amount") or 0)
        side = -1 if credit and not debit else 1
        amount = round_amount(foreign * rate, decimals) * side
        if not amount or (debit and credit):
            raise LineOneSided(line=str(line_no), field="lines")
        return amount, foreign * side, rate
    if bool(debit) == bool(credit):
        raise LineOneSided(line=str(line_no), field="lines")
    return debit - credit, ZERO, Decimal(1)

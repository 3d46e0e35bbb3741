"""Bank statements: imported once, each movement matched to a payment or booked, closed when all are explained."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.fields import ZERO
from core.locks import lock_many
from core.money import round_amount
from core.operations import operation
from finance.errors import (
    BalanceDiffers,
    ControlAccount,
    MovementMatched,
    MovementsOpen,
    NothingNew,
    PaymentDiffers,
    StatementClosed,
)
from finance.models import (
    Account,
    BankAccount,
    BankImportMapping,
    BankMatch,
    BankMovement,
    BankStatement,
    Invoice,
    JournalEntry,
    JournalLine,
    Payment,
)
from finance.selectors.accounts import account_book, typed_accounts
from finance.services.payments.posting import record_payment
from finance.services.posting import Line, in_currency, post_entry, reverse_entry
from finance.states import Direction, EntryEvent, MovementState, PaymentState, StatementState
from masterdata.selectors.currencies import rate_on

Rows = Sequence[Mapping[str, Any]]


@operation(permission="finance.add_bankstatement")
def import_statement(
    *,
    bank_account_id: int,
    movements: Rows,
    file_name: str = "",
    bank_reference: str = "",
    opening_balance: Decimal | None = None,
    closing_balance: Decimal | None = None,
    headings: Mapping[str, str] | None = None,
    actor: Any,
    at: dt.datetime,
) -> BankStatement:
    """Store the movements of a file: {"booked_on", "amount", "name", "account", "reference", "purpose"}.

    Movements whose bank reference is known are left out. ``headings`` is the column mapping to keep for the next file.

    Raises:
        NothingNew: every movement was imported before, or there are none.
        BalanceDiffers: opening balance and movements do not come to the closing balance.
    """
    bank = lock(BankAccount, bank_account_id)
    total = sum((Decimal(row["amount"]) for row in movements), ZERO)
    if opening_balance is not None and closing_balance is not None and opening_balance + total != closing_balance:
        raise BalanceDiffers(opening=opening_balance, closing=closing_balance, movements=total)
    known = set(
        BankMovement.objects.filter(
            bank_account=bank, reference__in=[str(row["reference"]) for row in movements]
        ).values_list("reference", flat=True)
    )
    fresh: dict[str, Mapping[str, Any]] = {}
    for row in movements:
        if str(row["reference"]) not in known:
            fresh.setdefault(str(row["reference"]), row)
    if not fresh:
        raise NothingNew(count=len(movements))
    days = sorted(row["booked_on"] for row in fresh.values())
    statement = BankStatement(
        number=next_number(BankStatement, at),
        bank_account=bank,
        first_date=days[0],
        document_date=days[-1],
        opening_balance=opening_balance,
        closing_balance=closing_balance,
        bank_reference=bank_reference[:80],
        file_name=file_name[:200],
        owner=actor if getattr(actor, "pk", None) else None,
        created_at=at,
    )
    statement.save()
    _write_movements(statement, fresh)
    if headings is not None:
        BankImportMapping.objects.update_or_create(bank_account=bank, defaults={"headings": dict(headings)})
    return statement


@operation(permission="finance.match_bankstatement", document=(BankMovement, "movement_id"))
def link_payment(
    *, movement_id: int, version: int | None = None, payment_id: int, actor: Any, at: dt.datetime
) -> BankMovement:
    """Say that a movement is a payment that stands in the books already.

    Raises:
        StaleVersion: somebody changed it since.
        MovementMatched: it is explained already; StatementClosed: its statement is closed.
        PaymentDiffers: another account, direction or amount, not posted, or confirmed by another movement.
    """
    movement = _open_movement(movement_id, version)
    payment = lock(Payment, payment_id)
    line = _line_of(payment, movement.bank_account)
    fits = (
        payment.state == PaymentState.POSTED
        and payment.bank_account_id == movement.bank_account_id
        and (payment.amount if payment.direction == Direction.IN else -payment.amount) == movement.amount
    )
    if not fits or line is None or BankMatch.objects.filter(journal_line=line).exists():
        raise PaymentDiffers(document=payment, amount=movement.amount)
    return _explain(movement, line, payment)


@operation(permission="finance.match_bankstatement", document=(BankMovement, "movement_id"))
def pay_from_movement(
    *,
    movement_id: int,
    version: int | None = None,
    partner_id: int,
    kind: str,
    lines: Rows = (),
    actor: Any,
    at: dt.datetime,
) -> BankMovement:
    """Post the payment that a movement is, settling ``lines`` of {"invoice_id", "amount"}; the rest is an advance.

    Raises:
        StaleVersion: somebody changed it since.
        MovementMatched: it is explained already; StatementClosed: its statement is closed.
        WrongAllocation, InvoiceBlocked, OverAllocated, DuplicateBankReference: see `record_payment`.
        PeriodClosed, NoFiscalPeriod: its day takes no entry.
    """
    movement = _open_movement(movement_id, version)
    lock_many(Invoice, {int(row["invoice_id"]) for row in lines})
    payment = record_payment(
        bank_account_id=movement.bank_account_id,
        partner_id=partner_id,
        kind=kind,
        direction=str(Direction.IN if movement.amount > 0 else Direction.OUT),
        amount=abs(movement.amount),
        document_date=movement.booked_on,
        reference=movement.reference,
        note=movement.purpose,
        lines=lines,
        actor=actor,
        at=at,
    )
    line = _line_of(payment, movement.bank_account)
    if line is None:
        raise PaymentDiffers(document=payment, amount=movement.amount)
    return _explain(movement, line, payment)


@operation(permission="finance.match_bankstatement", document=(BankMovement, "movement_id"))
def book_movement(
    *,
    movement_id: int,
    version: int | None = None,
    account_id: int,
    description: str = "",
    actor: Any,
    at: dt.datetime,
) -> BankMovement:
    """Book a movement that is no payment of a partner (charges, interest, transfers) on an account.

    Raises:
        StaleVersion: somebody changed it since.
        MovementMatched: it is explained already; StatementClosed: its statement is closed.
        ControlAccount: the account is the total of a sub-ledger, or sums up others.
        PeriodClosed, NoFiscalPeriod: its day takes no entry.
    """
    movement = _open_movement(movement_id, version)
    account = Account.objects.get(pk=account_id)
    if not typed_accounts().filter(pk=account.pk).exists():
        raise ControlAccount(account=account)
    book, bank = account_book(), movement.bank_account
    rate = rate_on(bank.currency, movement.booked_on)
    money = Line(
        account_id=bank.account_id,
        amount=round_amount(movement.amount * rate, book.decimals),
        currency_id=bank.currency_id,
        currency_amount=movement.amount,
        rate=rate,
    )
    lines = in_currency(money, book.decimals)
    rest = -sum((line.amount for line in lines), ZERO)
    entry = post_entry(
        source=movement,
        event=EntryEvent.BANK,
        lines=[*lines, Line(account_id=account.pk, amount=rest)],
        date=movement.booked_on,
        description=description or f"{movement.name} {movement.purpose}".strip(),
        book=book,
        actor=actor,
        at=at,
    )
    if entry is None:
        raise MovementMatched(document=movement)
    return _explain(movement, entry.lines.get(account=bank.account, line_no=1), None)


@operation(permission="finance.match_bankstatement", document=(BankMovement, "movement_id"))
def unmatch_movement(
    *, movement_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> BankMovement:
    """Take the explanation of a movement back; an entry booked from it is reversed today, a payment stays.

    Raises:
        StaleVersion: somebody changed it since.
        MovementMatched: it is not explained; StatementClosed: its statement is closed.
        PeriodClosed, NoFiscalPeriod: today takes no entry.
    """
    movement = lock(BankMovement, movement_id, version=version)
    _require_open_statement(movement)
    if movement.state != MovementState.MATCHED:
        raise MovementMatched(document=movement)
    movement.matches.all().delete()
    for entry in JournalEntry.objects.filter(
        source_label="finance.bankmovement", source_id=movement.pk, reverses__isnull=True, reversal__isnull=True
    ):
        reverse_entry(entry=entry, date=business_date(at), description=reason, actor=actor, at=at)
    movement.state, movement.payment = MovementState.OPEN, None
    movement.version += 1
    movement.save(update_fields=["state", "payment", "version"])
    return movement


@operation(permission="finance.close_bankstatement", document=(BankStatement, "statement_id"))
def close_statement(*, statement_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> BankStatement:
    """Close a statement whose movements are all explained; they stay as they are.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is closed.
        MovementsOpen: some are not explained.
    """
    statement = lock(BankStatement, statement_id, version=version)
    left = statement.movements.filter(state=MovementState.OPEN).count()
    if left:
        raise MovementsOpen(count=left)
    transition(statement, StatementState.CLOSED, actor=actor, at=at)
    return statement


def _write_movements(statement: BankStatement, rows: Mapping[str, Mapping[str, Any]]) -> None:
    BankMovement.objects.bulk_create(
        BankMovement(
            statement=statement,
            bank_account=statement.bank_account,
            line_no=line_no,
            booked_on=row["booked_on"],
            amount=row["amount"],
            name=str(row.get("name", ""))[:120],
            account=str(row.get("account", ""))[:40],
            reference=reference[:80],
            purpose=str(row.get("purpose", ""))[:300],
        )
        for line_no, (reference, row) in enumerate(rows.items(), 1)
    )


def _open_movement(movement_id: int, version: int | None) -> BankMovement:
    movement = lock(BankMovement, movement_id, version=version)
    _require_open_statement(movement)
    if movement.state != MovementState.OPEN:
        raise MovementMatched(document=movement)
    return movement


def _require_open_statement(movement: BankMovement) -> None:
    if movement.statement.state != StatementState.OPEN:
        raise StatementClosed(document=movement.statement)


def _line_of(payment: Payment, bank: BankAccount) -> JournalLine | None:
    """Return the line of a payment's live entry on the account of the bank."""
    return (
        JournalLine.objects.filter(
            entry__source_label="finance.payment",
            entry__source_id=payment.pk,
            entry__event=EntryEvent.PAYMENT,
            entry__reverses__isnull=True,
            entry__reversal__isnull=True,
            account=bank.account_id,
            is_exchange_difference=False,
        )
        .order_by("line_no")
        .first()
    )


def _explain(movement: BankMovement, line: JournalLine, payment: Payment | None) -> BankMovement:
    BankMatch.objects.create(movement=movement, journal_line=line)
    movement.state, movement.payment = MovementState.MATCHED, payment
    movement.version += 1
    movement.save(update_fields=["state", "payment", "version"])
    return movement

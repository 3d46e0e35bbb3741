"""The bank read: what a movement may be, the journal of an account, and its reconciliation (银行余额调节表)."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from core.fields import ZERO
from finance.engines.bank_matching import LIKELY, Candidate, Movement, Score, key, name_key, score
from finance.models import BankAccount, BankMatch, BankMovement, BankStatement, Invoice, JournalLine, Payment
from finance.states import Direction, InvoiceState, MovementState, PaymentState, Side
from masterdata.models import Partner, PartnerBankAccount

TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-/]{3,}[A-Za-z0-9]")
MOST = 5


@dataclass(frozen=True)
class Proposal:
    """What a movement may be: a posted payment, or a payment still to be made that settles ``rows``."""

    score: Score
    partner: Partner
    kind: str
    payment: Payment | None = None
    rows: Sequence[tuple[Invoice, Decimal]] = ()


@dataclass
class _Known:
    """What was loaded once for all movements of a page."""

    payments: list[Payment] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    accounts: dict[int, list[str]] = field(default_factory=dict)


def proposals(movements: Sequence[BankMovement], bank: BankAccount) -> dict[int, list[Proposal]]:
    """Return the best proposals of every open movement, the likeliest first; four statements for all of them."""
    asked = [one for one in movements if one.state == MovementState.OPEN]
    if not asked:
        return {}
    known = _load(asked, bank)
    found: dict[int, list[Proposal]] = {}
    for movement in asked:
        said = Movement(movement.amount, movement.name, movement.account, f"{movement.reference} {movement.purpose}")
        rows = [*_of_payments(said, known), *_of_invoices(said, known), *_of_partners(said, known)]
        rows = sorted((row for row in rows if row.score.points >= LIKELY), key=lambda row: -row.score.points)
        found[movement.pk] = _distinct(rows)[:MOST]
    return found


def reconciled_payments() -> QuerySet[BankMatch]:
    """Return the matches, to exclude payments that a movement confirms already."""
    return BankMatch.objects.filter(journal_line__entry__source_label="finance.payment")


def _load(movements: Sequence[BankMovement], bank: BankAccount) -> _Known:
    amounts = {abs(one.amount) for one in movements}
    payments = (
        Payment.objects.filter(bank_account=bank, state=PaymentState.POSTED, amount__in=amounts)
        .exclude(pk__in=reconciled_payments().values("journal_line__entry__source_id"))
        .select_related("partner")
    )
    tokens = {token for one in movements for token in TOKEN.findall(f"{one.purpose} {one.reference} {one.name}")}
    numbers = Q(legal_number__in=tokens) | Q(number__in=tokens) | Q(supplier_reference__in=tokens)
    accounts = {one.account for one in movements if one.account}
    names = {one.name for one in movements if one.name}
    partners = Partner.objects.filter(
        Q(name__in=names)
        | Q(name_zh__in=names)
        | Q(short_name__in=names)
        | Q(name_key__in={name_key(one) for one in names} | {key(one) for one in names})
        | Q(name_zh_key__in={name_key(one) for one in names} | {key(one) for one in names})
        | Q(pk__in=PartnerBankAccount.objects.filter(account_number__in=accounts).values("partner"))
    )
    invoices = (
        Invoice.objects.filter(state=InvoiceState.POSTED, currency=bank.currency_id)
        .exclude(open_amount=0)
        .filter(numbers | Q(open_amount__in=amounts) | Q(partner__in=partners.values("pk")))
        .select_related("partner")
        .order_by("due_date", "pk")[:2000]
    )
    known = _Known(list(payments), list(invoices))
    wanted = {one.partner_id for one in known.payments} | {one.partner_id for one in known.invoices}
    for partner_id, number in PartnerBankAccount.objects.filter(partner__in=wanted).values_list(
        "partner", "account_number"
    ):
        known.accounts.setdefault(partner_id, []).append(number)
    return known


def _names(partner: Partner) -> list[str]:
    return [partner.name, partner.name_zh, partner.short_name]


def _of_payments(said: Movement, known: _Known) -> Iterable[Proposal]:
    for payment in known.payments:
        amount = payment.amount if payment.direction == Direction.IN else -payment.amount
        if amount != said.amount:
            continue
        numbers = [payment.number, payment.reference]
        accounts = known.accounts.get(payment.partner_id, [])
        fit = score(said, Candidate(amount, numbers, _names(payment.partner), accounts))
        yield Proposal(fit, payment.partner, payment.kind, payment=payment)


def _of_invoices(said: Movement, known: _Known) -> Iterable[Proposal]:
    for invoice in known.invoices:
        money = invoice.open_amount if invoice.kind == Side.CUSTOMER else -invoice.open_amount
        if (money > 0) != (said.amount > 0):
            continue
        numbers = [invoice.legal_number, invoice.number, invoice.supplier_reference]
        accounts = known.accounts.get(invoice.partner_id, [])
        fit = score(said, Candidate(money, numbers, _names(invoice.partner), accounts))
        part = min(abs(said.amount), abs(invoice.open_amount)).copy_sign(invoice.open_amount)
        yield Proposal(fit, invoice.partner, invoice.kind, rows=((invoice, part),))


def _of_partners(said: Movement, known: _Known) -> Iterable[Proposal]:
    """All that a partner owes (or is owed), the oldest due first, as far as the money goes."""
    by_partner: dict[tuple[int, str], list[Invoice]] = {}
    for invoice in known.invoices:
        by_partner.setdefault((invoice.partner_id, invoice.kind), []).append(invoice)
    for (partner_id, kind), invoices in by_partner.items():
        if (kind == Side.CUSTOMER) != (said.amount > 0) or len(invoices) < 2:
            continue
        left, rows = abs(said.amount), []
        for invoice in invoices:
            part = min(left, invoice.open_amount)
            if invoice.open_amount <= 0 or part <= 0:
                continue
            rows.append((invoice, part))
            left -= part
        if len(rows) < 2:
            continue
        whole = sum((invoice.open_amount for invoice, _part in rows), ZERO)
        numbers = [number for invoice, _part in rows for number in (invoice.legal_number, invoice.supplier_reference)]
        partner = rows[0][0].partner
        amount = whole if kind == Side.CUSTOMER else -whole
        fit = score(said, Candidate(amount, numbers, _names(partner), known.accounts.get(partner_id, [])))
        yield Proposal(fit, partner, kind, rows=tuple(rows))


def _distinct(rows: Sequence[Proposal]) -> list[Proposal]:
    seen: set[Any] = set()
    kept = []
    for row in rows:
        what = row.payment.pk if row.payment else tuple(invoice.pk for invoice, _part in row.rows)
        if what not in seen:
            seen.add(what)
            kept.append(row)
    return kept


@dataclass(frozen=True)
class Reconciliation:
    """Both balances of one day, and what brings each to the other; in the account's currency.

    ``in_bank_only`` is what the bank reports and the books have not got, ``in_books_only`` the other way round.
    """

    bank_account: BankAccount
    day: dt.date
    book_balance: Decimal
    bank_balance: Decimal | None
    in_bank_only: list[BankMovement]
    in_books_only: list[JournalLine]

    @property
    def adjusted_book(self) -> Decimal:
        """The book balance, had we booked what the bank reports."""
        return self.book_balance + sum((one.amount for one in self.in_bank_only), ZERO)

    @property
    def adjusted_bank(self) -> Decimal | None:
        """The bank's balance, had the bank booked what we did."""
        if self.bank_balance is None:
            return None
        return self.bank_balance + sum((one.currency_amount for one in self.in_books_only), ZERO)

    @property
    def difference(self) -> Decimal | None:
        """What remains unexplained."""
        return None if self.adjusted_bank is None else self.adjusted_book - self.adjusted_bank


def reconciliation(bank: BankAccount, day: dt.date) -> Reconciliation:
    """Return the reconciliation of a bank account at the end of ``day``."""
    lines = JournalLine.objects.filter(account=bank.account_id, currency=bank.currency_id, entry__entry_date__lte=day)
    book = lines.aggregate(total=Sum("currency_amount"))["total"] or ZERO
    undone = Q(entry__reversal__isnull=False, entry__reversal__entry_date__lte=day) | Q(entry__reverses__isnull=False)
    in_books = (
        lines.exclude(currency_amount=0)
        .exclude(bank_match__movement__booked_on__lte=day)
        .exclude(undone & Q(bank_match__isnull=True))
        .select_related("entry", "partner")
        .order_by("entry__entry_date", "pk")
    )
    in_bank = (
        BankMovement.objects.filter(bank_account=bank, booked_on__lte=day)
        .exclude(matches__journal_line__entry__entry_date__lte=day)
        .order_by("booked_on", "pk")
    )
    return Reconciliation(bank, day, book, bank_balance(bank, day), list(in_bank), list(in_books))


def bank_balance(bank: BankAccount, day: dt.date) -> Decimal | None:
    """Return the bank's own balance at the end of a day: the last one reported, moved by what came after it."""
    statements = bank_statements_of(bank).filter(document_date__lte=day)
    last = statements.filter(closing_balance__isnull=False).first()
    if last is not None:
        later = BankMovement.objects.filter(bank_account=bank, booked_on__gt=last.document_date, booked_on__lte=day)
        return (last.closing_balance or ZERO) + (later.aggregate(total=Sum("amount"))["total"] or ZERO)
    moved = BankMovement.objects.filter(bank_account=bank, booked_on__lte=day)
    total: Decimal | None = moved.aggregate(total=Sum("amount"))["total"]
    return total


def bank_statements_of(bank: BankAccount) -> QuerySet[BankStatement]:
    """Return the statements of an account, the newest first."""
    return BankStatement.objects.filter(bank_account=bank).order_by("-document_date", "-pk")


@dataclass(frozen=True)
class JournalRow:
    """One line of the journal: money in or out, the balance after it, and whether the bank has confirmed it."""

    line: JournalLine
    money_in: Decimal
    money_out: Decimal
    balance: Decimal
    is_confirmed: bool


@dataclass(frozen=True)
class Journal:
    """The journal of a bank or cash account between two days, in its currency."""

    opening: Decimal
    closing: Decimal
    rows: list[JournalRow]

    @property
    def money_in(self) -> Decimal:
        """Everything that came in."""
        return sum((row.money_in for row in self.rows), ZERO)

    @property
    def money_out(self) -> Decimal:
        """Everything that went out."""
        return sum((row.money_out for row in self.rows), ZERO)


def bank_journal(bank: BankAccount, first: dt.date, last: dt.date) -> Journal:
    """Return the journal of a bank or cash account; three statements."""
    lines = JournalLine.objects.filter(account=bank.account_id, currency=bank.currency_id).exclude(currency_amount=0)
    before = lines.filter(entry__entry_date__lt=first).aggregate(total=Sum("currency_amount"))["total"] or ZERO
    inside = lines.filter(entry__entry_date__gte=first, entry__entry_date__lte=last)
    found = list(inside.select_related("entry", "partner").order_by("entry__entry_date", "entry_id", "line_no"))
    confirmed = set(
        BankMatch.objects.filter(journal_line__in=inside.values("pk")).values_list("journal_line", flat=True)
    )
    balance, rows = before, []
    for line in found:
        balance += line.currency_amount
        rows.append(
            JournalRow(
                line=line,
                money_in=max(line.currency_amount, ZERO),
                money_out=max(-line.currency_amount, ZERO),
                balance=balance,
                is_confirmed=line.pk in confirmed,
            )
        )
    return Journal(before, balance, rows)

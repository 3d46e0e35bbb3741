"""Cash flow, direct method: the lines against cash, each classified by its account or by hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from core.fields import ZERO
from finance.models import Account, BankAccount, CashClassification, JournalLine, StatementRow
from finance.selectors.accounts import accounts_of
from finance.selectors.statements.columns import Column
from finance.selectors.statements.figures import Dimension, Figures, within
from finance.states import AccountRole, CashDirection, RowKind, StatementKind

CASH_ROLES = (AccountRole.CASH, AccountRole.BANK)
UNCLASSIFIED = ""


@dataclass(frozen=True)
class FlowKey:
    """What decides the row of a cash line: its account, whether money came in, and the row chosen by hand."""

    account_id: int
    is_in: bool
    chosen: str


def cash_accounts() -> QuerySet[Account]:
    """Return the accounts that are cash: those of the company's bank and cash accounts, and of the roles."""
    own = BankAccount.objects.values("account")
    return Account.objects.filter(Q(pk__in=own) | Q(pk__in=accounts_of(*CASH_ROLES).values("pk"))).distinct()


def counter_lines(dimension: Dimension | None = None) -> QuerySet[JournalLine]:
    """Return the lines on other accounts of the entries that touch cash: each is minus its amount of cash.

    An entry's lines sum to zero, so these sum to what cash gained; money moved from one own account to another has
    none. Lines on the account of opening balances are no flow: they are the opening cash itself.
    """
    cash = list(cash_accounts().values_list("pk", flat=True))
    touching = JournalLine.objects.filter(entry=OuterRef("entry"), account__in=cash)
    lines = JournalLine.objects.filter(Exists(touching)).exclude(account__in=cash)
    return lines.filter(dimension.condition()) if dimension is not None else lines


def flow_lines(dimension: Dimension | None = None) -> QuerySet[JournalLine]:
    """Return the counter lines that are flows: those of opening balances left out."""
    return counter_lines(dimension).exclude(account__in=accounts_of(AccountRole.OPENING).values("pk"))


def is_counter_line(entry_id: int, account_id: int) -> bool:
    """Return whether an entry has a cash line against this account."""
    return flow_lines().filter(entry=entry_id, account=account_id).exists()


def with_choice(lines: QuerySet[JournalLine], layout_id: int) -> QuerySet[JournalLine]:
    """Add ``chosen``: the row that a person put the line in, None where nobody did."""
    chosen = CashClassification.objects.filter(
        layout=layout_id, entry=OuterRef("entry"), account=OuterRef("account")
    ).values("row_code")
    return lines.annotate(chosen=chosen[:1])


def flow_sums(layout_id: int, columns: Sequence[Column], dimension: Dimension) -> dict[FlowKey, Figures]:
    """Return the cash per account, direction and chosen row, money in positive, column by column; one statement."""
    kind = StatementKind.CASH_FLOW
    sums = {f"c{place}": Sum("amount", filter=within(kind, column)) for place, column in enumerate(columns)}
    first, last = min(one.first for one in columns), max(one.last for one in columns)
    rows: Any = (
        with_choice(flow_lines(dimension), layout_id)
        .filter(entry__entry_date__gte=first, entry__entry_date__lte=last)
        .annotate(is_in=Q(amount__lt=0))
        .order_by()
        .values("account", "is_in", "chosen")
        .annotate(**sums)
    )
    return {
        FlowKey(row["account"], row["is_in"], row["chosen"] or UNCLASSIFIED): [
            -(row[f"c{place}"] or ZERO) for place in range(len(columns))
        ]
        for row in rows
    }


def row_of(key: FlowKey, rows: Sequence[StatementRow], accounts: Mapping[str, set[int]]) -> str:
    """Return the code of the row a cash line belongs to: chosen by hand, else the first that has its account."""
    if key.chosen in accounts:
        return key.chosen
    for row in rows:
        if row.kind != RowKind.ACCOUNTS or row.is_memo or key.account_id not in accounts[row.code]:
            continue
        if row.direction and (row.direction == CashDirection.IN) != key.is_in:
            continue
        return row.code
    return UNCLASSIFIED


def opening_cash(columns: Sequence[Column]) -> Figures:
    """Return the cash before each column, with the opening balances entered inside it; one statement."""
    sums: dict[str, Any] = {}
    cash = list(cash_accounts().values_list("pk", flat=True))
    for place, column in enumerate(columns):
        sums[f"c{place}"] = Sum("amount", filter=Q(account__in=cash, entry__entry_date__lt=column.first))
    before = JournalLine.objects.filter(account__in=cash).aggregate(**sums)
    entered = _opening_entries(columns)
    return [(before[f"c{place}"] or ZERO) + entered[place] for place in range(len(columns))]


def _opening_entries(columns: Sequence[Column]) -> Figures:
    opening = counter_lines().filter(account__in=accounts_of(AccountRole.OPENING).values("pk"))
    sums = {
        f"c{place}": Sum("amount", filter=within(StatementKind.CASH_FLOW, column))
        for place, column in enumerate(columns)
    }
    found = opening.aggregate(**sums)
    return [-(found[f"c{place}"] or ZERO) for place in range(len(columns))]


def closing_cash(columns: Sequence[Column]) -> Figures:
    """Return what stands on the cash accounts at the end of each column; two statements."""
    cash = list(cash_accounts().values_list("pk", flat=True))
    sums = {f"c{n}": Sum("amount", filter=Q(entry__entry_date__lte=one.last)) for n, one in enumerate(columns)}
    found = JournalLine.objects.filter(account__in=cash).aggregate(**sums)
    return [found[f"c{place}"] or ZERO for place in range(len(columns))]


def lines_of_row(
    keys: Iterable[FlowKey], layout_id: int, column: Column, dimension: Dimension
) -> QuerySet[JournalLine]:
    """Return the cash lines behind a figure: those of the given keys in the days of a column, the newest first."""
    condition = Q(pk__in=[])
    for key in keys:
        sign = Q(amount__lt=0) if key.is_in else Q(amount__gt=0)
        chosen = Q(chosen=key.chosen) if key.chosen else Q(chosen__isnull=True)
        condition |= Q(account=key.account_id) & sign & chosen
    return (
        with_choice(flow_lines(dimension), layout_id)
        .filter(condition, within(StatementKind.CASH_FLOW, column))
        .select_related("entry", "account", "partner")
        .order_by("-entry__entry_date", "-entry_id", "line_no")
    )


def total_of(lines: QuerySet[JournalLine]) -> Decimal:
    """Return the cash of counter lines, money in positive."""
    return -(lines.order_by().aggregate(total=Sum("amount"))["total"] or ZERO)

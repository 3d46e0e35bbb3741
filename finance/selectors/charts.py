"""The charts of accounts that come with the program."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from finance.errors import UnknownChart
from finance.models import Account, AccountMapping, JournalLine
from finance.selectors.accounts import postable_accounts
from finance.states import AccountRole

FOLDER = Path(__file__).resolve().parent.parent / "charts"
CHARTS: dict[str, Any] = {
    "small_enterprise_cn": _("China: accounting standard for small enterprises (小企业会计准则)"),
    "ifrs": _("International (IFRS)"),
}

STATUTORY = frozenset({"small_enterprise_cn"})
"""Charts of a law that asks for posted vouchers and for profit and loss carried over each month."""


@dataclass(frozen=True)
class ChartRow:
    """One account of a chart file; ``roles`` are what it is used for at the start."""

    code: str
    parent: str
    kind: str
    direction: str
    is_control: bool
    roles: tuple[str, ...]
    name: str
    name_zh: str


def available_charts() -> list[tuple[str, Any]]:
    """Return (code, name) of the charts, for a select."""
    return list(CHARTS.items())


def chart_rows(chart: str) -> list[ChartRow]:
    """Read a chart file: parents before their children.

    Raises:
        UnknownChart: there is no such file.
    """
    if chart not in CHARTS:
        raise UnknownChart(chart=chart)
    with (FOLDER / f"{chart}.csv").open(encoding="utf-8", newline="") as file:
        return [
            ChartRow(
                code=row["code"],
                parent=row["parent"],
                kind=row["kind"],
                direction=row["direction"],
                is_control=row["control"] == "x",
                roles=tuple(row["roles"].split()),
                name=row["name"],
                name_zh=row["name_zh"],
            )
            for row in csv.DictReader(file)
        ]


@dataclass(frozen=True)
class Proposal:
    """An account for a role that has none: one of the books, or (``account`` None) the ``row`` of the chart's file."""

    role: AccountRole
    row: ChartRow
    account: Account | None


def loaded_chart() -> str | None:
    """Return the chart that the accounts of the books came from: the one they share most codes with, if with half."""
    codes = set(Account.objects.values_list("code", flat=True))
    if not codes:
        return None
    shared = {chart: len(codes & {row.code for row in chart_rows(chart)}) for chart in CHARTS}
    best = max(shared, key=lambda chart: shared[chart])
    return best if 2 * shared[best] >= len(codes) else None


def missing_roles() -> list[AccountRole]:
    """Return the roles that no account plays for all categories, in their order."""
    mapped = set(AccountMapping.objects.filter(category__isnull=True).values_list("role", flat=True))
    return [role for role in AccountRole if role.value not in mapped]


def proposals() -> list[Proposal]:
    """Return an account for each missing role that the loaded chart names and the books can take.

    An account that sums up others or is closed is not proposed, nor a new one below an account that is booked on.
    """
    chart, missing = loaded_chart(), missing_roles()
    if chart is None or not missing:
        return []
    rows = {role: row for row in chart_rows(chart) for role in row.roles}
    wanted = [(role, rows[role.value]) for role in missing if role.value in rows]
    accounts = {one.code: one for one in Account.objects.all()}
    postable = set(postable_accounts().values_list("pk", flat=True))
    used = set(AccountMapping.objects.values_list("account", flat=True))
    used |= set(JournalLine.objects.order_by().values_list("account", flat=True).distinct())
    found = []
    for role, row in wanted:
        account, parent = accounts.get(row.code), accounts.get(row.parent)
        fits = account.pk in postable if account else not row.parent or (parent is not None and parent.pk not in used)
        if fits:
            found.append(Proposal(role, row, account))
    return found

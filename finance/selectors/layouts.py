"""The layouts that come with the program, and the accounts their rows hold."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from finance.engines.statements import Span, covered, read_accounts
from finance.models import Account, StatementLayout, StatementRow
from finance.selectors.charts import CHARTS, chart_rows
from finance.states import RowKind, StatementKind, StatementStandard

FOLDER = Path(__file__).resolve().parent.parent / "layouts"


@dataclass(frozen=True)
class StandardLayout:
    """A layout that comes with the program: its file, its names, the code of the legal form."""

    code: str
    standard: StatementStandard
    kind: StatementKind
    name: str
    name_zh: str
    form_code: str = ""


STANDARD_LAYOUTS = (
    StandardLayout(
        "CN-BS", StatementStandard.CN_SMALL, StatementKind.BALANCE_SHEET, "Balance sheet", "资产负债表", "会小企01表"
    ),
    StandardLayout(
        "CN-PL", StatementStandard.CN_SMALL, StatementKind.PROFIT_LOSS, "Profit and loss", "利润表", "会小企02表"
    ),
    StandardLayout(
        "CN-CF",
        StatementStandard.CN_SMALL,
        StatementKind.CASH_FLOW,
        "Cash flow statement",
        "现金流量表",
        "会小企03表",
    ),
    StandardLayout(
        "IFRS-BS",
        StatementStandard.IFRS,
        StatementKind.BALANCE_SHEET,
        "Statement of financial position",
        "财务状况表",
    ),
    StandardLayout(
        "IFRS-PL", StatementStandard.IFRS, StatementKind.PROFIT_LOSS, "Statement of profit or loss", "损益表"
    ),
    StandardLayout("IFRS-CF", StatementStandard.IFRS, StatementKind.CASH_FLOW, "Statement of cash flows", "现金流量表"),
)

GROUPS: tuple[tuple[StatementStandard, Any], ...] = (
    (StatementStandard.CN_SMALL, _("China: small enterprises")),
    (StatementStandard.IFRS, _("IFRS style")),
    (StatementStandard.OWN, _("Own layouts")),
)


def standard_rows(layout: StandardLayout, chart: str) -> list[dict[str, Any]]:
    """Return the rows of a standard layout with the account ranges of ``chart``, in order."""
    with (FOLDER / f"{layout.standard.value}_{layout.kind.value}.csv").open(encoding="utf-8", newline="") as file:
        return [
            {
                "code": row["code"],
                "kind": row["kind"],
                "level": int(row["level"]),
                "side": row["side"],
                "direction": row["direction"],
                "is_memo": row["memo"] == "x",
                "accounts": row[chart],
                "formula": row["formula"],
                "name": row["name"],
                "name_zh": row["name_zh"],
            }
            for row in csv.DictReader(file)
        ]


def chart_in_use() -> str:
    """Return the chart of accounts that has most codes in common with the books."""
    codes = set(Account.objects.values_list("code", flat=True))
    return max(CHARTS, key=lambda chart: len(codes & {row.code for row in chart_rows(chart)}))


def layouts() -> list[StatementLayout]:
    """Return the layouts in use, the statutory ones first, balance sheet before profit and loss before cash flow."""
    order = [kind.value for kind in StatementKind]
    standards = [standard.value for standard in StatementStandard]
    found = StatementLayout.objects.filter(is_active=True)
    return sorted(found, key=lambda one: (standards.index(one.standard), order.index(one.kind), one.code))


class AccountTree:
    """The chart as the layouts see it: codes and what lies above them; one statement.

    An account without one above it stands below the account whose code its own begins with: 100203 below 1002, which
    has entries of its own and can take no account below it any more.
    """

    def __init__(self) -> None:
        self.accounts = {account.pk: account for account in Account.objects.order_by("code")}
        codes = {account.code: pk for pk, account in self.accounts.items()}
        self.shape: Mapping[int, tuple[str, int | None]] = {
            pk: (account.code, account.parent_id or _above(account.code, codes))
            for pk, account in self.accounts.items()
        }
        self.parents = {account.parent_id for account in self.accounts.values()}

    def held_by(self, spans: list[Span]) -> set[int]:
        """Return the keys of the accounts in ``spans``, with those below them."""
        return covered(self.shape, spans)

    def leaves(self, kinds: Iterable[str]) -> set[int]:
        """Return the keys of the accounts of these kinds that are booked on."""
        wanted = set(kinds)
        return {pk for pk, one in self.accounts.items() if one.kind in wanted and pk not in self.parents}

    def named(self, keys: Iterable[int]) -> list[Account]:
        """Return the accounts by code."""
        return sorted((self.accounts[key] for key in keys), key=lambda one: one.code)


def _above(code: str, codes: Mapping[str, int]) -> int | None:
    """Return the account with the longest code that ``code`` goes on from."""
    return next((codes[code[:end]] for end in range(len(code) - 1, 2, -1) if code[:end] in codes), None)


def accounts_of_rows(rows: Iterable[StatementRow], tree: AccountTree) -> dict[str, set[int]]:
    """Return {row code: keys of its accounts} of the rows that sum up accounts."""
    return {
        row.code: tree.held_by(read_accounts(row.accounts)) & (set(tree.accounts) - tree.parents)
        for row in rows
        if row.kind == RowKind.ACCOUNTS
    }

"""One statement as it is shown: its rows with their figures, and what the checks found."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from finance.engines.statements import UnreadableFormula, evaluate, overlaps, read_formula
from finance.models import Account, StatementLayout, StatementRow
from finance.selectors.layouts import AccountTree, accounts_of_rows
from finance.selectors.statements import cash
from finance.selectors.statements.columns import Column, columns_of
from finance.selectors.statements.figures import Dimension, Figures, account_sums, added
from finance.states import AccountKind, RowKind, StatementKind

BALANCE_KINDS = tuple(AccountKind.values)
PROFIT_KINDS = (AccountKind.REVENUE, AccountKind.EXPENSE)
CHECKED = {StatementKind.BALANCE_SHEET: BALANCE_KINDS, StatementKind.PROFIT_LOSS: PROFIT_KINDS}


@dataclass(frozen=True)
class ReportRow:
    """One row with its figures, positive on its own side; None for a heading."""

    row: StatementRow
    figures: list[Decimal] | None

    @property
    def is_total(self) -> bool:
        """Whether it sums up other rows."""
        return self.row.kind in {RowKind.FORMULA, RowKind.OPENING}


@dataclass(frozen=True)
class Finding:
    """An account that no row holds, or more than one, with its sums (debit positive)."""

    account: Account
    figures: Figures
    rows: tuple[str, ...] = ()

    @property
    def has_figures(self) -> bool:
        """Whether it makes the statement wrong now, not only one day."""
        return any(self.figures)


@dataclass(frozen=True)
class Report:
    """A statement: ``difference`` is what keeps it from balancing, per column (None: not asked, a part is shown).

    For a balance sheet assets minus liabilities and equity, for a cash flow statement its closing cash minus the cash
    accounts; ``uncovered`` and ``doubled`` name the accounts at fault.
    """

    layout: StatementLayout
    columns: list[Column]
    rows: list[ReportRow]
    uncovered: list[Finding] = field(default_factory=list)
    doubled: list[Finding] = field(default_factory=list)
    difference: Figures | None = None

    @property
    def is_right(self) -> bool:
        """Whether nothing was found that makes a figure wrong."""
        wrong = [one for one in (*self.uncovered, *self.doubled) if one.has_figures]
        return not wrong and not any(self.difference or ())

    def figure(self, code: str, column: int = 0) -> Decimal:
        """Return the figure of a row."""
        found = next(one for one in self.rows if one.row.code == code)
        return (found.figures or [ZERO])[column]


@dataclass(frozen=True)
class Ingredients:
    """What a report is made of, kept for its drill-down: accounts of each row, flows of each row."""

    tree: AccountTree
    rows: list[StatementRow]
    accounts: dict[str, set[int]]
    columns: list[Column]


def statement(
    layout: StatementLayout, day: dt.date, view: str = "statutory", dimension: Dimension | None = None
) -> Report:
    """Return ``layout`` up to ``day``; at most eight statements, however many rows, accounts and entries there are."""
    part = dimension or Dimension()
    made = ingredients(layout, day, view)
    known, findings = (
        _cash_figures(layout, made, part)
        if layout.kind == StatementKind.CASH_FLOW
        else _account_figures(layout, made, part)
    )
    figures = _evaluated(made.rows, known, len(made.columns))
    rows = [ReportRow(row, None if row.kind == RowKind.HEADING else figures[row.code]) for row in made.rows]
    return Report(
        layout=layout,
        columns=made.columns,
        rows=rows,
        difference=_difference(layout, made, figures, findings) if part.is_whole else None,
        **{name: found for name, found in findings.items() if name != "sums"},
    )


def ingredients(layout: StatementLayout, day: dt.date, view: str) -> Ingredients:
    """Load rows, chart and columns; four statements."""
    rows, tree = list(layout.rows.order_by("position")), AccountTree()
    return Ingredients(tree, rows, accounts_of_rows(rows, tree), columns_of(layout.kind, view, day))


def _account_figures(
    layout: StatementLayout, made: Ingredients, dimension: Dimension
) -> tuple[dict[str, Figures], dict[str, Any]]:
    width = len(made.columns)
    sums = account_sums(layout.kind, made.columns, dimension)
    known = {
        row.code: added((sums[key] for key in made.accounts[row.code] if key in sums), width, row.sign)
        for row in made.rows
        if row.kind == RowKind.ACCOUNTS
    }
    counted = [(row.code, made.accounts[row.code]) for row in made.rows if row.code in known and not row.is_memo]
    zero = [ZERO] * width
    expected = made.tree.leaves(CHECKED[StatementKind(layout.kind)])
    missing = expected - set().union(*(keys for _code, keys in counted))
    twice = overlaps(counted)
    return known, {
        "uncovered": [Finding(one, sums.get(one.pk, zero)) for one in made.tree.named(missing)],
        "doubled": [Finding(one, sums.get(one.pk, zero), tuple(twice[one.pk])) for one in made.tree.named(twice)],
        "sums": sums,
    }


def _cash_figures(
    layout: StatementLayout, made: Ingredients, dimension: Dimension
) -> tuple[dict[str, Figures], dict[str, Any]]:
    width = len(made.columns)
    flows = cash.flow_sums(layout.pk, made.columns, dimension)
    by_row: dict[str, list[Figures]] = {}
    lost: dict[int, list[Figures]] = {}
    for key, figures in flows.items():
        code = cash.row_of(key, made.rows, made.accounts)
        if code == cash.UNCLASSIFIED:
            lost.setdefault(key.account_id, []).append(figures)
        else:
            by_row.setdefault(code, []).append(figures)
    known = {row.code: added(by_row.get(row.code, ()), width, row.sign) for row in made.rows if row.code in by_row}
    for row in made.rows:
        if row.kind == RowKind.OPENING:
            known[row.code] = cash.opening_cash(made.columns) if dimension.is_whole else [ZERO] * width
    unclassified = [Finding(one, added(lost[one.pk], width)) for one in made.tree.named(lost)]
    return known, {"uncovered": unclassified, "doubled": []}


def _evaluated(rows: Sequence[StatementRow], known: Mapping[str, Figures], width: int) -> dict[str, Figures]:
    formulas = {row.code: read_formula(row.formula) for row in rows if row.kind == RowKind.FORMULA}
    zero = [ZERO] * width
    plain = {row.code: known.get(row.code, zero) for row in rows if row.kind != RowKind.FORMULA}
    try:
        return evaluate(formulas, plain, width)
    except UnreadableFormula as wrong:
        raise ValueError(f"layout with a circular formula: {wrong}") from wrong


def _difference(
    layout: StatementLayout, made: Ingredients, figures: Mapping[str, Figures], findings: Mapping[str, Any]
) -> Figures | None:
    """Assets less the rest; cash at the end less the cash accounts. Profit and loss has nothing to be equal to."""
    if layout.kind == StatementKind.CASH_FLOW:
        last = next((row.code for row in reversed(made.rows) if row.kind == RowKind.FORMULA), "")
        if not last:
            return None
        return added([figures[last], [-one for one in cash.closing_cash(made.columns)]], len(made.columns))
    if layout.kind == StatementKind.BALANCE_SHEET:
        totals = [row for row in made.rows if row.kind == RowKind.FORMULA and row.level == 0]
        if len(totals) < 2:
            return None
        parts = [[total.sign * one for one in figures[total.code]] for total in totals]
        return added(parts, len(made.columns))
    return None

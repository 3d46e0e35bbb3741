"""What is behind one figure of a statement: other rows, accounts, cash lines."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet

from core.fields import ZERO
from finance.engines.statements import read_formula
from finance.models import Account, JournalLine, StatementLayout, StatementRow
from finance.selectors.statements import cash
from finance.selectors.statements.columns import Column
from finance.selectors.statements.figures import Dimension, account_sums
from finance.selectors.statements.report import ingredients, statement
from finance.states import RowKind, StatementKind


@dataclass(frozen=True)
class Question:
    """Which figure is meant: up to which day, in which view and column (counted from 0), of which part."""

    day: dt.date
    view: str = "statutory"
    place: int = 0
    dimension: Dimension = field(default_factory=Dimension)


@dataclass(frozen=True)
class Part:
    """One summand: an account or another row, with its signed share of the figure."""

    amount: Decimal
    account: Account | None = None
    row: StatementRow | None = None


@dataclass(frozen=True)
class Behind:
    """The summands of a figure; of a cash row its lines instead."""

    row: StatementRow
    column: Column
    total: Decimal
    parts: list[Part] = field(default_factory=list)
    lines: QuerySet[JournalLine] | None = None


def behind(layout: StatementLayout, row: StatementRow, asked: Question) -> Behind:
    """Return what the figure of ``row`` is made of."""
    made = ingredients(layout, asked.day, asked.view)
    column = made.columns[min(asked.place, len(made.columns) - 1)]
    if row.kind == RowKind.FORMULA:
        return _of_formula(layout, row, asked)
    if row.kind != RowKind.ACCOUNTS:
        total = cash.opening_cash([column])[0] if row.kind == RowKind.OPENING else ZERO
        return Behind(row, column, total)
    if layout.kind == StatementKind.CASH_FLOW:
        flows = cash.flow_sums(layout.pk, [column], asked.dimension)
        keys = [key for key in flows if cash.row_of(key, made.rows, made.accounts) == row.code]
        lines = cash.lines_of_row(keys, layout.pk, column, asked.dimension)
        return Behind(row, column, row.sign * cash.total_of(lines), lines=lines)
    sums = account_sums(layout.kind, [column], asked.dimension)
    parts = [
        Part(row.sign * sums[one.pk][0], account=one)
        for one in made.tree.named(made.accounts[row.code] & set(sums))
        if sums[one.pk][0]
    ]
    return Behind(row, column, sum((part.amount for part in parts), ZERO), parts)


def unclassified_lines(layout: StatementLayout, asked: Question) -> QuerySet[JournalLine]:
    """Return the cash lines of the column that no row takes."""
    made = ingredients(layout, asked.day, asked.view)
    column = made.columns[min(asked.place, len(made.columns) - 1)]
    flows = cash.flow_sums(layout.pk, [column], asked.dimension)
    keys = [key for key in flows if cash.row_of(key, made.rows, made.accounts) == cash.UNCLASSIFIED]
    return cash.lines_of_row(keys, layout.pk, column, asked.dimension)


def _of_formula(layout: StatementLayout, row: StatementRow, asked: Question) -> Behind:
    report = statement(layout, asked.day, asked.view, asked.dimension)
    place = min(asked.place, len(report.columns) - 1)
    by_code = {one.row.code: one for one in report.rows}
    parts: Sequence[Part] = [
        Part(sign * (by_code[code].figures or [ZERO] * len(report.columns))[place], row=by_code[code].row)
        for sign, code in read_formula(row.formula)
        if code in by_code
    ]
    return Behind(row, report.columns[place], report.figure(row.code, place), list(parts))

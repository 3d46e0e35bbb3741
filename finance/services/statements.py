"""Layouts of the statements: loading the standard ones, editing, classifying cash lines by hand."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max

from core import audit
from core.documents import lock
from core.operations import operation
from finance.engines.statements import UnreadableAccounts, UnreadableFormula, circle, read_accounts, read_formula
from finance.errors import (
    CircularRow,
    CodeTaken,
    EmptyLayout,
    NotACashLine,
    UnknownAccounts,
    UnknownRow,
    UnreadableRow,
)
from finance.models import CashClassification, StatementLayout, StatementRow
from finance.selectors.layouts import STANDARD_LAYOUTS, AccountTree, chart_in_use, standard_rows
from finance.selectors.statements.cash import is_counter_line
from finance.states import RowKind, StatementKind, StatementStandard

FIELDS = (
    "code",
    "kind",
    "level",
    "side",
    "direction",
    "is_memo",
    "accounts",
    "formula",
    "name",
    "name_zh",
)


@operation(permission="finance.change_statementlayout")
def load_standard_layouts(*, chart: str = "", actor: Any, at: dt.datetime) -> int:
    """Write the six layouts that come with the program anew, with the account ranges of ``chart`` (default: the one
    in use); a company's own layouts stay as they are. Returns the number of layouts.
    """
    chart = chart or chart_in_use()
    for standard in STANDARD_LAYOUTS:
        layout = StatementLayout.objects.filter(code=standard.code).first()
        layout = lock(StatementLayout, layout.pk) if layout else StatementLayout(code=standard.code)
        layout.kind, layout.standard, layout.form_code = standard.kind, standard.standard, standard.form_code
        layout.name, layout.name_zh, layout.is_active = standard.name, standard.name_zh, True
        layout.version += 1 if layout.pk else 0
        layout.save()
        _write_rows(layout, standard_rows(standard, chart))
    return len(STANDARD_LAYOUTS)


@operation(permission="finance.change_statementlayout")
def save_layout(
    *,
    layout_id: int | None = None,
    version: int | None = None,
    code: str,
    name: str,
    name_zh: str = "",
    kind: str,
    form_code: str = "",
    is_active: bool = True,
    rows: Sequence[Mapping[str, Any]],
    actor: Any,
    at: dt.datetime,
) -> StatementLayout:
    """Create a layout or replace its rows; ``rows`` are mappings of FIELDS in their order.

    Raises:
        StaleVersion: somebody changed it since.
        CodeTaken: another layout, or another row, has the code.
        EmptyLayout: it has no rows.
        UnreadableRow, UnknownRow, CircularRow, UnknownAccounts: what a row says.
    """
    if StatementLayout.objects.filter(code=code).exclude(pk=layout_id).exists():
        raise CodeTaken(value=code, field="code")
    _refuse_wrong_rows(rows)
    layout = lock(StatementLayout, layout_id, version=version) if layout_id else StatementLayout()
    layout.code, layout.name, layout.name_zh, layout.kind = code, name, name_zh, kind
    layout.form_code, layout.is_active = form_code, is_active
    layout.version += 1 if layout.pk else 0
    layout.save()
    _write_rows(layout, rows)
    return layout


@operation(permission="finance.change_statementlayout", document=(StatementLayout, "layout_id"))
def copy_layout(*, layout_id: int, actor: Any, at: dt.datetime) -> StatementLayout:
    """Make an own layout with the same rows, to be changed without touching the standard one."""
    original = lock(StatementLayout, layout_id)
    last = StatementLayout.objects.aggregate(last=Max("pk"))["last"]
    copy = StatementLayout.objects.create(
        code=f"{original.code}-{last + 1}",
        name=original.name,
        name_zh=original.name_zh,
        kind=original.kind,
        form_code=original.form_code,
        standard=StatementStandard.OWN,
    )
    _write_rows(copy, [{name: getattr(row, name) for name in FIELDS} for row in original.rows.all()])
    return copy


@operation(permission="finance.change_statementlayout", document=(StatementLayout, "layout_id"))
def classify_cash_line(
    *, layout_id: int, entry_id: int, account_id: int, row_code: str, actor: Any, at: dt.datetime
) -> StatementLayout:
    """Put the cash lines of an entry against an account in a row of a cash flow statement; empty: as the layout says.

    Raises:
        NotACashLine: the entry has no such lines, or the row takes none.
    """
    layout = lock(StatementLayout, layout_id)
    row = layout.rows.filter(code=row_code, kind=RowKind.ACCOUNTS).first() if row_code else None
    is_flow = layout.kind == StatementKind.CASH_FLOW
    if not is_flow or (row_code and row is None) or not is_counter_line(entry_id, account_id):
        raise NotACashLine(entry=f"JE{entry_id:07d}", account=account_id, row=row_code)
    found = CashClassification.objects.filter(layout=layout, entry_id=entry_id, account_id=account_id).first()
    if row is None:
        if found is not None:
            found.delete()
    else:
        found = found or CashClassification(layout=layout, entry_id=entry_id, account_id=account_id)
        found.row_code = row.code
        found.save()
    audit.record(layout, "classified", actor=actor, at=at, entry=entry_id, account=account_id, row=row_code)
    return layout


def _write_rows(layout: StatementLayout, rows: Sequence[Mapping[str, Any]]) -> None:
    StatementRow.objects.filter(layout=layout).delete()
    StatementRow.objects.bulk_create(
        StatementRow(layout=layout, position=position, **{name: row[name] for name in FIELDS if name in row})
        for position, row in enumerate(rows, 1)
    )


def _refuse_wrong_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        raise EmptyLayout()
    codes: set[str] = set()
    for row in rows:
        if row["code"] in codes:
            raise CodeTaken(value=row["code"], field="code")
        codes.add(row["code"])
    tree = AccountTree()
    formulas = {}
    for row in rows:
        if row["kind"] == RowKind.FORMULA:
            formulas[row["code"]] = _formula_of(row, codes)
        if row["kind"] == RowKind.ACCOUNTS:
            _refuse_unknown_accounts(row, tree)
    looping = circle(formulas)
    if looping:
        raise CircularRow(row=looping)


def _formula_of(row: Mapping[str, Any], codes: set[str]) -> list[tuple[int, str]]:
    try:
        terms = read_formula(row.get("formula") or "")
    except UnreadableFormula:
        raise UnreadableRow(row=row["code"], text=row["formula"]) from None
    for _sign, part in terms:
        if part not in codes:
            raise UnknownRow(row=row["code"], part=part)
    return terms


def _refuse_unknown_accounts(row: Mapping[str, Any], tree: AccountTree) -> None:
    try:
        spans = read_accounts(row.get("accounts") or "")
    except UnreadableAccounts as wrong:
        raise UnreadableRow(row=row["code"], text=str(wrong)) from None
    for span in spans:
        if not tree.held_by([span]):
            text = span.first if span.first == span.last else f"{span.first}..{span.last}"
            raise UnknownAccounts(row=row["code"], text=text)

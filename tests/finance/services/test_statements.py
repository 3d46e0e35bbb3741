"""Editing layouts: what is written, and what is refused."""

import pytest

from core.errors import StaleVersion
from core.operations import perform
from finance import errors
from finance.models import StatementLayout
from finance.services import statements

ROWS = [
    {"code": "1", "kind": "accounts", "side": "debit", "accounts": "1001 1002", "name": "Cash"},
    {"code": "2", "kind": "formula", "side": "debit", "formula": "1", "name": "Total"},
]


def saved(rows=ROWS, **fields) -> StatementLayout:
    values = {"code": "OWN", "name": "Own", "kind": "balance_sheet", "rows": rows}
    return perform(statements.save_layout, actor=None, **values | fields)


def test_a_layout_is_written_changed_and_copied(books):
    layout = saved()
    assert list(layout.rows.values_list("position", "code", "kind", "accounts", "formula")) == [
        (1, "1", "accounts", "1001 1002", ""),
        (2, "2", "formula", "", "1"),
    ]
    changed = saved(ROWS[:1], layout_id=layout.pk, version=0, form_code="F1")
    assert (changed.version, changed.form_code, changed.rows.count(), changed.standard) == (1, "F1", 1, "own")
    with pytest.raises(StaleVersion):
        saved(layout_id=layout.pk, version=0)
    copy = perform(statements.copy_layout, actor=None, layout_id=layout.pk)
    assert (copy.standard, copy.rows.count(), copy.code != "OWN") == ("own", 1, True)


def test_standard_layouts_are_written_anew_and_own_ones_stay(books):
    own = saved()
    assert perform(statements.load_standard_layouts, actor=None) == 6
    layout = StatementLayout.objects.get(code="CN-BS")
    layout.rows.all().delete()
    perform(statements.load_standard_layouts, actor=None)
    assert (layout.rows.filter(kind="accounts").count() > 30, own.rows.count()) == (True, 2)


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        ({"accounts": "10+01"}, errors.UnreadableRow),
        ({"accounts": "9999"}, errors.UnknownAccounts),
        ({"kind": "formula", "formula": "1 2"}, errors.UnreadableRow),
        ({"kind": "formula", "formula": "7"}, errors.UnknownRow),
        ({"kind": "formula", "formula": "2"}, errors.CircularRow),
        ({"code": "2"}, errors.CodeTaken),
    ],
)
def test_rows_that_say_nothing_are_refused(books, row, refusal):
    with pytest.raises(refusal):
        saved([ROWS[0] | row, ROWS[1]])
    assert not StatementLayout.objects.exists()


def test_empty_layouts_taken_codes_and_foreign_cash_lines_are_refused(books):
    with pytest.raises(errors.EmptyLayout):
        saved([])
    layout = saved()
    with pytest.raises(errors.CodeTaken):
        saved()
    with pytest.raises(errors.NotACashLine):
        perform(statements.classify_cash_line, actor=None, layout_id=layout.pk, entry_id=1, account_id=1, row_code="1")

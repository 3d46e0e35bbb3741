"""Balance sheet, profit and loss, cash flow: exact figures, checks that name what is wrong, parts of the company."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.operations import perform
from finance.models import Account, JournalEntry, StatementLayout, StatementRow
from finance.selectors.statements.cash import flow_lines
from finance.selectors.statements.columns import columns_of
from finance.selectors.statements.drill import Question, behind, unclassified_lines
from finance.selectors.statements.figures import Dimension
from finance.selectors.statements.report import statement
from finance.services import accounts, posting, statements
from tests.factories import erp, masterdata
from tests.factories.finance import account, bank, free_invoice, open_books, paid, post

D = Decimal
DAY = dt.date(2026, 3, 31)


def entry(date: dt.date, *lines: tuple[str, str], event: str = "manual", **fields):
    """A balanced entry of (account code, amount) lines, of a source of its own."""
    made = [posting.Line(account_id=account(code).pk, amount=D(amount), **fields) for code, amount in lines]
    number = JournalEntry.objects.count() + 1
    return perform(posting.post_entry, actor=None, source=bank(), event=event, event_ref=number, lines=made, date=date)


@pytest.fixture
def layouts(books) -> dict[str, StatementLayout]:
    erp.place()
    perform(statements.load_standard_layouts, actor=None)
    return {one.code: one for one in StatementLayout.objects.all()}


def business() -> None:
    """Capital last year; this year: goods sold for cash in February, rent in March, a machine, a loan."""
    entry(dt.date(2025, 12, 1), ("1002", "1000"), ("3001", "-1000"))
    entry(dt.date(2026, 2, 10), ("1002", "565"), ("5001", "-500"), ("22210106", "-65"))
    entry(dt.date(2026, 3, 5), ("560204", "120"), ("1002", "-120"))
    entry(dt.date(2026, 3, 6), ("1601", "300"), ("1002", "-300"))
    entry(dt.date(2026, 3, 7), ("1002", "200"), ("2001", "-200"))
    entry(dt.date(2026, 3, 8), ("560301", "10"), ("1002", "-10"))
    entry(dt.date(2026, 3, 9), ("1001", "50"), ("1002", "-50"))


def figures(report, *codes: str) -> list[list[Decimal]]:
    rows = {one.row.code: one.figures for one in report.rows}
    return [rows[code] for code in codes]


def test_an_account_added_beside_a_used_one_stands_in_its_row(layouts):
    """1002 has entries, so 100203 cannot stand below it in the chart; in the balance sheet it does by its code."""
    business()
    before = figures(statement(layouts["CN-BS"], DAY), "1")
    perform(accounts.save_account, actor=None, code="100203", name="Dollar account", kind="asset")
    entry(dt.date(2026, 3, 10), ("100203", "75"), ("1002", "-75"))
    report = statement(layouts["CN-BS"], DAY)
    assert (figures(report, "1"), report.is_right) == (before, True)


def test_the_balance_sheet_balances_before_and_after_the_profit_is_carried_over(layouts):

    business()
    report = statement(layouts["CN-BS"], DAY)
    assert [column.last for column in report.columns] == [DAY, dt.date(2025, 12, 31)]
    assert figures(report, "1", "18", "30", "31", "36", "48", "51", "53") == [
        [1335, 1000], [300, 0], [1635, 1000], [200, 0], [65, 0], [1000, 1000], [370, 0], [1635, 1000]
    ]  # fmt: skip
    assert (report.difference, report.is_right, report.uncovered, report.doubled) == ([0, 0], True, [], [])
    profit = statement(layouts["CN-PL"], DAY)
    expected = [[500, 0], [120, 120], [10, 10], [370, -130]]
    assert figures(profit, "1", "14", "18", "32") == expected
    carried = (("5001", "500"), ("560204", "-120"), ("560301", "-10"), ("3103", "-370"))
    entry(DAY, *carried, event="carry_over")
    assert figures(statement(layouts["CN-PL"], DAY), "1", "14", "18", "32") == expected
    again = statement(layouts["CN-BS"], DAY)
    assert (figures(again, "51"), again.difference) == ([[370, 0]], [0, 0])
    ifrs = statement(layouts["IFRS-BS"], DAY, "months")
    assert figures(ifrs, "TA", "TE") == [[1000, 1565, 1635], [1000, 1565, 1635]]
    assert figures(statement(layouts["IFRS-PL"], DAY, "quarter"), "P") == [[370, 0, 0]]


def test_cash_flow_of_the_direct_method_ends_with_the_cash_accounts(layouts):
    business()
    report = statement(layouts["CN-CF"], DAY)
    assert figures(report, "1", "6", "12", "14", "17", "20", "21", "22") == [
        [565, 0], [120, 120], [300, 300], [200, 200], [10, 10], [335, -230], [1000, 1565], [1335, 1335]
    ]  # fmt: skip
    assert (report.difference, report.uncovered) == ([0, 0], [])
    ifrs = statement(layouts["IFRS-CF"], DAY, "year")
    assert figures(ifrs, "O1", "I1", "F2", "O8", "CB") == [[565, 0], [300, 0], [200, 0], [10, 0], [1335, 0]]
    assert ifrs.difference == [0, 0]


def test_cash_of_customers_suppliers_and_opening_balances(layouts):
    entry(dt.date(2026, 1, 1), ("1002", "700"), ("3199", "-700"))
    customer, supplier = masterdata.customer("ACME"), masterdata.supplier("ALPHA")
    invoice = post(free_invoice(customer, "100"))
    paid(customer, "140", (invoice, "100"))
    bill = post(free_invoice(supplier, "80", kind="supplier"))
    paid(supplier, "80", (bill, "80"), kind="supplier", direction="out")
    day = JournalEntry.objects.latest("entry_date").entry_date
    report = statement(layouts["CN-CF"], day)
    assert [row[0] for row in figures(report, "1", "3", "21", "22")] == [140, 80, 700, 760]
    assert report.difference == [0, 0]


def test_cash_lines_are_put_in_another_row_by_hand(layouts):
    business()
    layout = layouts["CN-CF"]
    loan = flow_lines().get(account__code="2001")
    perform(
        statements.classify_cash_line,
        actor=None, layout_id=layout.pk, entry_id=loan.entry_id, account_id=loan.account_id, row_code="15",
    )  # fmt: skip
    report = statement(layout, DAY)
    assert figures(report, "14", "15", "22") == [[0, 0], [200, 200], [1335, 1335]]
    found = behind(layout, layout.rows.get(code="15"), Question(DAY))
    assert (found.total, [line.pk for line in found.lines]) == (200, [loan.pk])
    perform(
        statements.classify_cash_line,
        actor=None, layout_id=layout.pk, entry_id=loan.entry_id, account_id=loan.account_id, row_code="",
    )  # fmt: skip
    assert figures(statement(layout, DAY), "14") == [[200, 200]]


def test_accounts_that_stand_nowhere_or_twice_are_named(layouts):
    business()
    rows = StatementRow.objects.filter(layout=layouts["CN-BS"])
    rows.filter(code="18").update(accounts="")
    rows.filter(code="2").update(accounts="1101 1002")
    report = statement(layouts["CN-BS"], DAY)
    assert [(one.account.code, one.has_figures) for one in report.uncovered] == [("1601", True)]
    assert [(one.account.code, one.rows) for one in report.doubled] == [("1002", ("1", "2"))]
    assert (report.is_right, report.difference) == (False, [1285 - 300, 1000])
    StatementRow.objects.filter(layout=layouts["CN-CF"], code="14").update(accounts="")
    cash = statement(layouts["CN-CF"], DAY)
    assert [one.account.code for one in cash.uncovered] == ["2001"]
    assert cash.difference == [-200, -200]
    assert [line.account.code for line in unclassified_lines(layouts["CN-CF"], Question(DAY))] == ["2001"]


def test_one_department_and_one_project(layouts):
    office, below = masterdata.department("OFFICE"), masterdata.department("BELOW")
    type(below).objects.filter(pk=below.pk).update(parent=office)
    entry(DAY, ("560204", "30"), ("1002", "-30"), department_id=below.pk)
    entry(DAY, ("560204", "70"), ("1002", "-70"))
    report = statement(layouts["CN-PL"], DAY, "statutory", Dimension(department_id=office.pk))
    assert (figures(report, "14", "32"), report.difference) == ([[30, 30], [-30, -30]], None)
    assert figures(statement(layouts["CN-PL"], DAY), "14") == [[100, 100]]


def test_figures_lead_to_rows_and_accounts(layouts):
    business()
    layout = layouts["CN-PL"]
    total = behind(layout, layout.rows.get(code="21"), Question(DAY, place=1))
    assert [(part.row.code, part.amount) for part in total.parts if part.amount] == [("14", -120), ("18", -10)]
    row = behind(layout, layout.rows.get(code="18"), Question(DAY))
    assert [(part.account.code, part.amount) for part in row.parts] == [("560301", 10)]


def test_columns_follow_the_fiscal_year(books):
    names = {view: [column.key for column in columns_of("profit_loss", view, DAY)] for view in ("quarter", "months")}
    assert names == {
        "quarter": ["quarter", "quarter_before", "quarter_last_year"],
        "months": ["m01", "m02", "m03", "year"],
    }
    quarter = columns_of("profit_loss", "quarter", dt.date(2026, 5, 20))
    assert [(one.first, one.last) for one in quarter] == [
        (dt.date(2026, 4, 1), dt.date(2026, 5, 20)),
        (dt.date(2026, 1, 1), dt.date(2026, 3, 31)),
        (dt.date(2025, 4, 1), dt.date(2025, 5, 20)),
    ]
    balance = columns_of("balance_sheet", "month", dt.date(2026, 2, 28))
    assert [one.last for one in balance] == [dt.date(2026, 2, 28), dt.date(2026, 1, 31), dt.date(2025, 2, 28)]


@pytest.mark.parametrize("chart", ["small_enterprise_cn", "ifrs"])
def test_every_standard_layout_covers_every_account_of_every_chart(db, chart):
    open_books(chart=chart)
    perform(statements.load_standard_layouts, actor=None)
    for layout in StatementLayout.objects.exclude(kind="cash_flow"):
        report = statement(layout, DAY)
        assert (layout.code, report.uncovered, report.doubled) == (layout.code, [], [])
    assert StatementLayout.objects.count() == 6


def test_a_statement_costs_the_same_however_much_is_booked(layouts):
    def statements_of(code: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            statement(layouts[code], DAY, "months")
        return len(caught)

    before = {code: statements_of(code) for code in ("CN-BS", "CN-PL", "CN-CF")}
    business()
    Account.objects.create(code="5799", name="More", kind="expense")
    assert {code: statements_of(code) for code in before} == before
    assert max(before.values()) <= 12

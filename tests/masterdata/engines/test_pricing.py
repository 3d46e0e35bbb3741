from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterdata.engines.pricing import LineAmounts, LineInput, convert_price, price_line, total


def test_price_line_without_tax_adds_the_tax():
    assert price_line(Decimal(3), Decimal("19.99"), Decimal(0), Decimal(13), False) == LineAmounts(
        Decimal("59.97"), Decimal("7.80"), Decimal("67.77")
    )


def test_price_line_with_tax_takes_the_tax_out():
    assert price_line(Decimal(1), Decimal(100), Decimal(0), Decimal(13), True) == LineAmounts(
        Decimal("88.50"), Decimal("11.50"), Decimal("100.00")
    )


def test_price_line_discount_is_taken_before_rounding():
    assert price_line(Decimal(7), Decimal("1.11"), Decimal(5), Decimal(0), False).net == Decimal("7.38")


def test_price_line_in_a_currency_without_decimals():
    assert price_line(Decimal(3), Decimal("33.4"), Decimal(0), Decimal(10), False, 0) == LineAmounts(
        Decimal(100), Decimal(10), Decimal(110)
    )


def test_price_line_of_a_return_mirrors_the_sale():
    sale = price_line(Decimal(3), Decimal("0.335"), Decimal(0), Decimal(13), True)
    back = price_line(Decimal(-3), Decimal("0.335"), Decimal(0), Decimal(13), True)
    assert back == LineAmounts(-sale.net, -sale.tax, -sale.gross)


def test_total_by_document_rounds_the_tax_of_a_rate_once():
    lines = [LineInput(Decimal(1), Decimal("0.04"), Decimal(0), Decimal(13)) for _ in range(3)]
    by_line = total(lines, "line", False)
    by_document = total(lines, "document", False)
    assert (by_line.net, by_line.tax) == (Decimal("0.12"), Decimal("0.03"))
    assert (by_document.net, by_document.tax, by_document.gross) == (Decimal("0.12"), Decimal("0.02"), Decimal("0.14"))
    assert [one.tax for one in by_document.lines] == [Decimal("0.00"), Decimal("0.01"), Decimal("0.01")]


def test_total_by_document_keeps_rates_apart():
    lines = [
        LineInput(Decimal(1), Decimal(100), Decimal(0), Decimal(13)),
        LineInput(Decimal(1), Decimal(100), Decimal(0), Decimal(6)),
    ]
    done = total(lines, "document", True)
    assert [one.tax for one in done.lines] == [Decimal("11.50"), Decimal("5.66")]
    assert done.gross == Decimal("200.00")


@pytest.mark.parametrize(("source", "wanted", "price"), [(False, True, "113.000000"), (True, False, "88.495575")])
def test_convert_price(source, wanted, price):
    assert convert_price(Decimal(100), Decimal(13), from_included=source, to_included=wanted) == Decimal(price)


money = st.decimals("-1000", "1000", places=4)
lines = st.builds(
    LineInput,
    st.decimals("-100", "100", places=3),
    st.decimals("0", "1000", places=4),
    st.decimals("0", "100", places=2),
    st.sampled_from([Decimal(0), Decimal(3), Decimal(6), Decimal(9), Decimal(13)]),
)


@given(st.lists(lines, max_size=12), st.sampled_from(["line", "document"]), st.booleans(), st.sampled_from([0, 2, 3]))
def test_lines_always_sum_to_the_document(rows, level, tax_included, decimals):
    done = total(rows, level, tax_included, decimals)
    assert done.net == sum((one.net for one in done.lines), Decimal(0))
    assert done.tax == sum((one.tax for one in done.lines), Decimal(0))
    assert done.gross == done.net + done.tax
    assert all(one.net + one.tax == one.gross for one in done.lines)


@given(st.lists(lines, min_size=1, max_size=12), st.booleans(), st.sampled_from([0, 2]))
def test_document_level_moves_no_line_by_more_than_one_step(rows, tax_included, decimals):
    step = Decimal(1).scaleb(-decimals)
    one_by_one, at_once = total(rows, "line", tax_included, decimals), total(rows, "document", tax_included, decimals)
    for before, after in zip(one_by_one.lines, at_once.lines, strict=True):
        assert abs(before.tax - after.tax) <= step
        assert (before.gross if tax_included else before.net) == (after.gross if tax_included else after.net)

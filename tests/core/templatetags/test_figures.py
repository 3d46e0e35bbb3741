"""Figures as people read them; capitals after the examples of 支付结算办法 (PBoC 1997), annex 1."""

from decimal import Decimal

import pytest
from django.utils import translation

from core.templatetags import figures


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        # the annex's own examples
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        # the corners between the groups of four
        ("0", "零元整"),
        ("10", "壹拾元整"),
        ("10005", "壹万零伍元整"),
        ("20000300", "贰仟万零叁佰元整"),
        ("100000000", "壹亿元整"),
        ("100010001.01", "壹亿零壹万零壹元零壹分"),
        ("0.05", "伍分"),
        ("0.5", "伍角整"),
        ("-3.20", "负叁元贰角整"),
        ("0.005", "壹分"),
    ],
)
def test_capitals(amount, words):
    assert figures.capitals(Decimal(amount)) == words


def test_nothing_has_no_capitals():
    assert figures.capitals(None) == figures.capitals("") == ""


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_figures_group_by_three_digits_in_both_languages(language):
    with translation.override(language):
        assert figures.amount(Decimal("1234567.5")) == "1,234,567.50"
        assert figures.amount(Decimal("-1234567.5"), 0) == "-1,234,568"
        assert figures.unit_price(Decimal("1234.500000")) == "1,234.50"
        assert figures.unit_price(Decimal("0.034500")) == "0.0345"
        assert figures.quantity(Decimal("1200.500000")) == "1,200.5"
        assert figures.quantity(Decimal("3.000000")) == "3"
        assert figures.percent(Decimal("12.500000")) == "12.5%"


def test_what_is_no_number_stays_as_it_is():
    assert figures.amount(None) == ""
    assert figures.quantity("n/a") == "n/a"
    assert not figures.negative(None)
    assert figures.negative(Decimal("-0.01"))

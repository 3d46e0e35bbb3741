"""Figures as the reader's language writes them; every number on a page goes through one of these filters."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.utils.translation import get_language, to_locale

register = template.Library()

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        return value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None


def _written(value: Any, pattern: str) -> str:
    number = _decimal(value)
    if number is None:
        return "" if value is None else str(value)
    return format_decimal(number, format=pattern, locale=to_locale(get_language() or "en"))


@register.filter
def amount(value: Any, places: int = 2) -> str:
    """Money with thousands separators and exactly ``places`` decimals of its currency."""
    return _written(value, "#,##0." + "0" * int(places) if int(places) else "#,##0")


@register.filter
def unit_price(value: Any, places: int = 2) -> str:
    """A unit price: at least ``places`` decimals, at most six."""
    return _written(value, "#,##0." + "0" * int(places) + "#" * (6 - int(places)))


@register.filter
def quantity(value: Any) -> str:
    """A quantity without trailing zeros, at most six decimals."""
    return _written(value, "#,##0.######")


@register.filter
def percent(value: Any, places: int = 1) -> str:
    """A percentage as it is stored and written by people (13 is 13%)."""
    written = _written(value, "#,##0." + "#" * int(places))
    return f"{written}%" if _decimal(value) is not None else written


@register.filter
def negative(value: Any) -> bool:
    number = _decimal(value)
    return number is not None and number < 0


def _group_in_capitals(group: int) -> str:
    text, gap = "", False
    for position in range(3, -1, -1):
        digit = group // 10**position % 10
        if not digit:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + _UNITS[position]
        gap = False
    return text


def _integer_in_capitals(number: int) -> str:
    groups = [number // 10**power % 10_000 for power in (12, 8, 4, 0)]
    text, gap = "", False
    for index, group in enumerate(groups):
        if not group:
            gap = bool(text)
            continue
        needs_zero = bool(text) and (gap or group < 1000)
        text += ("零" if needs_zero else "") + _group_in_capitals(group) + _GROUPS[3 - index]
        gap = False
    return text


@register.filter
def capitals(value: Any) -> str:
    """An amount in Chinese capitals (金额大写) as cheques, contracts and invoices want it, below 10^16 yuan.

    Source: 支付结算办法 (PBoC 1997), annex 1, on writing amounts.
    """
    number = _decimal(value)
    if number is None:
        return ""
    cents = int((abs(number) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    if not cents:
        return "零元整"
    text = "负" if number < 0 else ""
    text += _integer_in_capitals(yuan) + "元" if yuan else ""
    if not jiao and not fen:
        return text + "整"
    if jiao:
        return text + _DIGITS[jiao] + "角" + (_DIGITS[fen] + "分" if fen else "整")
    return text + ("零" if yuan else "") + _DIGITS[fen] + "分"

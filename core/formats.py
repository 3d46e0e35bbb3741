"""Values as a reader of the active language expects them inside a sentence."""

import datetime as dt
from decimal import Decimal
from typing import Any

from babel import Locale
from django.utils import formats, timezone
from django.utils.translation import get_language, pgettext, to_locale


def plain(value: Decimal) -> Decimal:
    """Drop trailing zeros without falling into exponent notation."""
    return Decimal(f"{value.normalize():f}")


def readable(value: Any) -> str:
    """Format numbers as the program's figures, dates by locale, moments in the reader's zone; the rest as text."""
    if isinstance(value, Decimal):
        return f"{plain(value):,f}"  # grouped by thousands in every language, as all figures of the program
    if isinstance(value, dt.datetime):
        at = timezone.localtime(value) if timezone.is_aware(value) else value
        return formats.date_format(at, "SHORT_DATETIME_FORMAT")
    if isinstance(value, dt.date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, list | tuple):
        return pgettext("between the items of a list", ", ").join(readable(one) for one in value)
    return str(value)


def country(code: str) -> str:
    """Return what the country of two letters is called; letters that are none stay."""
    return str(Locale.parse(to_locale(get_language() or "en")).territories.get(code, code))

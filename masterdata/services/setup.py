"""The basic set-up every company starts from; may run again at any time and changes nothing that is there."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.numbers import get_currency_precision, get_currency_symbol
from django.db import models

from core.clock import business_date, company
from core.models import Company
from core.numbering import ensure_rules
from core.operations import operation
from masterdata.models import Currency, Location, PaymentTerm, Tax, UnitOfMeasure, WorkCalendar
from masterdata.selectors.currencies import base_currency_code
from masterdata.services import basics
from masterdata.services.calendars import create_work_calendar, holiday_rows
from masterdata.services.company import create_many_locations
from masterdata.services.items import create_many_units
from masterdata.services.money import (
    create_currency,
    create_many_currencies,
    create_many_payment_terms,
    create_many_taxes,
)

Row = dict[str, Any]


@operation(permission="core.configure_company")
def ensure_basics(*, actor: Any, at: dt.datetime) -> None:
    """Create what is missing of units, currencies, taxes, payment terms, virtual locations, calendar, coding rules."""
    who = {"actor": actor, "at": at}
    create_many_units(rows=_missing(UnitOfMeasure, _units()), **who)
    codes = dict.fromkeys((base_currency_code(), *basics.CURRENCIES))
    create_many_currencies(rows=_missing(Currency, map(_currency, codes)), **who)
    create_many_taxes(rows=_missing(Tax, _taxes()), **who)
    create_many_payment_terms(rows=_missing(PaymentTerm, _terms()), **who)
    create_many_locations(rows=_missing_places(), **who)
    _ensure_calendar(actor, at)
    ensure_rules()


@operation(permission="masterdata.add_currency")
def ensure_currency(*, code: str, actor: Any, at: dt.datetime) -> Currency:
    """Return the currency of an ISO 4217 code, created with its names and decimals (Unicode CLDR) when missing."""
    found = Currency.objects.filter(code=code).first()
    return found if found is not None else create_currency(**_currency(code), actor=actor, at=at)


def _missing(model: type[models.Model], rows: Iterable[Row]) -> list[Row]:
    known = set(model._default_manager.values_list("code", flat=True))
    return [row for row in rows if row["code"] not in known]


def _units() -> list[Row]:
    return [dict(zip(("code", "name", "name_zh", "decimals"), row, strict=True)) for row in basics.UNITS]


def _currency(code: str) -> Row:
    return {
        "code": code,
        "name": Locale.parse("en").currencies.get(code, code),
        "name_zh": Locale.parse("zh_Hans").currencies.get(code, ""),
        "symbol": get_currency_symbol(code, locale="en"),
        "decimals": get_currency_precision(code),
    }


def _taxes() -> list[Row]:
    default = basics.DEFAULT_TAX.get(_country(), basics.NO_TAX)
    is_first_time = not Tax.objects.exists()
    return [
        {
            "code": code,
            "name": name,
            "name_zh": name_zh,
            "rate": Decimal(rate),
            "is_default": is_first_time and code == default,
        }
        for code, name, name_zh, rate in basics.TAXES
    ]


def _terms() -> list[Row]:
    names = ("percent", "basis", "days", "end_of_month")
    return [
        {
            "code": code,
            "name": name,
            "name_zh": name_zh,
            "lines": [dict(zip(names, (Decimal(part[0]), *part[1:]), strict=True)) for part in parts],
        }
        for code, name, name_zh, parts in basics.TERMS
    ]


def _missing_places() -> list[Row]:
    known = set(Location.objects.filter(warehouse__isnull=True).values_list("kind", flat=True))
    return [
        {"code": kind.upper(), "name": name, "name_zh": name_zh, "kind": kind}
        for kind, name, name_zh in basics.VIRTUAL_LOCATIONS
        if kind not in known
    ]


def _ensure_calendar(actor: Any, at: dt.datetime) -> None:
    if WorkCalendar.objects.exists():
        return
    code, name, name_zh, weekdays = basics.CALENDAR
    year = business_date(at).year
    years = range(year - basics.YEARS_BEFORE, year + basics.YEARS_AFTER + 1)
    create_work_calendar(
        code=code,
        name=name,
        name_zh=name_zh,
        weekdays=weekdays,
        is_company=True,
        days=holiday_rows(weekdays, years, _country()),
        actor=actor,
        at=at,
    )


def _country() -> str:
    own = company()
    return own.country if own else str(Company._meta.get_field("country").get_default())

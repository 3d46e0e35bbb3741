"""The basic set-up every company starts from; may run again at any time and changes nothing that is there."""

import datetime as dt
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_precision, get_currency_symbol

from core.clock import business_date, company
from core.models import Company
from core.numbering import DEFAULT_RULES, rule_for
from core.operations import operation
from masterdata.models import Currency, Location, PaymentTerm, Tax, UnitOfMeasure, WorkCalendar
from masterdata.selectors.currencies import base_currency_code
from masterdata.services import basics
from masterdata.services.calendars import create_work_calendar, holiday_rows
from masterdata.services.company import create_location
from masterdata.services.items import create_unit
from masterdata.services.money import create_currency, create_payment_term, create_tax


@operation(permission="core.configure_company")
def ensure_basics(*, actor: Any, at: dt.datetime) -> None:
    """Create what is missing of units, currencies, taxes, payment terms, virtual locations, calendar, coding rules."""
    _ensure_units(actor, at)
    for code in dict.fromkeys((base_currency_code(), *basics.CURRENCIES)):
        ensure_currency(code=code, actor=actor, at=at)
    _ensure_taxes(actor, at)
    _ensure_terms(actor, at)
    _ensure_places(actor, at)
    _ensure_calendar(actor, at)
    for target in DEFAULT_RULES:
        rule_for(target)


@operation(permission="masterdata.add_currency")
def ensure_currency(*, code: str, actor: Any, at: dt.datetime) -> Currency:
    """Return the currency of an ISO 4217 code, created with its names and decimals (Unicode CLDR) when missing."""
    found = Currency.objects.filter(code=code).first()
    if found is not None:
        return found
    english, chinese = Locale.parse("en").currencies, Locale.parse("zh_Hans").currencies
    return create_currency(
        code=code,
        name=english.get(code, code),
        name_zh=chinese.get(code, "") if code in get_global("currency_names") or code in chinese else "",
        symbol=get_currency_symbol(code, locale="en"),
        decimals=get_currency_precision(code),
        actor=actor,
        at=at,
    )


def _ensure_units(actor: Any, at: dt.datetime) -> None:
    known = set(UnitOfMeasure.objects.values_list("code", flat=True))
    for code, name, name_zh, decimals in basics.UNITS:
        if code not in known:
            create_unit(code=code, name=name, name_zh=name_zh, decimals=decimals, actor=actor, at=at)


def _ensure_taxes(actor: Any, at: dt.datetime) -> None:
    known = set(Tax.objects.values_list("code", flat=True))
    default = basics.DEFAULT_TAX.get(_country(), basics.NO_TAX)
    for code, name, name_zh, rate in basics.TAXES:
        if code not in known:
            is_default = code == default and not known
            create_tax(
                code=code,
                name=name,
                name_zh=name_zh,
                rate=Decimal(rate),
                is_default=is_default,
                actor=actor,
                at=at,
            )


def _ensure_terms(actor: Any, at: dt.datetime) -> None:
    known = set(PaymentTerm.objects.values_list("code", flat=True))
    for code, name, name_zh, parts in basics.TERMS:
        if code not in known:
            lines = [
                {"percent": Decimal(percent), "basis": basis, "days": days, "end_of_month": end_of_month}
                for percent, basis, days, end_of_month in parts
            ]
            create_payment_term(code=code, name=name, name_zh=name_zh, lines=lines, actor=actor, at=at)


def _ensure_places(actor: Any, at: dt.datetime) -> None:
    known = set(Location.objects.filter(warehouse__isnull=True).values_list("kind", flat=True))
    for kind, name, name_zh in basics.VIRTUAL_LOCATIONS:
        if kind not in known:
            create_location(code=kind.upper(), name=name, name_zh=name_zh, kind=kind, actor=actor, at=at)


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

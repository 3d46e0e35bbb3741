"""The base currency and dated exchange rates."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from core.clock import company
from core.context import forget, remembered
from core.models import Company
from core.money import round_amount
from masterdata.errors import NoExchangeRate
from masterdata.models import Currency, ExchangeRate

_KEY = "masterdata.currencies"


def base_currency_code() -> str:
    """Return the code of the currency the books are kept in."""
    own = company()
    return own.base_currency if own else str(Company._meta.get_field("base_currency").get_default())


def base_currency() -> Currency:
    """Return the currency the books are kept in; for reading (it is loaded once in an operation)."""
    found = _base_currency()
    if found is None:
        raise Currency.DoesNotExist(base_currency_code())
    return found


def _base_currency() -> Currency | None:
    code = base_currency_code()
    found = next((one for one in _all().values() if one.code == code), None)
    if found is None:
        forget(_KEY)  # it may come in this very operation
    return found


def currencies(pks: Iterable[int]) -> dict[int, Currency]:
    """Return {key: currency}; for reading (they are few, and loaded once in an operation)."""
    wanted = set(pks)
    known = _all()
    if wanted - known.keys():
        forget(_KEY)
        known = _all()
    return {pk: known[pk] for pk in wanted if pk in known}


def _all() -> dict[int, Currency]:
    return remembered(_KEY, Currency.objects.in_bulk)


def rate_on(currency: Currency, date: dt.date) -> Decimal:
    """Return how many units of the base currency 1 of ``currency`` is on ``date``: the last rate up to that day.

    Raises:
        NoExchangeRate: there is none on that day or before.
    """
    if currency.code == base_currency_code():
        return Decimal(1)
    rate = (
        ExchangeRate.objects.filter(currency=currency, date__lte=date)
        .order_by("-date")
        .values_list("rate", flat=True)
        .first()
    )
    if rate is None:
        raise NoExchangeRate(currency=currency.code, date=date)
    return rate


def rates_on(currency_ids: Iterable[int], date: dt.date) -> dict[int, Decimal]:
    """Return {currency id: base units for 1} on ``date``; currencies without a rate are left out."""
    wanted = set(currency_ids)
    base = _base_currency()
    found = {base.pk: Decimal(1)} if base and base.pk in wanted else {}
    if not wanted - found.keys():
        return found
    rows = (
        ExchangeRate.objects.filter(currency_id__in=wanted - found.keys(), date__lte=date)
        .order_by("currency_id", "-date")
        .distinct("currency_id")
    )
    return found | dict(rows.values_list("currency_id", "rate"))


def to_base(amount: Decimal, rate: Decimal, decimals: int) -> Decimal:
    """Return ``amount`` at ``rate`` base units for 1, rounded to the decimals of the base currency."""
    return round_amount(amount * rate, decimals)

"""The base currency and dated exchange rates."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import partial

from core.clock import company
from core.context import remembered
from core.models import Company
from core.money import round_amount
from masterdata.errors import NoExchangeRate
from masterdata.models import Currency, ExchangeRate


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
    return remembered(("masterdata.currency", code), Currency.objects.filter(code=code).first)


def currencies(pks: Iterable[int]) -> dict[int, Currency]:
    """Return {key: currency}; for reading (each is loaded once in an operation)."""
    base = _base_currency()
    known = {base.pk: base} if base else {}
    found = {pk: known.get(pk) or remembered(("masterdata.currency", pk), partial(_currency, pk)) for pk in set(pks)}
    return {pk: one for pk, one in found.items() if one is not None}


def _currency(pk: int) -> Currency | None:
    return Currency.objects.filter(pk=pk).first()


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

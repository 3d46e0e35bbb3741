import datetime as dt
from decimal import Decimal

import pytest

from masterdata.errors import NoExchangeRate
from masterdata.selectors.currencies import base_currency, rate_on, rates_on, to_base
from tests.factories import core
from tests.factories import masterdata as make

DAY = dt.date(2026, 11, 22)


def test_rate_on_takes_the_last_rate_up_to_the_day(db):
    make.exchange_rate("USD", "7.1", DAY)
    make.exchange_rate("USD", "7.2", DAY + dt.timedelta(10))
    usd = make.currency("USD")
    assert rate_on(usd, DAY + dt.timedelta(9)) == Decimal("7.1")
    assert rate_on(usd, DAY + dt.timedelta(10)) == Decimal("7.2")
    with pytest.raises(NoExchangeRate):
        rate_on(usd, DAY - dt.timedelta(1))


def test_base_currency_follows_the_company(db):
    make.basics()
    assert base_currency().code == "CNY"
    core.company(base_currency="USD")
    assert rate_on(make.currency("USD"), DAY) == Decimal(1)
    assert base_currency().code == "USD"


def test_rates_on_leaves_out_what_has_no_rate(db):
    make.exchange_rate("USD", "7.1", DAY)
    cny, usd, eur = (make.currency(code) for code in ("CNY", "USD", "EUR"))
    assert rates_on([cny.pk, usd.pk, eur.pk], DAY) == {cny.pk: Decimal(1), usd.pk: Decimal("7.1")}


def test_to_base_rounds():
    assert to_base(Decimal("10.01"), Decimal("7.155"), 2) == Decimal("71.62")

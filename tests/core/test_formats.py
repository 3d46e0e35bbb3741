"""Values in sentences."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from core.formats import country, plain, readable


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "中国"), ("en", "China")])
def test_a_country_is_called_by_its_name(language, name):
    with translation.override(language):
        assert country("CN") == name
        assert country("XQ") == "XQ"


@pytest.mark.parametrize(
    ("value", "shown"), [("12.500", "12.5"), ("100", "100"), ("1E+2", "100"), ("1E+30", "1" + "0" * 30)]
)
def test_numbers_lose_their_zeros_and_never_their_digits(value, shown):
    assert str(plain(Decimal(value))) == shown


def test_a_moment_is_told_in_the_reader_s_zone_not_as_a_day_of_utc():
    moment = dt.datetime(2026, 11, 30, 21, 55, tzinfo=dt.UTC)
    with translation.override("zh-hans"), timezone.override("Asia/Shanghai"):
        assert readable(moment) == "2026-12-01 05:55"

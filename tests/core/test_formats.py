"""Values in sentences."""

from decimal import Decimal

import pytest
from django.utils import translation

from core.formats import country, plain


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

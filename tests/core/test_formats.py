"""Values in sentences."""

import pytest
from django.utils import translation

from core.formats import country


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "中国"), ("en", "China")])
def test_a_country_is_called_by_its_name(language, name):
    with translation.override(language):
        assert country("CN") == name
        assert country("XQ") == "XQ"

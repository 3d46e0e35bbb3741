"""Open books for every test of finance."""

import pytest

from tests.factories.finance import open_books


@pytest.fixture
def books(db) -> None:
    open_books()

"""Open books for every test of finance, and proof at its end that they are right."""

import pytest

from finance.selectors.invariants import violations
from tests.factories.finance import open_books


@pytest.fixture
def books(db):
    """An open set of books; whatever the test does to them, no invariant may break."""
    open_books()
    yield
    assert violations() == []

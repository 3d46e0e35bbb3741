"""A company that buys, with open books: stock postings are booked as in real life."""

import pytest

from tests.factories import scm
from tests.factories.finance import open_books


@pytest.fixture
def made(db) -> scm.BuyingCompany:
    company = scm.buying_company()
    open_books()
    return company

"""What a page remembers while it is drawn."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import company, forget_company
from core.context import once_a_page, page_memory
from core.models import Company
from tests.factories.core import make_company, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def own():
    return make_company()


def test_a_page_asks_once_and_outside_of_it_nothing_is_kept(own, django_assert_num_queries):
    asked = iter(range(9))
    with django_assert_num_queries(1), page_memory():
        assert company() is company()
        assert [once_a_page("key", lambda: next(asked)) for _turn in range(2)] == [0, 0]
    with django_assert_num_queries(2):
        assert company() is not company()
    assert [once_a_page("key", lambda: next(asked)) for _turn in range(2)] == [1, 2]


def test_what_changed_is_forgotten_by_the_page(own):
    with page_memory():
        company()
        Company.objects.update(name="Renamed")
        assert company().name != "Renamed"
        forget_company()
        assert company().name == "Renamed"


def test_drawing_a_page_reads_the_company_once(own, client):
    client.force_login(make_user("boss", superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as read:
        assert client.get("/dashboard/").status_code == 200
    assert sum('FROM "core_company"' in query["sql"] for query in read) == 1

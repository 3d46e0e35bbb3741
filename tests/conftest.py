"""Databases and browsers of the tests.

Two kinds of database test: `db` (rolled back, constraints forced by `perform`) and `committed` (a database of its own,
a copy of the template, dropped afterwards). Nothing flushes a table: ledgers refuse it.
"""

import os
from collections.abc import Iterator

import pytest

from tests import databases


def pytest_configure(config: pytest.Config) -> None:
    if not os.environ.get("DATABASE_URL"):
        raise pytest.UsageError("these tests need a PostgreSQL: run them by ./run test, or set DATABASE_URL")
    config.addinivalue_line("markers", "template(kind): the template that `committed` copies: empty (default) or demo")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and (marker.kwargs.get("transaction") or marker.args[:1] == (True,)):
            raise pytest.UsageError(f"{item.nodeid}: use the fixture `committed`; a flush would empty ledgers")


@pytest.fixture(scope="session", autouse=True)
def _settings_of_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Strict about the order of locks; attachments and messages stay inside the test run."""
    from django.conf import settings

    from config.celery import app

    settings.LOCK_ORDER_STRICT = True
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    app.conf.update(broker_url="memory://", broker_transport_options={})


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker) -> Iterator[databases.Database]:
    """The database of this session (with xdist: of this worker) for the rolled-back tests."""
    databases.drop_left_overs()
    own = databases.clone()
    with django_db_blocker.unblock():
        before = _switch_to(own)
    yield own
    with django_db_blocker.unblock():
        _switch_back(before)
    databases.drop(own.name)


@pytest.fixture
def committed(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker) -> Iterator[databases.Database]:
    """A database of this test alone: what it commits stays, for other threads, processes and browsers, until its end."""
    if {"db", "transactional_db"} & set(request.fixturenames):
        pytest.fail("a test is either rolled back (db) or has a database of its own (committed), not both")
    marker = request.node.get_closest_marker("template")
    own = databases.clone(*(marker.args if marker else ()))
    with django_db_blocker.unblock():
        before = _switch_to(own)
        try:
            yield own
        finally:
            _switch_back(before)
            databases.drop(own.name)


def _switch_to(own: databases.Database) -> dict[str, str]:
    """Point Django, its new threads (they share the settings dict) and child processes at a database."""
    from django.db import connections

    connection = connections["default"]
    before = {"NAME": connection.settings_dict["NAME"], "URL": os.environ["DATABASE_URL"]}
    _close(connection)
    connection.settings_dict["NAME"] = own.name
    os.environ["DATABASE_URL"] = own.url
    return before


def _switch_back(before: dict[str, str]) -> None:
    from django.db import connections

    connection = connections["default"]
    _close(connection)
    connection.settings_dict["NAME"] = before["NAME"]
    os.environ["DATABASE_URL"] = before["URL"]


def _close(connection) -> None:
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()

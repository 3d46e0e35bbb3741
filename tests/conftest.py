"""Databases and browsers of the tests.

Two kinds of database test: `db` (rolled back, constraints forced by `perform`) and `committed` (a database of its own,
a copy of the template, dropped afterwards). Nothing flushes a table: ledgers refuse it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import browsers, databases

hypothesis.settings.register_profile(
    "house",
    deadline=None,  # a busy machine is no defect of the program
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),  # new examples are looked for at a desk, not where a change waits to land
)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    if not os.environ.get("DATABASE_URL"):
        raise pytest.UsageError("these tests need a PostgreSQL: run them by ./run test, or set DATABASE_URL")
    config.addinivalue_line("markers", "template(kind): the template that `committed` copies: empty (default) or demo")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser come last: one process builds the demo company for the budgets of the lists, the others
    never wait; and an open browser's event loop gives its process other database connections.

    Nothing may flush a table.
    """
    items.sort(key=lambda item: item.path.parent.name in {"ui", "browser"})
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and (marker.kwargs.get("transaction") or marker.args[:1] == (True,)):
            raise pytest.UsageError(f"{item.nodeid}: use the fixture `committed`; a flush would empty ledgers")


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What $CONCORD_DATA is to a web server of these tests: attachments and messages lie here."""
    folder = tmp_path_factory.mktemp("data")
    for name in ("media", "static", "queue/messages", "queue/processed", "queue/control"):
        (folder / name).mkdir(parents=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _settings_of_tests(data_folder: Path) -> None:
    """Strict about the order of locks; attachments and messages stay inside the test run."""
    from django.conf import settings

    from config.celery import app

    settings.LOCK_ORDER_STRICT = True
    settings.IDLE_IN_TRANSACTION_TIMEOUT = "10min"  # a busy machine may leave a test waiting for a processor
    settings.MEDIA_ROOT = data_folder / "media"
    app.conf.update(broker_url="memory://", broker_transport_options={})


@pytest.fixture(autouse=True)
def _reader_of_tests() -> Iterator[None]:
    """Every test begins with an English reader in UTC and knows no company, whatever an earlier one left behind."""
    from django.core.cache import cache
    from django.utils import timezone, translation

    timezone.deactivate()
    cache.clear()  # the company's zone and business date are remembered for seconds, beyond the end of a quick test
    with translation.override("en"):
        yield
    timezone.deactivate()


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
    """A database of this test alone: what it commits is seen by other threads, processes and browsers."""
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


@pytest.fixture(scope="session")
def host(data_folder: Path) -> Iterator[browsers.Host]:
    """What web servers of this session are forked from."""
    made = browsers.Host(data_folder)
    yield made
    made.close()


@pytest.fixture
def live(committed: databases.Database, host: browsers.Host) -> Iterator[browsers.Live]:
    """The program's web server as a process of its own, on the committed database of this test."""
    with host.serving(committed) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[browsers.Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the tests
    with browsers.chromium() as found:
        yield found


@pytest.fixture
def desk(request: pytest.FixtureRequest, browser: browsers.Browser, live: browsers.Live, tmp_path: Path):
    """`desk.open(path, user=…)` gives a page. An error in the console of any page fails the test."""
    desk = browsers.Desk(browser, live)
    failed_before = request.session.testsfailed
    yield desk
    if request.session.testsfailed > failed_before:
        evidence = [*map(str, desk.photograph(tmp_path)), f"web server: {live.log}"]
        request.node.add_report_section("teardown", "pages", "\n".join(evidence))
    desk.close()
    assert not desk.errors


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

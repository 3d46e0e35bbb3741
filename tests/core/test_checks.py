import pytest
from django.core.checks import Tags, run_checks
from django.db import connection

from core import checks


def findings():
    return {message.id for message in run_checks(tags=[Tags.database], databases=["default"])}


@pytest.fixture
def as_a_web_process(settings):
    settings.DATABASE_OWNER_URL = ""


def test_the_applications_login_is_fine(db, as_a_web_process):
    assert "core.W001" not in findings()


def test_a_login_that_owns_the_tables_is_reported(committed, as_a_web_process):
    ordinary = connection.settings_dict["USER"], connection.settings_dict["PASSWORD"]
    owner = connection.Database.conninfo.conninfo_to_dict(committed.owner_url)
    connection.close()
    connection.settings_dict |= {"USER": owner["user"], "PASSWORD": owner["password"]}
    try:
        assert "core.W001" in findings()
    finally:
        connection.close()
        connection.settings_dict["USER"], connection.settings_dict["PASSWORD"] = ordinary


def test_a_migrating_process_is_not_blamed_for_being_the_owner(db, settings):
    settings.DATABASE_OWNER_URL = "postgres://concord_owner@/concord"

    assert checks.check_logins(databases=["default"]) == []


def test_an_old_postgresql_is_an_error(db, as_a_web_process, monkeypatch):
    monkeypatch.setattr(checks, "OLDEST_POSTGRESQL", 99_00_00)

    assert "core.E001" in findings()

"""The embedded server: real clusters, started, killed and started again."""

import os
import signal
import subprocess
import time

import psycopg
import pytest

from config.launcher import keys, places, server
from config.launcher.server import APP, OWNER, SUPERUSER, Server, libpq
from config.launcher.speech import Refusal


@pytest.fixture
def made(launcher):
    """A cluster that was started once; stopped at the end whatever happened to it."""
    data = launcher / "books"
    places.claim(data, places.COMPANY)
    found = Server(data, keys.ensure(data), places.service_account(), durable=False)
    found.start()
    yield found
    found.start() if not found.alive() else None
    found.stop()


def ask(made, statement, login=APP, database=server.DATABASE):
    with psycopg.connect(made.url(login, database)) as connection:
        return connection.execute(statement).fetchone()[0]


def test_the_logins_have_the_rights_they_need_and_no_more(made):
    for login in (OWNER, APP):
        assert ask(made, "SELECT NOT rolsuper FROM pg_roles WHERE rolname = current_user", login)
    assert ask(made, "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user", OWNER)
    assert not ask(made, "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user", APP)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(made, "CREATE TABLE anything (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(made, "CREATE TEMPORARY TABLE anything (id int)")


def test_a_wrong_password_is_refused_and_nothing_listens_on_the_network(made):
    wrong = made.url(APP).replace(made.keys["APP_PASSWORD"], "wrong")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    assert ask(made, "SHOW listen_addresses") == ""


def test_the_cluster_checks_its_pages_and_sorts_alike_everywhere(made):
    assert ask(made, "SHOW data_checksums") == "on"
    assert (
        ask(made, "SELECT concat(datlocprovider, datlocale) FROM pg_database WHERE datname = current_database()")
        == "bC.UTF-8"
    )


def test_a_server_left_behind_by_a_killed_launcher_is_stopped_first(made, capsys):
    orphan, made.child = made.child, None

    made.start()

    assert orphan.wait() == 0
    assert ask(made, "SELECT 1") == 1
    assert "left behind" in capsys.readouterr().out


def test_it_recovers_after_being_killed(made):
    with psycopg.connect(made.url(OWNER)) as connection:
        connection.execute("SET synchronous_commit = on")
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000)")
    os.killpg(made.child.pid, signal.SIGKILL)
    made.child.wait()

    made.start()

    assert ask(made, "SELECT count(*) FROM kept", OWNER) == 1000


def test_it_waits_for_a_session_that_outlived_its_server(made, monkeypatch):
    holder = psycopg.connect(made.url(OWNER), autocommit=True)
    pid = holder.execute("SELECT pg_backend_pid()").fetchone()[0]
    os.kill(pid, signal.SIGSTOP)  # a session too busy to notice
    made.child.kill()
    made.child.wait()
    waited = []

    def sleep(seconds):
        waited.append(seconds)
        os.kill(pid, signal.SIGCONT)  # it is awake again only once the start waits for it
        time.sleep(seconds)

    monkeypatch.setattr(server.STOPPER, "sleep", sleep)
    made.start()

    assert waited
    assert ask(made, "SELECT 1") == 1
    holder.close()


def test_a_note_whose_process_is_somebody_else_by_now_does_not_block_the_start(made):
    note = made.cluster / "postmaster.pid"
    text = note.read_text()
    made.stop()
    stranger = subprocess.Popen(["sleep", "60"], **places.as_account(made.account))
    note.write_text(text.replace(text.splitlines()[0], str(stranger.pid), 1))
    note.chmod(0o644)

    try:
        made.start()
        assert ask(made, "SELECT 1") == 1
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("name", ["深" * 40, "with blanks, and a comma", "x" * 90])
def test_a_folder_whose_name_no_socket_can_have_still_serves(launcher, name):
    data = launcher / name
    places.claim(data, places.COMPANY)
    made = Server(data, keys.ensure(data), places.service_account(), durable=False)

    made.start()
    try:
        assert ask(made, "SELECT 1") == 1
        assert len(os.fsencode(made.socket_folder())) < 90
    finally:
        made.stop()
        made.socket_folder().rmdir()


def test_other_passwords_in_the_env_file_are_named_as_the_cause(made):
    made.stop()
    (made.data / ".env").unlink()
    changed = Server(made.data, keys.ensure(made.data), made.account, durable=False)

    try:
        with pytest.raises(Refusal, match="other passwords"):
            changed.start()
    finally:
        changed.stop()
        (made.data / ".env").write_text("".join(f"{key}={value}\n" for key, value in made.keys.items()))


def test_books_of_another_postgresql_are_refused_with_the_way_out(made):
    made.stop()
    version = made.cluster / "PG_VERSION"
    before = version.read_text()
    version.write_text("15\n")

    with pytest.raises(Refusal, match="restore"):
        made.start()

    version.write_text(before)


def test_a_failing_start_shows_the_log_at_once(made, monkeypatch):
    made.stop()
    own = made.data / "postgresql.own.conf"
    own.write_text("shared_buffers = nonsense\n")
    own.chmod(0o644)

    monkeypatch.setattr(server.STOPPER, "sleep", lambda seconds: pytest.fail("it waits for what cannot pass"))
    with pytest.raises(Refusal, match="nonsense"):
        made.start()

    own.unlink()


def test_only_a_server_that_nobody_follows_leaves_out_of_its_log_what_it_flushes_itself(made):
    made.stop()
    own = made.data / "postgresql.own.conf"
    own.write_text("archive_mode = on\narchive_command = 'true'\n")
    own.chmod(0o644)
    made.start()
    assert ask(made, "SHOW wal_level") == "replica"

    made.stop()
    own.unlink()
    made.start()
    assert ask(made, "SHOW wal_level") == "minimal"


def test_programs_of_postgresql_get_the_address_without_a_password_on_their_command_line():
    assert libpq("postgres://a:p%40ss@/b?host=%2Fdata%2FSocket") == {
        "PGHOST": "/data/Socket", "PGPORT": "5432", "PGUSER": "a", "PGPASSWORD": "p@ss", "PGDATABASE": "b"
    }  # fmt: skip
    foreign = libpq("postgresql://a:b@db.example:6432/c?sslmode=require&connect_timeout=5")
    assert (foreign["PGHOST"], foreign["PGPORT"], foreign["PGSSLMODE"]) == ("db.example", "6432", "require")


def test_the_superuser_is_for_the_launcher_alone(made):
    assert ask(made, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user", SUPERUSER, "postgres")
    assert made.keys["SUPERUSER_PASSWORD"] not in keys.settings(made.keys).values()

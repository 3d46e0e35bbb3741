"""What `./run test` makes of a database server that crashes while tests run."""

from config.launcher import trials

QUIET = "2026-01-01 LOG:  database system is ready to accept connections\n"
CRASH = "2026-01-01 LOG:  client backend (PID 7) was terminated by signal 9: Killed\n"


def test_only_a_crash_during_this_run_counts(tmp_path):
    log = tmp_path / "postgresql.log"
    log.write_text(CRASH)
    read = log.stat().st_size

    log.write_text(CRASH + QUIET)
    assert trials.crash_in(log, read) == ""
    log.write_text(CRASH + QUIET + CRASH)
    assert trials.crash_in(log, read) == CRASH.strip()


def test_a_log_that_began_anew_is_read_whole(tmp_path):
    log = tmp_path / "postgresql.log"
    log.write_text(CRASH)

    assert trials.crash_in(log, 10_000) == CRASH.strip()


def test_what_failed_in_a_crash_runs_once_more(tmp_path, monkeypatch):
    log = tmp_path / "log/postgresql.log"
    log.parent.mkdir()
    log.write_text(QUIET)
    calls = []

    def run(command, **_rest):
        calls.append(command)
        log.write_text(QUIET + CRASH)
        return 1 if len(calls) == 1 else 0

    class Home:
        data = tmp_path

    monkeypatch.setattr(trials, "foreground", run)
    monkeypatch.setattr(trials, "_environment", lambda home: {})

    assert trials._pytest(Home(), ["tests/crm"]) == 0
    assert [("--last-failed" in command) for command in calls] == [False, True]


def test_what_fails_without_a_crash_has_failed(tmp_path, monkeypatch):
    log = tmp_path / "log/postgresql.log"
    log.parent.mkdir()
    log.write_text(QUIET)
    calls = []

    class Home:
        data = tmp_path

    monkeypatch.setattr(trials, "foreground", lambda command, **_rest: calls.append(command) or 1)
    monkeypatch.setattr(trials, "_environment", lambda home: {})

    assert trials._pytest(Home(), []) == 1
    assert len(calls) == 1

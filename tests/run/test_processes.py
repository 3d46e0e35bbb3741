import os
import subprocess
import sys
import time

import pytest

from config.launcher import processes
from config.launcher.processes import STOPPER, Program
from config.launcher.speech import Refusal, Stopped

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
FOR_EVER = [sys.executable, "-c", "import signal; signal.pause()"]


@pytest.fixture(autouse=True)
def _unstopped():
    yield
    STOPPER.requested = False


def program(tmp_path, code):
    return Program("planner", [sys.executable, "-c", code], log=tmp_path / "log", env=dict(os.environ), cwd=tmp_path)


def test_a_failing_step_shows_the_end_of_its_log(tmp_path):
    code = "print('line one'); raise SystemExit('no room left')"

    with pytest.raises(Refusal, match=r"(?s)Packing failed.*line one.*no room left"):
        processes.call(
            [sys.executable, "-c", code], log=tmp_path / "log", env=dict(os.environ), cwd=tmp_path, what="Packing"
        )


def test_a_request_to_stop_ends_the_step_it_meets(tmp_path):
    STOPPER.requested = True

    with pytest.raises(Stopped):
        processes.call(FOR_EVER, log=tmp_path / "log", env=dict(os.environ), cwd=tmp_path, what="Packing")


def test_ending_a_program_ends_what_it_started(tmp_path):
    code = (
        "import subprocess, sys, time; c = subprocess.Popen(['sleep', '60']); print(c.pid, flush=True); time.sleep(60)"
    )
    started = program(tmp_path, code)
    started.start()
    while not (tmp_path / "log").read_text().endswith("\n"):
        time.sleep(0.01)
    grandchild = int((tmp_path / "log").read_text())

    started.stop()

    assert _gone(grandchild)


def _gone(pid, within=50):
    """Has the process ended? One that nobody has fetched yet counts as ended."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if not os.path.exists(f"/proc/{pid}") or _state(pid) == "Z":
            return True
        time.sleep(0.02)
    return False


def _state(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0]


def test_a_program_that_does_not_listen_is_ended_by_force(tmp_path):
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", code], start_new_session=True, stdout=subprocess.PIPE)
    child.stdout.readline()

    processes.end(child, patience=0.2)

    assert child.returncode == -9
    child.stdout.close()


def test_a_program_that_ends_is_started_again_but_not_for_ever(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(STOPPER, "sleep", lambda seconds: None)
    started = program(tmp_path, "raise SystemExit('cannot reach the moon')")
    started.start()

    for _ in range(Program.RESTARTS):
        started.child.wait()
        started.revive()
    started.child.wait()

    with pytest.raises(Refusal, match=r"(?s)planner ends again and again.*cannot reach the moon"):
        started.revive()
    assert capsys.readouterr().out.count("started again") == Program.RESTARTS


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_a_program_ends_when_the_launcher_is_killed(tmp_path):
    code = f"""
import os, sys, time
from pathlib import Path
from config.launcher.processes import Program
child = Program("planner", {SLEEPER!r}, log=Path({str(tmp_path / "log")!r}), env=dict(os.environ), cwd=Path("/"))
child.start()
print(child.child.pid, flush=True)
time.sleep(60)
"""
    launcher = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pid = int(launcher.stdout.readline())

    launcher.kill()
    launcher.wait()

    assert _gone(pid)
    launcher.stdout.close()


def test_a_long_log_becomes_the_one_before(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "LARGEST_LOG", 10)
    (tmp_path / "log").write_text("x" * 11)

    with processes.open_log(tmp_path / "log") as log:
        log.write(b"new")

    assert (tmp_path / "log").read_text() == "new"
    assert (tmp_path / "log.1").read_text() == "x" * 11

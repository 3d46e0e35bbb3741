"""The launcher as its user meets it: start, second start, backup while it runs, stop, restore, start again."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from config.launcher.places import ROOT

LAUNCH = """
import sys
from pathlib import Path
from config.launcher import packages
packages.venv = lambda: Path(sys.prefix)
packages.up_to_date = lambda *, dev: True
from config.launcher.commands import main
sys.exit(main(sys.argv[1:]))
"""
HIDDEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "CELERY_BROKER_URL", "CACHE_URL", "DEBUG", "CONCORD_DEMO", "SECRET_KEY")
MAKE_USER = "from core.models import User; User.objects.create(username='eva')"
COUNT_USERS = "from core.models import User; print('users:', User.objects.count())"


class Machine:
    """Runs the launcher on a data folder and a port of its own."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {key: value for key, value in os.environ.items() if key not in HIDDEN}
        self.environment |= {"CONCORD_DATA": str(data), "PORT": str(self.port)}
        self.data = data
        self.output = data.parent / f"{data.name}.out"

    def run(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-c", LAUNCH, *words],
            check=False, capture_output=True, text=True, env=self.environment, cwd=ROOT, timeout=300,
        )  # fmt: skip

    def start(self, *words: str) -> subprocess.Popen:
        with self.output.open("w") as output:
            started = subprocess.Popen(
                [sys.executable, "-c", LAUNCH, *words],
                stdout=output, stderr=subprocess.STDOUT, env=self.environment, cwd=ROOT, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + 300
        while "Ctrl-C stops it" not in self.output.read_text():
            assert started.poll() is None, self.output.read_text()
            assert time.monotonic() < until, self.output.read_text()
            time.sleep(0.1)
        return started

    def processes(self) -> list[str]:
        """Command lines of everything that works on the data folder."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environment, state = (folder / "environ").read_bytes(), (folder / "stat").read_text()
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            concerned = f"CONCORD_DATA={self.data}\0".encode() in environment or str(self.data) in command
            if concerned and state.rpartition(")")[2].split()[0] != "Z":
                found.append(command)
        return found

    def answers(self) -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=10) as answer:
            return answer.status == 200


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_company_is_served_backed_up_and_restored(place):
    machine = Machine(place / "books")
    running = machine.start("serve")
    try:
        assert machine.answers()
        assert f"http://127.0.0.1:{machine.port}/" in machine.output.read_text()

        second = machine.run("serve")
        assert second.returncode == 1
        assert f"running already at http://127.0.0.1:{machine.port}/ (process {running.pid}" in second.stderr

        made = machine.run("manage", "shell", "-c", MAKE_USER)
        assert made.returncode == 0, made.stderr
        copied = machine.run("backup", str(place / "backups"))
        assert copied.returncode == 0, copied.stderr
        archive = re.search(r"^(/.*\.tar)", copied.stdout, re.MULTILINE).group(1)

        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0
        assert machine.processes() == []
    finally:
        running.kill()

    other = Machine(place / "elsewhere")
    restored = other.run("restore", archive)
    assert restored.returncode == 0, restored.stderr
    assert other.run("manage", "shell", "-v0", "-c", COUNT_USERS).stdout.endswith("users: 1\n")
    assert other.run("restore", archive).returncode == 1  # not over books

    running = other.start("serve")
    try:
        assert other.answers()
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 0
        assert other.processes() == []
    finally:
        running.kill()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["dance"], "'dance' is not a command"),
        (["serve", "--everywhere"], "does not know --everywhere"),
        (["restore", "nowhere.tar"], "There is no file"),
        (["reset"], "There is no demo company"),
        (["backup"], "There is nothing to back up"),
        (["manage"], "./run manage COMMAND"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(place, words, sentence):
    done = Machine(place / "books").run(*words)

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_named_before_anything_starts(place):
    machine = Machine(place / "books")
    with socket.socket() as other:
        other.bind(("127.0.0.1", machine.port))
        other.listen()

        done = machine.run("serve")

    assert done.returncode == 1
    assert f"Port {machine.port} cannot be used" in done.stderr
    assert not (machine.data / "pg").exists()


def test_help_needs_python_alone(tmp_path):
    """No package, no site folder, no environment: what a bare machine has."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "run"), "help"],
        check=False, capture_output=True, text=True, env={}, cwd=tmp_path,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "./run demo" in done.stdout

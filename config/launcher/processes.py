"""Child processes: started in sessions of their own, watched, revived, and stopped in order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from config.launcher.speech import Refusal, Stopped, say, tail

PATIENCE = 15.0  # seconds a program has to end by itself
LARGEST_LOG = 10_000_000
PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Stopper:
    """Remembers that a signal asked the launcher to stop; whoever waits looks here."""

    def __init__(self) -> None:
        self.requested = False

    def install(self) -> None:
        """Before the first child: a background shell hands down an ignored SIGINT, and children would inherit it."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup means what it says
                signal.signal(number, self._request)

    def _request(self, number: int, frame: Any) -> None:
        self.requested = True

    def check(self) -> None:
        if self.requested:
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Sleep, but not through a request to stop."""
        until = time.monotonic() + seconds
        while not self.requested and time.monotonic() < until:
            time.sleep(min(0.1, seconds))


STOPPER = Stopper()


def dies_with_parent(number: int) -> Callable[[], None] | None:
    """For Popen's preexec_fn on Linux: the kernel signals the child when the launcher is killed."""
    if _LIBC is None:
        return None
    libc, parent = _LIBC, os.getpid()

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # killed in between
            os._exit(1)

    return arrange


def open_log(path: Path) -> Any:
    """Append to a log; a large one becomes the one before it."""
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_name(path.name + ".1"))
    return path.open("ab")


def call(command: list[str], *, log: Path, env: dict[str, str], cwd: Path, what: str, **popen: Any) -> None:
    """Run a step to its end, its output in a log whose tail is shown when it fails."""
    with open_log(log) as output:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=env, cwd=cwd,
            start_new_session=True, **popen,
        )  # fmt: skip
        while (code := child.poll()) is None:
            if STOPPER.requested:
                end(child)
                raise Stopped
            time.sleep(0.02)
    if code:
        raise Refusal(f"{what} failed; the end of {log}:\n{tail(log)}")


def end(child: subprocess.Popen, number: int = signal.SIGTERM, patience: float = PATIENCE) -> None:
    """Ask a child to end, wait for it, and end what is left of its session by force."""
    if child.poll() is None:
        child.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


class Program:
    """One long-running program: started again when it ends by itself, but not for ever."""

    RESTARTS, WITHIN = 5, 120.0

    def __init__(self, name: str, command: list[str], *, log: Path, env: dict[str, str], cwd: Path) -> None:
        self.name, self.command, self.log, self.env, self.cwd = name, command, log, env, cwd
        self.deaths: list[float] = []
        self.child: subprocess.Popen | None = None

    def start(self) -> None:
        with open_log(self.log) as output:
            self.child = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=self.env,
                cwd=self.cwd, start_new_session=True, preexec_fn=dies_with_parent(signal.SIGTERM),
            )  # fmt: skip

    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def stop(self) -> None:
        if self.child is not None:
            end(self.child)

    def revive(self) -> None:
        """Start it again after it ended by itself; refuse when that happens all the time."""
        now = time.monotonic()
        self.deaths = [moment for moment in self.deaths if now - moment < self.WITHIN] + [now]
        if len(self.deaths) > self.RESTARTS:
            raise Refusal(f"The {self.name} ends again and again; the end of {self.log}:\n{tail(self.log)}")
        say(f"The {self.name} ended by itself and is started again ({self.log} says why).")
        self.stop()  # what is left of its session
        STOPPER.sleep(0.5 * 2 ** len(self.deaths))
        self.start()


def watch(programs: Iterable[Any]) -> None:
    """Stay until somebody asks to stop, reviving what ends by itself."""
    while not STOPPER.requested:
        for program in programs:
            if not program.alive() and not STOPPER.requested:
                program.revive()
        time.sleep(0.2)


def foreground(command: list[str], *, env: dict[str, str], cwd: Path) -> int:
    """Run a command that owns the terminal; Ctrl-C reaches it by the terminal, other signals are passed on."""
    child = subprocess.Popen(command, env=env, cwd=cwd, preexec_fn=dies_with_parent(signal.SIGTERM))

    def pass_on(number: int, frame: Any) -> None:
        STOPPER.requested = True
        with suppress(ProcessLookupError):
            child.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGTERM, signal.SIGHUP)}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        return child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

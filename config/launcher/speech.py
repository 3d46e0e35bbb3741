"""What the launcher says, and how it ends when it cannot go on."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Refusal(Exception):
    """The launcher cannot do what was asked; the sentence says why and what helps."""


class Stopped(Exception):
    """Somebody asked the launcher to stop while it was busy."""


def say(sentence: str = "", end: str = "\n") -> None:
    with suppress(OSError):  # the terminal may be gone, and there is still something to stop
        print(sentence, end=end, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show that something takes time, and how long it took."""
    say(f"  {name} ", end="")
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say("did not succeed")
        raise
    say(f"{time.monotonic() - began:.1f} s")


def tail(log: Path, lines: int = 15) -> str:
    """The end of a log, indented, for a refusal."""
    if not log.exists():
        return ""
    return "\n".join("    " + line for line in log.read_text(errors="replace").splitlines()[-lines:])


def interactive() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()

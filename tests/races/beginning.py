"""How every process of a race begins: as told about locks, ready, and off at the word of the test."""

import sys
import time
from typing import Any

LONGEST_START = 1.5
"""Seconds a process of a control waits before its first commit: by then the slowest of the others has read."""
BETWEEN = 0.05
"""Seconds it waits before each later commit."""


def begin(task: dict[str, Any]) -> None:
    """Set the locks as the task says, report ready, and wait for the word.

    Without locks the processes must meet, or the control passes on a machine that happens to run them one after the
    other: each holds its transaction open for a moment before it commits.
    """
    from django.conf import settings

    settings.LOCKS_OFF = task["locks_off"]
    settings.LOCK_TIMEOUT = "60s"
    if task["locks_off"]:
        _commit_late()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


def _commit_late() -> None:
    from django.db import connection

    committing = connection._commit
    pauses = iter([LONGEST_START])

    def late() -> None:
        time.sleep(next(pauses, BETWEEN))
        committing()

    connection._commit = late  # type: ignore[method-assign]

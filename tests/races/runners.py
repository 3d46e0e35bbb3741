"""Processes that begin together and report what came of their work.

They are forked from the test: nothing is imported again, and each opens a connection of its own.
"""

import multiprocessing
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, connections

Task = dict[str, Any]
Work = Sequence[tuple[str, dict[str, Any]]]

LONGEST_WAIT = 60.0
"""Seconds a process of a control waits at most before its first commit for the others to come as far."""
BETWEEN = 0.05
"""Seconds it waits before each later commit."""
BLOCKED = """
SELECT count(DISTINCT held.pid) FROM pg_locks held JOIN pg_stat_activity USING (pid)
WHERE NOT held.granted AND datname = current_database()
"""


def run_tasks(work: Callable[[Task], list[str]], tasks: Iterable[Task], *, timeout: float = 300) -> list[list[str]]:
    """Call ``work`` with each task in a process of its own, all let go at once; return the outcomes of each.

    A task's ``locks_off`` makes it the control: nothing is locked, and every process holds its first transaction open
    until all others want to commit theirs, wait for a row of it, or are done. They meet for certain, however the
    machine happens to run them.
    """
    tasks = list(tasks)
    context = multiprocessing.get_context("fork")
    meeting = Meeting(context, len(tasks))
    for one in connections.all(initialized_only=True):
        one.close()
        if hasattr(one, "close_pool"):
            one.close_pool()
    running = []
    for task in tasks:
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_one, args=(work, task, meeting, theirs), daemon=True)
        process.start()
        theirs.close()
        running.append((process, mine))
    return [_outcomes(process, mine, timeout) for process, mine in running]


def own_connections() -> None:
    """Let a forked process connect anew, whatever its parent left open.

    A parent that has a browser open finds other connections than its children do: Django keeps one set for a thread and
    one for a thread with an event loop, and the loop is not inherited.
    """
    for one in connections.all(initialized_only=True):
        del connections[one.alias]


def run_together(work: Work, processes: int, *, locks_off: bool, timeout: float = 300) -> list[str]:
    """Share operations (names of claimant.services with arguments) out to processes; return every outcome."""
    from tests.races.claimant import claim

    tasks = [{"locks_off": locks_off, "work": list(work[n::processes])} for n in range(processes)]
    return together(run_tasks(claim, tasks, timeout=timeout))


def together(outcomes: Iterable[list[str]]) -> list[str]:
    """The outcomes of all processes in one list."""
    return [one for found in outcomes for one in found]


class Meeting:
    """Where processes begin together and, in a control, wait for each other before their first commit."""

    def __init__(self, context: Any, processes: int) -> None:
        self.processes = processes
        self.start = context.Barrier(processes)
        self.arrived = context.Value("i", 0)
        self.mine = False

    def arrive(self) -> None:
        """This process has read and written, or has nothing to commit: nobody need wait for it any more."""
        if not self.mine:
            self.mine = True
            with self.arrived.get_lock():
                self.arrived.value += 1

    def wait(self) -> None:
        """Return when every process has arrived or waits for a lock that another one holds."""
        self.arrive()
        until = time.monotonic() + LONGEST_WAIT
        while self.arrived.value + self._blocked() < self.processes and time.monotonic() < until:
            time.sleep(0.02)

    def _blocked(self) -> int:
        assert connection.connection is not None
        [(count,)] = connection.connection.execute(BLOCKED).fetchall()
        return int(count)


def _one(work: Callable[[Task], list[str]], task: Task, meeting: Meeting, answers: Any) -> None:
    from django.conf import settings

    settings.LOCK_TIMEOUT = "60s"
    settings.LOCKS_OFF = task.get("locks_off", False)
    try:
        own_connections()
        connection.ensure_connection()
        if settings.LOCKS_OFF:
            _commit_late(meeting)
        meeting.start.wait(60)
        answers.send(("met", work(task)))
    except BaseException:  # whatever it is, the test shows it
        answers.send(("broken", traceback.format_exc()))
    finally:
        meeting.arrive()
        connections.close_all()


def _outcomes(process: Any, mine: Any, timeout: float) -> list[str]:
    if not mine.poll(timeout):
        process.kill()
        raise AssertionError(f"a process of the race said nothing for {timeout} seconds")
    kind, answer = mine.recv()
    process.join(timeout)
    assert kind == "met", answer
    return list(answer)


def _commit_late(meeting: Meeting) -> None:
    committing = connection._commit

    def late() -> None:
        if meeting.mine:
            time.sleep(BETWEEN)
        else:
            meeting.wait()
        committing()

    connection._commit = late

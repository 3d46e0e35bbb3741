"""Processes that start together and report what came of their work."""

import json
from collections.abc import Sequence
from typing import Any

from tests.races.test_overselling import start

Work = Sequence[tuple[str, dict[str, Any]]]


def run_together(work: Work, processes: int, *, locks_off: bool, timeout: int = 300) -> list[str]:
    """Share the work out to processes, start them at once, return every outcome."""
    runners = [start({"locks_off": locks_off, "work": list(work[n::processes])}) for n in range(processes)]
    for runner in runners:
        assert runner.stdout.readline() == "ready\n", runner.stderr.read()
    for runner in runners:
        runner.stdin.write("go\n")
        runner.stdin.flush()
    outcomes: list[str] = []
    for runner in runners:
        out, err = runner.communicate(timeout=timeout)
        assert runner.returncode == 0, err
        outcomes += json.loads(out.strip().splitlines()[-1])
    return outcomes

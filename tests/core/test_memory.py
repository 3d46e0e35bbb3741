"""A process that holds its memory uses it again."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MEGABYTES = 200
SCRIPT = f"""
import sys
import numpy as np
from core.memory import hold_memory

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 // 2**20

assert sys.argv[1] == "free" or hold_memory()
before = resident()
for _turn in range(3):
    whole = np.ones({MEGABYTES} * 2**20, np.int8)
    del whole
print(resident() - before)
"""


def left_after(how: str) -> int:
    """Return the megabytes that a process has left of an array it made three times and gave back."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT, how], cwd=ROOT, env=env, check=True, capture_output=True, text=True
    )
    return int(found.stdout)


def test_memory_given_back_stays_in_the_process_and_is_used_again() -> None:
    assert left_after("free") < MEGABYTES / 4
    assert MEGABYTES * 3 / 4 < left_after("hold") < MEGABYTES * 5 / 4

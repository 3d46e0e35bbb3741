"""What PostgreSQL itself can do on this machine, measured in the run whose figures are compared with it."""

import os
import time
from dataclasses import dataclass

import psycopg

COPIED_ROWS = 200_000
COMMITS = 500


@dataclass(frozen=True)
class Limits:
    """Rows of five columns a second by COPY; one-row transactions a second on one connection, each flushed to disk."""

    copied_rows: int
    commits: int
    load: float

    def __str__(self) -> str:
        state = "calm" if self.load < 1 else f"BUSY, load {self.load:.1f} at the start: figures are too low"
        return f"PostgreSQL alone: {self.copied_rows:,} rows/s by COPY, {self.commits:,} commits/s (machine {state})"


def measure(url: str) -> Limits:
    """Measure on a table of its own in the database at ``url``, by its owner."""
    load = os.getloadavg()[0]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_limits (id bigint, item bigint, day date, quantity numeric, note text)")
        began = time.perf_counter()
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY bench_limits (id, item, day, quantity, note) FROM STDIN") as copy,
        ):
            for number in range(COPIED_ROWS):
                copy.write(f"{number}\t{number % 997}\t2026-01-02\t12.5\tbench\n")
        copied = COPIED_ROWS / (time.perf_counter() - began)
        began = time.perf_counter()
        for number in range(COMMITS):
            connection.execute("INSERT INTO bench_limits VALUES (%s, 1, '2026-01-02', 1, '')", [number])
        commits = COMMITS / (time.perf_counter() - began)
        connection.execute("DROP TABLE bench_limits")
    return Limits(round(copied), round(commits), load)

"""The bicycle maker's files in a benchmark: loaded, and what a step asks of the database measured."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection


class Counting:
    """Counts the SQL statements of a block by their first word."""

    def __init__(self) -> None:
        self.by_verb: Counter[str] = Counter()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.by_verb[str(sql).split(maxsplit=1)[0].upper()] += 1
        return execute(sql, params, many, context)


@contextmanager
def measured(what: str) -> Iterator[None]:
    counter, began = Counting(), time.perf_counter()
    with connection.execute_wrapper(counter):
        yield
    seconds = time.perf_counter() - began
    verbs = ", ".join(f"{verb} {number:,}" for verb, number in counter.by_verb.most_common(4))
    print(f"{what:<44} {seconds:9.3f} s  {counter.by_verb.total():>8,} statements  ({verbs})")


def load(folder: Path) -> str:
    said = StringIO()
    call_command("import_adventureworks", str(folder), stdout=said)
    return said.getvalue()

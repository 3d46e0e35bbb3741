"""Every list reads its rows in a number of statements that is written down and does not grow with the rows."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from core.api.pagination import NewestFirst
from core.views.base import FormPage, ListPage, Page
from tests.architecture.test_rights import patterns, view_of
from tests.factories.core import make_user

BUDGETS = Path(__file__).with_name("query_budgets.json")
FEW, MANY = 1, 3
NO_LISTS = ("new/", "lookup/", "edit/", "duplicates/", "labels/")
FILLED = 180  # lists with at least MANY rows in the demo company
LISTED = re.compile(r"IN \((%s(, )?)+\)")
SAME_TABLE_TWICE = re.compile(r"VALUES (\((%s(, )?)+\)(, )?)+")


def lists() -> Iterator[str]:
    """Addresses of all list pages and API lists: what takes no argument and is read with GET."""
    for path, callback in patterns():
        view = view_of(callback)
        if path.startswith("api/"):
            if (getattr(callback, "actions", None) or {}).get("get") == "list" and "(?P" not in path:
                yield "/" + path.replace("^", "").replace("$", "")
        elif path and "<" not in path and is_read(view) and not path.endswith(NO_LISTS):
            yield "/" + path


def is_read(view: Any) -> bool:
    return isinstance(view, type) and issubclass(view, Page) and not issubclass(view, FormPage) and hasattr(view, "get")


class Statements:
    """Counts the statements of a block by their text; lists of keys of any length are one text."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.rows = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.seen[SAME_TABLE_TWICE.sub("VALUES …", LISTED.sub("IN (…)", sql))] += 1
        return execute(sql, params, many, context)


def visit(client: Any, path: str, rows: int, monkeypatch: pytest.MonkeyPatch) -> Statements:
    monkeypatch.setattr(ListPage, "get_paginate_by", lambda self, data: rows)
    monkeypatch.setattr(NewestFirst, "page_size", rows)
    counter = Statements()
    cache.clear()  # what is remembered for seconds is asked again by every page, not by whichever comes late
    with connection.execute_wrapper(counter):
        response = client.get(path)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    counter.rows = shown(response)
    return counter


def shown(response: Any) -> int:
    """How many rows of a list the answer holds."""
    if response.headers["Content-Type"].startswith("application/json"):
        answer = response.json()
        return len(answer["results"] if isinstance(answer, dict) else answer)
    table = (response.context or {}).get("table")
    return len(getattr(table, "paginated_rows", ()))


def growing(few: Counter[str], many: Counter[str]) -> list[str]:
    """Statements that run more often with more rows; one that runs once, because only some rows need it, may."""
    return [text for text, times in many.items() if times > max(few[text], 1)]


def faults(path: str, few: Counter[str], many: Counter[str], budget: int | None) -> list[str]:
    total = max(few.total(), many.total())
    found = [f"{path} grows with its rows: {text[:300]}" for text in growing(few, many)]
    if budget is None:
        found.append(f'{path} has no budget: add "{path}": {total} to {BUDGETS.name}')
    elif total > budget:
        found.append(f"{path} needs {total} statements, its budget is {budget}")
    return found


@pytest.mark.template("demo")
def test_lists_stay_in_their_budget_and_do_not_grow(client, committed, monkeypatch):
    client.force_login(make_user("boss", superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    budgets = json.loads(BUDGETS.read_text()) if BUDGETS.exists() else {}
    paths = sorted(set(lists()))
    client.get(paths[0])  # what a process reads once is read
    found = [f"{path}: in {BUDGETS.name}, but no list" for path in sorted(budgets.keys() - set(paths))]
    filled = 0
    for path in paths:
        many = visit(client, path, MANY, monkeypatch)
        is_repeated = max(many.seen.values(), default=0) > 1  # what runs once with many rows cannot grow with them
        few = visit(client, path, FEW, monkeypatch) if is_repeated else many
        found += faults(path, few.seen, many.seen, budgets.get(path))
        filled += many.rows == MANY
    assert not found, "\n" + "\n".join(found)
    assert filled > FILLED, f"only {filled} lists have rows enough to tell anything"


def test_a_list_that_grows_or_has_no_budget_is_caught():
    steady, growing_one = Counter({"head": 1, "row": 3}), Counter({"head": 1, "row": 9})
    assert not faults("/x/", steady, steady, 4)
    assert [one.split(":")[0] for one in faults("/x/", steady, growing_one, 10)] == ["/x/ grows with its rows"]
    assert faults("/x/", steady, steady, 3) == ["/x/ needs 4 statements, its budget is 3"]
    assert faults("/x/", steady, steady, None)[0].startswith("/x/ has no budget")

"""Who acts, when and why, for the length of one operation (read by history and audit, set by `perform`)."""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import connection

from core.pending import Pending
from core.writing import update_rows

T = TypeVar("T")


@dataclass(frozen=True)
class OperationContext:
    """The operation being performed.

    ``pending`` is what it has changed and not written yet; ``memory`` holds what `remembered` loaded.
    """

    name: str
    actor: Any
    at: dt.datetime
    reason: str = ""
    pending: Pending = field(default_factory=Pending)
    memory: dict[Hashable, Any] = field(default_factory=dict)


_current: ContextVar[OperationContext | None] = ContextVar("operation", default=None)
_page: ContextVar[dict[Hashable, Any] | None] = ContextVar("page", default=None)


def current_operation() -> OperationContext | None:
    """Return the operation being performed, or None outside `perform`."""
    return _current.get()


@contextmanager
def operation_context(context: OperationContext) -> Iterator[None]:
    """Make ``context`` the current operation."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def page_memory() -> Iterator[None]:
    """Let `remembered` and `once_a_page` keep what they load while one page is drawn that changes nothing."""
    token = _page.set({})
    try:
        yield
    finally:
        _page.reset(token)


def change_later(rows: Iterable[Any], names: Iterable[str]) -> None:
    """Store the named fields of rows of one table that this operation guards, without history (see core.pending)."""
    wanted, fields = list(rows), list(names)
    operation = _current.get()
    if operation is not None:
        operation.pending.change(wanted, fields)
    else:
        update_rows(wanted, fields)


def insert_later(rows: Iterable[Any]) -> None:
    """Insert rows without history whose keys nobody asks for (see core.pending)."""
    wanted = list(rows)
    operation = _current.get()
    if operation is not None:
        operation.pending.insert(wanted)
    elif wanted:
        type(wanted[0])._default_manager.bulk_create(wanted)


def run_later(table: str, statement: str, params: list[Any]) -> None:
    """Run an UPDATE or DELETE of ``table`` with whatever else the operation has pending (see core.pending)."""
    operation = _current.get()
    if operation is not None:
        operation.pending.run(table, statement, params)
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def write_pending() -> None:
    """Write what the running operation has pending, where the database itself is about to read it (triggers)."""
    operation = _current.get()
    if operation is not None:
        operation.pending.flush()


def remembered(key: Hashable, load: Callable[[], T]) -> T:
    """Return what ``load`` finds, asked once in an operation or page: for rows that many read and few change.

    A service that changes such a row calls `forget`. Outside of both it is loaded each time.
    """
    operation = _current.get()
    return _kept(operation.memory if operation else _page.get(), key, load)


def once_a_page(key: Hashable, load: Callable[[], T]) -> T:
    """Return what ``load`` finds, asked once while a page is drawn; operations, which may change it, ask each time."""
    return _kept(None if _current.get() else _page.get(), key, load)


def _kept(memory: dict[Hashable, Any] | None, key: Hashable, load: Callable[[], T]) -> T:
    if memory is None:
        return load()
    if memory.get(key) is None:  # what is not there yet may come in this very operation
        memory[key] = load()
    found: T = memory[key]
    return found


def forget(*keys: Hashable) -> None:
    """Drop what the running operation and the page around it remember under ``keys``."""
    operation = _current.get()
    for memory in (operation.memory if operation else None, _page.get()):
        for key in keys:
            (memory or {}).pop(key, None)

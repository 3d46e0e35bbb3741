"""Who acts, when and why, for the length of one operation (read by history and audit, set by `perform`)."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OperationContext:
    """The operation being performed."""

    name: str
    actor: Any
    at: dt.datetime
    reason: str = ""


_current: ContextVar[OperationContext | None] = ContextVar("operation", default=None)


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

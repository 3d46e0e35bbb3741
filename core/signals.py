"""Announcements between apps: sent inside the operation's transaction, never vetoed."""

from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.dispatch import Signal

MAX_DEPTH = 3

_depth: ContextVar[int] = ContextVar("signal_depth", default=0)


class DomainSignal(Signal):
    """An announcement, in the past tense, that a domain operation has happened.

    Raises (on send):
        RuntimeError: sent outside a transaction, or announcements nest deeper than MAX_DEPTH.
        TypeError: the payload differs from the declared names.
    """

    def __init__(self, *payload: str) -> None:
        super().__init__()
        self.payload = frozenset(payload)

    def send(self, sender: Any, **named: Any) -> list[tuple[Any, Any]]:
        """Announce to the connected receivers, in the order of the apps down the flow."""
        if not transaction.get_connection().in_atomic_block:
            raise RuntimeError("domain signals are sent inside the operation's transaction")
        if named.keys() != self.payload:
            raise TypeError(f"payload is {sorted(self.payload)}, got {sorted(named)}")
        depth = _depth.get() + 1
        if depth > MAX_DEPTH:
            raise RuntimeError(f"announcements nest {depth} deep; an operation below announces progress only")
        token = _depth.set(depth)
        try:
            return super().send(sender, **named)
        finally:
            _depth.reset(token)

"""The one lock order of the house, and the functions that take row locks in it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, models

from core.errors import NotFound, StaleVersion

M = TypeVar("M", bound=models.Model)


class LockRank(IntEnum):
    """Idempotency first, sequence (the hottest row) last. A model names its rank in ``LOCK_RANK``."""

    IDEMPOTENCY = 0
    HEADER = 10
    PARTNER = 20
    PROMISE = 28
    BALANCE = 30
    COST = 40
    PERIOD = 50
    SEQUENCE = 60


class LockOrderViolation(RuntimeError):
    """A lower rank was asked for after a higher one: a deadlock waiting for its second process."""


class _Held:
    def __init__(self) -> None:
        self.highest: tuple[int, int] = (-1, -1)
        self.rows: set[tuple[str, Any]] = set()
        self.instances: dict[tuple[str, Any], Any] = {}


_held: ContextVar[_Held | None] = ContextVar("held_locks", default=None)


@contextmanager
def lock_scope() -> Iterator[None]:
    """Forget earlier locks for the length of one transaction; opened by `perform`."""
    token = _held.set(_Held())
    try:
        yield
    finally:
        _held.reset(token)


def rank_of(model: type[models.Model]) -> tuple[int, int]:
    """(rank, place among models of that rank); headers upstream have the lower place."""
    rank = getattr(model, "LOCK_RANK", None)
    if rank is None:
        raise LockOrderViolation(f"{model._meta.label} has no LOCK_RANK")
    return int(rank), getattr(model, "LOCK_PLACE", 0)


def note_lock(rank: tuple[int, int], rows: Iterable[tuple[str, Any]]) -> None:
    """Record that rows are about to be locked, refusing (in tests) an order that can deadlock.

    Raises:
        LockOrderViolation: a new row of a lower rank than one already held.
    """
    held = _held.get()
    if held is None:
        return
    fresh = set(rows) - held.rows
    if not fresh:
        return
    if settings.LOCK_ORDER_STRICT and rank < held.highest:
        raise LockOrderViolation(f"rank {rank} asked for {sorted(map(str, fresh))[:3]} after {held.highest} was taken")
    held.highest = max(held.highest, rank)
    held.rows |= fresh


def lock_rows(queryset: models.QuerySet[M], *, order_by: tuple[str, ...] = ("pk",)) -> list[M]:
    """Lock the rows of ``queryset`` in key order with FOR NO KEY UPDATE and return fresh instances."""
    model = queryset.model
    rank = rank_of(model)
    if settings.LOCKS_OFF:
        return list(queryset.order_by(*order_by))
    rows = list(queryset.select_for_update(of=("self",), no_key=True).order_by(*order_by))
    note_lock(rank, [(model._meta.label, row.pk) for row in rows])
    scope = _held.get()
    if scope is not None:
        scope.instances.update({(model._meta.label, row.pk): row for row in rows})
    return rows


def held(model: type[M]) -> dict[Any, M]:
    """Return the rows of a model as this operation locked them last, by key.

    What the operation changed on these instances they show; what it changed beside them (one UPDATE for many rows)
    they do not. With locks switched off there are none.
    """
    scope = _held.get()
    found = scope.instances if scope is not None else {}
    return {pk: row for (label, pk), row in found.items() if label == model._meta.label}


def lock_once(model: type[M], pk: Any) -> M:
    """Return the row as this operation holds it (see `held`), locked now if it is not.

    Raises:
        NotFound: no such row.
    """
    found = held(model).get(pk)
    return lock(model, pk) if found is None else found


def lock(model: type[M], pk: Any, *, version: int | None = None) -> M:
    """Lock one row of a ranked model and return it fresh.

    Raises:
        NotFound: no such row.
        StaleVersion: ``version`` is given and the row has moved on since.
    """
    rows = lock_rows(model._default_manager.filter(pk=pk))
    if not rows:
        raise NotFound(model=str(model._meta.verbose_name), pk=pk)
    row = rows[0]
    if version is not None and row.version != version:  # type: ignore[attr-defined]
        raise StaleVersion(document=row)
    return row


def lock_many(model: type[M], pks: Iterable[Any]) -> dict[Any, M]:
    """Lock rows of one model by key, sorted; returns {pk: instance}.

    Raises:
        NotFound: one of the keys does not exist.
    """
    wanted = set(pks)
    rows = {row.pk: row for row in lock_rows(model._default_manager.filter(pk__in=wanted))}
    missing = wanted - rows.keys()
    if missing:
        raise NotFound(model=str(model._meta.verbose_name), pk=min(missing))
    return rows


def advisory_lock(name: str, *, shared: bool = False, rank: LockRank = LockRank.PERIOD) -> None:
    """Take a transaction-scoped advisory lock by name (periods: shared by posters, exclusive by the close)."""
    if settings.LOCKS_OFF:
        return
    note_lock((int(rank), 0), [("advisory", name)])
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 7))", [name])


def advisory_locks(names: Iterable[str], *, rank: LockRank) -> None:
    """Take transaction-scoped advisory locks by name, one after the other in the order given, in one statement."""
    wanted = list(dict.fromkeys(names))
    if settings.LOCKS_OFF or not wanted:
        return
    note_lock((int(rank), 0), [("advisory", name) for name in wanted])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_advisory_xact_lock(hashtextextended(name, 7))) "
            "FROM (SELECT name FROM unnest(%s::text[]) WITH ORDINALITY AS n(name, place) ORDER BY place OFFSET 0) one",
            [wanted],
        )


def try_advisory_lock(name: str, *, rank: LockRank = LockRank.PERIOD) -> bool:
    """Take an exclusive advisory lock if nobody holds it now; for jobs that come again, never to decide anything."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 7))", [name])
        taken = bool(cursor.fetchone()[0])
    if taken:
        note_lock((int(rank), 0), [("advisory", name)])
    return taken

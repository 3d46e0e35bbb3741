"""The only door from HTML, API, import, jobs and demo data to the services."""

import hashlib
import inspect
import json
import random
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from types import MappingProxyType
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError, connection, models, transaction

from core import audit, history
from core.clock import business_date, moment, take_company_read
from core.context import OperationContext, operation_context
from core.errors import Busy, KeyReused, MissingRight, NotFound, OperationInProgress, ReasonForBackdating
from core.failpoints import failpoint
from core.locks import lock_scope
from core.models.operations import IdempotencyRecord
from core.people import granters, right_name

F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")
RETRIES = 5
RETRYABLE = frozenset({"40001", "40P01"})
LOCK_TIMEOUT = "55P03"

_inside: ContextVar[bool] = ContextVar("inside_perform", default=False)


@dataclass(frozen=True)
class OperationSpec:
    """What `perform` must check before it calls a service."""

    name: str
    permission: str | None
    document: tuple[Any, str] | None
    takes_reason: bool = False
    backdating: tuple[str, str] | None = None


OPERATIONS: dict[str, "Callable[..., Any]"] = {}


def operation(
    *, permission: str | None, document: tuple[Any, str] | None = None, backdating: tuple[str, str] | None = None
) -> Callable[[F], F]:
    """Mark a service function as an operation.

    permission  the verb's right (``crm.confirm_salesorder``); None only for operations no person calls by himself
                (jobs, report-ups, receivers): `perform` then accepts system actors and superusers alone.
    document    (model or "app.Model", name of the argument that holds its key): the row must be visible to the actor.
    backdating  (name of the argument that holds the date, right): a date before today takes that right and a reason.
    """

    def decorate(service: F) -> F:
        takes_reason = "reason" in inspect.signature(service).parameters
        spec = OperationSpec(f"{service.__module__}.{service.__name__}", permission, document, takes_reason, backdating)

        @wraps(service)
        def inside(**arguments: Any) -> Any:
            if not _inside.get():
                raise RuntimeError(f"{spec.name} runs inside perform() only")
            return service(**arguments)

        inside.operation = spec  # type: ignore[attr-defined]
        OPERATIONS[spec.name] = inside
        return inside  # type: ignore[return-value]

    return decorate


def may_perform(service: Callable[..., Any], actor: Any) -> bool:
    """Return whether ``actor`` has the right of the verb."""
    spec: OperationSpec = service.operation  # type: ignore[attr-defined]
    if actor is None or actor.is_superuser:
        return True
    return bool(actor.is_active and spec.permission and actor.has_perm(spec.permission))


def perform(service: Callable[..., R], *, actor: Any, key: str | None = None, reason: str = "", **arguments: Any) -> R:
    """Run one operation as the outermost durable transaction and return its result.

    actor   the user acting; None is the program itself (planner, jobs): no right is checked, the audit names nobody.
    key     one-time key: the same key with the same arguments does nothing twice and returns the first result.
    reason  why, for history and audit (also passed on when the service has a ``reason`` argument of its own).

    Raises:
        MissingRight: the actor lacks the verb's right, or the one to backdate.
        ReasonForBackdating: the date is before today, and no reason is given.
        NotFound: the document is outside the actor's row scope.
        KeyReused, OperationInProgress: the one-time key belongs to another request, or to one still running.
        Busy: rows stayed locked by others, or conflicts persisted through all retries.
        DomainError: whatever the service refuses.
    """
    spec: OperationSpec = service.operation  # type: ignore[attr-defined]
    _check_right(service, spec, actor)
    if spec.takes_reason:
        arguments["reason"] = reason
    take_company_read()
    at = moment()
    known = take_company_read()
    _check_backdating(spec, actor, at, reason, arguments)
    for attempt in range(RETRIES + 1):
        try:
            with transaction.atomic(durable=True), lock_scope():
                result = _attempt(service, spec, actor, at, key, reason, arguments, known if not attempt else {})
                failpoint("perform.before_commit")
            failpoint("perform.after_commit")
            return result
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if state == LOCK_TIMEOUT:
                raise Busy(operation=spec.name) from error
            if state not in RETRYABLE:
                raise
            if attempt == RETRIES:
                raise Busy(operation=spec.name) from error
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # full jitter
    raise AssertionError("unreachable")


@contextmanager
def rehearse(*, actor: Any) -> Iterator[Callable[..., Any]]:
    """Run many operations that see each other's effects, and roll all of them back at the end.

    Yields ``attempt(service, arguments)`` where ``arguments()`` returns the service's keyword arguments; a refusal
    undoes that one operation only.
    """
    at = moment()

    def attempt(service: Callable[..., Any], arguments: Callable[[], dict[str, Any]]) -> Any:
        spec: OperationSpec = service.operation  # type: ignore[attr-defined]
        _check_right(service, spec, actor)
        with transaction.atomic(), lock_scope():
            return _attempt(service, spec, actor, at, None, "", arguments())

    with transaction.atomic():
        try:
            yield attempt
        finally:
            transaction.set_rollback(True)


def _check_right(service: Callable[..., Any], spec: OperationSpec, actor: Any) -> None:
    if not may_perform(service, actor):
        right = spec.permission or spec.name
        raise MissingRight(right=right, allows=right_name(right), granters=granters())


def _check_backdating(spec: OperationSpec, actor: Any, at: Any, reason: str, arguments: dict[str, Any]) -> None:
    """Refuse a person who posts on an earlier day without the right or without saying why; jobs and imports may."""
    if spec.backdating is None or actor is None:
        return
    name, right = spec.backdating
    day = arguments.get(name)
    if day is None or day >= business_date(at):
        return
    if not actor.is_superuser and not actor.has_perm(right):
        raise MissingRight(right=right, allows=right_name(right), granters=granters())
    if not reason.strip():
        raise ReasonForBackdating(date=day, field="reason")


def _attempt(  # noqa: PLR0917
    service: Callable[..., Any],
    spec: OperationSpec,
    actor: Any,
    at: Any,
    key: str | None,
    reason: str,
    arguments: dict[str, Any],
    known: Mapping[Hashable, Any] = MappingProxyType({}),
) -> Any:
    digest = ""
    _begin(spec, actor, key)
    if key is not None:
        digest = _digest(spec, arguments)
        replay = _earlier(spec, actor, key, digest)
        if replay is not None:
            return _stored_result(replay)
    _check_scope(spec, actor, arguments)
    token = _inside.set(True)
    try:
        context = OperationContext(spec.name, actor, at, reason, memory=dict(known))
        with operation_context(context):
            failpoint("perform.before_service")
            result = _call(service, spec, actor=actor, at=at, **arguments)
            failpoint("perform.after_service")
            if isinstance(result, models.Model):
                audit.record(result, f"operation.{spec.name}", actor=actor, at=at, reason=reason)
        history.write_versions(context)
        audit.write_events(context)
    finally:
        _inside.reset(token)
    if key is not None:
        _remember(spec, actor, key, digest, result)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return result


def _call(service: Callable[..., Any], spec: OperationSpec, **arguments: Any) -> Any:
    """Run the service; a document that is not there is a refusal, however the service asked for it.

    Raises:
        NotFound: no row has the key that was given.
    """
    if spec.document is None:
        return service(**arguments)
    model, argument = spec.document
    model = apps.get_model(model) if isinstance(model, str) else model
    try:
        return service(**arguments)
    except model.DoesNotExist as error:
        raise NotFound(model=str(model._meta.verbose_name), pk=arguments[argument]) from error


def _check_scope(spec: OperationSpec, actor: Any, arguments: dict[str, Any]) -> None:
    if spec.document is None or actor is None:
        return
    model, argument = spec.document
    if isinstance(model, str):
        model = apps.get_model(model)
    manager = model._default_manager
    if not hasattr(manager, "visible_to"):
        return
    pks = arguments[argument]
    is_one = not isinstance(pks, list | tuple | set)
    visible = manager.visible_to(actor)
    if is_one and not visible.query.where:
        return  # every row is visible; whether this one exists says the lock of the service
    pks = {pks} if is_one else set(pks)
    if visible.filter(pk__in=pks).count() != len(pks):
        raise NotFound(model=str(model._meta.verbose_name), pk=arguments[argument])


def _digest(spec: OperationSpec, arguments: dict[str, Any]) -> str:
    body = json.dumps([spec.name, arguments], cls=_Encoder, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        if isinstance(o, models.Model):
            return [o._meta.label, o.pk]
        if hasattr(o, "__dataclass_fields__"):
            return {name: getattr(o, name) for name in o.__dataclass_fields__}
        if isinstance(o, set | frozenset):
            return sorted(o)
        if hasattr(o, "read") and hasattr(o, "name"):
            return str(o.name)
        return super().default(o)


def _begin(spec: OperationSpec, actor: Any, key: str | None) -> None:
    """Set the timeouts of this transaction and own its key, in one statement.

    Raises:
        OperationInProgress: another transaction holds the key.
    """
    if key is not None and actor is None:
        raise ValueError("a one-time key belongs to an actor")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true), set_config('idle_in_transaction_session_timeout', %s, true),"
            " CASE WHEN %s::text IS NULL THEN true ELSE pg_try_advisory_xact_lock(hashtextextended(%s, 1)) END",
            [settings.LOCK_TIMEOUT, settings.IDLE_IN_TRANSACTION_TIMEOUT, *[key and f"{actor.pk}:{key}"] * 2],
        )
        if not cursor.fetchone()[2]:
            raise OperationInProgress(operation=spec.name)


def _earlier(spec: OperationSpec, actor: Any, key: str, digest: str) -> IdempotencyRecord | None:
    """Return the stored reply when the key was used before; read in a statement after its lock.

    Raises:
        KeyReused: it was used for something else.
    """
    found = IdempotencyRecord.objects.filter(actor=actor, key=key).first()
    if found is not None and found.request_hash != digest:
        raise KeyReused(operation=spec.name)
    return found


def _remember(spec: OperationSpec, actor: Any, key: str, digest: str, result: Any) -> None:
    is_row = isinstance(result, models.Model)
    IdempotencyRecord.objects.create(
        actor=actor,
        key=key,
        operation=spec.name,
        request_hash=digest,
        result_model=result._meta.label if is_row else "",
        result_id=str(result.pk) if is_row else "",
        result=None if is_row else json.loads(json.dumps(result, cls=_Encoder)),
    )


def _stored_result(record: IdempotencyRecord) -> Any:
    if not record.result_model:
        return record.result
    return apps.get_model(record.result_model)._default_manager.get(pk=record.result_id)

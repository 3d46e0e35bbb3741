"""The only door from HTML, API, import, jobs and demo data to the services."""

import datetime as dt
import hashlib
import inspect
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import DecimalException
from functools import cache, wraps
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError, IntegrityError, OperationalError, connection, models, transaction

from core import audit
from core.clock import business_date, knowing, moment
from core.context import OperationContext, operation_context
from core.errors import Busy, KeyReused, MissingRight, NotFound, OperationInProgress, ReasonForBackdating
from core.failpoints import failpoint
from core.locks import lock_scope
from core.models.company import Company
from core.models.operations import IdempotencyRecord
from core.people import granters, right_name
from core.plausible import refusal_of, require_plausible

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


@dataclass
class _Call:
    """What was asked for; ``at`` is the moment of the first try and stays that of the others."""

    service: Callable[..., Any]
    spec: OperationSpec
    actor: Any
    arguments: dict[str, Any]
    key: str | None = None
    reason: str = ""
    at: dt.datetime | None = None


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
        InvalidInput: an argument is nothing that can be stored, or names a row that is not there.
        DomainError: whatever the service refuses.
    """
    spec: OperationSpec = service.operation  # type: ignore[attr-defined]
    _check_right(service, spec, actor)
    if spec.takes_reason:
        arguments["reason"] = reason
    call = _Call(service, spec, actor, arguments, key=key, reason=reason)
    for attempt in range(RETRIES + 1):
        try:
            with transaction.atomic(durable=True), lock_scope():
                result = _attempt(call)
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
def rehearse(*, actor: Any, reason: str = "", key: str | None = None) -> Iterator[Callable[..., Any]]:
    """Run many operations that see each other's effects, and roll all of them back at the end.

    Yields ``attempt(service, arguments)`` where ``arguments()`` returns the service's keyword arguments; a refusal
    undoes that one operation only. ``reason`` is why, as for `perform`; with the one-time ``key`` of a request that was
    carried out already nothing is done again.
    """
    at = moment()

    def attempt(service: Callable[..., Any], arguments: Callable[[], dict[str, Any]]) -> Any:
        spec: OperationSpec = service.operation  # type: ignore[attr-defined]
        _check_right(service, spec, actor)
        with transaction.atomic(), lock_scope():
            own = arguments()
            if spec.takes_reason:
                own.setdefault("reason", reason)
            return _attempt(_Call(service, spec, actor, own, key=key, reason=reason, at=at))

    with transaction.atomic():
        try:
            yield attempt
        finally:
            transaction.set_rollback(True)


def _check_right(service: Callable[..., Any], spec: OperationSpec, actor: Any) -> None:
    if not may_perform(service, actor):
        right = spec.permission or spec.name
        raise MissingRight(right=right, allows=right_name(right), granters=granters())


def _check_backdating(call: _Call, at: dt.datetime) -> None:
    """Refuse a person who posts on an earlier day without the right or without saying why; jobs and imports may."""
    actor = call.actor
    if call.spec.backdating is None or actor is None:
        return
    name, right = call.spec.backdating
    day = call.arguments.get(name)
    if day is None or day >= business_date(at):
        return
    if not actor.is_superuser and not actor.has_perm(right):
        raise MissingRight(right=right, allows=right_name(right), granters=granters())
    if not call.reason.strip():
        raise ReasonForBackdating(date=day, field="reason")


def _attempt(call: _Call) -> Any:
    """Carry a call out once, in the transaction of the caller.

    Raises:
        InvalidInput: an argument is nothing that can be stored, or names a row that is not there.
    """
    require_plausible({**call.arguments, "reason": call.reason, "key": call.key})
    try:
        return _carry_out(call)
    except (ObjectDoesNotExist, DataError, IntegrityError, DecimalException) as error:
        refusal = refusal_of(error, call.arguments)
        if refusal is None:
            raise
        raise refusal from error


def _carry_out(call: _Call) -> Any:
    digest = _digest(call) if call.key is not None else ""
    own, reply = _begin(call, digest)
    if reply is not None:
        return _stored_result(reply)
    at = call.at = call.at or moment(own)
    context = OperationContext(call.spec.name, call.actor, at, call.reason, memory=knowing(own))
    token = _inside.set(True)
    try:
        with operation_context(context), connection.execute_wrapper(context.pending.guard):
            _check_backdating(call, at)
            _check_scope(call)
            failpoint("perform.before_service")
            result = _serve(call, at)
            failpoint("perform.after_service")
            if isinstance(result, models.Model):
                name = f"operation.{call.spec.name}"
                audit.record(result, name, actor=call.actor, at=at, reason=call.reason)
    finally:
        _inside.reset(token)
    if call.key is not None:
        context.pending.note(_reply(call, digest, result))
    context.pending.close()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return result


def _serve(call: _Call, at: dt.datetime) -> Any:
    """Run the service; a document that is not there is a refusal, however the service asked for it.

    Raises:
        NotFound: no row has the key that was given.
    """
    if call.spec.document is None:
        return call.service(actor=call.actor, at=at, **call.arguments)
    model, argument = call.spec.document
    model = apps.get_model(model) if isinstance(model, str) else model
    try:
        return call.service(actor=call.actor, at=at, **call.arguments)
    except model.DoesNotExist as error:
        raise NotFound(model=str(model._meta.verbose_name), pk=call.arguments[argument]) from error


def _check_scope(call: _Call) -> None:
    if call.spec.document is None or call.actor is None:
        return
    model, argument = call.spec.document
    if isinstance(model, str):
        model = apps.get_model(model)
    manager = model._default_manager
    if not hasattr(manager, "visible_to"):
        return
    pks = call.arguments[argument]
    is_one = not isinstance(pks, list | tuple | set)
    visible = manager.visible_to(call.actor)
    if is_one and not visible.query.where:
        return  # every row is visible; whether this one exists says the lock of the service
    pks = {pks} if is_one else set(pks)
    if visible.filter(pk__in=pks).count() != len(pks):
        raise NotFound(model=str(model._meta.verbose_name), pk=call.arguments[argument])


def _digest(call: _Call) -> str:
    body = json.dumps([call.spec.name, call.arguments], cls=_Encoder, sort_keys=True)
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


def _begin(call: _Call, digest: str) -> tuple[Company | None, dict[str, Any] | None]:
    """Set the timeouts of this transaction, own its key and read the company's row, in one statement.

    Returns the row, and the stored reply when the key was used before: the database function `core_begin_operation`
    reads it in a statement after the lock.

    Raises:
        OperationInProgress: another transaction holds the key.
        KeyReused: it was used for something else.
    """
    if call.key is not None and call.actor is None:
        raise ValueError("a one-time key belongs to an actor")
    who = None if call.key is None else call.actor.pk
    names, statement = _beginning()
    with connection.cursor() as cursor:
        cursor.execute(statement, [settings.LOCK_TIMEOUT, settings.IDLE_IN_TRANSACTION_TIMEOUT, who, call.key])
        owned, found, *values = cursor.fetchone()
    if not owned:
        raise OperationInProgress(operation=call.spec.name)
    reply: dict[str, Any] | None = json.loads(found) if found else None
    if reply is not None and reply["request_hash"] != digest:
        raise KeyReused(operation=call.spec.name)
    own = Company.from_db(connection.alias, names, values) if values[0] else None
    return own, reply


@cache
def _beginning() -> tuple[list[str], str]:
    """The fields of the company and the statement that begins an operation with them."""
    fields = Company._meta.concrete_fields
    columns = ", ".join(f"own.{connection.ops.quote_name(str(field.column))}" for field in fields)
    return [field.attname for field in fields], (
        f"SELECT begun.owned, begun.reply, {columns} FROM core_begin_operation(%s, %s, %s, %s) begun"
        f" LEFT JOIN {Company._meta.db_table} own ON true"
    )


def _reply(call: _Call, digest: str, result: Any) -> IdempotencyRecord:
    is_row = isinstance(result, models.Model)
    return IdempotencyRecord(
        actor=call.actor,
        key=call.key,
        operation=call.spec.name,
        request_hash=digest,
        result_model=result._meta.label if is_row else "",
        result_id=str(result.pk) if is_row else "",
        result=None if is_row else json.loads(json.dumps(result, cls=_Encoder)),
    )


def _stored_result(reply: dict[str, Any]) -> Any:
    if not reply["result_model"]:
        return reply["result"]
    return apps.get_model(reply["result_model"])._default_manager.get(pk=reply["result_id"])

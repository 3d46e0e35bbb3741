"""Side effects after the commit: rows written in the business transaction, carried out at least once."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from core.context import current_operation
from core.models.operations import OutboxEvent

log = structlog.get_logger(__name__)
LEASE = dt.timedelta(minutes=5)
BATCH = 50
MAX_ATTEMPTS = 12

_handlers: dict[str, Callable[[dict[str, Any]], None]] = {}


def register_handler(topic: str, handler: Callable[[dict[str, Any]], None]) -> None:
    """Name the function that carries out events of ``topic``; it must be idempotent."""
    _handlers[topic] = handler


def enqueue(topic: str, **payload: Any) -> None:
    """Write an event in the transaction of the running operation, at its end; after the commit the worker is nudged."""
    from core.tasks import deliver_outbox  # noqa: PLC0415 - circular at import time

    event = OutboxEvent(topic=topic, payload=payload)
    operation = current_operation()
    if operation is None:
        event.save()
    else:
        operation.pending.note(event)
    transaction.on_commit(deliver_outbox.delay, robust=True)


def deliver() -> int:
    """Claim open events (SKIP LOCKED, with a lease) and carry them out one by one; returns how many were done."""
    now = timezone.now()
    with transaction.atomic():
        events = list(
            OutboxEvent.objects.select_for_update(skip_locked=True)
            .filter(done_at__isnull=True, available_at__lte=now, attempts__lt=MAX_ATTEMPTS)
            .exclude(claimed_until__gt=now)
            .order_by("id")[:BATCH]
        )
        OutboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(claimed_until=now + LEASE)
    done = 0
    for event in events:
        done += _carry_out(event)
    return done


def _carry_out(event: OutboxEvent) -> int:
    handler = _handlers.get(event.topic)
    try:
        if handler is None:
            raise LookupError(f"no handler for {event.topic}")
        handler(event.payload)
    except Exception as error:  # the event is kept, counted and retried with back-off; the log has the trace
        log.exception("outbox_event_failed", topic=event.topic, event=event.pk)
        event.attempts += 1
        event.last_error = repr(error)[:500]
        event.available_at = timezone.now() + dt.timedelta(seconds=15 * 2**event.attempts)
        event.claimed_until = None
        event.save(update_fields=["attempts", "last_error", "available_at", "claimed_until"])
        return 0
    OutboxEvent.objects.filter(pk=event.pk).update(done_at=timezone.now(), claimed_until=None)
    return 1

"""Writing and reading the timeline of documents."""

import datetime as dt
from typing import Any

from django.db import models

from core.context import current_operation
from core.models.audit import AuditEvent

COMMENT = "platform.comment"


def label_of(document: models.Model) -> str:
    """``crm.salesorder``: how an object is named in the audit log, rights and coding rules."""
    return document._meta.label_lower


def record(document: models.Model, verb: str, *, actor: Any, at: dt.datetime, reason: str = "", **detail: Any) -> None:
    """Append one event to the timeline; a ``verb`` without a dot is completed to ``crm.salesorder.<verb>``.

    Inside an operation the events are written together at its end.
    """
    label = label_of(document)
    event = AuditEvent(
        object_label=label,
        object_id=str(document.pk),
        verb=verb if "." in verb else f"{label}.{verb}",
        actor=actor if getattr(actor, "pk", None) else None,
        at=at,
        reason=reason[:500],
        detail=detail,
    )
    operation = current_operation()
    if operation is None:
        event.save()
    else:
        operation.pending.note(event)


def timeline(document: models.Model) -> models.QuerySet[AuditEvent]:
    """Return the events of ``document``, newest first."""
    return (
        AuditEvent.objects.filter(object_label=label_of(document), object_id=str(document.pk))
        .select_related("actor")
        .order_by("-id")
    )

"""The timeline of a document as people read it: states, comments, approvals, field changes, files."""

import datetime as dt
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import audit
from core.errors import DomainError
from core.formats import readable
from core.models.audit import Attachment, AuditEvent, FollowUp
from core.permissions import hidden_fields
from core.verb_words import VERB_WORDS, WHOLE_WORDS

HISTORY_ROWS = 30


@dataclass
class Entry:
    """One line of a timeline. ``kind``: state, operation, comment, approval, change, file, followup."""

    kind: str
    title: str
    actor: str
    at: dt.datetime
    text: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    files: list[dict[str, str]] = field(default_factory=list)


def entries(document: models.Model, user: Any, limit: int = 50) -> list[Entry]:
    """Return the timeline of ``document``, newest first, with what ``user`` may not see left out."""
    events = _without_echoes(list(audit.timeline(document)[: limit * 2]))
    rows = [entry for event in events if (entry := _event(document, event))]
    rows += _changes(document, user) + _files(document) + _follow_ups(document)
    rows.sort(key=lambda entry: entry.at, reverse=True)
    return rows[:limit]


def _without_echoes(events: list[AuditEvent]) -> list[AuditEvent]:
    """Leave out the operation where the change of state that it made says the same, and keep its reason there."""
    told = {(event.actor_id, event.at): event for event in events if "state" in event.detail}
    kept = []
    for event in events:
        state = told.get((event.actor_id, event.at))
        if state is None or state is event or not event.verb.startswith("operation."):
            kept.append(event)
        elif event.reason and not state.reason:
            state.reason = event.reason
    return kept


def _files(document: models.Model) -> list[Entry]:
    return [
        Entry(
            "file",
            gettext("File"),
            str(row.uploaded_by),
            row.uploaded_at,
            files=[{"name": row.name, "url": reverse("core:attachment", args=[row.pk])}],
        )
        for row in attachments_of(document)
    ]


def _follow_ups(document: models.Model) -> list[Entry]:
    return [
        Entry(
            "followup",
            gettext("Follow-up until %(day)s by %(who)s") % {"day": readable(row.due_date), "who": str(row.assignee)},
            str(row.created_by),
            row.created_at,
            row.summary,
        )
        for row in follow_ups_of(document)
    ]


def _event(document: models.Model, event: AuditEvent) -> Entry | None:
    who = str(event.actor) if event.actor else gettext("The program")
    label, _dot, rest = event.verb.partition(f"{event.object_label}.")
    if event.verb == audit.COMMENT:
        return Entry("comment", gettext("Comment"), who, event.at, event.detail.get("text", ""))
    if event.verb.startswith("operation."):
        return Entry("operation", verb_title(event.verb), who, event.at, event.reason)
    if "state" in event.detail and not label:
        labels = dict(document._meta.get_field("state").choices or ())  # type: ignore[union-attr]
        before, after = (str(labels.get(code, code)) for code in event.detail["state"])
        return Entry("state", f"{before} → {after}", who, event.at, event.reason)
    if event.verb.startswith("approval."):
        title = {
            "approval.requested": gettext("Approval requested"),
            "approval.approved": gettext("Approved"),
            "approval.rejected": gettext("Rejected"),
        }.get(event.verb, event.verb)
        return Entry("approval", title, who, event.at, event.reason)
    return Entry("operation", verb_title(rest or event.verb), who, event.at, event.reason)


def verb_title(name: str) -> str:
    """Return what an operation did in one word of the reader's language, from its service's name."""
    whole = name.rsplit(".", 1)[-1]
    word = whole.split("_", 1)[0]
    return str(WHOLE_WORDS.get(whole) or VERB_WORDS.get(word, word))


def _changes(document: models.Model, user: Any) -> list[Entry]:
    if not hasattr(document, "history"):
        return []
    versions = list(document.history.select_related("history_user").order_by("-history_id")[:HISTORY_ROWS])
    hidden = hidden_fields(user, type(document)) | {"version", "state"}
    found = []
    for newer, older in pairwise(versions):
        changes = _diff(type(document), older, newer, hidden)
        if changes:
            who = str(newer.history_user) if newer.history_user else gettext("The program")
            found.append(Entry("change", gettext("Changed"), who, newer.history_date, changes=changes))
    return found


def _diff(
    model: type[models.Model], older: Any, newer: Any, hidden: frozenset[str] | set[str]
) -> list[tuple[str, str, str]]:
    changes = []
    for one in model._meta.concrete_fields:
        if one.name in hidden or not hasattr(newer, one.attname):
            continue
        before, after = getattr(older, one.attname), getattr(newer, one.attname)
        if before != after:
            changes.append((str(one.verbose_name), _shown(one, before), _shown(one, after)))
    return changes


def _shown(one: models.Field, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if one.choices:
        return str(dict(one.flatchoices).get(value, value))
    if one.is_relation:
        assert one.related_model is not None
        row = one.related_model._default_manager.filter(pk=value).first()
        return str(row) if row else str(value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return readable(value)


class EmptyComment(DomainError):
    code = "empty_comment"
    sentence = _("Write something before you send the comment.")
    status = 422


def attachments_of(document: models.Model) -> models.QuerySet[Attachment]:
    """Return the files kept with ``document``."""
    return (
        Attachment.objects.filter(
            object_label=audit.label_of(document), object_id=str(document.pk), removed_at__isnull=True
        )
        .select_related("uploaded_by")
        .order_by("-id")
    )


def follow_ups_of(document: models.Model) -> models.QuerySet[FollowUp]:
    """Return the open follow-ups of ``document``, the most urgent first."""
    return (
        FollowUp.objects.filter(object_label=audit.label_of(document), object_id=str(document.pk), done_at__isnull=True)
        .select_related("assignee", "created_by")
        .order_by("due_date")
    )

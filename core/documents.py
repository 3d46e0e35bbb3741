"""What every document has: number, state, version, owner; and the one way its state changes."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import audit, history, numbering
from core.clock import business_date
from core.errors import InvalidTransition
from core.locks import LockRank, lock
from core.permissions import ScopedManager

__all__ = ["Document", "DocumentLine", "Transitions", "lock", "next_number", "transition"]

Transitions = Mapping[str, frozenset[str]]


class Document(models.Model):
    """A numbered paper with a state. A subclass adds ``state`` (its own choices), TRANSITIONS and ``history``."""

    TRANSITIONS: ClassVar[Transitions] = {}
    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 0
    SCOPE_OWNER: ClassVar[str | None] = "owner"
    state: Any

    number = models.CharField(_("number"), max_length=40, unique=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    document_date = models.DateField(_("date"))
    created_at = models.DateTimeField(_("created at"), editable=False)
    note = models.TextField(_("note"), blank=True)

    objects = ScopedManager()

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number


class DocumentLine(models.Model):
    """A numbered line; a subclass adds ``document`` (FK to its header, related_name="lines")."""

    line_no = models.PositiveIntegerField(_("line"))

    class Meta:
        abstract = True
        ordering = ["line_no", "id"]


def next_number(model: type[Document], at: dt.datetime) -> str:
    """Take the next business number for a new document of ``model``."""
    return numbering.next_code(model._meta.label_lower, business_date(at))


def require_edge(document: Any, to: str) -> None:
    """Refuse a step before anything else of the document is written.

    Raises:
        InvalidTransition: TRANSITIONS has no edge from the present state to ``to``.
    """
    before = document.state
    if to not in document.TRANSITIONS.get(before, ()):
        labels = dict(document._meta.get_field("state").choices)
        raise InvalidTransition(
            document=document, state=labels.get(before, before), to=labels.get(to, to), state_code=before, to_code=to
        )


def transition(
    document: Any, to: str, *, actor: Any, at: dt.datetime, reason: str = "", fields: Iterable[str] = ()
) -> None:
    """Move a locked document to ``to`` and audit it: the only assignment of ``state``.

    fields  what else changed on the document with this step; saved with it.

    Raises:
        InvalidTransition: TRANSITIONS has no edge from the present state to ``to``.
    """
    before = document.state
    require_edge(document, to)
    document.state = to
    document.version += 1
    history.change_later([document], ["state", "version", *fields])
    audit.record(document, str(to), actor=actor, at=at, reason=reason, state=[str(before), str(to)])

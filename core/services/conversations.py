"""Comments, files and follow-ups on any document."""

import datetime as dt
import hashlib
import re
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from core import audit
from core.errors import DomainError, NotFound
from core.models.audit import Attachment, FollowUp
from core.models.users import User
from core.notifications.services import notify
from core.operations import operation
from core.timeline import EmptyComment

MENTION = re.compile(r"@([\w.+-]+)")
SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "xlsx": (b"PK\x03\x04",),
    "docx": (b"PK\x03\x04",),
    "pptx": (b"PK\x03\x04",),
    "zip": (b"PK\x03\x04",),
    "xls": (b"\xd0\xcf\x11\xe0",),
    "doc": (b"\xd0\xcf\x11\xe0",),
    "dwg": (b"AC10",),
    "csv": (b"",),
    "txt": (b"",),
    "dxf": (b"",),
    "step": (b"ISO-10303-21",),
    "stp": (b"ISO-10303-21",),
}


class FileRefused(DomainError):
    """Empty, too large, of a kind that is not kept, or not what its name says."""

    code = "file_refused"
    sentence = _("%(name)s was not kept: %(why)s")
    status = 422


def find_document(label: str, pk: int, user: Any) -> models.Model:
    """Return a document of kind ``label`` that ``user`` may see: right to view it, and in his scope.

    Raises:
        NotFound: no such kind or row, or not for this user.
    """
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise NotFound(model=label, pk=pk) from error
    view_right = f"{model._meta.app_label}.view_{model._meta.model_name}"
    if not user.has_perm(view_right):
        raise NotFound(model=str(model._meta.verbose_name), pk=pk)
    manager = model._default_manager
    rows = manager.visible_to(user) if hasattr(manager, "visible_to") else manager.all()
    document: models.Model | None = rows.filter(pk=pk).first()
    if document is None:
        raise NotFound(model=str(model._meta.verbose_name), pk=pk)
    return document


@operation(permission="core.comment_document")
def comment_document(*, label: str, document_id: int, text: str, actor: Any, at: dt.datetime) -> dict[str, Any]:
    """Add a comment; users named as @username are notified if they exist.

    Raises:
        EmptyComment: nothing was written.
        NotFound: the document is not for this user.
    """
    document = find_document(label, document_id, actor)
    text = text.strip()
    if not text:
        raise EmptyComment()
    audit.record(document, audit.COMMENT, actor=actor, at=at, text=text[:4000])
    mentioned = User.objects.filter(username__in=MENTION.findall(text), is_active=True).exclude(pk=actor.pk)
    notify(
        users=mentioned,
        message="%(who)s mentioned you on %(document)s: %(text)s",
        params={"who": str(actor), "document": str(document), "text": text[:120]},
        url=document.get_absolute_url(),  # type: ignore[attr-defined]
        at=at,
    )
    return {"label": label, "id": document.pk}


@operation(permission="core.comment_document")
def attach_file(*, label: str, document_id: int, upload: Any, actor: Any, at: dt.datetime) -> Attachment:
    """Keep a file with a document under a random name; type by ending and first bytes, size limited.

    Raises:
        FileRefused: empty, too large, of a kind that is not kept, or not what its name says.
        NotFound: the document is not for this user.
    """
    document = find_document(label, document_id, actor)
    name = re.sub(r"[\\/\x00-\x1f]", "_", upload.name)[-200:]
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if upload.size == 0:
        raise FileRefused(name=name, why=_("the file is empty."))
    if upload.size > settings.ATTACHMENT_MAX_BYTES:
        limit = settings.ATTACHMENT_MAX_BYTES // (1024 * 1024)
        raise FileRefused(name=name, why=_("it is larger than %(limit)s MB.") % {"limit": limit})
    if ending not in SIGNATURES:
        raise FileRefused(name=name, why=_("files of this kind are not kept."))
    body = upload.read()
    if not body.startswith(SIGNATURES[ending]):
        raise FileRefused(name=name, why=_("its content is not what its name says."))
    row = Attachment(
        object_label=audit.label_of(document),
        object_id=str(document.pk),
        name=name,
        size=len(body),
        content_type="application/octet-stream",
        sha256=hashlib.sha256(body).hexdigest(),
        uploaded_by=actor,
    )
    row.file.save(f"{get_random_string(24)}.bin", ContentFile(body), save=False)
    row.save()
    return row


@operation(permission="core.comment_document")
def remove_attachment(*, attachment_id: int, actor: Any, at: dt.datetime) -> Attachment:
    """Take a file off a document (the row and the bytes stay for the audit); by its uploader or an administrator.

    Raises:
        NotFound: no such file, or it is somebody else's.
    """
    row = Attachment.objects.select_for_update().filter(pk=attachment_id, removed_at__isnull=True).first()
    if row is None or (row.uploaded_by_id != actor.pk and not actor.has_perm("core.manage_people")):
        raise NotFound(model="attachment", pk=attachment_id)
    find_document(row.object_label, int(row.object_id), actor)
    row.removed_at = at
    row.save(update_fields=["removed_at"])
    return row


@operation(permission="core.comment_document")
def add_follow_up(
    *,
    label: str,
    document_id: int,
    summary: str,
    assignee_id: int,
    due_date: dt.date,
    actor: Any,
    at: dt.datetime,
) -> FollowUp:
    """Promise something about a document by a date; the assignee is told.

    Raises:
        NotFound: the document or the assignee is not there for this user.
    """
    document = find_document(label, document_id, actor)
    assignee = User.objects.filter(pk=assignee_id, is_active=True, kind=User.Kind.STAFF).first()
    if assignee is None:
        raise NotFound(model="user", pk=assignee_id)
    row = FollowUp.objects.create(
        object_label=audit.label_of(document),
        object_id=str(document.pk),
        summary=summary[:200],
        assignee=assignee,
        due_date=due_date,
        created_by=actor,
        created_at=at,
    )
    if assignee.pk != actor.pk:
        notify(
            users=[assignee],
            message="%(who)s asks you on %(document)s: %(text)s",
            params={"who": str(actor), "document": str(document), "text": summary[:120]},
            url=document.get_absolute_url(),  # type: ignore[attr-defined]
            at=at,
        )
    return row


@operation(permission="core.comment_document")
def finish_follow_up(*, follow_up_id: int, actor: Any, at: dt.datetime) -> FollowUp:
    """Mark a follow-up as done.

    Raises:
        NotFound: no such open follow-up of a document the user sees.
    """
    row = FollowUp.objects.select_for_update().filter(pk=follow_up_id, done_at__isnull=True).first()
    if row is None:
        raise NotFound(model="follow-up", pk=follow_up_id)
    find_document(row.object_label, int(row.object_id), actor)
    row.done_at = at
    row.save(update_fields=["done_at"])
    return row

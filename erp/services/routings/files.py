"""Files of single operations: attached, replaced by a later one of the same name, withdrawn, copied along."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from core import audit
from core.documents import lock
from core.errors import InvalidInput, NotFound
from core.operations import may_perform, operation
from core.services.conversations import attach_file
from erp.engines.revisions import next_revision
from erp.errors.engineering import FileReasonMissing, FileRevisionTaken, FilesOfReleased, RoutingIsRetired
from erp.models import OperationFile, Routing, RoutingOperation
from erp.services.routings.releasing import release_routing
from erp.states.engineering import RoutingState


@operation(permission="erp.change_routing", document=(Routing, "routing_id"))
def attach_operation_file(
    *,
    routing_id: int,
    operation_no: int,
    upload: Any,
    revision: str = "",
    reason: str = "",
    actor: Any,
    at: dt.datetime,
) -> OperationFile:
    """Keep a file with an operation from now on; one of the same name that is there is replaced by it.

    A released routing takes files too, of those who may release and say why: the floor works by them at once. What was
    valid before stays readable with the orders made by it. Without a revision the file gets the next one.

    Raises:
        RoutingIsRetired: nothing is made by it any more.
        FilesOfReleased, FileReasonMissing: it is released, and the actor may not release or does not say why.
        InvalidInput: the routing has no such operation.
        FileRevisionTaken: a file of that name was there in that revision.
        FileRefused: empty, too large, of a kind that is not kept, or not what its name says.
    """
    routing = _lock_in_use(routing_id, actor, reason)
    if not routing.operations.filter(number=operation_no).exists():
        sentence = _("%(document)s has no operation %(number)s.") % {"document": routing, "number": operation_no}
        raise InvalidInput(message=sentence, field="operation_no")
    upload.seek(0)  # read before, when the transaction is tried again
    attachment = attach_file(label=audit.label_of(routing), document_id=routing.pk, upload=upload, actor=actor, at=at)
    row = OperationFile(
        routing=routing, operation_no=operation_no, attachment=attachment, attached_at=at, reason=reason.strip()[:200]
    )
    row.revision = _free_revision(row, revision.strip())
    valid = OperationFile.objects.filter(routing=routing, operation_no=operation_no, withdrawn_at__isnull=True)
    valid.filter(attachment__name=attachment.name).update(
        withdrawn_at=at, withdrawn_by=actor, withdrawal_reason=row.reason
    )
    row.save()
    _note(row, "attach_file", row.reason, actor, at)
    return row


@operation(permission="erp.change_routing", document=(Routing, "routing_id"))
def withdraw_operation_file(
    *, routing_id: int, file_id: int, reason: str = "", actor: Any, at: dt.datetime
) -> OperationFile:
    """Take a file off its operation from now on; it stays with what was made before.

    Raises:
        RoutingIsRetired: nothing is made by it any more.
        FilesOfReleased, FileReasonMissing: it is released, and the actor may not release or does not say why.
        NotFound: the routing has no such file that counts.
    """
    routing = _lock_in_use(routing_id, actor, reason)
    row = OperationFile.objects.filter(pk=file_id, routing=routing, withdrawn_at__isnull=True).first()
    if row is None:
        raise NotFound(model=str(OperationFile._meta.verbose_name), pk=file_id)
    row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = at, actor, reason.strip()[:200]
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    _note(row, "withdraw_file", row.withdrawal_reason, actor, at)
    return row


def copy_files(source: Routing, target: Routing, at: dt.datetime) -> None:
    """Show the files of ``source`` at the operations of ``target``, a later revision: by number, else by name."""
    follows = _following(source.operations.all(), target.operations.all())
    OperationFile.objects.bulk_create(
        OperationFile(
            routing=target,
            operation_no=follows[one.operation_no],
            attachment_id=one.attachment_id,
            revision=one.revision,
            attached_at=at,
        )
        for one in _valid_files(source)
        if one.operation_no in follows
    )


def keep_files(routing: Routing, before: Iterable[RoutingOperation], actor: Any, at: dt.datetime) -> None:
    """Let the files follow the operations of a draft that was written anew; those of one that is gone are withdrawn."""
    follows = _following(before, routing.operations.all())
    files = _valid_files(routing)
    for one in files:
        if one.operation_no in follows:
            one.operation_no = follows[one.operation_no]
        else:
            one.withdrawn_at, one.withdrawn_by = at, actor
    OperationFile.objects.bulk_update(files, ["operation_no", "withdrawn_at", "withdrawn_by"])


def may_change_files(routing: Routing, actor: Any) -> bool:
    """Return whether ``actor`` may attach and withdraw files; of a released routing by the right to release, too."""
    may_release = routing.state != RoutingState.RELEASED or may_perform(release_routing, actor)
    return routing.state != RoutingState.OBSOLETE and may_release and may_perform(attach_operation_file, actor)


def _lock_in_use(routing_id: int, actor: Any, reason: str) -> Routing:
    """Return the locked routing whose files may change: a draft, or a released one with the right and a reason."""
    routing: Routing = lock(Routing, routing_id)
    if routing.state == RoutingState.OBSOLETE:
        raise RoutingIsRetired(document=routing)
    if routing.state == RoutingState.RELEASED:
        if not may_perform(release_routing, actor):
            raise FilesOfReleased(document=routing)
        if not reason.strip():
            raise FileReasonMissing(document=routing, field="reason")
    return routing


def _note(row: OperationFile, verb: str, reason: str, actor: Any, at: dt.datetime) -> None:
    """Write into the timeline of the routing which file it was, and why."""
    said = ": ".join(filter(None, (f"{row.operation_no} · {row} · {row.revision}", reason)))
    details = {"file": str(row), "operation": row.operation_no, "revision": row.revision}
    audit.record(row.routing, verb, actor=actor, at=at, reason=said, **details)


def _free_revision(row: OperationFile, wanted: str) -> str:
    """Return the revision of a new file: ``wanted``, or the one after the last of that name at the operation."""
    named = OperationFile.objects.filter(
        routing__item=row.routing.item_id, operation_no=row.operation_no, attachment__name=row.attachment.name
    )
    taken = list(named.order_by("attached_at", "pk").values_list("revision", flat=True))
    if named.filter(revision=wanted).exclude(attachment__sha256=row.attachment.sha256).exists():
        raise FileRevisionTaken(file=row, operation=row.operation_no, revision=wanted, field="revision")
    return wanted or next_revision(taken[-1] if taken else "", taken)


def _valid_files(routing: Routing) -> list[OperationFile]:
    return list(OperationFile.objects.filter(routing=routing, withdrawn_at__isnull=True))


def _following(before: Iterable[RoutingOperation], after: Iterable[RoutingOperation]) -> Mapping[int, int]:
    """Which number an operation has now: its own if it is called the same there, else that of the one called so."""
    now = {one.number: one.name for one in after}
    alone = {name for name, times in Counter(now.values()).items() if times == 1}
    renumbered = {name: number for number, name in now.items() if name in alone}
    follows = {}
    for one in before:
        number = one.number if now.get(one.number) == one.name else renumbered.get(one.name, one.number)
        if number in now:
            follows[one.number] = number
    return follows

"""Files of single operations: attached, replaced by a later one of the same name, withdrawn, copied along."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from core import audit
from core.documents import lock
from core.errors import InvalidInput, NotFound
from core.operations import operation
from core.services.conversations import attach_file
from erp.errors.engineering import RoutingIsRetired
from erp.models import OperationFile, Routing, RoutingOperation
from erp.states.engineering import RoutingState


@operation(permission="erp.change_routing", document=(Routing, "routing_id"))
def attach_operation_file(
    *, routing_id: int, operation_no: int, upload: Any, actor: Any, at: dt.datetime
) -> OperationFile:
    """Keep a file with an operation from now on; one of the same name that is there is replaced by it.

    A released routing takes files too: what was valid before stays readable with the orders made by it.

    Raises:
        RoutingIsRetired: nothing is made by it any more.
        InvalidInput: the routing has no such operation.
        FileRefused: empty, too large, of a kind that is not kept, or not what its name says.
    """
    routing = _lock_in_use(routing_id)
    if not routing.operations.filter(number=operation_no).exists():
        sentence = _("%(document)s has no operation %(number)s.") % {"document": routing, "number": operation_no}
        raise InvalidInput(message=sentence, field="operation_no")
    upload.seek(0)  # read before, when the transaction is tried again
    attachment = attach_file(label=audit.label_of(routing), document_id=routing.pk, upload=upload, actor=actor, at=at)
    valid = OperationFile.objects.filter(routing=routing, operation_no=operation_no, withdrawn_at__isnull=True)
    valid.filter(attachment__name=attachment.name).update(withdrawn_at=at)
    return OperationFile.objects.create(
        routing=routing, operation_no=operation_no, attachment=attachment, attached_at=at
    )


@operation(permission="erp.change_routing", document=(Routing, "routing_id"))
def withdraw_operation_file(*, routing_id: int, file_id: int, actor: Any, at: dt.datetime) -> OperationFile:
    """Take a file off its operation from now on; it stays with what was made before.

    Raises:
        RoutingIsRetired: nothing is made by it any more.
        NotFound: the routing has no such file that counts.
    """
    routing = _lock_in_use(routing_id)
    row = OperationFile.objects.filter(pk=file_id, routing=routing, withdrawn_at__isnull=True).first()
    if row is None:
        raise NotFound(model=str(OperationFile._meta.verbose_name), pk=file_id)
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    audit.record(routing, "withdraw_file", actor=actor, at=at, file=str(row), operation=row.operation_no)
    return row


def copy_files(source: Routing, target: Routing, at: dt.datetime) -> None:
    """Show the files of ``source`` at the operations of ``target``, a later revision: by number, else by name."""
    follows = _following(source.operations.all(), target.operations.all())
    OperationFile.objects.bulk_create(
        OperationFile(
            routing=target, operation_no=follows[one.operation_no], attachment_id=one.attachment_id, attached_at=at
        )
        for one in _valid_files(source)
        if one.operation_no in follows
    )


def keep_files(routing: Routing, before: Iterable[RoutingOperation], at: dt.datetime) -> None:
    """Let the files follow the operations of a draft that was written anew; those of one that is gone are withdrawn."""
    follows = _following(before, routing.operations.all())
    files = _valid_files(routing)
    for one in files:
        if one.operation_no in follows:
            one.operation_no = follows[one.operation_no]
        else:
            one.withdrawn_at = at
    OperationFile.objects.bulk_update(files, ["operation_no", "withdrawn_at"])


def _lock_in_use(routing_id: int) -> Routing:
    routing: Routing = lock(Routing, routing_id)
    if routing.state == RoutingState.OBSOLETE:
        raise RoutingIsRetired(document=routing)
    return routing


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

"""Writing drafts of routings."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock, next_number
from core.errors import InvalidInput
from core.operations import operation
from erp.engines.revisions import next_revision
from erp.errors import RevisionTaken
from erp.errors.engineering import RoutingIsReleased
from erp.models import Routing
from erp.services.routings.files import copy_files, keep_files
from erp.services.routings.operations import Row, understood, write_operations
from erp.states.engineering import RoutingState
from masterdata.models import Item
from masterdata.services.entry import require_open


@operation(permission="erp.add_routing")
def create_routing(
    *,
    item_id: int,
    operations: Sequence[Mapping[str, Any]],
    revision: str = "",
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Routing:
    """Write a draft; ``operations`` have the fields of OperationInput. Without a revision it gets the next one.

    Raises:
        RevisionTaken: the item has that revision already.
        RoutingIsEmpty, WorkCenterMissing, InvalidInput, NotASupplier: an operation is impossible.
        ClosedForEntry, MergedAway: the item, a work centre or a supplier is not used any more.
    """
    item = Item.objects.get(pk=item_id)
    require_open(item)
    today = business_date(at)
    routing = Routing(
        item=item,
        number=next_number(Routing, at),
        revision=_free_revision(item, revision),
        valid_from=valid_from or today,
        valid_to=valid_to,
        note=note,
        owner=actor,
        document_date=today,
        created_at=at,
    )
    _require_sound_header(routing)
    rows = understood(routing, operations)
    routing.save()
    write_operations(routing, rows)
    return routing


@operation(permission="erp.change_routing", document=(Routing, "routing_id"))
def update_routing(
    *,
    routing_id: int,
    operations: Sequence[Mapping[str, Any]],
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    revision: str = "",
    note: str = "",
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Routing:
    """Replace what a draft says.

    Raises:
        RoutingIsReleased: it is no draft any more.
        StaleVersion: somebody changed it since the user saw it.
        RevisionTaken, RoutingIsEmpty, InvalidInput and the other refusals of `create_routing`.
    """
    routing = lock(Routing, routing_id, version=version)
    if routing.state != RoutingState.DRAFT:
        raise RoutingIsReleased(document=routing)
    if revision and revision != routing.revision:
        routing.revision = _free_revision(routing.item, revision)
    routing.valid_from, routing.valid_to, routing.note = valid_from, valid_to, note
    _require_sound_header(routing)
    rows = understood(routing, operations)
    routing.version += 1
    routing.save()
    before = list(routing.operations.all())
    routing.operations.all().delete()
    write_operations(routing, rows)
    keep_files(routing, before, actor, at)
    return routing


@operation(permission="erp.add_routing", document=(Routing, "routing_id"))
def copy_routing(*, routing_id: int, item_id: int | None = None, actor: Any, at: dt.datetime) -> Routing:
    """Start the next revision (or the first of another item) as a draft, same operations and files, from today on.

    Raises:
        ClosedForEntry, MergedAway: the item is not used any more.
    """
    source = Routing.objects.select_related("item").get(pk=routing_id)
    item = source.item if item_id is None else Item.objects.get(pk=item_id)
    require_open(item)
    today = business_date(at)
    routing = Routing.objects.create(
        item=item,
        number=next_number(Routing, at),
        revision=_free_revision(item, ""),
        valid_from=today,
        note=source.note,
        owner=actor,
        document_date=today,
        created_at=at,
    )
    write_operations(routing, copied_operations(source))
    copy_files(source, routing, at)
    return routing


def copied_operations(source: Routing) -> list[Row]:
    """Return unsaved copies of the operations of ``source`` with their alternatives."""
    rows: list[Row] = []
    for one in source.operations.prefetch_related("alternates"):
        alternates = list(one.alternates.all())
        one.pk = None
        one._state.adding = True
        for other in alternates:
            other.pk, other.operation = None, one
        rows.append((one, alternates))
    return rows


def _free_revision(item: Item, wanted: str) -> str:
    taken = list(Routing.objects.filter(item=item).order_by("pk").values_list("revision", flat=True))
    if wanted.strip():
        if wanted.strip() in taken:
            raise RevisionTaken(item=item, revision=wanted.strip(), field="revision")
        return wanted.strip()
    return next_revision(taken[-1] if taken else "", taken)


def _require_sound_header(routing: Routing) -> None:
    if routing.valid_to is not None and routing.valid_to <= routing.valid_from:
        raise InvalidInput(message=_("It must be valid for at least a day."), field="valid_to")

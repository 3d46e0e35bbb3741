"""Taking over routings from a file or another system."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from core.clock import business_date
from core.operations import may_perform, operation
from erp.models import Routing, RoutingAlternate, RoutingOperation
from erp.services.routings.files import copy_files
from erp.services.routings.operations import OperationInput, understood
from erp.services.routings.releasing import release_routing
from erp.services.routings.writing import create_routing
from erp.states.engineering import RoutingState

COMPARED = tuple(one.name for one in fields(OperationInput) if one.name != "alternates")


@operation(permission="erp.add_routing")
def import_routing(
    *,
    item_id: int,
    operations: Sequence[Mapping[str, Any]],
    revision: str = "",
    valid_from: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> Routing:
    """Write a routing, and release it for those who may release; to others it stays a draft.

    One that says the same as the released one of the item, or as a draft valid from the same day, is not written again.

    Raises:
        RoutingOverlaps, WorkCenterMissing, InvalidInput: as in `create_routing` and `release_routing`.
    """
    released = Routing.objects.filter(item_id=item_id, state=RoutingState.RELEASED).order_by("-valid_from").first()
    if released is not None and _same(released, operations):
        return released
    routing = _draft_like(item_id, operations, revision, valid_from or business_date(at))
    if routing is None:
        routing = create_routing(
            item_id=item_id, operations=operations, revision=revision, valid_from=valid_from, actor=actor, at=at
        )
        if released is not None:
            copy_files(released, routing, at)
    return (
        release_routing(routing_id=routing.pk, actor=actor, at=at) if may_perform(release_routing, actor) else routing
    )


def _draft_like(
    item_id: int, operations: Sequence[Mapping[str, Any]], revision: str, valid_from: dt.date
) -> Routing | None:
    drafts = Routing.objects.filter(item_id=item_id, state=RoutingState.DRAFT, valid_from=valid_from)
    named = drafts.filter(revision=revision) if revision else drafts
    return next((one for one in named.order_by("-pk") if _same(one, operations)), None)


def _same(routing: Routing, operations: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the stored operations say what the typed ones say."""
    wanted = [_said(one, some) for one, some in understood(routing, operations)]
    stored = [_said(one, one.alternates.all()) for one in routing.operations.prefetch_related("alternates")]
    return Counter(wanted) == Counter(stored)


def _said(one: RoutingOperation, alternates: Iterable[RoutingAlternate]) -> tuple[Any, ...]:
    others = ((other.work_center_id, other.rank, other.setup_minutes, other.run_minutes) for other in alternates)
    return (*(getattr(one, name) for name in COMPARED), frozenset(others))

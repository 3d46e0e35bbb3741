"""Releasing bills of material: none contains itself, at most one is valid on a day."""

import datetime as dt
from typing import Any

from core.clock import business_date
from core.documents import lock, transition
from core.locks import LockRank, advisory_lock, lock_rows
from core.operations import operation
from erp.errors import BomContainsItself, BomIsEmpty, BomOverlaps
from erp.models import Bom, BomSubstitute
from erp.selectors.boms import path_to
from erp.services.guards import require_edge
from erp.services.planning_events import request_plan
from erp.states import BomState
from erp.states.engineering import BomLineKind
from masterdata.models import Item

STRUCTURE = "erp.bom.structure"
"""Releases wait for each other: two of them together could close a circle that neither sees."""


@operation(permission="erp.release_bom", document=(Bom, "bom_id"))
def release_bom(*, bom_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Bom:
    """Make a draft the valid bill of material from its first day on; its open predecessor ends that day.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is no draft.
        BomIsEmpty: it has no components.
        BomContainsItself: the item already goes into one of its components, or into what may replace one.
        BomOverlaps: another released one is valid then and does not simply end where this one begins.
    """
    advisory_lock(STRUCTURE, rank=LockRank.HEADER)
    item_id = Bom.objects.values_list("item_id", flat=True).get(pk=bom_id)
    boms = {one.pk: one for one in lock_rows(Bom.objects.filter(item_id=item_id))}
    bom = lock(Bom, bom_id, version=version)
    require_edge(bom, BomState.RELEASED)
    components = list(bom.lines.filter(line_kind=BomLineKind.COMPONENT).values_list("component_id", flat=True))
    if not components:
        raise BomIsEmpty(document=bom)
    substitutes = list(BomSubstitute.objects.filter(bom_line__bom=bom).values_list("item_id", flat=True))
    _require_acyclic(bom, components + substitutes, business_date(at))
    predecessor = _predecessor(bom, [one for one in boms.values() if one.state == BomState.RELEASED])
    if predecessor is not None:
        predecessor.valid_to = bom.valid_from
        predecessor.version += 1
        predecessor.save()
    transition(bom, BomState.RELEASED, actor=actor, at=at)
    request_plan(reason="bom", item_ids=[bom.item_id], actor=actor, at=at)
    return bom


@operation(permission="erp.retire_bom", document=(Bom, "bom_id"))
def retire_bom(*, bom_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Bom:
    """Take a released bill of material out of use; nothing new is made by it.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not released.
    """
    bom = lock(Bom, bom_id, version=version)
    transition(bom, BomState.OBSOLETE, actor=actor, at=at)
    request_plan(reason="bom", item_ids=[bom.item_id], actor=actor, at=at)
    return bom


def _require_acyclic(bom: Bom, components: list[int], today: dt.date) -> None:
    path = path_to(bom.item_id, components, today)
    if path is None:
        return
    codes = dict(Item.objects.filter(pk__in=path).values_list("pk", "code"))
    raise BomContainsItself(document=bom, path=" → ".join(codes[pk] for pk in [bom.item_id, *path]))


def _predecessor(bom: Bom, released: list[Bom]) -> Bom | None:
    """Return the one released bill that ends where ``bom`` begins.

    Raises:
        BomOverlaps: a released one begins on its first day or later, or more than one is in the way.
    """
    end = bom.valid_to or dt.date.max
    overlapping = [one for one in released if one.valid_from < end and bom.valid_from < (one.valid_to or dt.date.max)]
    for one in overlapping:
        if one.valid_from >= bom.valid_from:
            raise BomOverlaps(item=bom.item, other=one)
    return overlapping[0] if overlapping else None

"""Taking over bills of material from a file or another system."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.operations import may_perform, operation
from erp.models import Bom, BomLine, BomSubstitute
from erp.services.boms.lines import BomLineInput, understood
from erp.services.boms.releasing import release_bom
from erp.services.boms.writing import create_bom
from erp.states import BomState


@operation(permission="erp.add_bom")
def import_bom(
    *,
    item_id: int,
    lines: Sequence[Mapping[str, Any]],
    quantity: Decimal = Decimal(1),
    revision: str = "",
    valid_from: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> Bom:
    """Write a bill of material, and release it for those who may release; to others it stays a draft.

    One that says the same as the released one of the item, or as a draft valid from the same day, is not written again.

    Raises:
        BomOverlaps, BomContainsItself, BomIsEmpty, InvalidInput: as in `create_bom` and `release_bom`.
    """
    released = Bom.objects.filter(item_id=item_id, state=BomState.RELEASED).order_by("-valid_from").first()
    if released is not None and released.quantity == quantity and _same(released, lines):
        return released
    bom = _draft_like(item_id, lines, quantity, revision, valid_from or business_date(at)) or create_bom(
        item_id=item_id,
        lines=lines,
        quantity=quantity,
        revision=revision,
        valid_from=valid_from,
        actor=actor,
        at=at,
    )
    return release_bom(bom_id=bom.pk, actor=actor, at=at) if may_perform(release_bom, actor) else bom


COMPARED = tuple(one.name for one in fields(BomLineInput) if one.name not in {"note", "substitutes"})


def _draft_like(
    item_id: int, lines: Sequence[Mapping[str, Any]], quantity: Decimal, revision: str, valid_from: dt.date
) -> Bom | None:
    drafts = Bom.objects.filter(item_id=item_id, state=BomState.DRAFT, quantity=quantity, valid_from=valid_from)
    named = drafts.filter(revision=revision) if revision else drafts
    return next((one for one in named.order_by("-pk") if _same(one, lines)), None)


def _same(bom: Bom, lines: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the stored lines and substitutes say what the typed ones say."""
    wanted = [_said(row, some) for row, some in understood(bom, lines, bom.valid_from)]
    stored = [_said(row, row.substitutes.all()) for row in bom.lines.prefetch_related("substitutes")]
    return Counter(wanted) == Counter(stored)


def _said(line: BomLine, substitutes: Iterable[BomSubstitute]) -> tuple[Any, ...]:
    others = ((one.item_id, one.ratio, one.rank, one.valid_from, one.valid_to) for one in substitutes)
    return (*(getattr(line, name) for name in COMPARED), frozenset(others))

"""Taking over bills of material from a file or another system."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.operations import operation
from erp.models import Bom, BomLine
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
    """Write and release a bill of material; one that says the same as the released one of the item changes nothing.

    Raises:
        BomOverlaps, BomContainsItself, BomIsEmpty, InvalidInput: as in `create_bom` and `release_bom`.
    """
    released = Bom.objects.filter(item_id=item_id, state=BomState.RELEASED).order_by("-valid_from").first()
    if released is not None and released.quantity == quantity and _same(released, lines):
        return released
    bom = create_bom(
        item_id=item_id,
        lines=lines,
        quantity=quantity,
        revision=revision,
        valid_from=valid_from,
        actor=actor,
        at=at,
    )
    return release_bom(bom_id=bom.pk, actor=actor, at=at)


def _same(bom: Bom, lines: Sequence[Mapping[str, Any]]) -> bool:
    def key(line: Any) -> tuple[Any, ...]:
        return (line[0], Decimal(line[1]), Decimal(line[2] or 0), line[3], line[4])

    names = ("component_id", "quantity", "scrap_percent", "valid_from", "valid_to")
    stored = BomLine.objects.filter(bom=bom).values_list(*names)
    wanted = [tuple(line.get(name) for name in names) for line in lines]
    return Counter(map(key, stored)) == Counter(map(key, wanted))

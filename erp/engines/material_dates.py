"""When the material of orders is there: stock and expected receipts are shared out, order by order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Pool:
    """What there is of one item: stock now, receipts by day; quantities in one unit, sorted by day."""

    stock: Any = 0
    receipts: list[list[Any]] = field(default_factory=list)
    lead_days: int = 0


def material_days(
    orders: Sequence[tuple[int, Sequence[tuple[int, Any]]]], pools: Mapping[int, Pool], today: int
) -> dict[int, int]:
    """Return {order: day its material is complete} in the sequence given; each order takes what it needs.

    orders  (key, [(item, quantity still needed)]).   What neither stock nor receipts cover comes after the item's lead
    time. An order without a need is ready today. Source: HARD_RULES §3 (kit date).
    """
    found = {}
    for key, needs in orders:
        ready = today
        for item, wanted in needs:
            ready = max(ready, _take(pools.get(item) or Pool(), wanted, today))
        found[key] = ready
    return found


def _take(pool: Pool, wanted: Any, today: int) -> int:
    taken = min(wanted, max(pool.stock, 0))
    pool.stock -= taken
    wanted -= taken
    day = today
    for receipt in pool.receipts:
        if wanted <= 0:
            break
        taken = min(wanted, receipt[1])
        if taken > 0:
            receipt[1] -= taken
            wanted -= taken
            day = max(day, receipt[0])
    return day if wanted <= 0 else max(day, today + pool.lead_days)

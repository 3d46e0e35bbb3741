"""Figures of many items by which planning goes, set at once."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core import audit, history
from core.locks import lock_many
from core.operations import operation
from masterdata.models import Item
from masterdata.services.rows import saved_kindly, validate_cells

FIGURES = ("safety_stock", "min_lot", "fixed_lot")


@operation(permission=None)
def set_planning_figures(
    *, figures: Mapping[int, Mapping[str, Decimal]], actor: Any, at: dt.datetime
) -> dict[int, Item]:
    """Set safety stock and lots of items, {item: {name: quantity in the stock unit}}; returns the items.

    Raises:
        InvalidInput: a figure does not fit the item's other rules (a minimum lot above the maximum).
    """
    items = lock_many(Item, figures)
    for pk, item in items.items():
        for name, quantity in figures[pk].items():
            if name not in FIGURES:
                raise TypeError(f"{name} is no planning figure")
            setattr(item, name, quantity)
        validate_cells(item)
        item.version += 1
        audit.record(item, "set_planning_figures", actor=actor, at=at, **{k: str(v) for k, v in figures[pk].items()})
    with saved_kindly(Item):
        history.bulk_update(list(items.values()), Item, [*FIGURES, "version"])
    return items

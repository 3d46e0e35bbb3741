"""Fetching for a merged pick by scanning: what a code says, and which goods of which open line it means."""

import re
from collections.abc import Sequence
from decimal import Decimal

from core.clock import today
from erp.models import MergedPick, StockBalance
from erp.selectors.merged_picks import PickRow, pick_rows
from erp.selectors.scanning import balances_of_code

TIMES = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*[*×xX]\s*(\S.*)$")
Goods = tuple[PickRow, StockBalance]


def read_scan(code: str) -> tuple[Decimal | None, str]:
    """Return how many a scan says (``5*CODE``; None: it does not) and the code without it."""
    several = TIMES.match(code)
    return (Decimal(several[1]), several[2]) if several else (None, code)


def open_rows(pick: MergedPick) -> list[PickRow]:
    """Return the lines of which something is open, in the order of the walk."""
    return [row for row in pick_rows(pick, today()) if row.still_open > 0]


def goods_of_scan(pick: MergedPick, rows: Sequence[PickRow], code: str) -> list[Goods]:
    """Return the goods of a code that an open line asks for, with its line; those of the walk if it has any."""
    by_item: dict[int, list[PickRow]] = {}
    for row in rows:
        by_item.setdefault(row.line.item_id, []).append(row)
    found = [
        (row, balance)
        for balance in balances_of_code(code)
        if balance.location.warehouse_id == pick.warehouse_id and balance.owner_id is None
        for row in by_item.get(balance.item_id, ())
        if row.line.location_id in {None, balance.location_id}
    ]
    walk = {(row.line.pk, one.location.pk, one.lot.pk if one.lot else None) for row in rows for one in row.places}
    first = [one for one in found if (one[0].line.pk, one[1].location_id, one[1].lot_id) in walk]
    return first or found


def usual_quantity(row: PickRow, balance: StockBalance) -> Decimal:
    """Return what the walk takes there, else what is open as far as it lies there, in the item's stock unit."""
    for one in row.places:
        if (one.location.pk, one.lot.pk if one.lot else None) == (balance.location_id, balance.lot_id):
            return one.quantity
    return min(row.still_open, balance.on_hand)

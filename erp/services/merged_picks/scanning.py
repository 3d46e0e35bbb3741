"""Issuing what is scanned for a merged pick, one find a scan."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.operations import operation
from erp.errors import UnknownScan
from erp.errors.making import PickIsClosed, SeveralGoods
from erp.models import MergedPick
from erp.selectors.pick_scans import Goods, goods_of_scan, open_rows, read_scan, usual_quantity
from erp.selectors.scanning import unit_of_code
from erp.services.merged_picks.posting import post_merged_pick
from erp.states.making import MergedPickState


@operation(permission="erp.post_mergedpick", document=(MergedPick, "pick_id"))
def scan_merged_pick(
    *,
    pick_id: int,
    code: str,
    quantity: Decimal | None = None,
    uom_id: int | None = None,
    line_id: int | None = None,
    location_id: int | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> MergedPick:
    """Issue the goods of a scanned item, lot or barcode to the orders that wait for them; ``5*CODE`` takes five.

    quantity  in ``uom_id``; without a unit in that of the scanned barcode, else the item's stock unit. None: what the
              walk takes there, in the stock unit.
    line_id, location_id  which of them, when the code lies in several places or is wanted by several lines.

    Raises:
        PickIsClosed: it is posted or cancelled.
        UnknownScan: no open line asks for goods of this code.
        SeveralGoods: it lies in several places; names them.
        StaleVersion, FoundTooMuch and the other refusals of `post_merged_pick`.
    """
    pick = MergedPick.objects.select_related("warehouse").get(pk=pick_id)
    if pick.state != MergedPickState.OPEN:
        raise PickIsClosed(document=pick, state=pick.get_state_display())
    said, named = read_scan(code)
    row, balance = _the_goods(pick, named, line_id, location_id)
    wanted = quantity if quantity is not None else said
    found = {
        "line_id": row.line.pk,
        "quantity": usual_quantity(row, balance) if wanted is None else wanted,
        "uom_id": None if wanted is None else uom_id or unit_of_code(named),
        "location_id": balance.location_id,
        "lot_id": balance.lot_id,
    }
    posted: MergedPick = post_merged_pick(pick_id=pick_id, found=[found], version=version, actor=actor, at=at)
    return posted


def _the_goods(pick: MergedPick, code: str, line_id: int | None, location_id: int | None) -> Goods:
    goods = [
        (row, balance)
        for row, balance in goods_of_scan(pick, open_rows(pick), code)
        if line_id in {None, row.line.pk} and location_id in {None, balance.location_id}
    ]
    if not goods:
        raise UnknownScan(scanned=code)
    if len(goods) > 1:
        places = [f"{one.location.code} {one.lot.code if one.lot else ''}".strip() for _row, one in goods]
        raise SeveralGoods(scanned=code, places=list(dict.fromkeys(places)))
    return goods[0]

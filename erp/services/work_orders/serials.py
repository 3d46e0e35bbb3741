"""Where finished serial numbers are before they come out of an order."""

from collections.abc import Iterable

from erp.errors.making import SerialElsewhere
from erp.models import StockMove, WorkOrder
from masterdata.models import Item, Location


def require_in_process(work_order: WorkOrder, item: Item, codes: Iterable[str]) -> None:
    """Refuse serial numbers that went out of production once and did not go into it again: shipped, scrapped, stored.

    Raises:
        SerialElsewhere: names the first of them and where it is.
    """
    if item.tracking != Item.Tracking.SERIAL:
        return
    wanted = {code.strip() for code in codes}
    moves = StockMove.objects.filter(item=item, lot__code__in=wanted).exclude(
        to_location__kind=Location.Kind.PRODUCTION
    )
    last = (
        moves.model.objects.filter(item=item, lot__in=moves.values("lot")).order_by("lot_id", "-pk").distinct("lot_id")
    )
    for move in last.select_related("lot", "to_location"):
        if move.to_location.kind != Location.Kind.PRODUCTION:
            raise SerialElsewhere(lot=move.lot, item=item, place=move.to_location, document=work_order)

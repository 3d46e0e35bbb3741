"""Moving goods at once, as a clerk with a scanner does: a transfer of one line, posted on the spot."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.errors import NotFound
from core.operations import operation
from erp.errors import ShortStock
from erp.models import StockBalance, StockDocument
from erp.services.stock_documents.drafting import create_stock_document
from erp.services.stock_documents.posting import post_stock_document
from erp.states import StockDocumentKind
from masterdata.models import Location
from masterdata.selectors.units import in_stock_unit


@operation(permission="erp.post_stockdocument")
def move_goods(
    *,
    balance_id: int,
    to_location_id: int,
    quantity: Decimal | None = None,
    uom_id: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> StockDocument:
    """Bring goods of a balance to another place: ``quantity`` in ``uom_id`` (None: stock unit), or all that is free.

    Raises:
        NotFound: there is no such balance or place.
        ShortStock: less is there, or it is kept for others.
        UnitNotConvertible: the item has no such unit.
        SameLocation, LotMismatch, InvalidInput, QuantityTooFine: see create_ and post_stock_document.
    """
    balance = (
        StockBalance.objects.select_related("location__warehouse", "lot", "item__uom").filter(pk=balance_id).first()
    )
    place = Location.objects.filter(pk=to_location_id, warehouse__isnull=False).first()
    home = balance.location.warehouse_id if balance else None
    if balance is None or place is None or home is None:
        raise NotFound(model=str(StockBalance._meta.verbose_name), pk=balance_id)
    wanted = balance.available if quantity is None else in_stock_unit(balance.item, uom_id, quantity).quantity
    if wanted <= 0 or wanted > balance.on_hand:
        raise ShortStock(
            item=balance.item,
            location=balance.location,
            lot=str(balance.lot or ""),
            available=balance.available,
            wanted=wanted,
        )
    line = {
        "item_id": balance.item_id,
        "location_id": balance.location_id,
        "to_location_id": place.pk,
        "lot_code": balance.lot.code if balance.lot else "",
        "quantity": wanted if quantity is None else quantity,
        "uom_id": None if quantity is None else uom_id,
    }
    document = create_stock_document(
        kind=StockDocumentKind.TRANSFER,
        warehouse_id=home,
        to_warehouse_id=place.warehouse_id,
        goods_owner_id=balance.owner_id,
        lines=[line],
        actor=actor,
        at=at,
    )
    return post_stock_document(document_id=document.pk, actor=actor, at=at)

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


@operation(permission="erp.post_stockdocument")
def move_goods(
    *, balance_id: int, to_location_id: int, quantity: Decimal | None = None, actor: Any, at: dt.datetime
) -> StockDocument:
    """Bring goods of a balance to another place, ``quantity`` in the stock unit (None: all that is not reserved).

    Raises:
        NotFound: there is no such balance or place.
        ShortStock: less is there, or it is kept for others.
        SameLocation, LotMismatch, InvalidInput, QuantityTooFine: see create_ and post_stock_document.
    """
    balance = StockBalance.objects.select_related("location__warehouse", "lot", "item").filter(pk=balance_id).first()
    place = Location.objects.filter(pk=to_location_id, warehouse__isnull=False).first()
    home = balance.location.warehouse_id if balance else None
    if balance is None or place is None or home is None:
        raise NotFound(model=str(StockBalance._meta.verbose_name), pk=balance_id)
    wanted = balance.available if quantity is None else quantity
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
        "quantity": wanted,
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

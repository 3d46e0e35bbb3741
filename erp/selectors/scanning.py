"""What a scanned code means to the warehouse: a place, a lot, an item, a package, a document."""

from typing import Any

from erp.models import HandlingUnit, Lot, Shipment, StockBalance, StockDocument
from masterdata.models import ItemBarcode, Location
from masterdata.selectors.search import find_items


def place_of_code(code: str) -> Location | None:
    """Return the place a label names: ``WAREHOUSE/PLACE``, or a place's code that only one warehouse has."""
    rows = Location.objects.filter(warehouse__isnull=False, is_active=True).select_related("warehouse")
    warehouse, slash, place = code.strip().partition("/")
    if slash:
        return rows.filter(warehouse__code__iexact=warehouse.strip(), code__iexact=place.strip()).first()
    found = list(rows.filter(code__iexact=warehouse)[:2])
    return found[0] if len(found) == 1 else None


def balances_of_code(code: str, location_id: int | None = None) -> list[StockBalance]:
    """Return where goods of a scanned lot, serial number or item lie (in one place), by place."""
    code = code.strip()
    lots = list(Lot.objects.filter(code=code).values_list("pk", flat=True))
    rows = StockBalance.objects.filter(on_hand__gt=0)
    if lots:
        rows = rows.filter(lot__in=lots)
    else:
        found: list[Any] = find_items(code, limit=1, include_closed=True)
        if not found or found[0].rank > 1:
            return []
        rows = rows.filter(item_id=found[0].pk)
    if location_id is not None:
        rows = rows.filter(location_id=location_id)
    rows = rows.filter(location__warehouse__isnull=False)
    related = rows.select_related("item__uom", "location__warehouse", "lot", "owner")
    return list(related.order_by("location__warehouse__code", "location__code", "lot_id"))


def unit_of_code(code: str) -> int | None:
    """Return the unit that a scanned barcode names (that of the box it stands on); None: the stock unit."""
    code = code.strip()
    return ItemBarcode.objects.filter(barcode=code).values_list("uom", flat=True).first() if code else None


def page_of_code(code: str, user: Any) -> str:
    """Return the address of the page of what a code names; empty when it is nothing."""
    code = code.strip()
    unit = HandlingUnit.objects.select_related("shipment").filter(number__iexact=code).first()
    if unit is not None and Shipment.objects.visible_to(user).filter(pk=unit.shipment_id).exists():
        return unit.shipment.get_absolute_url()
    for model in (Shipment, StockDocument):
        document = model.objects.visible_to(user).filter(number__iexact=code).first()
        if document is not None and user.has_perm(f"erp.view_{model._meta.model_name}"):
            return str(document.get_absolute_url())
    return ""

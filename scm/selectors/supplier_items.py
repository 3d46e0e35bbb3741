"""What suppliers offer: catalogue lines, who is preferred, what they call our items."""

from collections import defaultdict
from collections.abc import Iterable

from masterdata.models import ItemAlias, SupplierItem


def supplier_items(partner_id: int, item_ids: Iterable[int]) -> dict[int, SupplierItem]:
    """Return {item id: what this supplier offers of it}."""
    offers = SupplierItem.objects.filter(partner_id=partner_id, item_id__in=set(item_ids), is_active=True)
    return {offer.item_id: offer for offer in offers}


def preferred_suppliers(item_ids: Iterable[int]) -> dict[int, int]:
    """Return {item id: partner id} of whom to buy from: the preferred supplier, else the only one there is."""
    wanted = set(item_ids)
    if not wanted:
        return {}
    offers: dict[int, list[SupplierItem]] = defaultdict(list)
    open_offers = SupplierItem.objects.filter(
        item_id__in=wanted, is_active=True, partner__is_active=True, partner__is_supplier=True
    )
    for offer in open_offers.filter(partner__merged_into__isnull=True).order_by("-is_preferred", "pk"):
        offers[offer.item_id].append(offer)
    return {
        item_id: found[0].partner_id for item_id, found in offers.items() if found[0].is_preferred or len(found) == 1
    }


def codes_at_supplier(partner_id: int, item_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return {item id: (code, name)} as the supplier calls the items; his alias wins over the catalogue's code."""
    wanted = set(item_ids)
    codes = {
        offer.item_id: (offer.supplier_code, "")
        for offer in supplier_items(partner_id, wanted).values()
        if offer.supplier_code
    }
    aliases = ItemAlias.objects.filter(kind=ItemAlias.Kind.SUPPLIER, partner_id=partner_id, item_id__in=wanted)
    for alias in aliases.order_by("-pk"):
        codes[alias.item_id] = (alias.code, alias.name)
    return codes

"""What stands on the printed quotation and order."""

from typing import Any

from masterdata.models import ItemAlias


def printed(document: Any) -> dict[str, Any]:
    """Return what both papers need.

    lines              without those of zero, with ``partner_code``, ``partner_name`` (what the customer calls the item)
                       and ``leaves_on`` (promised, else wanted).
    has_partner_codes  whether a column of the customer's codes is worth it; has_discounts likewise.
    contact            who it is addressed to: the one named on the document, else the customer's usual contact.
    """
    lines = list(document.lines.filter(quantity__gt=0).select_related("item", "uom", "tax").order_by("line_no"))
    aliases = {
        alias.item_id: alias
        for alias in ItemAlias.objects.filter(
            kind=ItemAlias.Kind.CUSTOMER, partner_id=document.partner_id, item__in={line.item_id for line in lines}
        ).order_by("-id")
    }
    for line in lines:
        alias = aliases.get(line.item_id)
        line.partner_code = alias.code if alias else ""
        line.partner_name = alias.name if alias else ""
        line.leaves_on = getattr(line, "promised_date", None) or line.ship_date or document.requested_date
    usual = document.partner.contacts.filter(is_active=True).order_by("-is_default", "id").first()
    return {
        "lines": lines,
        "has_partner_codes": any(line.partner_code for line in lines),
        "has_discounts": any(line.discount_percent for line in lines),
        "contact": getattr(document, "contact_name", "") or usual or "",
    }

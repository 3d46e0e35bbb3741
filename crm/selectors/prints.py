"""What stands on the printed quotation and order."""

from typing import Any

from masterdata.models import ItemAlias


def printed_lines(document: Any) -> list[Any]:
    """Return the lines with ``partner_code`` and ``partner_name`` (what the customer calls the item); none of zero."""
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
    return lines

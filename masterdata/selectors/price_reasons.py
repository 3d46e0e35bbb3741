"""Where a price comes from: kept as a code with its parameters, said in the language of whoever reads it."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from core.formats import readable

ITEM, CATALOGUE, LIST = "item", "catalogue", "list"
MARK = "|"


def of_list(code: str, whose: str, *, by_category: bool, min_quantity: Decimal, discount_percent: Decimal) -> str:
    """Return the code of a price list's line; ``whose``: partner, class or general."""
    parts = (LIST, code.replace(MARK, " "), whose, int(by_category), _plain(min_quantity), _plain(discount_percent))
    return MARK.join(map(str, parts))


def reason_text(code: str) -> str:
    """Return one line for the reader: whose list, for what, from which quantity, with which discount.

    What was written before there were codes is text already and stays as it is.
    """
    if code == ITEM:
        return _("List price of the item")
    if code == CATALOGUE:
        return _("Supplier's catalogue")
    parts = code.split(MARK)
    if parts[0] != LIST or len(parts) != 6:
        return code
    try:
        quantity, discount = Decimal(parts[4]), Decimal(parts[5])
    except InvalidOperation:
        return code
    whose = {"partner": _("for this partner"), "class": _("for the customer class")}.get(parts[2], _("general"))
    said = [f"{parts[1]} ({whose})"]
    if parts[3] == "1":
        said.append(_("by category"))
    if quantity:
        said.append(_("from %(quantity)s") % {"quantity": readable(quantity)})
    if discount:
        said.append(_("less %(percent)s %%") % {"percent": readable(discount)})
    return ", ".join(said)


def _plain(figure: Decimal | None) -> str:
    return format((figure or Decimal(0)).normalize(), "f")

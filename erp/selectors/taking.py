"""In which order stock is taken: first expiring, first in, or by the way through the warehouse."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from core.formats import readable
from erp.models import StockBalance
from masterdata.models import PickRule


def rule_of(balance: StockBalance) -> str:
    """Return the rule for goods of a balance: the item's own, else that of its warehouse."""
    warehouse = balance.location.warehouse
    return balance.item.pick_rule or (warehouse.pick_rule if warehouse else PickRule.FEFO)


def first_out(balance: StockBalance) -> tuple[Any, ...]:
    """Sort key of balances of one item to take from, by the rule (read with item, lot, place and warehouse)."""
    lot, place = balance.lot, balance.location
    expiry = lot.expiry_date if lot else None
    by_expiry = (expiry is None, expiry or dt.date.max)
    by_age = balance.lot_id or 0
    by_way = (not place.is_default, place.pick_order, place.code)
    rule = rule_of(balance)
    if rule == PickRule.BIN:
        return (place.pick_order, place.code, *by_expiry, by_age, balance.pk)
    if rule == PickRule.FIFO:
        return (by_age, *by_way, balance.pk)
    return (*by_expiry, by_age, *by_way, balance.pk)


def why_first(balance: StockBalance) -> str:
    """Say why goods of a balance come next, in the reader's language."""
    rule = rule_of(balance)
    if rule == PickRule.BIN:
        return _("next on the way")
    if balance.lot is None:
        return _("usual place") if balance.location.is_default else _("next on the way")
    if rule == PickRule.FEFO and balance.lot.expiry_date:
        return _("expires first: %(date)s") % {"date": readable(balance.lot.expiry_date)}
    return _("oldest lot")

"""What a work order has on open merged picks. Whoever changes it holds the order's lock."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F

from core.fields import ZERO
from erp.errors.making import MaterialOnPick
from erp.models import WorkOrder, WorkOrderMaterial
from erp.selectors.on_picks import on_open_picks, open_shares


def drop_from_picks(work_order: WorkOrder) -> None:
    """Take an order that ends off the open picks: fetched already, its goods are to be put back."""
    rows = open_shares().filter(work_order=work_order)
    rows.update(dropped_quantity=F("planned_quantity") - F("issued_quantity"))


def require_not_on_pick(lines: Iterable[tuple[WorkOrderMaterial, Decimal]]) -> None:
    """Refuse to take ``quantity`` of material lines beyond what open picks leave of them.

    Raises:
        MaterialOnPick: names the item and what is on the pick.
    """
    wanted: dict[int, Decimal] = {}
    rows = {}
    for line, quantity in lines:
        rows[line.pk] = line
        wanted[line.pk] = wanted.get(line.pk, ZERO) + quantity
    for pk, kept in on_open_picks(rows).items():
        if min(wanted[pk], rows[pk].open_quantity) > rows[pk].open_quantity - kept:
            raise MaterialOnPick(item=rows[pk].item, quantity=kept, document=rows[pk].work_order)


def require_none_on_pick(work_order: WorkOrder) -> None:
    """Refuse to change what an order needs while a part of it is on an open pick.

    Raises:
        MaterialOnPick: names the item and what is on the pick.
    """
    share = open_shares().filter(work_order=work_order).select_related("material__item").first()
    if share is not None and share.material is not None:
        raise MaterialOnPick(item=share.material.item, quantity=share.open_quantity, document=work_order)

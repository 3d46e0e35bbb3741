"""What a scanned or typed code means at the receiving door."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from masterdata.models import Item, ItemAlias, ItemBarcode, SupplierItem, UnitOfMeasure
from masterdata.selectors.units import factor_of, from_stock_quantity
from scm.errors import AmbiguousScan, UnknownScan
from scm.models import PurchaseOrder, PurchaseOrderLine
from scm.selectors.purchase_orders import open_lines
from scm.states import PurchaseOrderState


def order_of_code(code: str, user: Any) -> PurchaseOrder:
    """Return the approved order that a code names: its number, the supplier's number, or an item only it expects.

    Raises:
        AmbiguousScan: several open orders expect the item.
        UnknownScan: nothing expected has this code.
    """
    approved = PurchaseOrder.objects.visible_to(user).filter(state=PurchaseOrderState.APPROVED)
    named = approved.filter(Q(number__iexact=code) | Q(supplier_reference__iexact=code)).order_by("pk")
    found = list(named[:2]) or list(
        approved.filter(pk__in=open_lines(user).filter(_names_item(code)).order_by().values("order")).order_by("pk")
    )
    if not found:
        raise UnknownScan(code=code)
    if len(found) > 1:
        raise AmbiguousScan(code=code, orders=[order.number for order in found])
    return found[0]


def _names_item(code: str) -> Q:
    """The condition on order lines that their item has this code, barcode, alias or code at the order's supplier."""
    return (
        Q(item__code__iexact=code)
        | Q(item__in=ItemBarcode.objects.filter(barcode__iexact=code).values("item"))
        | Q(item__in=ItemAlias.objects.filter(code__iexact=code).values("item"))
        | Q(item__in=SupplierItem.objects.filter(supplier_code__iexact=code).values("item"))
    )


@dataclass(frozen=True)
class ScannedLine:
    """The order line a scanned code stands for and how much one scan proposes, in the line's unit."""

    line: PurchaseOrderLine
    proposed: Decimal


def line_of_code(order: PurchaseOrder, code: str, user: Any) -> ScannedLine:
    """Return the open line of an order that a code names, the earliest first.

    A barcode of a box proposes one box, any other code what is open.

    Raises:
        UnknownScan: the order expects nothing of this code.
    """
    line = _expected(order, user).filter(_names_item(code)).first()
    if line is None:
        raise UnknownScan(code=code)
    barcode = ItemBarcode.objects.filter(barcode__iexact=code, uom__isnull=False).select_related("uom").first()
    return ScannedLine(line, _proposal(line, barcode.uom if barcode else None))


def _expected(order: PurchaseOrder, user: Any) -> QuerySet[PurchaseOrderLine]:
    return open_lines(user).filter(order=order)


def _proposal(line: PurchaseOrderLine, box: UnitOfMeasure | None) -> Decimal:
    item, uom = line.item, line.uom
    if item is None or uom is None:
        return line.open_quantity
    if item.tracking == Item.Tracking.SERIAL:
        return Decimal(1)
    if box is not None:
        return min(factor_of(item, box), line.open_quantity) / factor_of(item, uom)
    return open_in_own_unit(line)


def open_in_own_unit(line: PurchaseOrderLine) -> Decimal:
    """Return what is still to be delivered on a line in the line's unit."""
    if line.item is None or line.uom is None or line.uom_id == line.item.uom_id:
        return line.open_quantity
    return from_stock_quantity(line.item, line.uom, line.open_quantity)

"""Pieces of a work order that are on order with the suppliers of its steps: what may not be taken from under them."""

from collections.abc import Mapping
from decimal import Decimal

from erp import ports
from erp.errors.making import PiecesAtSupplier
from erp.models import WorkOrder


def pieces_out(work_order: WorkOrder) -> Mapping[int, Decimal]:
    """Return {number of a supplier's step: pieces ordered there that have not come back}."""
    if not work_order.operations.filter(is_subcontracted=True).exists():
        return {}
    return ports.pieces_at_suppliers(work_order.pk)


def require_no_pieces_out(work_order: WorkOrder, *, left: Decimal = Decimal(0)) -> None:
    """Refuse to leave an order with ``left`` pieces while more of them are on order with a supplier.

    Raises:
        PiecesAtSupplier: names the step and its pieces.
    """
    for number, pieces in sorted(pieces_out(work_order).items()):
        if pieces > left:
            raise PiecesAtSupplier(document=work_order, step=number, pieces=pieces)

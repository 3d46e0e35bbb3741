"""The locks of a subcontract order: the order of its fee first, which guards it."""

from core.documents import lock
from core.errors import NotFound
from scm.models import PurchaseOrder, SubcontractOrder


def lock_subcontract(order_id: int, *, version: int | None = None) -> tuple[PurchaseOrder, SubcontractOrder]:
    """Lock and return the order of the fee and the subcontract order.

    Raises:
        NotFound: there is no such order.
        StaleVersion: somebody changed the order since the user saw it.
    """
    purchase_id = SubcontractOrder.objects.filter(pk=order_id).values_list("purchase_order_id", flat=True).first()
    if purchase_id is None:
        raise NotFound(model=str(SubcontractOrder._meta.verbose_name), pk=order_id)
    purchase = lock(PurchaseOrder, purchase_id)
    return purchase, lock(SubcontractOrder, order_id, version=version)


def subcontract_of(purchase: PurchaseOrder) -> SubcontractOrder | None:
    """Return the subcontract order whose fee a locked purchase order is, fresh; its lock guards it."""
    if not purchase.is_subcontract:
        return None
    return SubcontractOrder.objects.select_related("item__uom", "partner").get(purchase_order=purchase)

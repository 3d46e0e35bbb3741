"""What a subcontractor has to pay for material: written with the consumption, set off with a statement or credit."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from core.documents import lock
from core.errors import NotFound
from core.locks import lock_many
from core.operations import operation
from scm.errors import ChargeIsSettled, ReasonMissing
from scm.models import PurchaseOrder, SubcontractChargeBack


@operation(permission="scm.change_subcontractorder", document=(SubcontractChargeBack, "charge_id"))
def settle_charge_back(*, charge_id: int, settled_by: str, actor: Any, at: dt.datetime) -> SubcontractChargeBack:
    """Note with which statement, credit note or agreement a charge was set off.

    Raises:
        ChargeIsSettled: it is set off or taken back already.
        ReasonMissing: nothing is named.
    """
    purchase_id = SubcontractChargeBack.objects.values_list("order__purchase_order_id", flat=True).get(pk=charge_id)
    lock(PurchaseOrder, purchase_id)
    charge = SubcontractChargeBack.objects.select_related("order").get(pk=charge_id)
    if charge.settled_by or charge.is_reversed:
        raise ChargeIsSettled(document=charge.order)
    if not settled_by.strip():
        raise ReasonMissing(document=charge.order)
    charge.settled_by = settled_by.strip()[:60]
    charge.save(update_fields=["settled_by"])
    return charge


@operation(permission=None)
def settle_charges(
    *, charge_ids: Collection[int], settled_by: str, actor: Any, at: dt.datetime
) -> list[SubcontractChargeBack]:
    """Set charges off with a document of finance, all or none; returns them by their orders.

    Raises:
        NotFound: one of them does not exist.
        ChargeIsSettled: one of them is set off or taken back already.
    """
    wanted = SubcontractChargeBack.objects.filter(pk__in=charge_ids)
    lock_many(PurchaseOrder, wanted.values_list("order__purchase_order_id", flat=True))
    charges = list(wanted.select_related("order", "item__uom", "partner").order_by("order", "pk"))
    if len(charges) < len(set(charge_ids)):
        raise NotFound(model=str(SubcontractChargeBack._meta.verbose_name), pk=min(charge_ids))
    for charge in charges:
        if charge.settled_by or charge.is_reversed:
            raise ChargeIsSettled(document=charge.order)
        charge.settled_by = settled_by[:60]
    SubcontractChargeBack.objects.bulk_update(charges, ["settled_by"])
    return charges

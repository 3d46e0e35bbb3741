"""Ordering what is short straight from the list of shortages."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.locks import LockRank, advisory_lock
from core.operations import operation
from erp.errors import PlannedOrderGone
from erp.selectors.plan import current_run, planned_orders
from erp.services.planning.firming import AT_ONCE, Firmed, firm_planned_orders
from erp.services.planning.storing import FLIP
from masterdata.models import Item


@operation(permission="erp.firm_plannedorder")
def request_shortages(*, item_ids: Sequence[int], until: dt.date, actor: Any, at: dt.datetime) -> Firmed:
    """Firm all that is planned of the items and needed until a day, all or none.

    An item to make gets its work orders, one to subcontract its subcontract orders, one to buy its requisitions.

    Raises:
        InvalidInput: no item is named, or more is planned of them than is firmed at once.
        PlannedOrderGone: nothing is short of one of them (any more).
        PlanIsBehind, NoBom: as in `firm_planned_orders`.
    """
    wanted = sorted(set(item_ids))
    if not wanted:
        raise InvalidInput(message=_("Choose at least one item."), field="item_ids")
    advisory_lock(FLIP, shared=True, rank=LockRank.HEADER)
    planned = planned_orders(current_run()).filter(item_id__in=wanted, need_date__lte=until)
    orders = list(planned.order_by("start_date", "item_id", "due_date", "sequence")[: AT_ONCE + 1])
    missing = set(wanted) - {order.item_id for order in orders}
    if len(orders) > AT_ONCE:
        raise InvalidInput(
            message=_("More than %(count)s orders are planned of these items: choose fewer, or a nearer day.")
            % {"count": AT_ONCE},
            field="item_ids",
        )
    if missing:
        item = Item.objects.filter(pk=min(missing)).first()
        raise PlannedOrderGone(item=item or min(missing), date=until)
    return firm_planned_orders(identities=[order.identity for order in orders], actor=actor, at=at)

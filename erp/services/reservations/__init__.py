"""Keeping stock for demands: by horizon, and by a planner's hand."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from core import audit
from core.clock import business_date
from core.errors import InvalidInput
from core.fields import ZERO
from core.operations import operation
from erp.errors import DifferentItem, ReservationUnavailable
from erp.errors.project_stock import OtherProject
from erp.models import Demand
from erp.services.reservations.book import ReservationBook
from erp.services.reservations.holds import (
    end_holds,
    expire_hold,
    hand_over_hold,
    hold_for_quotation,
    release_hold,
)
from erp.services.reservations.missing import fit_kept
from erp.services.reservations.promises import keep_promises, lock_promises, peg_whole
from erp.services.stock.locking import lock_demands, lock_pools

__all__ = [
    "ReservationBook",
    "end_holds",
    "expire_hold",
    "hand_over_hold",
    "hold_for_quotation",
    "keep_for",
    "keep_promises",
    "lock_promises",
    "peg_whole",
    "reassign_reservation",
    "release_hold",
    "reserve_demands",
]


@operation(permission=None)
def reserve_demands(*, demand_ids: Sequence[int], actor: Any, at: dt.datetime) -> int:
    """Keep free stock for demands, earliest due first; what is not there stays plain demand. Returns how many got some.

    Run by the daily promotion and when goods have arrived.
    """
    return keep_for(list(lock_demands(demand_ids).values()), at)


def keep_for(demands: Sequence[Demand], at: dt.datetime) -> int:
    """Keep free stock for locked demands, as `reserve_demands` does."""
    pools = lock_pools(demands)
    book = ReservationBook([one.pk for one in demands], {one.item_id for one in demands}, pools=pools)
    book.share_out(demands, business_date(at))
    written = book.write(at, is_last=not pools)
    fit_kept(pools, book)
    return len({row.demand_id for row in written} - {one.pk for one in pools})


@operation(permission="erp.reassign_reservation", document=(Demand, "from_demand_id"))
def reassign_reservation(
    *, from_demand_id: int, to_demand_id: int, quantity: Decimal, actor: Any, at: dt.datetime, reason: str = ""
) -> Demand:
    """Move reserved stock from one order's demand to another's; both orders' timelines say so.

    What is kept for an order of a project stays in the project.

    Raises:
        DifferentItem: the two demands are for different items.
        OtherProject: the stock belongs to a project, and the other order is none of its.
        InvalidInput: one of them is not there any more.
        ReservationUnavailable: less is kept there, or less is lacking here, than was asked.
    """
    demands = lock_demands({from_demand_id, to_demand_id})
    if len(demands) < len({from_demand_id, to_demand_id}):
        raise InvalidInput(message=_("The demand is met or given up meanwhile."), field="to_demand_id")
    giver, taker = demands[from_demand_id], demands[to_demand_id]
    if giver.item_id != taker.item_id or giver.pk == taker.pk:
        raise DifferentItem()
    if giver.project_id and giver.project_id != taker.project_id:
        raise OtherProject(item=giver.item, project=giver.project)
    book = ReservationBook(demands, {giver.item_id})
    rows = [
        row
        for row in book.of(giver.pk)
        if taker.warehouse_id in {None, book.balances[row.balance_id].location.warehouse_id}
    ]
    available = min(sum((row.quantity for row in rows), ZERO), taker.open_quantity - book.held(taker.pk))
    if quantity <= 0 or quantity > available:
        raise ReservationUnavailable(item=giver.item, available=max(available, ZERO))
    left = quantity
    for row in rows:
        moved = min(left, row.quantity)
        if moved > 0:
            book.change(giver.pk, row.balance_id, -moved)
            book.change(taker.pk, row.balance_id, moved)
            left -= moved
    book.write(at)
    fit_kept(demands.values(), book)
    for demand, verb in ((giver, "reservation_given"), (taker, "reservation_taken")):
        source = apps.get_model(demand.source_label)(pk=demand.source_id)
        audit.record(source, verb, actor=actor, at=at, reason=reason, item=giver.item.code, quantity=str(quantity))
    return taker

"""What was kept for orders and is not any more: a project keeps it, else the planner is told that it comes free."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from core.fields import ZERO
from erp.models import CurrentRun, Demand, PlanChange
from erp.services.reservations.book import ReservationBook
from erp.states import DemandKind
from erp.states.plan_changes import PlanChangeKind
from masterdata.models import Item

Kept = dict[tuple[int, int], Decimal]
"""Quantity by (demand, balance)."""


def kept_of(book: ReservationBook, demands: Iterable[Demand]) -> Kept:
    """Return what is kept for demands now, balance by balance."""
    return {(row.demand_id, row.balance_id): row.quantity for one in demands for row in book.of(one.pk)}


def hand_back(book: ReservationBook, demands: Iterable[Demand], before: Kept, at: dt.datetime) -> dict[int, Decimal]:
    """Let projects keep what their orders gave up of items made to order.

    Returns by item what orders without a project gave up of what was made or bought for them alone.
    """
    by_key = {one.pk: one for one in demands}
    now = kept_of(book, by_key.values())
    freed: dict[int, Decimal] = defaultdict(Decimal)
    for (demand_id, balance_id), quantity in before.items():
        demand, policy = by_key[demand_id], book.balances[balance_id].item.order_policy
        given_up = quantity - now.get((demand_id, balance_id), ZERO)
        if given_up <= 0 or policy == Item.OrderPolicy.MAKE_TO_STOCK:
            continue
        pool = book.pools.get((demand.project_id, demand.item_id))
        if pool is not None:
            book.change(pool.pk, balance_id, given_up)
        elif demand.kind == DemandKind.SALES and policy == Item.OrderPolicy.MAKE_TO_ORDER:
            freed[demand.item_id] += given_up
    return dict(freed)


def tell_freed(freed: Mapping[int, Decimal], *, source: tuple[str, int, str], cause: str, at: dt.datetime) -> None:
    """Put it to the planner that so much of items comes to free stock; ``source``: label, key, number of a document."""
    if not any(freed.values()):
        return
    label, key, number = source
    run = CurrentRun.objects.values_list("run_id", flat=True).first() or 0
    PlanChange.objects.bulk_create(
        PlanChange(
            kind=PlanChangeKind.FREED,
            run_number=run,
            item_id=item_id,
            source_label=label,
            source_id=key,
            source_number=number,
            old_quantity=quantity,
            quantity=quantity,
            cause=cause,
            cause_label=label,
            cause_id=key,
            cause_number=number,
            created_at=at,
        )
        for item_id, quantity in sorted(freed.items())
        if quantity > 0
    )

"""Keeping material for work orders: what the kit check gave them, by a planner's explicit action."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import audit
from core.clock import business_date
from core.errors import InvalidInput
from core.locks import lock_many, lock_rows
from core.operations import operation
from erp.engines.kitting import Kit, Policy
from erp.engines.mrp import MICRO
from erp.errors import NothingToReserve
from erp.models import Demand, WorkOrder
from erp.selectors.kit_check import KitQuestion, check_orders
from erp.services.planning_events import request_plan
from erp.services.reservations.book import ReservationBook
from erp.services.work_orders.expecting import require_bookable

WORK_ORDER = "erp.workorder"
AT_ONCE = 200


@operation(permission="erp.reserve_kit")
def reserve_kits(
    *,
    work_order_ids: Sequence[int],
    policy: str = Policy.NO_HOARDING,
    with_auxiliaries: bool = False,
    actor: Any,
    at: dt.datetime,
) -> list[int]:
    """Keep in stock, for these orders, what a kit check of all orders gives them now; return those that got some.

    policy  as in the check: whole kits only, or all that each can use.

    Raises:
        InvalidInput: no order is named, or too many.
        NotInProduction: one of them is neither released nor in progress.
        NothingToReserve: the check gives none of them anything that is not kept already.
    """
    orders, demands = _locked(work_order_ids)
    for order in orders.values():
        require_bookable(order)
    book = ReservationBook([row.pk for row in demands.values()], {row.item_id for row in demands.values()})
    check = check_orders(KitQuestion(policy=Policy(policy), with_auxiliaries=with_auxiliaries))
    allotted = _from_stock((check.by_order[pk] for pk in orders), demands)
    had = {row.pk: book.held(row.pk) for row in demands.values()}
    book.share_out(list(demands.values()), business_date(at), at_most=allotted)
    kept = sorted({row.source_id for row in demands.values() if book.held(row.pk) > had[row.pk]})
    if not kept:
        raise NothingToReserve()
    book.write(at)
    _tell(orders, kept, "material_reserved", demands, actor=actor, at=at)
    return kept


@operation(permission="erp.reserve_kit")
def release_kits(*, work_order_ids: Sequence[int], actor: Any, at: dt.datetime, reason: str = "") -> list[int]:
    """Give back what is kept for work orders; return those that had something.

    Raises:
        InvalidInput: no order is named, or too many.
        NothingToReserve: nothing is kept for any of them.
    """
    orders, demands = _locked(work_order_ids)
    book = ReservationBook([row.pk for row in demands.values()], {row.item_id for row in demands.values()})
    had = sorted({row.source_id for row in demands.values() if book.held(row.pk)})
    if not had:
        raise NothingToReserve()
    for row in demands.values():
        book.give_up_all(row.pk)
    book.write(at)
    _tell(orders, had, "material_released", demands, actor=actor, at=at)
    return had


def _locked(work_order_ids: Sequence[int]) -> tuple[dict[int, WorkOrder], dict[int, Demand]]:
    """The orders, and their material's demand by material line, locked in this order."""
    if not 0 < len(set(work_order_ids)) <= AT_ONCE:
        raise InvalidInput(
            message=_("Choose at least one work order, at most %(count)s.") % {"count": AT_ONCE}, field="work_order_ids"
        )
    orders = lock_many(WorkOrder, work_order_ids)
    rows = lock_rows(Demand.objects.filter(source_label=WORK_ORDER, source_id__in=orders, open_quantity__gt=0))
    return orders, {row.source_line_id: row for row in rows}


def _from_stock(kits: Iterable[Kit], demands: Mapping[int, Demand]) -> dict[int, Decimal]:
    """How much of free stock the check gives to each demand (substitutes are not kept)."""
    allotted: dict[int, Decimal] = {}
    for kit in kits:
        for cover in kit.covers:
            demand = demands.get(cover.component.key)  # type: ignore[call-overload]
            if demand is not None:
                micro = sum(
                    taking.quantity
                    for taking in cover.takings
                    if taking.source.key is None and taking.source.item == cover.component.item
                )
                allotted[demand.pk] = Decimal(micro) / MICRO
    return allotted


def _tell(
    orders: Mapping[int, WorkOrder],
    touched: Sequence[int],
    verb: str,
    demands: Mapping[int, Demand],
    *,
    actor: Any,
    at: dt.datetime,
) -> None:
    for pk in touched:
        audit.record(orders[pk], verb, actor=actor, at=at)
    items = sorted({row.item_id for row in demands.values() if row.source_id in set(touched)})
    request_plan(reason="reserved", item_ids=items, actor=actor, at=at)

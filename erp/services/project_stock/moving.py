"""Moving stock from one project to another, out of common stock into a project, or back."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import audit
from core.clock import business_date
from core.errors import InvalidInput
from core.fields import ZERO
from core.operations import operation
from core.outbox import enqueue
from erp.errors.project_stock import NotOfProject
from erp.models import Demand
from erp.services.planning_events import request_plan
from erp.services.project_stock.pools import make_pools
from erp.services.reservations.book import ReservationBook
from erp.services.reservations.missing import fit_kept
from erp.services.stock.locking import lock_demands
from erp.services.stock.posting import STOCK_ARRIVED
from masterdata.models import Item, Project
from masterdata.services.entry import check_quantity


@operation(permission="erp.move_projectstock")
def move_project_stock(
    *,
    item_id: int,
    quantity: Decimal,
    from_project_id: int | None = None,
    to_project_id: int | None = None,
    warehouse_id: int | None = None,
    reason: str,
    actor: Any,
    at: dt.datetime,
) -> Item:
    """Move stock of an item (stock unit) between projects; no project is common stock. Both projects' timelines say so.

    What is kept for an order line of the giving project stays: only what the project keeps for itself is moved.

    Raises:
        InvalidInput: no or the same project twice, nothing is said, or an impossible quantity.
        NotOfProject: less is kept there, or is free.
        QuantityTooFine: the unit has no such parts.
    """
    item = Item.objects.select_related("uom").get(pk=item_id)
    named = {pk for pk in (from_project_id, to_project_id) if pk}
    projects = Project.objects.in_bulk(named)
    if from_project_id == to_project_id or len(projects) < len(named):
        raise InvalidInput(message=_("Choose two different ones: projects, or a project and common stock."), field="to")
    if quantity <= 0:
        raise InvalidInput(message=_("The quantity must be above zero."), field="quantity")
    if not reason.strip():
        raise InvalidInput(message=_("Say why."), field="reason")
    check_quantity(item.uom, quantity)
    pools = {one.project_id: one for one in _locked(named, item_id, at)}
    book = ReservationBook([], {item_id}, pools=list(pools.values()))
    moved = _moved(book, (pools.get(from_project_id), pools.get(to_project_id)), quantity, warehouse_id, at)
    if moved < quantity:
        raise NotOfProject(item=item, available=moved)
    book.write(at)
    fit_kept(pools.values(), book)
    said = {"item": item.code, "quantity": str(quantity)}
    for pk, verb in ((from_project_id, "stock_given"), (to_project_id, "stock_taken")):
        other = projects.get((to_project_id if pk == from_project_id else from_project_id) or 0)
        if pk:
            code = other.code if other else ""
            told = " · ".join(
                part for part in (f"{item.code} × {quantity.normalize():f}", code, reason.strip()) if part
            )
            audit.record(projects[pk], verb, actor=actor, at=at, reason=told, other=code, **said)
    enqueue(STOCK_ARRIVED, item_ids=[item_id])
    request_plan(reason="stock:project", item_ids=[item_id], actor=actor, at=at)
    return item


def _locked(projects: set[int], item_id: int, at: dt.datetime) -> list[Demand]:
    keys = make_pools({(pk, item_id) for pk in projects}, business_date(at))
    return list(lock_demands(keys).values())


def _moved(
    book: ReservationBook,
    pools: tuple[Demand | None, Demand | None],
    quantity: Decimal,
    warehouse_id: int | None,
    at: dt.datetime,
) -> Decimal:
    """Move up to ``quantity`` from one pool (None: what is free and usable) to another; return how much that was."""
    giver, taker = pools
    if giver is None and taker is not None:
        taker.warehouse_id = warehouse_id  # looked at only: a pool is stored without
        return book.take(taker, quantity, business_date(at))
    moved = ZERO
    for row in book.of(giver.pk) if giver is not None else ():
        balance = book.balances[row.balance_id]
        part = min(quantity - moved, row.quantity)
        if part <= 0 or warehouse_id not in {None, balance.location.warehouse_id}:
            continue
        book.change(row.demand_id, row.balance_id, -part)
        if taker is not None:
            book.change(taker.pk, row.balance_id, part)
        moved += part
    return moved

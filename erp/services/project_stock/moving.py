"""Transfers of stock from one project to another, out of common stock into a project, or back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import audit, numbering
from core.clock import business_date
from core.errors import InvalidInput, NotFound
from core.fields import ZERO
from core.operations import operation
from core.outbox import enqueue
from erp.errors.project_stock import NotOfProject
from erp.models import Demand, ProjectTransfer, ProjectTransferLine
from erp.services.planning_events import request_plan
from erp.services.project_stock.freeing import kept_of
from erp.services.project_stock.pools import make_pools
from erp.services.reservations.book import ReservationBook
from erp.services.reservations.missing import fit_kept
from erp.services.stock.locking import lock_demands
from erp.services.stock.posting import STOCK_ARRIVED
from erp.states import DemandKind
from masterdata.models import Item, Project
from masterdata.services.entry import check_quantity

Pools = dict[tuple[int | None, int], Demand]
"""The demand by which a project keeps stock, by (project, item)."""
TAKING = frozenset({DemandKind.SALES, DemandKind.WORK_ORDER, DemandKind.SUBCONTRACT})


@operation(permission="erp.move_projectstock")
def move_project_stock(
    *,
    lines: Sequence[Mapping[str, Any]],
    from_project_id: int | None = None,
    to_project_id: int | None = None,
    warehouse_id: int | None = None,
    reason: str,
    actor: Any,
    at: dt.datetime,
) -> ProjectTransfer:
    """Transfer stock between projects; no project is common stock. Both projects' timelines say so.

    What is kept for an order line of the giving project stays: only what the project keeps for itself is moved. What
    the taking project's orders (sales, work, subcontract) lack of it goes to them at once, earliest due first.
    lines         rows of item_id, quantity (stock unit).
    warehouse_id  only what lies there; None: wherever.
    The lines of the document say of which places and lots it was taken.

    Raises:
        InvalidInput: no or the same project twice, no line, nothing is said, or an impossible quantity.
        NotOfProject: less is kept there, or is free.
        QuantityTooFine: the unit has no such parts.
    """
    projects = _projects(from_project_id, to_project_id)
    if not reason.strip():
        raise InvalidInput(message=_("Say why."), field="reason")
    wanted = _wanted(lines)
    items = _items(wanted)
    pools, takers = _locked({(project, item) for project in projects for item in wanted}, to_project_id, at)
    book = ReservationBook([one.pk for one in takers], wanted, pools=list(pools.values()))
    written: list[ProjectTransferLine] = []
    for pk, quantity in wanted.items():
        pair = pools.get((from_project_id, pk)), pools.get((to_project_id, pk))
        written += _moved(book, pair, items[pk], quantity, warehouse_id=warehouse_id, at=at)
    book.draw(takers)
    book.write(at)
    fit_kept(pools.values(), book)
    transfer = ProjectTransfer.objects.create(
        number=numbering.next_code("erp.projecttransfer", business_date(at)),
        transfer_date=business_date(at),
        created_at=at,
        actor=actor if getattr(actor, "pk", None) else None,
        from_project_id=from_project_id,
        to_project_id=to_project_id,
        warehouse_id=warehouse_id,
        reason=reason.strip()[:200],
    )
    for number, line in enumerate(written, start=1):
        line.transfer, line.line_no = transfer, number
    ProjectTransferLine.objects.bulk_create(written)
    _tell(transfer, projects, [(items[pk], quantity) for pk, quantity in wanted.items()], actor, at)
    enqueue(STOCK_ARRIVED, item_ids=sorted(wanted))
    request_plan(reason="stock:project", item_ids=sorted(wanted), actor=actor, at=at)
    return transfer


def _projects(from_id: int | None, to_id: int | None) -> dict[int, Project]:
    named = {pk for pk in (from_id, to_id) if pk}
    projects = Project.objects.in_bulk(named)
    if from_id == to_id or len(projects) < len(named):
        raise InvalidInput(message=_("Choose two different ones: projects, or a project and common stock."), field="to")
    return projects


def _wanted(lines: Iterable[Mapping[str, Any]]) -> dict[int, Decimal]:
    """The quantity by item, in the order of the lines."""
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line["quantity"] <= 0:
            raise InvalidInput(message=_("The quantity must be above zero."), field="quantity")
        wanted[line["item_id"]] += line["quantity"]
    if not wanted:
        raise InvalidInput(message=_("Enter at least one line."), field="lines")
    return dict(wanted)


def _items(wanted: Mapping[int, Decimal]) -> dict[int, Item]:
    items = Item.objects.select_related("uom").in_bulk(wanted)
    for pk, quantity in wanted.items():
        if pk not in items:
            raise NotFound(model=str(Item._meta.verbose_name), pk=pk)
        check_quantity(items[pk].uom, quantity)
    return items


def _locked(pairs: set[tuple[int, int]], to_project_id: int | None, at: dt.datetime) -> tuple[Pools, list[Demand]]:
    """Lock the pools of (project, item), and what the orders of the taking project want of these items."""
    keys = make_pools(pairs, business_date(at))
    wanting = Demand.objects.filter(project=to_project_id or 0, item__in={item for _project, item in pairs})
    wanting = wanting.filter(kind__in=TAKING, open_quantity__gt=0)
    found = lock_demands({*keys, *wanting.values_list("pk", flat=True)})
    pools = {(one.project_id, one.item_id): one for one in found.values() if one.kind == DemandKind.PROJECT}
    return pools, [one for one in found.values() if one.kind != DemandKind.PROJECT]


def _moved(
    book: ReservationBook,
    pools: tuple[Demand | None, Demand | None],
    item: Item,
    quantity: Decimal,
    *,
    warehouse_id: int | None,
    at: dt.datetime,
) -> list[ProjectTransferLine]:
    """Move an item from one pool (None: what is free and usable) to the other; return what came from where."""
    giver, taker = pools
    changing = [one for one in (taker or giver,) if one is not None]
    before = kept_of(book, changing)
    moved = _move(book, pools, quantity, warehouse_id, at)
    if moved < quantity:
        raise NotOfProject(item=item, available=moved)
    now, written = kept_of(book, changing), []
    for demand_id, balance_id in sorted(before.keys() | now.keys()):
        key, place = (demand_id, balance_id), book.balances[balance_id]
        part = abs(now.get(key, ZERO) - before.get(key, ZERO))
        if part:
            line = ProjectTransferLine(item=item, location_id=place.location_id, lot_id=place.lot_id, quantity=part)
            written.append(line)
    return written


def _move(
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


def _tell(
    transfer: ProjectTransfer,
    projects: Mapping[int, Project],
    moved: Sequence[tuple[Item, Decimal]],
    actor: Any,
    at: dt.datetime,
) -> None:
    """Both projects' timelines name what was given or taken, the other project, why, and the transfer."""
    for pk, other_id, verb in (
        (transfer.from_project_id, transfer.to_project_id, "stock_given"),
        (transfer.to_project_id, transfer.from_project_id, "stock_taken"),
    ):
        code = projects[other_id].code if other_id else ""
        if pk is None:
            continue
        for item, quantity in moved:
            parts = (f"{item.code} × {quantity.normalize():f}", code, transfer.reason, transfer.number)
            told = " · ".join(part for part in parts if part)
            said = {"item": item.code, "quantity": str(quantity), "other": code, "transfer": transfer.number}
            audit.record(projects[pk], verb, actor=actor, at=at, reason=told, **said)

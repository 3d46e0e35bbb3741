"""Writing demand: what a source (an order, a work order) still needs, row by row."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.locks import lock_rows
from core.operations import operation
from erp.models import Demand, Reservation
from erp.models.demand import DEFAULT_PRIORITY
from erp.services.planning_events import request_plan
from erp.services.project_stock.freeing import hand_back, kept_of, tell_freed
from erp.services.project_stock.pools import pools_for
from erp.services.reservations.book import ReservationBook
from erp.services.reservations.missing import fit_kept
from erp.services.reservations.promises import keep_promises, lock_promises
from erp.services.sources import number_of
from erp.states import DemandKind

FIELDS = ["item_id", "quantity", "open_quantity", "due_date", "priority", "warehouse_id", "partner_id"]
FIELDS += ["placed_quantity", "project_id"]


@dataclass(frozen=True)
class DemandRow:
    """One line's need: ``quantity`` in all, ``open_quantity`` still to be delivered, stock unit, by ``due_date``.

    placed_quantity  of material for a subcontractor (``partner_id``): sent to him for it and not used yet.
    is_promised      what is in stock and expected for it is kept, however far ahead it is due.
    project_id       whose need it is: what that project keeps of the item goes to it at once.
    """

    source_line_id: int
    item_id: int
    quantity: Decimal
    open_quantity: Decimal
    due_date: dt.date
    priority: int = DEFAULT_PRIORITY
    warehouse_id: int | None = None
    partner_id: int | None = None
    placed_quantity: Decimal = Decimal(0)
    is_promised: bool = False
    project_id: int | None = None


@operation(permission=None)
def set_demand(
    *,
    source_label: str,
    source_id: int,
    kind: str,
    rows: Sequence[DemandRow],
    reserve_until: dt.date | None = None,
    known: Sequence[Demand] | None = None,
    actor: Any,
    at: dt.datetime,
) -> list[Demand]:
    """Replace the demand of a source by ``rows`` and wake the planner when anything changed.

    known          the source's rows, where they are locked and read already.
    reserve_until  keep free stock for rows due until then (None: for none).
    The caller holds the source's header lock. A row that is not named any more ends; what is reserved beyond what is
    open, or in another warehouse than wanted now, is given up; of items made to order the project keeps it, or the
    planner is told that it comes free. Returns the source's demand rows.
    """
    if known is None:
        known = lock_rows(Demand.objects.filter(source_label=source_label, source_id=source_id))
    existing = {row.source_line_id: row for row in known}
    wanted = {row.source_line_id: row for row in rows if row.quantity > 0}
    gone = [row for line_id, row in existing.items() if not _continues(row, wanted.get(line_id))]
    kept = [row for row in existing.values() if row not in gone]
    changed = [row for row in kept if _take_over(row, wanted[row.source_line_id])]
    named = {row.source_line_id for row in kept}
    number = next((row.source_number for row in kept), "") or number_of(source_label, source_id)
    fresh = [
        _demand(row, source_label, source_id, number, DemandKind(kind))
        for line_id, row in wanted.items()
        if line_id not in named
    ]
    promised = {row.source_line_id: row.item_id for row in wanted.values() if row.is_promised and row.open_quantity > 0}
    lock_promises(promised.values())
    own = kept + fresh
    rows_of = _Rows(gone, changed, fresh, kept)
    given_up = _write(rows_of, pools_for(rows_of.all(), gone + changed, at), reserve_until=reserve_until, at=at)
    tell_freed(given_up, source=(source_label, source_id, number), cause=f"demand:{kind}", at=at)
    wanting = [row for row in own if row.source_line_id in promised]
    keep_promises(wanting, beside=[row.pk for row in own], actor=actor, at=at)
    touched = {row.item_id for row in (*gone, *changed, *fresh)}
    if touched:
        source = (source_label, source_id, number)
        request_plan(reason=f"demand:{kind}", item_ids=sorted(touched), source=source, actor=actor, at=at)
    return own


@dataclass
class _Rows:
    """The rows of a source: those that end, those that change, new ones, and all that stay."""

    gone: list[Demand]
    changed: list[Demand]
    fresh: list[Demand]
    kept: list[Demand]

    def all(self) -> list[Demand]:
        """Return every row."""
        return [*self.gone, *self.kept, *self.fresh]


def _write(rows: _Rows, pools: list[Demand], *, reserve_until: dt.date | None, at: dt.datetime) -> dict[int, Decimal]:
    """Store the rows; return by item what comes free of what was kept for those that end or shrink."""
    staying = rows.kept + rows.fresh
    due = [row for row in staying if reserve_until and row.open_quantity > 0 and row.due_date <= reserve_until]
    old_ids = [row.pk for row in rows.gone + rows.changed]
    book, freed = None, {}
    if due or pools or (old_ids and Reservation.objects.filter(demand_id__in=old_ids).exists()):
        items = {row.item_id for row in (*rows.gone, *rows.changed, *due, *pools)}
        book = ReservationBook([row.pk for row in rows.kept + rows.gone], items, pools=pools)
        before = kept_of(book, rows.gone + rows.changed)
        for row in rows.gone:
            book.give_up_all(row.pk)
        for row in rows.changed:
            book.give_up_excess(row)
        freed = hand_back(book, rows.gone + rows.changed, before, at)
        book.write(at)
    if rows.gone:
        Demand.objects.filter(pk__in=[row.pk for row in rows.gone]).delete()
    if rows.changed:
        Demand.objects.bulk_update(rows.changed, FIELDS)
    if rows.fresh:
        Demand.objects.bulk_create(rows.fresh)
    if book is not None and (due or pools):
        book.draw(staying)
        book.share_out(due, business_date(at))
        book.write(at, is_last=not pools)
        fit_kept(pools, book)
    return freed


def _continues(row: Demand, wanted: DemandRow | None) -> bool:
    return wanted is not None and wanted.item_id == row.item_id


def _take_over(row: Demand, wanted: DemandRow) -> bool:
    """Copy ``wanted`` onto ``row``; return whether anything differs."""
    differs = [name for name in FIELDS if getattr(row, name) != getattr(wanted, name)]
    for name in differs:
        setattr(row, name, getattr(wanted, name))
    return bool(differs)


def _demand(row: DemandRow, source_label: str, source_id: int, number: str, kind: DemandKind) -> Demand:
    return Demand(
        kind=kind,
        source_label=source_label,
        source_id=source_id,
        source_number=number,
        source_line_id=row.source_line_id,
        **{name: getattr(row, name) for name in FIELDS},
    )

"""Material of work orders: issued from stock into production, and brought back at the cost it went with."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from core.clock import company
from core.fields import ZERO
from core.money import round_amount
from core.operations import operation
from erp.errors import OverReturn
from erp.errors.making import LotNotIssued
from erp.models import Lot, StockMove, ValueEntry, WorkOrder, WorkOrderMaterial
from erp.services.work_orders.backflush_queue import settle_queue
from erp.services.work_orders.expecting import BOOKABLE
from erp.services.work_orders.issuing import (
    WORK_ORDER,
    Part,
    issue_moves,
    lock_demands,
    post_materials,
    split_by_demand,
)
from erp.services.work_orders.on_picks import require_not_on_pick
from erp.services.work_orders.over_issues import require_extra_allowed
from erp.services.work_orders.staging import count_by_hand
from erp.services.work_orders.typed_lines import IssueInput, understood
from erp.states import SIDE_KINDS, MoveKind, WorkOrderState
from masterdata.models import Location
from masterdata.selectors.places import default_location, virtual_location


@operation(
    permission="erp.issue_workorder",
    document=(WorkOrder, "work_order_id"),
    backdating=("posting_date", "erp.backdate_stock"),
)
def issue_materials(
    *,
    work_order_id: int,
    lines: Sequence[Mapping[str, Any]],
    posting_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> WorkOrder:
    """Issue material to an order; ``lines`` have the fields of IssueInput, quantities above zero.

    Without a location it comes from the default one of the order's warehouse.

    Raises:
        NotInProduction: the order is neither released nor in progress.
        OverIssue: more than is still to be issued (`issue_extra_materials` needs a right of its own).
        ApprovalRequired, ApprovalPending: more was asked for, and somebody has to agree first.
        InvalidInput: a line is not of this order.
        UnitNotConvertible: the item has no such unit.
        ShortStock and the other refusals of `post_moves`.
    """
    return _issue(work_order_id, lines, extra=False, posting_date=posting_date, actor=actor, at=at)


@operation(
    permission="erp.over_issue_workorder",
    document=(WorkOrder, "work_order_id"),
    backdating=("posting_date", "erp.backdate_stock"),
)
def issue_extra_materials(
    *,
    work_order_id: int,
    lines: Sequence[Mapping[str, Any]],
    posting_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> WorkOrder:
    """Issue more than planned, or an item that is not on the material list (it is added with nothing required).

    Raises:
        NotInProduction, InvalidInput, ShortStock: as in `issue_materials`.
    """
    return _issue(work_order_id, lines, extra=True, posting_date=posting_date, actor=actor, at=at)


@operation(
    permission="erp.issue_workorder",
    document=(WorkOrder, "work_order_id"),
    backdating=("posting_date", "erp.backdate_stock"),
)
def return_materials(
    *,
    work_order_id: int,
    lines: Sequence[Mapping[str, Any]],
    posting_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> WorkOrder:
    """Bring unused material back into stock at the average cost it was issued with to this order.

    Also when the order is complete: what is left over comes back before it is closed, its goods cost less then.

    Raises:
        NotInProduction: the order is a draft, closed or cancelled.
        OverReturn: more than was issued.
        LotNotIssued: more of a lot than was issued of it.
        InvalidInput: a line is not of this order.
    """
    work_order, materials, typed = understood(work_order_id, lines, states=BOOKABLE | {WorkOrderState.COMPLETED})
    production = virtual_location(Location.Kind.PRODUCTION)
    default = default_location(work_order.warehouse)
    _require_issued_lots(work_order, materials, typed)
    demands = lock_demands([work_order.pk])
    values = _issued_values(work_order)
    own = company()
    decimals = own.base_decimals if own else 2
    moves = []
    for one in typed:
        line = materials[one.material_id or 0]
        if one.quantity > line.issued_quantity:
            raise OverReturn(item=line.item, quantity=one.quantity, issued=line.issued_quantity, line=line.line_no)
        quantity_left, value_left = values.get(line.pk, (ZERO, ZERO))
        amount = (
            value_left
            if one.quantity >= quantity_left
            else round_amount(value_left * one.quantity / quantity_left, decimals)
        )
        values[line.pk] = (quantity_left - one.quantity, value_left - amount)
        reopened = max(ZERO, line.required_quantity - line.issued_quantity + one.quantity) - line.open_quantity
        back_to = one.location_id or line.location_id or default.pk
        moves.extend(
            split_by_demand(
                Part(line, one.quantity, production.pk, back_to, one.lot_id, one.uom_id, one.unit_factor),
                served=reopened,
                demand_id=demands.get(line.pk),
                amount=amount,
                decimals=decimals,
            )
        )
        line.issued_quantity -= one.quantity
    count_by_hand(
        work_order, [(materials[move.source_line_id or 0], move.to_location_id, -move.quantity) for move in moves]
    )
    post_materials(
        work_order, materials.values(), moves, MoveKind.ISSUE_RETURN, posting_date, actor=actor, at=at, reason=reason
    )
    settle_queue(work_order, at)
    return work_order


def _issue(
    work_order_id: int,
    lines: Sequence[Mapping[str, Any]],
    *,
    extra: bool,
    posting_date: dt.date | None,
    actor: Any,
    at: dt.datetime,
) -> WorkOrder:
    work_order, materials, typed = understood(work_order_id, lines, extra=extra)
    production = virtual_location(Location.Kind.PRODUCTION)
    default = default_location(work_order.warehouse)
    demands = lock_demands([work_order.pk])
    parts, wanted = [], dict.fromkeys(materials, ZERO)
    for one in typed:
        line = materials[one.material_id or 0]
        wanted[line.pk] += one.quantity
        if wanted[line.pk] > line.open_quantity and not extra:
            require_extra_allowed(work_order, line, wanted[line.pk], actor=actor)
        place = one.location_id or line.location_id or default.pk
        parts.append(Part(line, one.quantity, place, production.pk, one.lot_id, one.uom_id, one.unit_factor))
    require_not_on_pick((materials[pk], quantity) for pk, quantity in wanted.items() if quantity)
    moves = issue_moves(parts, demands)
    count_by_hand(work_order, [(part.line, part.from_id, part.quantity) for part in parts])
    post_materials(work_order, materials.values(), moves, MoveKind.ISSUE, posting_date, actor=actor, at=at)
    settle_queue(work_order, at)
    return work_order


def _require_issued_lots(
    work_order: WorkOrder, materials: Mapping[int, WorkOrderMaterial], typed: Sequence[IssueInput]
) -> None:
    """Refuse to bring back of a lot what did not go in."""
    wanted: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    for one in typed:
        if one.lot_id is not None:
            wanted[one.material_id or 0, one.lot_id] += one.quantity
    if not wanted:
        return
    moves = StockMove.objects.filter(
        source_label=WORK_ORDER,
        source_id=work_order.pk,
        kind__in=(MoveKind.ISSUE, MoveKind.ISSUE_RETURN),
        lot_id__in={lot_id for _material, lot_id in wanted},
    )
    inward = Q(to_location__kind=Location.Kind.PRODUCTION)
    sums = (
        moves.values("source_line_id", "lot_id")
        .order_by("source_line_id")
        .annotate(went=Sum("quantity", filter=inward, default=ZERO), back=Sum("quantity", filter=~inward, default=ZERO))
    )
    issued = {(row["source_line_id"], row["lot_id"]): row["went"] - row["back"] for row in sums}
    for (material_id, lot_id), quantity in wanted.items():
        if quantity > issued.get((material_id, lot_id), ZERO):
            raise LotNotIssued(
                item=materials[material_id].item,
                lot=Lot.objects.get(pk=lot_id),
                issued=issued.get((material_id, lot_id), ZERO),
                document=work_order,
            )


def _issued_values(work_order: WorkOrder) -> dict[int, tuple[Decimal, Decimal]]:
    """Quantity and value (later costs included) that went into the order and have not come back, by material line."""
    kinds = (MoveKind.ISSUE, MoveKind.ISSUE_RETURN)
    found: dict[int, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    sums = (
        ValueEntry.objects.filter(work_order_id=work_order.pk, move__kind__in=kinds, move__source_line_id__isnull=False)
        .exclude(kind__in=SIDE_KINDS)
        .values("move__source_line_id")
        .annotate(quantity=Sum("quantity"), amount=Sum("amount"))
        .order_by("move__source_line_id")
    )
    for row in sums:
        found[int(row["move__source_line_id"] or 0)] = (-row["quantity"], -row["amount"])
    return dict(found)

"""Proof of delivery 签收: what the customer accepted, what arrived damaged, what is missing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.clock import business_date, company
from core.context import change_later
from core.documents import transition
from core.fields import ZERO
from core.operations import operation
from crm.services.sales_orders import register_delivery, register_sign_off
from crm.states import DeliveryRequestState, SalesOrderState
from erp import ports, signals
from erp.engines.costing import share_of
from erp.errors import FuturePosting, SignOffMismatch
from erp.models import Shipment, ShipmentLine
from erp.services.guards import require_edge
from erp.services.sales_demand import record_order_demand
from erp.services.shipments.creating import make_pick_list
from erp.services.shipments.headers import LockedShipment, by_order_line, lock_shipment
from erp.states import ShipmentState
from masterdata.selectors.units import in_one_unit

Quantities = dict[int, Decimal]


@operation(
    permission="erp.sign_off_shipment",
    document=(Shipment, "shipment_id"),
    backdating=("date", "erp.backdate_stock"),
)
def sign_off_shipment(
    *,
    shipment_id: int,
    lines: Sequence[Mapping[str, Any]] = (),
    signed_by: str = "",
    date: dt.date | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Shipment:
    """Record what the customer signed for, today or on ``date``.

    lines  rows of line_id, signed, damaged, short (in uom_id; None: the stock unit); a line that is not named was
           accepted whole.
    Damaged and missing goods are a loss to us: the order line has them to deliver again, on a new pick list.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it has not left, or is signed for already.
        SignOffMismatch: signed, damaged and missing do not add up to what was shipped.
        UnitNotConvertible: the item has no such unit.
        FuturePosting, (closed period): the date cannot be booked on.
    """
    locked = lock_shipment(shipment_id, version)
    shipment = locked.shipment
    require_edge(shipment, ShipmentState.SIGNED)
    date = date or business_date(at)
    if date > business_date(at):
        raise FuturePosting(date=date)
    _fill(locked.lines, {row["line_id"]: row for row in lines})
    lost = {line.pk: line.damaged_quantity + line.short_quantity for line in locked.lines}
    missing = by_order_line(locked.lines, lost)
    if missing and locked.order.state == SalesOrderState.CONFIRMED:
        record_order_demand(order=locked.order, coming_back=missing, actor=actor, at=at)
    date = ports.posting_date("sales", date)
    change_later(locked.lines, ["signed_quantity", "damaged_quantity", "short_quantity", "uom", "unit_factor"])
    shipment.signed_date = date
    shipment.signed_by = signed_by.strip()
    transition(shipment, ShipmentState.SIGNED, actor=actor, at=at, fields=["signed_date", "signed_by"])
    _report(locked, missing, actor, at)
    signals.shipment_signed.send(
        sender=Shipment,
        shipment=shipment,
        quantities={line.pk: line.signed_quantity for line in locked.lines if line.signed_quantity},
        losses=_losses(locked.lines, lost),
        date=date,
        actor=actor,
        at=at,
    )
    return shipment


def _fill(lines: Sequence[ShipmentLine], rows: Mapping[int, Mapping[str, Any]]) -> None:
    for line in lines:
        row = rows.get(line.pk, {"signed": line.picked_quantity})
        told = (row["signed"], row.get("damaged") or ZERO, row.get("short") or ZERO)
        typed = in_one_unit(line.item, row.get("uom_id"), told)
        signed, damaged, short = typed.quantities
        if min(signed, damaged, short) < 0 or signed + damaged + short != line.picked_quantity:
            raise SignOffMismatch(item=line.item, shipped=line.picked_quantity)
        line.signed_quantity, line.damaged_quantity, line.short_quantity = signed, damaged, short
        line.uom_id, line.unit_factor = typed.uom_id, typed.factor


def _report(locked: LockedShipment, missing: Quantities, actor: Any, at: dt.datetime) -> None:
    request_id = locked.request.pk
    if missing:
        register_delivery(
            quantities={line_id: -quantity for line_id, quantity in missing.items()},
            request_id=request_id,
            actor=actor,
            at=at,
        )
    signed = by_order_line(locked.lines, {line.pk: line.signed_quantity for line in locked.lines})
    if signed:
        register_sign_off(quantities=signed, request_id=request_id, actor=actor, at=at)
    if missing and locked.request.state == DeliveryRequestState.RELEASED:
        make_pick_list(locked.request, actor=actor, at=at)


def _losses(lines: Sequence[ShipmentLine], lost: Quantities) -> Quantities:
    own = company()
    decimals = own.base_decimals if own else 2
    return {
        line.pk: share_of(line.cost, line.picked_quantity, lost[line.pk], decimals) for line in lines if lost[line.pk]
    }

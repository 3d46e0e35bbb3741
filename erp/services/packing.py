"""Packing the picked goods of a shipment into boxes and pallets."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import audit, numbering
from core.clock import business_date, company
from core.documents import lock
from core.errors import InvalidInput, NotFound
from core.fields import ZERO
from core.operations import operation
from erp.engines import gs1
from erp.errors import NothingToPack, NotPacking, PackedTooMuch, UnitNotEmpty
from erp.models import HandlingUnit, PackedGoods, Shipment
from erp.selectors.packing import Loose, loose_goods
from erp.states import HandlingUnitKind, ShipmentState
from masterdata.selectors.search import find_items

PALLET, CARTON = HandlingUnitKind.PALLET, HandlingUnitKind.CARTON


@operation(permission="erp.pack_shipment", document=(Shipment, "shipment_id"))
def open_unit(*, shipment_id: int, kind: str = CARTON, sscc: str = "", actor: Any, at: dt.datetime) -> Shipment:
    """Take a new box or pallet for a picked shipment; without ``sscc`` it gets one by the company's GS1 prefix.

    Raises:
        NotPacking: it is not picked yet, or has left.
        InvalidInput: there is no such kind, or the SSCC is not one.
    """
    shipment = _lock(shipment_id)
    if kind not in HandlingUnitKind.values:
        raise InvalidInput(message=_("There is no such kind of package."), field="kind")
    number = numbering.next_code("erp.handlingunit", business_date(at))
    unit = HandlingUnit.objects.create(shipment=shipment, number=number, kind=kind, sscc=_checked(sscc), created_at=at)
    _give_sscc(unit)
    audit.record(shipment, "unit_opened", actor=actor, at=at, unit=unit.number)
    return shipment


@operation(permission="erp.pack_shipment", document=(Shipment, "shipment_id"))
def pack_goods(
    *,
    shipment_id: int,
    unit_id: int,
    line_id: int | None = None,
    lot_id: int | None = None,
    quantity: Decimal | None = None,
    actor: Any,
    at: dt.datetime,
) -> Shipment:
    """Put loose goods into a box or pallet: ``quantity`` (stock unit) of a line and lot; None: all of it; no line: all.

    Raises:
        NotPacking: the shipment is not picked, or has left.
        NotFound: the box is of another shipment.
        NothingToPack: nothing of it is loose.
        PackedTooMuch: more than is loose.
    """
    shipment = _lock(shipment_id)
    unit = _unit(shipment, unit_id)
    loose = [
        one
        for one in loose_goods(shipment)
        if line_id is None or (one.line.pk == line_id and (lot_id is None or one.lot is None or one.lot.pk == lot_id))
    ]
    _pack(shipment, unit, loose, quantity)
    return shipment


@operation(permission="erp.pack_shipment", document=(Shipment, "shipment_id"))
def scan_into_unit(*, shipment_id: int, unit_id: int, code: str, actor: Any, at: dt.datetime) -> Shipment:
    """Put scanned goods into a box: a lot takes all that is loose of it, an item's barcode one of its unit.

    Raises:
        NotPacking, NotFound, NothingToPack, PackedTooMuch: see pack_goods.
    """
    shipment = _lock(shipment_id)
    unit = _unit(shipment, unit_id)
    loose = loose_goods(shipment)
    of_lot = [one for one in loose if one.lot is not None and one.lot.code == code.strip()]
    if of_lot:
        _pack(shipment, unit, of_lot, None)
        return shipment
    wanted = type(loose[0].line.item).objects.filter(pk__in={one.line.item_id for one in loose}) if loose else None
    found: list[Any] = []
    if wanted is not None:
        found = find_items(code.strip(), shipment.partner_id, limit=1, queryset=wanted, include_closed=True)
    if not found or found[0].rank > 1:
        raise NothingToPack(what=code)
    item = found[0]
    quantity = Decimal(1)
    if item.matched_uom_id and item.matched_uom_id != item.uom_id:
        quantity = item.units.get(uom_id=item.matched_uom_id).factor
    _pack(shipment, unit, [one for one in loose if one.line.item_id == item.pk], quantity)
    return shipment


@operation(permission="erp.pack_shipment", document=(Shipment, "shipment_id"))
def place_on(*, shipment_id: int, unit_id: int, parent_id: int | None, actor: Any, at: dt.datetime) -> Shipment:
    """Put a box onto a pallet, or (without ``parent_id``) take it down.

    Raises:
        NotPacking, NotFound: see pack_goods.
        InvalidInput: it would stand on itself, or on a box.
    """
    shipment = _lock(shipment_id)
    unit = _unit(shipment, unit_id)
    parent = _unit(shipment, parent_id) if parent_id is not None else None
    if parent is not None and (parent.kind != PALLET or unit.kind == PALLET):
        raise InvalidInput(message=_("A box stands on a pallet, a pallet on nothing."), field="parent")
    unit.parent = parent
    unit.save(update_fields=["parent"])
    return shipment


@operation(permission="erp.pack_shipment", document=(Shipment, "shipment_id"))
def weigh_unit(
    *, shipment_id: int, unit_id: int, gross_weight: Decimal | None, actor: Any, at: dt.datetime
) -> Shipment:
    """Note what a box or pallet weighs with everything in it, kg.

    Raises:
        NotPacking, NotFound: see pack_goods.
        InvalidInput: a weight is above zero.
    """
    shipment = _lock(shipment_id)
    unit = _unit(shipment, unit_id)
    if gross_weight is not None and gross_weight <= 0:
        raise InvalidInput(message=_("A weight is above zero."), field="gross_weight")
    unit.gross_weight = gross_weight
    unit.save(update_fields=["gross_weight"])
    return shipment


@operation(permission="erp.pack_shipment", document=(Shipment, "shipment_id"))
def unpack_unit(*, shipment_id: int, unit_id: int, drop: bool = False, actor: Any, at: dt.datetime) -> Shipment:
    """Take everything out of a box or pallet; ``drop``: give the package itself up.

    Raises:
        NotPacking, NotFound: see pack_goods.
        UnitNotEmpty: boxes stand on the pallet that is given up.
    """
    shipment = _lock(shipment_id)
    unit = _unit(shipment, unit_id)
    if drop and unit.children.exists():
        raise UnitNotEmpty(unit=unit)
    unit.contents.all().delete()
    if drop:
        audit.record(shipment, "unit_dropped", actor=actor, at=at, unit=unit.number)
        unit.delete()
    return shipment


def _lock(shipment_id: int) -> Shipment:
    shipment = lock(Shipment, shipment_id)
    if shipment.state != ShipmentState.PICKED:
        raise NotPacking(document=shipment, state=shipment.get_state_display(), state_code=shipment.state)
    return shipment


def _unit(shipment: Shipment, unit_id: int) -> HandlingUnit:
    found = shipment.units.filter(pk=unit_id).first()
    if found is None:
        raise NotFound(model=str(HandlingUnit._meta.verbose_name), pk=unit_id)
    return found


def _pack(shipment: Shipment, unit: HandlingUnit, loose: list[Loose], quantity: Decimal | None) -> None:
    """Take ``quantity`` of the loose goods in their order; None: all of them."""
    if not loose:
        raise NothingToPack(what=shipment)
    there = sum((one.quantity for one in loose), ZERO)
    left = there if quantity is None else quantity
    if left <= 0 or left > there:
        raise PackedTooMuch(item=loose[0].line.item, wanted=left, loose=there)
    inside = {(row.line_id, row.lot_id): row for row in unit.contents.all()}
    fresh, more = [], []
    for one in loose:
        taken = min(left, one.quantity)
        if taken <= 0:
            break
        left -= taken
        row = inside.get((one.line.pk, one.lot.pk if one.lot else None))
        if row is None:
            fresh.append(PackedGoods(unit=unit, line=one.line, lot=one.lot, quantity=taken))
        else:
            row.quantity += taken
            more.append(row)
    PackedGoods.objects.bulk_create(fresh)
    PackedGoods.objects.bulk_update(more, ["quantity"])


def _checked(sscc: str) -> str:
    """Return the digits of an SSCC with a right check digit; none is none."""
    digits = "".join(one for one in sscc if one.isdigit())
    if digits and not gs1.is_sscc(digits):
        raise InvalidInput(message=_("%(sscc)s is not an SSCC.") % {"sscc": sscc}, field="sscc")
    return digits


def _give_sscc(unit: HandlingUnit) -> None:
    """Give a unit without a code one of ours, where the company has a prefix."""
    own = company()
    if own is not None and own.gs1_prefix and not unit.sscc:
        unit.sscc = gs1.sscc(own.gs1_prefix, unit.pk)
        unit.save(update_fields=["sscc"])

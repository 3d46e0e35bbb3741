"""What a delivery consumed of the material at the supplier: by the bill, or as he reported it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.money import round_amount
from erp.models import StockBalance, StockMove, ValueEntry
from erp.selectors.taking import first_out
from erp.services.stock import typed_in
from erp.services.subcontracting import Consumed, Made, Processed, receive_subcontracted, reverse_subcontracted
from erp.states import ValueCounter
from masterdata.models import Location
from masterdata.selectors.units import InStockUnit
from masterdata.services.places import supplier_place
from scm.engines.subcontracting import Usage, due_quantity, usage
from scm.errors import ChargeSetOff, CostFollowed
from scm.models import (
    GoodsReceipt,
    GoodsReceiptLine,
    SubcontractChargeBack,
    SubcontractConsumption,
    SubcontractMaterial,
    SubcontractOrder,
)
from scm.services.subcontracting.following import demand_materials
from scm.states import ChargeBackReason, MaterialSource

NOTHING = Decimal(0)
Reported = Mapping[int, InStockUnit]


@dataclass
class Delivery:
    """What one delivery says besides its receipt: rejected pieces, who pays for them, and reported use by material."""

    rejected: Decimal = NOTHING
    charge_rejected: bool = False
    reported: Reported = field(default_factory=dict)


@dataclass
class _Part:
    """The share of one lot in what was used of one material; ``typed``: as the supplier reported all of it."""

    material: SubcontractMaterial
    usage: Usage
    lot_id: int | None
    typed: InStockUnit | None = None


def consume(
    order: SubcontractOrder,
    receipt: GoodsReceipt | None,
    lines: Sequence[GoodsReceiptLine],
    delivery: Delivery,
    *,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
) -> None:
    """Take the material a delivery used off the supplier's place and bring its goods into stock.

    Raises:
        InvalidInput: a reported material is not of this order, or below zero.
        ShortStock: the supplier does not hold so much.
        and the other refusals of `post_moves`.
    """
    place = supplier_place(order.partner)
    good = sum((line.stock_quantity for line in lines), NOTHING)
    parts = _parts(order, place, good, delivery)
    demand_materials(order, using=_by_material(parts), actor=actor, at=at)
    processed = receive_subcontracted(
        place_id=place.pk,
        consumed=[
            Consumed(
                one.material.item_id,
                one.usage.used,
                one.usage.lost,
                one.lot_id,
                one.material.pk,
                **(one.typed.unit if one.typed else {}),
            )
            for one in parts
        ],
        made=[
            Made(
                line.item_id,
                line.location_id,
                line.stock_quantity,
                line.amount,
                line.lot_id,
                line.pk,
                line.second_quantity,
                **typed_in(line.uom_id, line.quantity, line.stock_quantity),
            )
            for line in lines
            if line.item_id is not None and line.location_id is not None
        ],
        order=order,
        receipt=receipt,
        date=date,
        actor=actor,
        at=at,
    )
    _record(order, receipt, parts, processed, charge_rejected=delivery.charge_rejected, date=date)
    if delivery.rejected:
        rejected = F("rejected_quantity") + delivery.rejected
        SubcontractOrder.objects.filter(pk=order.pk).update(rejected_quantity=rejected)
        if receipt is not None:
            GoodsReceipt.objects.filter(pk=receipt.pk).update(rejected_quantity=rejected)


def _by_material(parts: Sequence[_Part]) -> dict[int, Decimal]:
    """What a delivery takes off each material line."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for one in parts:
        found[one.material.pk] += one.usage.used + one.usage.lost
    return found


def take_back(
    order: SubcontractOrder, receipt: GoodsReceipt, *, date: dt.date, actor: Any, at: dt.datetime, reason: str = ""
) -> None:
    """Take the goods of a receipt out of stock and give their material back to the supplier's place.

    Raises:
        ChargeSetOff: the supplier has settled what he was charged for it.
        ShortStock: the goods are gone or reserved.
    """
    _require_no_charge_set_off(order, receipt)
    rows = list(SubcontractConsumption.objects.filter(receipt=receipt, is_reversed=False).select_related("material"))
    undone: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        undone[row.material_id] -= row.used_quantity + row.lost_quantity
    demand_materials(order, using=undone, actor=actor, at=at)
    keys = {key for row in rows for key in (row.used_move_id, row.lost_move_id) if key}
    posted = StockMove.objects.filter(source_label="scm.goodsreceipt", source_id=receipt.pk, reverses__isnull=True)
    reverse_subcontracted(
        received=list(posted.order_by("pk")),
        consumed=list(StockMove.objects.filter(pk__in=keys).order_by("pk")),
        order=order,
        receipt=receipt,
        date=date,
        actor=actor,
        at=at,
        reason=reason,
    )
    for row in rows:
        row.is_reversed = True
        row.material.used_quantity -= row.used_quantity
        row.material.lost_quantity -= row.lost_quantity
        SubcontractMaterial.objects.filter(pk=row.material_id).update(
            used_quantity=F("used_quantity") - row.used_quantity, lost_quantity=F("lost_quantity") - row.lost_quantity
        )
    SubcontractConsumption.objects.filter(pk__in=[row.pk for row in rows]).update(is_reversed=True)
    SubcontractChargeBack.objects.filter(receipt=receipt, settled_by="").update(is_reversed=True)
    refused = GoodsReceipt.objects.values_list("rejected_quantity", flat=True).get(pk=receipt.pk)
    SubcontractOrder.objects.filter(pk=order.pk).update(rejected_quantity=F("rejected_quantity") - refused)


def _require_no_charge_set_off(order: SubcontractOrder, receipt: GoodsReceipt) -> None:
    charge = SubcontractChargeBack.objects.filter(receipt=receipt, is_reversed=False).exclude(settled_by="").first()
    if charge is not None:
        raise ChargeSetOff(document=receipt, order=order, settled_by=charge.settled_by)


def require_reversible(receipt: GoodsReceipt) -> None:
    """Refuse to reverse a receipt whose material has become dearer since: the goods bear that cost.

    Raises:
        CostFollowed: a later cost of the material has followed into the goods.
    """
    late = ValueEntry.objects.filter(
        move__source_label="scm.goodsreceipt",
        move__source_id=receipt.pk,
        counter=ValueCounter.SUBCONTRACT,
    )
    if late.exists():
        raise CostFollowed(document=receipt)


def _parts(order: SubcontractOrder, place: Location, good: Decimal, delivery: Delivery) -> list[_Part]:
    materials = list(order.materials.filter(source=MaterialSource.SENT).select_related("item__uom"))
    if set(delivery.reported) - {line.pk for line in materials}:
        raise InvalidInput(
            message=_("One of the lines is not material that we send for this order."), field="materials"
        )
    if any(one.quantity < 0 for one in delivery.reported.values()):
        raise InvalidInput(message=_("The quantity must not be below zero."), field="materials")
    before = order.purchase_order.lines.get().received_quantity - good + order.rejected_quantity
    held = _held(place, materials)
    parts = []
    for line in materials:
        step = Decimal(1).scaleb(-line.item.uom.decimals)
        told = delivery.reported.get(line.pk)
        due = due_quantity(line.required_quantity, order.quantity, max(before, NOTHING), good + delivery.rejected, step)
        found = usage(
            due=due,
            reported=told.quantity if told else None,
            good=good,
            rejected=delivery.rejected,
            allowance=order.allowance_percent,
            step=step,
        )
        parts += [replace(one, typed=told) for one in _by_lot(line, found, held[line.item_id])]
    return parts


def _held(place: Location, materials: Sequence[SubcontractMaterial]) -> dict[int, list[list[Any]]]:
    """What the supplier holds by item, as [lot, quantity], in the order in which it is taken."""
    balances = StockBalance.objects.filter(
        location=place, owner__isnull=True, on_hand__gt=0, item__in={line.item_id for line in materials}
    ).select_related("item", "lot", "location__warehouse")
    held: dict[int, list[list[Any]]] = defaultdict(list)
    for balance in sorted(balances, key=first_out):
        held[balance.item_id].append([balance.lot_id, balance.on_hand])
    return held


def _by_lot(line: SubcontractMaterial, found: Usage, held: list[list[Any]]) -> list[_Part]:
    """Share a use out over lots, the first to be taken first; what nobody holds is asked of the last (and refused)."""
    wanted = [found.used, found.spoilt, found.excess]
    parts = []
    for row in held:
        taken = []
        for place, quantity in enumerate(wanted):
            share = min(quantity, row[1])
            wanted[place] -= share
            row[1] -= share
            taken.append(share)
        if any(taken):
            parts.append(_Part(line, Usage(*taken), row[0]))
    if any(wanted):
        parts.append(_Part(line, Usage(*wanted), held[-1][0] if held else None))
    return parts


def _record(
    order: SubcontractOrder,
    receipt: GoodsReceipt | None,
    parts: Sequence[_Part],
    processed: Processed,
    *,
    charge_rejected: bool,
    date: dt.date,
) -> None:
    rows, charges = [], []
    for part, used, lost, value in zip(parts, processed.used, processed.lost, processed.lost_values, strict=True):
        rows.append(
            SubcontractConsumption(
                material=part.material,
                receipt=receipt,
                used_move=used,
                lost_move=lost,
                used_quantity=part.usage.used,
                lost_quantity=part.usage.lost,
                consumed_on=date,
            )
        )
        part.material.used_quantity += part.usage.used
        part.material.lost_quantity += part.usage.lost
        for reason, quantity in (
            (ChargeBackReason.OVER_USE, part.usage.excess),
            (ChargeBackReason.REJECTED, part.usage.spoilt if charge_rejected else NOTHING),
        ):
            if quantity:
                charges.append(
                    SubcontractChargeBack(
                        order=order,
                        receipt=receipt,
                        partner_id=order.partner_id,
                        item_id=part.material.item_id,
                        reason=reason,
                        quantity=quantity,
                        amount=round_amount(value * quantity / part.usage.lost),
                        charged_on=date,
                    )
                )
    SubcontractConsumption.objects.bulk_create(rows)
    SubcontractChargeBack.objects.bulk_create(charges)
    touched = {part.material.pk: part.material for part in parts}
    SubcontractMaterial.objects.bulk_update(list(touched.values()), ["used_quantity", "lost_quantity"])

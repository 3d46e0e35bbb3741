"""Co-products and by-products of work orders: received at their planned share, trued up."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock
from core.errors import InvalidInput
from core.fields import ZERO
from core.money import round_amount
from core.operations import operation
from erp.engines.joint_costs import JointOutput, JointSplit, split_joint_cost
from erp.errors import NotInProduction
from erp.models import ProductionReceipt, StockMove, WorkOrder, WorkOrderOutput
from erp.selectors.costs import unit_costs
from erp.selectors.inspection_plans import receiving_places
from erp.services.stock import LotInput, MoveInput, ensure_lots, post_moves, reversal_of
from erp.services.stock.valuing import base_decimals
from erp.services.work_orders.expecting import begin_progress, expect_supply
from erp.states import InspectionKind, MoveKind, WorkOrderState
from erp.states.engineering import BomLineKind
from masterdata.models import Location
from masterdata.selectors.places import default_location, virtual_location
from masterdata.selectors.units import InStockUnit, in_stock_unit
from masterdata.services.entry import check_quantity

MAIN = 0
"""The key of the order's own item among its products."""

RECEIVING = frozenset({WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS, WorkOrderState.COMPLETED})


def joint_split(
    work_order: WorkOrder, outputs: list[WorkOrderOutput], *, is_final: bool, late: Decimal = ZERO
) -> JointSplit:
    """Return the amount of every product, by key (MAIN: the order's item): of what came, or of what is planned.

    Planned: of the whole cost as it is expected now, material still to come at present cost. ``late``: conversion that
    came after the order was closed. Source: HARD_RULES §8.
    """
    material, conversion = work_order.material_cost, work_order.labour_cost + late
    main = work_order.completed_quantity
    if not is_final:
        lines = [line for line in work_order.materials.all() if line.open_quantity]
        costs = unit_costs({line.item_id for line in lines})
        material += sum((line.open_quantity * costs.get(line.item_id, ZERO) for line in lines), ZERO)
        main = work_order.quantity - work_order.scrapped_quantity
        made = max(work_order.reported_quantity, work_order.completed_quantity)
        conversion = conversion * main / made if made else conversion
    bill = work_order.bom
    products = [
        JointOutput(
            MAIN,
            main,
            weight=bill.material_weight if bill else Decimal(1),
            conversion_weight=bill.conversion_weight if bill else None,
        ),
        *(
            JointOutput(
                one.pk,
                one.received_quantity if is_final else one.planned_quantity,
                one.cost_method,
                weight=one.material_weight,
                conversion_weight=one.conversion_weight,
                percent=one.cost_percent,
                unit_amount=one.fixed_amount,
            )
            for one in outputs
        ),
    ]
    decimals = base_decimals()
    return split_joint_cost(
        material=round_amount(material, decimals),
        conversion=round_amount(conversion, decimals),
        outputs=products,
        decimals=decimals,
    )


def late_shares(work_order: WorkOrder, *, earlier: Decimal, amount: Decimal) -> dict[int, Decimal]:
    """Return, by item, what each product of a closed order bears of conversion that came late: as it bore the first.

    earlier  what had come late already.   Fixed amounts stay; without co- and by-products the order's item takes all.
    """
    outputs = list(work_order.outputs.order_by("line_no"))
    if not outputs:
        return {work_order.item_id: amount}
    before = joint_split(work_order, outputs, is_final=True, late=earlier).amounts
    after = joint_split(work_order, outputs, is_final=True, late=earlier + amount).amounts
    items = {one.pk: one.item_id for one in outputs} | {MAIN: work_order.item_id}
    return {items[key]: after[key] - before[key] for key in after if after[key] != before[key]}


def main_value(work_order: WorkOrder, outputs: list[WorkOrderOutput], quantity: Decimal) -> Decimal:
    """Return what ``quantity`` of the order's own item takes out of process, at its planned share."""
    whole = joint_split(work_order, outputs, is_final=False).amounts[MAIN]
    good = work_order.quantity - work_order.scrapped_quantity
    value = round_amount(whole * quantity / good, base_decimals()) if good else ZERO
    return max(ZERO, min(value, work_order.wip_cost))


@operation(
    permission="erp.receive_workorder",
    document=(WorkOrder, "work_order_id"),
    backdating=("posting_date", "erp.backdate_stock"),
)
def receive_output(
    *,
    work_order_id: int,
    output_id: int,
    quantity: Decimal,
    uom_id: int | None = None,
    lot_code: str = "",
    location_id: int | None = None,
    posting_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> WorkOrder:
    """Receive a co- or by-product into stock, also when the order's own item is complete; more than planned may come.

    quantity  in ``uom_id`` (None: the item's stock unit).
    A by-product (and a co-product of a fixed amount) comes at its fixed amount, at most what is in process; another
    co-product at its planned share, trued up when the order is closed.

    Raises:
        NotInProduction: the order is a draft, closed or cancelled.
        InvalidInput: it is not an output of the order, or the quantity is not above zero.
        LotRequired and the other refusals of `post_moves`.
    """
    work_order = lock(WorkOrder, work_order_id)
    if work_order.state not in RECEIVING:
        raise NotInProduction(document=work_order, state=work_order.get_state_display(), state_code=work_order.state)
    outputs = list(work_order.outputs.select_related("item__uom"))
    output, typed = _chosen(outputs, output_id, quantity, uom_id)
    quantity = typed.quantity
    wanted = _value(work_order, outputs, output, quantity)
    amount = max(ZERO, min(wanted, work_order.wip_cost))
    if output.fixed_amount and wanted > amount:
        output.capped_amount += wanted - amount
    begin_progress(work_order, actor=actor, at=at)
    lots = ensure_lots([LotInput(output.item_id, lot_code)], at) if lot_code else {}
    receipt = ProductionReceipt.objects.create(
        work_order=work_order,
        output=output,
        location_id=location_id or _usual_place(work_order, output, posting_date or business_date(at)).pk,
        lot=lots.get((output.item_id, lot_code.strip())),
        quantity=quantity,
        uom_id=typed.uom_id,
        unit_factor=typed.factor,
        amount=amount,
        receipt_date=posting_date or business_date(at),
        created_at=at,
        actor=actor,
    )
    post_moves(
        moves=[_move_in(receipt, output)],
        source=work_order,
        kind=MoveKind.PRODUCTION,
        date=receipt.receipt_date,
        actor=actor,
        at=at,
    )
    _carry(work_order, output, quantity, amount)
    expect_supply(work_order, actor=actor, at=at)
    return work_order


def _usual_place(work_order: WorkOrder, output: WorkOrderOutput, day: dt.date) -> Location:
    """Where it is put: in inspection when it is inspected as finished goods, else the warehouse's usual place."""
    waiting = receiving_places(work_order.warehouse, [output.item], InspectionKind.FINAL, day)
    return waiting.get(output.item_id) or default_location(work_order.warehouse)


def _move_in(receipt: ProductionReceipt, output: WorkOrderOutput) -> MoveInput:
    return MoveInput(
        item_id=output.item_id,
        from_location_id=virtual_location(Location.Kind.PRODUCTION).pk,
        to_location_id=receipt.location_id,
        quantity=receipt.quantity,
        lot_id=receipt.lot_id,
        amount=receipt.amount,
        source_line_id=receipt.pk,
        work_order_id=receipt.work_order_id,
        uom_id=receipt.uom_id,
        unit_factor=receipt.unit_factor,
    )


def _chosen(
    outputs: list[WorkOrderOutput], output_id: int, quantity: Decimal, uom_id: int | None
) -> tuple[WorkOrderOutput, InStockUnit]:
    output = next((one for one in outputs if one.pk == output_id), None)
    if output is None:
        raise InvalidInput(message=_("This does not come out of the order."), field="output_id")
    if quantity <= 0:
        raise InvalidInput(message=_("The quantity must be above zero."), field="quantity")
    typed = in_stock_unit(output.item, uom_id, quantity)
    check_quantity(output.item.uom, typed.quantity)
    return output, typed


def take_back_output(original: ProductionReceipt, work_order: WorkOrder, *, actor: Any, at: dt.datetime) -> None:
    """Take a receipt of a co- or by-product of a locked order back into process."""
    output = work_order.outputs.get(pk=original.output_id)
    receipt = ProductionReceipt.objects.create(
        work_order=work_order,
        output=output,
        location_id=original.location_id,
        lot_id=original.lot_id,
        quantity=original.quantity,
        amount=original.amount,
        receipt_date=business_date(at),
        created_at=at,
        actor=actor,
        reverses=original,
    )
    moves = StockMove.objects.filter(
        source_label="erp.workorder", source_id=work_order.pk, kind=MoveKind.PRODUCTION, source_line_id=original.pk
    )
    inputs = [replace(one, source_line_id=receipt.pk, work_order_id=work_order.pk) for one in reversal_of(list(moves))]
    post_moves(moves=inputs, source=work_order, kind=MoveKind.PRODUCTION, date=business_date(at), actor=actor, at=at)
    _carry(work_order, output, -original.quantity, -original.amount)
    expect_supply(work_order, actor=actor, at=at)


def _value(
    work_order: WorkOrder, outputs: list[WorkOrderOutput], output: WorkOrderOutput, quantity: Decimal
) -> Decimal:
    decimals = base_decimals()
    if output.fixed_amount or output.line_kind == BomLineKind.BY_PRODUCT:
        return round_amount(output.fixed_amount * quantity, decimals)
    whole = joint_split(work_order, outputs, is_final=False).amounts[output.pk]
    return round_amount(whole * quantity / output.planned_quantity, decimals)


def _carry(work_order: WorkOrder, output: WorkOrderOutput, quantity: Decimal, amount: Decimal) -> None:
    output.received_quantity += quantity
    output.received_cost += amount
    output.save(update_fields=["received_quantity", "received_cost", "capped_amount"])
    work_order.received_cost += amount
    WorkOrder.objects.filter(pk=work_order.pk).update(received_cost=work_order.received_cost)

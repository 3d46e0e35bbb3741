"""The cost baseline of a work order: bill, routing and rates as they are when it is released, frozen."""

import datetime as dt
from decimal import Decimal

from core.clock import business_date
from core.fields import ZERO
from erp.models import OrderBaseline, WorkOrder
from erp.selectors.cost_rollup import CostCycle, standard_cost_elements
from erp.selectors.costs import unit_costs
from erp.selectors.work_centers import Rate, rates_on
from erp.states.costing import CostElement
from erp.states.engineering import BomLineKind, OutputCost
from masterdata.models import Item

SIXTY = Decimal(60)


def freeze_baseline(work_order: WorkOrder, at: dt.datetime) -> None:
    """Write the baseline of a locked order: material by its list, hours by its operations, at present cost and rates.

    A material costs what a unit costs now; one never bought or made, what its bill and rates make of it.
    """
    date = business_date(at)
    last = OrderBaseline.objects.filter(work_order=work_order).order_by("-edition").values_list("edition", flat=True)
    rows = [*_materials(work_order, date), *_operations(work_order, date), *_by_products(work_order)]
    for row in rows:
        row.work_order, row.edition = work_order, (last[0] if last else 0) + 1
    OrderBaseline.objects.bulk_create(rows)


def copy_baseline(work_order: WorkOrder, onto: WorkOrder) -> None:
    """Give an order that was split off the baseline of the one it comes from, as it was frozen."""
    rows = OrderBaseline.objects.filter(work_order=work_order).order_by("-edition", "pk")
    last = rows.values_list("edition", flat=True).first()
    own = [row for row in rows if row.edition == last]
    for row in own:
        row.pk, row.work_order, row.edition = None, onto, 1
    OrderBaseline.objects.bulk_create(own)


def _materials(work_order: WorkOrder, date: dt.date) -> list[OrderBaseline]:
    lines = [line for line in work_order.materials.select_related("item") if line.required_quantity > 0]
    costs = unit_costs({line.item_id for line in lines})
    unknown = {line.item_id for line in lines} - costs.keys()
    if unknown:
        costs |= _rolled(unknown, date)
    return [
        OrderBaseline(
            element=CostElement.SUB_ASSEMBLY if line.item.supply_type == Item.SupplyType.MAKE else CostElement.MATERIAL,
            item_id=line.item_id,
            operation_no=line.operation_no,
            unit_quantity=line.required_quantity / work_order.quantity,
            price=costs.get(line.item_id, ZERO),
        )
        for line in lines
    ]


def _rolled(item_ids: set[int], date: dt.date) -> dict[int, Decimal]:
    try:
        return {pk: elements.total for pk, elements in standard_cost_elements(item_ids, date).items()}
    except CostCycle:
        return {}


def _operations(work_order: WorkOrder, date: dt.date) -> list[OrderBaseline]:
    operations = list(work_order.operations.all())
    rates = rates_on({one.work_center_id for one in operations if one.work_center_id}, date)
    rows = []
    for one in operations:
        if one.is_subcontracted:
            fee = {"unit_quantity": Decimal(1), "price": one.unit_price}
            rows.append(OrderBaseline(element=CostElement.SUBCONTRACT, operation_no=one.number, **fee))
            continue
        rate = rates.get(one.work_center_id or 0, Rate())
        hours = {
            "operation_no": one.number,
            "unit_quantity": one.run_minutes / work_order.quantity / SIXTY,
            "fixed_quantity": one.setup_minutes / SIXTY,
        }
        rows += [
            OrderBaseline(element=element, price=price, **hours)
            for element, price in (
                (CostElement.LABOUR, rate.labour),
                (CostElement.MACHINE, rate.machine),
                (CostElement.OVERHEAD, rate.overhead),
            )
            if price
        ]
    return rows


def _by_products(work_order: WorkOrder) -> list[OrderBaseline]:
    outputs = work_order.outputs.filter(line_kind=BomLineKind.BY_PRODUCT, cost_method=OutputCost.FIXED_AMOUNT)
    return [
        OrderBaseline(
            element=CostElement.BY_PRODUCT,
            item_id=one.item_id,
            unit_quantity=one.planned_quantity / work_order.quantity,
            price=-one.fixed_amount,
        )
        for one in outputs
    ]

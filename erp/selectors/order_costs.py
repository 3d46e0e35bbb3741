"""The cost card of work orders: planned, target, actual and projected by element, and the variances between them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.http import urlencode

from core.clock import company
from core.fields import ZERO
from core.money import round_amount
from erp.engines.joint_costs import JointOutput, split_joint_cost
from erp.engines.order_variances import Actual, Analysis, Planned, analyse, projected
from erp.models import (
    AbsorbedCost,
    OperationFee,
    OrderBaseline,
    ProductionReport,
    ValueEntry,
    WorkOrder,
    WorkOrderMaterial,
    WorkOrderOutput,
)
from erp.selectors.costs import unit_costs
from erp.states import SIDE_KINDS, MoveKind, WorkOrderState
from erp.states.costing import CostElement, Variance
from erp.states.engineering import BomLineKind
from erp.states.making import WorkOrderKind
from masterdata.models import Item

HUNDRED = Decimal(100)
ENDED = frozenset({WorkOrderState.COMPLETED, WorkOrderState.CLOSED, WorkOrderState.CANCELLED})
FINAL = frozenset({WorkOrderState.CLOSED, WorkOrderState.CANCELLED})
GOODS = frozenset({CostElement.MATERIAL, CostElement.SUB_ASSEMBLY})


@dataclass
class ElementRow:
    """One element of a card; base currency."""

    code: str
    label: Any
    planned: Decimal
    target: Decimal
    actual: Decimal
    url: str = ""

    @property
    def difference(self) -> Decimal:
        """Actual less target."""
        return self.actual - self.target


@dataclass
class CostCard:
    """What one order was to cost, should have cost for what it brought, costs and will have cost; base currency.

    goods_in  of a rework order: what the goods that are reworked will have brought into it.
    beside  the part of the actual cost that the co-products bear.
    """

    work_order: WorkOrder
    analysis: Analysis
    projected: Decimal
    has_baseline: bool
    goods_in: Decimal = ZERO
    beside: Decimal = ZERO

    @property
    def added(self) -> Decimal:
        """What the order will have added to the goods that went into it (rework), or made of other material."""
        return self.projected - self.goods_in

    @property
    def planned(self) -> Decimal:
        """The whole order by its baseline."""
        return sum(self.analysis.planned.values(), ZERO)

    @property
    def target(self) -> Decimal:
        """The baseline for the good quantity."""
        return sum(self.analysis.target.values(), ZERO)

    @property
    def actual(self) -> Decimal:
        """What is booked on it."""
        return sum(self.analysis.actual.values(), ZERO)

    @property
    def good(self) -> Decimal:
        """What it brought."""
        return good_of(self.work_order)

    @property
    def unit_cost(self) -> Decimal | None:
        """Actual cost of a good unit, less what the co-products bear; None before there is one."""
        return (self.actual - self.beside) / self.good if self.good else None

    @property
    def overrun_percent(self) -> Decimal:
        """How much above the plan it will come to, in percent; below zero: less."""
        if not self.planned:
            return ZERO
        return ((self.projected - self.planned) * HUNDRED / self.planned).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def rows(self) -> list[ElementRow]:
        """The elements that have any amount, in their order."""
        parts = self.analysis
        return [
            ElementRow(
                element.value,
                element.label,
                parts.planned.get(element, ZERO),
                parts.target.get(element, ZERO),
                parts.actual.get(element, ZERO),
                _behind(self.work_order, element),
            )
            for element in CostElement
            if element in {*parts.planned, *parts.target, *parts.actual}
        ]

    @property
    def elements(self) -> dict[str, Decimal]:
        """Actual amounts of all elements, by code."""
        return {element.value: self.analysis.actual.get(element, ZERO) for element in CostElement}

    @property
    def difference(self) -> Decimal:
        """Actual less target."""
        return self.analysis.difference

    @property
    def in_process(self) -> Decimal:
        """What stands on the order in work in process: the row of the ledger's account."""
        return self.work_order.wip_cost

    @property
    def variances(self) -> list[tuple[Any, Decimal]]:
        """Reason and amount of every variance; they add up to actual less target."""
        found = self.analysis.variances
        return [(reason.label, found[reason]) for reason in Variance if reason in found]

    def get_absolute_url(self) -> str:
        """Return the page of the order."""
        return str(self.work_order.get_absolute_url())


def good_of(work_order: WorkOrder) -> Decimal:
    """Return the good quantity an order has brought: in stock, or reported while it runs."""
    return max(work_order.completed_quantity, work_order.reported_quantity)


def cost_card(work_order: WorkOrder) -> CostCard:
    """Return the card of one order."""
    return cost_cards([work_order])[0]


def cost_cards(work_orders: Sequence[WorkOrder]) -> list[CostCard]:
    """Return the cards of orders, in their order (8 statements for all of them)."""
    keys = [order.pk for order in work_orders]
    outputs = _outputs(keys)
    baselines, actuals = _baselines(keys), _actuals(keys, outputs)
    own = company()
    decimals = own.base_decimals if own else 2
    cards = []
    for order in work_orders:
        planned, actual = baselines.get(order.pk, []), actuals.get(order.pk, [])
        good = good_of(order)
        analysis = analyse(
            planned,
            actual,
            ordered=order.quantity,
            good=good,
            scrapped=order.scrapped_quantity,
            decimals=decimals,
        )
        whole = round_amount(_in_the_end(order, planned, actual), decimals)
        goods = round_amount(_goods_in(order, planned, actual), decimals)
        beside = _beside(order, outputs.get(order.pk, ()), analysis.actual, decimals)
        cards.append(CostCard(order, analysis, whole, bool(planned), goods, beside))
    return cards


def _outputs(order_ids: Iterable[int]) -> dict[int, list[WorkOrderOutput]]:
    found: dict[int, list[WorkOrderOutput]] = defaultdict(list)
    for one in WorkOrderOutput.objects.filter(work_order__in=list(order_ids)).select_related("work_order__bom"):
        found[one.work_order_id].append(one)
    return found


def _beside(
    order: WorkOrder, outputs: Iterable[WorkOrderOutput], actual: Mapping[str, Decimal], decimals: int
) -> Decimal:
    """What the co-products bear of the actual cost: what they took, once that is final; before, in the plan's ratio.

    By-products are off already: they stand among the elements.
    """
    others = [one for one in outputs if one.line_kind == BomLineKind.CO_PRODUCT]
    if order.state in FINAL:
        return sum((one.received_cost for one in others), ZERO)
    good, ordered = good_of(order), order.quantity - order.scrapped_quantity
    whole = sum(actual.values(), ZERO)
    if not others or good <= 0 or ordered <= 0 or whole <= 0:
        return ZERO
    goods = sum((actual.get(element, ZERO) for element in GOODS), ZERO)
    gross = whole - actual.get(CostElement.BY_PRODUCT, ZERO)
    material = round_amount(whole * goods / gross, decimals) if gross else whole
    bill = others[0].work_order.bom
    main = JointOutput(
        0,
        good,
        weight=bill.material_weight if bill else Decimal(1),
        conversion_weight=bill.conversion_weight if bill else None,
    )
    beside = [
        JointOutput(
            one.pk,
            one.planned_quantity * good / ordered,
            one.cost_method,
            weight=one.material_weight,
            conversion_weight=one.conversion_weight,
            percent=one.cost_percent,
            unit_amount=one.fixed_amount,
        )
        for one in others
    ]
    split = split_joint_cost(material=material, conversion=whole - material, outputs=[main, *beside], decimals=decimals)
    return whole - split.amounts[main.key]


def _in_the_end(order: WorkOrder, planned: Sequence[Planned], actual: Sequence[Actual]) -> Decimal:
    """What is booked and, of an order that runs, what the baseline still asks for."""
    if order.state in ENDED:
        return sum((one.amount for one in actual), ZERO)
    return projected(planned, actual, ordered=order.quantity, made=good_of(order) + order.scrapped_quantity)


def _goods_in(order: WorkOrder, planned: Sequence[Planned], actual: Sequence[Actual]) -> Decimal:
    """What the order's own item brings into it: only rework takes that."""
    if order.kind != WorkOrderKind.REWORK:
        return ZERO

    def of_goods(rows: Sequence[Any]) -> list[Any]:
        return [one for one in rows if one.element in GOODS and one.key == order.item_id]

    return _in_the_end(order, of_goods(planned), of_goods(actual))


def card_with_rework(work_order: WorkOrder) -> tuple[CostCard, list[CostCard]]:
    """Return the card of an order, and those of the orders that rework what it made, the first one first."""
    orders = WorkOrder.objects.filter(origin=work_order, kind=WorkOrderKind.REWORK)
    again = orders.exclude(state=WorkOrderState.CANCELLED).select_related("item__uom").order_by("pk")
    card, *rest = cost_cards([work_order, *again])
    return card, rest


def _baselines(order_ids: Iterable[int]) -> dict[int, list[Planned]]:
    rows = OrderBaseline.objects.filter(work_order__in=list(order_ids))
    newest = rows.values("work_order").annotate(last=Max("edition")).values_list("work_order", "last")
    last = dict(newest)
    found: dict[int, list[Planned]] = defaultdict(list)
    for row in rows:
        if row.edition == last[row.work_order_id]:
            key = row.item_id or row.operation_no or 0
            found[row.work_order_id].append(Planned(row.element, key, row.unit_quantity, row.price, row.fixed_quantity))
    return found


def _actuals(order_ids: Iterable[int], outputs: Mapping[int, Sequence[WorkOrderOutput]]) -> dict[int, list[Actual]]:
    keys = list(order_ids)
    found: dict[int, list[Actual]] = defaultdict(list)
    _add_materials(keys, found)
    hours: dict[tuple[int, int], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for report in ProductionReport.objects.filter(work_order__in=keys).select_related("operation"):
        sign = -1 if report.reverses_id else 1
        step = report.operation
        row = hours[report.work_order_id, step.number if step else 0]
        row[0] += sign * report.hours
        row[1] += sign * report.labour_amount
    for (order_id, number), (time, amount) in hours.items():
        found[order_id].append(Actual(CostElement.LABOUR, number, time, amount))
    for one in AbsorbedCost.objects.filter(work_order__in=keys):
        number = one.operation_no or 0
        machine = Actual(CostElement.MACHINE, number, one.machine_hours, one.machine_amount)
        found[one.work_order_id] += [machine, Actual(CostElement.OVERHEAD, number, one.hours, one.overhead_amount)]
    for fee in OperationFee.objects.filter(work_order__in=keys):
        found[fee.work_order_id].append(Actual(CostElement.SUBCONTRACT, fee.operation_no, fee.quantity, fee.amount))
    for output in (one for rows in outputs.values() for one in rows):
        if output.line_kind != BomLineKind.BY_PRODUCT or not output.received_quantity:
            continue
        brought = (output.item_id, output.received_quantity, -output.received_cost)
        found[output.work_order_id].append(Actual(CostElement.BY_PRODUCT, *brought))
    return found


def _add_materials(keys: Sequence[int], found: dict[int, list[Actual]]) -> None:
    kinds = (MoveKind.ISSUE, MoveKind.ISSUE_RETURN)
    rows = (
        ValueEntry.objects.filter(work_order_id__in=keys, move__kind__in=kinds)
        .exclude(kind__in=SIDE_KINDS)
        .values("work_order_id", "item_id")
        .annotate(quantity=Sum("quantity"), amount=Sum("amount"))
        .order_by("work_order_id", "item_id")
    )
    listed = list(rows)
    items = Item.objects.only("supply_type").in_bulk({row["item_id"] for row in listed})
    replaced = _replaced(keys)
    costs = unit_costs({item_id for _order, item_id in replaced}) if replaced else {}
    for row in listed:
        order_id, item_id = int(row["work_order_id"] or 0), int(row["item_id"])
        is_made = items[item_id].supply_type == Item.SupplyType.MAKE
        element = CostElement.SUB_ASSEMBLY if is_made else CostElement.MATERIAL
        instead = replaced.get((order_id, item_id), 0)
        amount, quantity = -row["amount"], -row["quantity"]
        found[order_id].append(Actual(element, item_id, quantity, amount, instead, costs.get(item_id, ZERO)))


def _replaced(keys: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return {(order, item): the item it stands in for}."""
    rows = WorkOrderMaterial.objects.filter(work_order__in=keys, replaces__isnull=False)
    found = rows.values_list("work_order_id", "item_id", "replaces_id")
    return {(order, item): other or 0 for order, item, other in found}


def _behind(work_order: WorkOrder, element: CostElement) -> str:
    """The list behind an element's actual amount."""
    if element in {CostElement.MATERIAL, CostElement.SUB_ASSEMBLY}:
        return f"{reverse('erp:stock-move-list')}?{urlencode({'source': work_order.number})}"
    return ""


def orders_with_cost(user: Any) -> QuerySet[WorkOrder]:
    """Return the orders ``user`` may see on which something is booked, or that have a baseline."""
    booked = Q(material_cost__gt=0) | Q(labour_cost__gt=0) | Q(received_cost__gt=0) | Q(baseline__isnull=False)
    orders = WorkOrder.objects.visible_to(user).filter(booked).distinct()
    return orders.select_related("item__uom", "sales_order_line__order").order_by("-pk")

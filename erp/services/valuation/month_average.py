"""The month-end run of the weighted average: provisional issues are brought to the average of their month."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum

from core.fields import ZERO
from core.locks import lock_many, lock_rows
from core.money import round_amount, split_amount
from core.operations import operation
from erp import ports
from erp.engines.month_average import AverageFlow, MonthAverage, in_order
from erp.errors import MonthClosedForAverage, NoMonthAverage
from erp.models import AverageRun, AverageRunLine, ItemCost, StockMove, ValueEntry, WorkOrder
from erp.selectors.month_average import (
    back_later,
    components_and_products,
    last_day,
    month_averages,
    provisional_items,
)
from erp.selectors.subcontract_uses import outputs_of
from erp.services.late_costs import LateCost, follow_late_costs
from erp.services.stock.valuing import base_decimals
from erp.services.valuation.appending import append_value
from erp.services.valuation.inputs import ValueInput
from erp.states import EntryKind, MoveKind, ValueCounter, WorkOrderState

Differences = list[tuple[AverageFlow, Decimal]]
"""Issues with what they cost more than they are booked at."""


@operation(permission="erp.run_averagerun")
def run_month_average(*, month: dt.date, actor: Any, at: dt.datetime) -> AverageRun:
    """Value the issues of a month, and of the months after it that have begun, by the average of their month.

    Components before what is made of them: what an issue to a work order costs more goes into its work in process and,
    by what is finished of it, on to its receipts. Value entries are appended to the issues on their own dates; a second
    run with nothing posted between appends none. Nothing else can be posted while it runs. Source: HARD_RULES §13.

    Raises:
        NoMonthAverage: no issue of the month waits for an average.
        MonthClosedForAverage: the month takes no entries any more.
    """
    month = month.replace(day=1)
    months = _months_from(month)
    if not months or months[0] != month:
        raise NoMonthAverage(month=f"{month:%Y-%m}")
    orders = ValueEntry.objects.filter(is_provisional=True, booked_on__gte=month, work_order_id__isnull=False)
    lock_many(WorkOrder, orders.values_list("work_order_id", flat=True))
    lock_rows(ItemCost.objects.all(), order_by=("item_id",))
    if ports.adjustment_date("stock", last_day(month)) != last_day(month):
        raise MonthClosedForAverage(month=f"{month:%Y-%m}")
    run = AverageRun.objects.create(month=month, created_at=at, actor=actor)
    items = {item_id for one in months for item_id in provisional_items(one)}
    for level in in_order(sorted(items), components_and_products(month)):
        found, differences, back = _value_level(months, level)
        inputs = [_input(flow, cost) for flow, cost in differences]
        inputs += [ValueInput(move_id, cost, EntryKind.MONTH_AVERAGE) for move_id, cost in sorted(back.costs.items())]
        append_value(inputs=inputs, source=run, actor=actor, at=at)
        differences = back.kept(differences)
        for counter, output in (
            (ValueCounter.WIP, _output(differences)),
            (ValueCounter.SUBCONTRACT, _subcontracted(differences)),
        ):
            if not output:
                continue
            follow_late_costs(
                costs=output,
                kind=EntryKind.MONTH_AVERAGE,
                counter=counter,
                source=run,
                date=last_day(month),
                actor=actor,
                at=at,
            )
        AverageRunLine.objects.bulk_create(_line(run, one_month, one) for one_month, one in found)
    return run


def _months_from(month: dt.date) -> list[dt.date]:
    found = ValueEntry.objects.filter(is_provisional=True, booked_on__gte=month)
    return sorted({day.replace(day=1) for day in found.values_list("booked_on", flat=True).distinct()})


@dataclass
class _Back:
    """What goods that came back after their month cost more: by the move they came back with, and by their issue."""

    costs: dict[int, Decimal] = field(default_factory=dict)
    by_issue: dict[int, Decimal] = field(default_factory=dict)
    by_item: dict[int, list[tuple[dt.date, Decimal]]] = field(default_factory=lambda: defaultdict(list))

    def note(self, month: dt.date, one: MonthAverage, decimals: int) -> None:
        """Share what the issues of a month cost more with the goods of theirs that came back later."""
        changed = {flow.move_id: (flow, cost) for flow, cost in one.differences if flow.quantity > 0}
        for issue_id, rows in (back_later(month, changed) if changed else {}).items():
            flow, cost = changed[issue_id]
            stays = flow.quantity - sum((row.quantity for row in rows), ZERO)
            _kept, *shares = split_amount(cost, [stays, *(row.quantity for row in rows)], decimals)
            for row, share in zip(rows, shares, strict=True):
                self.costs[row.move_id] = share
                self.by_item[one.item_id].append((row.moved_on, share))
            self.by_issue[issue_id] = sum(shares, ZERO)

    def before(self, item_id: int, day: dt.date) -> Decimal:
        """Return what came back of an item before ``day`` costs more."""
        return sum((cost for moved_on, cost in self.by_item[item_id] if moved_on < day), ZERO)

    def kept(self, differences: Differences) -> Differences:
        """Return the differences without what came back."""
        left = [(flow, cost - self.by_issue.get(flow.move_id, ZERO)) for flow, cost in differences]
        return [(flow, cost) for flow, cost in left if cost]


def _value_level(
    months: Sequence[dt.date], item_ids: Sequence[int]
) -> tuple[list[tuple[dt.date, MonthAverage]], Differences, _Back]:
    """Value the items month after month, each opening with what the month before makes of it."""
    decimals = base_decimals()
    carried: dict[int, Decimal] = defaultdict(lambda: ZERO)
    back = _Back()
    found = []
    for month in months:
        wanted = set(provisional_items(month)) & set(item_ids)
        for item_id, one in sorted(month_averages(month, wanted, decimals).items()):
            earlier = back.before(item_id, month)
            own = back.before(item_id, last_day(month) + dt.timedelta(days=1)) - earlier
            if carried[item_id] + earlier or own:
                one.opening_value += carried[item_id] + earlier
                one.received_value += own
                one.close(decimals)
            carried[item_id] -= one.final - one.booked
            back.note(month, one, decimals)
            found.append((month, one))
    return found, [pair for _month, one in found for pair in one.differences], back


def _input(flow: AverageFlow, cost: Decimal) -> ValueInput:
    return ValueInput(flow.move_id, -cost, EntryKind.MONTH_AVERAGE)


def _output(differences: Iterable[tuple[AverageFlow, Decimal]]) -> list[LateCost]:
    """Spread what issues to work orders cost more over what those have made, by the finished share of each order."""
    costs = {flow.move_id: cost for flow, cost in differences}
    by_order: dict[int, Decimal] = defaultdict(lambda: ZERO)
    issued = ValueEntry.objects.filter(move__in=costs, work_order_id__isnull=False, kind=F("move__kind"))
    for move_id, order_id in issued.values_list("move_id", "work_order_id"):
        by_order[order_id or 0] += costs[move_id or 0]
    if not by_order:
        return []
    decimals = base_decimals()
    made = _receipts_of(by_order)
    output = []
    for order in WorkOrder.objects.filter(pk__in=made).order_by("pk"):
        cost = by_order[order.pk]
        good = order.quantity - order.scrapped_quantity
        if order.state not in {WorkOrderState.COMPLETED, WorkOrderState.CLOSED} and order.completed_quantity < good:
            cost = round_amount(cost * order.completed_quantity / good, decimals)
        shares = split_amount(cost, [quantity for _move, quantity in made[order.pk]], decimals)
        output += [
            LateCost(move_id, share) for (move_id, _q), share in zip(made[order.pk], shares, strict=True) if share
        ]
    return output


def _subcontracted(differences: Iterable[tuple[AverageFlow, Decimal]]) -> list[LateCost]:
    """Spread what subcontractors used cost more over what they made of it."""
    costs = {flow.move_id: cost for flow, cost in differences}
    output = []
    for used, made in sorted(outputs_of(costs).items()):
        shares = split_amount(costs[used], [quantity for _move, quantity in made], base_decimals())
        output += [LateCost(move_id, share) for (move_id, _q), share in zip(made, shares, strict=True) if share]
    return output


def _receipts_of(order_ids: Iterable[int]) -> dict[int, list[tuple[int, Decimal]]]:
    """Return the moves that brought an order's product in and stayed, with their quantities."""
    moves = StockMove.objects.filter(
        source_label="erp.workorder", source_id__in=order_ids, kind=MoveKind.PRODUCTION, reverses__isnull=True
    ).annotate(undone=Sum("reversals__quantity", default=ZERO))
    made: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for move in moves.order_by("pk"):
        if move.quantity > move.undone:
            made[move.source_id].append((move.pk, move.quantity - move.undone))
    return made


def _line(run: AverageRun, month: dt.date, one: MonthAverage) -> AverageRunLine:
    return AverageRunLine(
        run=run,
        item_id=one.item_id,
        month=month,
        opening_quantity=one.opening_quantity,
        opening_value=one.opening_value,
        received_quantity=one.received_quantity,
        received_value=one.received_value,
        average=one.average,
        issued_quantity=one.issued_quantity,
        booked_value=one.booked,
        final_value=one.final,
    )

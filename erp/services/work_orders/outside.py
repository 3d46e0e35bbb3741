"""Work at a supplier's: pieces that come back from a step with their fee, and what his invoice says more."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum

from core.audit import label_of
from core.documents import lock
from core.fields import ZERO
from core.locks import lock_once
from core.money import split_amount
from core.operations import operation
from erp.errors import NotInProduction, OverReport
from erp.errors.making import FeeIsSettled, PiecesWentOn
from erp.models import OperationFee, WorkOrder
from erp.selectors.work_orders import received_moves
from erp.services.late_costs import LateCost, follow_late_costs
from erp.services.overruns import tell_overruns, watch_budget
from erp.services.stock.valuing import base_decimals
from erp.services.work_orders.expecting import begin_progress
from erp.services.work_orders.outputs import late_shares
from erp.services.work_orders.steps import input_of, refresh_steps, steps_of
from erp.states import EntryKind, ValueCounter, WorkOrderState

ENDED = frozenset({WorkOrderState.CLOSED, WorkOrderState.CANCELLED})


@dataclass(frozen=True)
class OutsideWork:
    """One line of a document: pieces that came back (0: a fee alone) and the fee, base currency."""

    line_id: int
    quantity: Decimal
    amount: Decimal


@operation(permission=None)
def receive_outside_work(
    *,
    work_order_id: int,
    operation_no: int,
    work: Sequence[OutsideWork],
    source: Any,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
) -> None:
    """Take pieces back from a supplier's step: they are good there, and his fee is in process.

    Finance books the fee with the document that reports it. Source: HARD_RULES §7, §9.

    Raises:
        NotInProduction: the order is a draft, closed or cancelled.
        OverReport: more pieces than can have been at the step.
        CostAboveBudget: see watch_budget.
    """
    work_order = lock(WorkOrder, work_order_id)
    if work_order.state in {WorkOrderState.DRAFT, *ENDED}:
        raise NotInProduction(document=work_order, state=work_order.get_state_display(), state_code=work_order.state)
    _require_pieces(work_order, operation_no, sum((one.quantity for one in work), ZERO))
    begin_progress(work_order, actor=actor, at=at)
    rows = [_row(work_order, operation_no, one, source, date, actor=actor, at=at) for one in work]
    _book(work_order, rows, actor=actor, at=at)
    watch_budget(work_order, actor=actor, at=at)


def _require_pieces(work_order: WorkOrder, number: int, pieces: Decimal) -> None:
    steps = steps_of(work_order)
    step = next((one for one in steps if one.number == number), None)
    told = OperationFee.objects.filter(work_order=work_order, operation_no=number)
    back = told.aggregate(total=Sum("quantity"))["total"] or ZERO
    can_be = input_of(work_order, steps, step) if step is not None else work_order.quantity
    if back + pieces > can_be:
        raise OverReport(document=work_order, quantity=pieces, open=max(can_be - back, ZERO))


@operation(permission=None)
def return_outside_work(
    *,
    work_order_id: int,
    operation_no: int,
    work: Sequence[OutsideWork],
    source: Any,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
) -> None:
    """Give pieces back to a supplier's step: they are not good there any more, and their fee is not owed.

    work  pieces and fee as they came, above zero. Finance books the fee with the document that reports it.

    Raises:
        FeeIsSettled: the order is closed: its goods bear the fee.
        PiecesWentOn: fewer pieces are still between this step and the next.
    """
    work_order = lock(WorkOrder, work_order_id)
    if work_order.state in ENDED:
        raise FeeIsSettled(document=work_order)
    pieces = sum((one.quantity for one in work), ZERO)
    steps = steps_of(work_order)
    step = next((one for one in steps if one.number == operation_no), None)
    went_on = [one.reported_quantity for one in steps if one.number > operation_no]
    left = (step.good_quantity if step else ZERO) - max([work_order.completed_quantity, *went_on])
    if pieces > left:
        raise PiecesWentOn(document=work_order, step=str(step or operation_no), left=max(left, ZERO))
    undone = [OutsideWork(one.line_id, -one.quantity, -one.amount) for one in work]
    rows = [_row(work_order, operation_no, one, source, date, actor=actor, at=at) for one in undone]
    _book(work_order, rows, actor=actor, at=at)


@operation(permission=None)
def take_back_outside_work(*, source: Any, date: dt.date, actor: Any, at: dt.datetime) -> None:
    """Undo what a document reported: pieces and fee.

    Raises:
        FeeIsSettled: the order is closed: its goods bear the fee.
    """
    told = OperationFee.objects.filter(source_label=label_of(source), source_id=source.pk)
    sums = (
        told.order_by()
        .values("work_order_id", "operation_no", "source_line_id")
        .annotate(pieces=Sum("quantity"), fee=Sum("amount"))
    )
    by_order: dict[int, list[OperationFee]] = {}
    for one in sums:
        work_order = lock_once(WorkOrder, one["work_order_id"])
        if work_order.state in ENDED:
            raise FeeIsSettled(document=work_order)
        undone = OutsideWork(one["source_line_id"], -one["pieces"], -one["fee"])
        row = _row(work_order, one["operation_no"], undone, source, date, actor=actor, at=at)
        by_order.setdefault(work_order.pk, []).append(row)
    for rows in by_order.values():
        _book(rows[0].work_order, rows, actor=actor, at=at)


@operation(permission=None)
def correct_outside_fees(
    *, amounts: Mapping[tuple[str, int], Decimal], source: Any, date: dt.date, actor: Any, at: dt.datetime
) -> list[OperationFee]:
    """Bring fees to what ``source`` (an invoice) says: {(label, line) as received: how much more}, base currency.

    While its order is open a difference is in process; once it is settled the difference follows its goods (each part
    on its own day while that period is open, else in the first open one), against the accrual. Returns the new rows:
    those that are late are booked with the goods, but for what no goods are there to bear.
    """
    rows = []
    for (label, line_id), amount in sorted(amounts.items()):
        fee = OperationFee.objects.filter(source_label=label, source_line_id=line_id).order_by("pk").first()
        if fee is None or not amount:
            continue
        work_order = lock_once(WorkOrder, fee.work_order_id)
        row = _row(work_order, fee.operation_no, OutsideWork(line_id, ZERO, amount), source, date, actor=actor, at=at)
        row.is_late = work_order.state in ENDED
        if row.is_late:
            row.save(force_insert=True)
            _follow(row, source, actor=actor, at=at)
        else:
            _book(work_order, [row], actor=actor, at=at)
        rows.append(row)
    tell_overruns({row.work_order_id for row in rows if not row.is_late}, actor=actor, at=at)
    return rows


def has_goods(fee: OperationFee) -> bool:
    """Return whether the order of a fee brought goods that can bear it."""
    items = {fee.work_order.item_id, *fee.work_order.outputs.values_list("item_id", flat=True)}
    return any(received_moves(fee.work_order, item_id) for item_id in items)


def _row(
    work_order: WorkOrder, number: int, one: OutsideWork, source: Any, date: dt.date, *, actor: Any, at: dt.datetime
) -> OperationFee:
    return OperationFee(
        work_order=work_order,
        operation_no=number,
        quantity=one.quantity,
        amount=one.amount,
        source_label=label_of(source),
        source_id=source.pk,
        source_number=str(getattr(source, "number", ""))[:40],
        source_line_id=one.line_id,
        booked_on=date,
        created_at=at,
        actor=actor,
    )


def _book(work_order: WorkOrder, rows: Sequence[OperationFee], *, actor: Any, at: dt.datetime) -> None:
    """Store rows of a locked order and carry them to it and its steps."""
    OperationFee.objects.bulk_create(rows)
    amount = sum((one.amount for one in rows), ZERO)
    work_order.labour_cost += amount
    steps = steps_of(work_order)
    pieces = sum((one.quantity for one in rows if steps and one.operation_no == steps[-1].number), ZERO)
    work_order.reported_quantity += pieces
    WorkOrder.objects.filter(pk=work_order.pk).update(
        labour_cost=F("labour_cost") + amount, reported_quantity=F("reported_quantity") + pieces
    )
    if any(one.quantity for one in rows):
        refresh_steps(work_order, steps, actor=actor, at=at)


def _follow(fee: OperationFee, source: Any, *, actor: Any, at: dt.datetime) -> None:
    earlier = OperationFee.objects.filter(work_order=fee.work_order, is_late=True, pk__lt=fee.pk)
    told = earlier.aggregate(total=Sum("amount"))["total"] or ZERO
    costs = []
    for item_id, amount in late_shares(fee.work_order, earlier=told, amount=fee.amount).items():
        made = received_moves(fee.work_order, item_id)
        shares = split_amount(amount, [quantity for _move, quantity in made], base_decimals()) if made else []
        costs += [LateCost(move_id, share) for (move_id, _quantity), share in zip(made, shares, strict=True) if share]
    if not costs:
        return
    follow_late_costs(
        costs=costs,
        kind=EntryKind.PRICE_CORRECTION,
        counter=ValueCounter.GRNI,
        source=source,
        date=fee.booked_on,
        actor=actor,
        at=at,
    )

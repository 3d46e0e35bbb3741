"""Carrying open commitments, and the money they were budgeted with, into the next year's budget."""

import datetime as dt
from typing import Any

from core import audit, history
from core.clock import business_date
from core.documents import lock
from core.locks import LockRank, advisory_lock, lock_rows
from core.operations import operation
from finance.errors import (
    BudgetCarried,
    BudgetNotInForce,
    BudgetYearRunning,
    LaterYearCarried,
    NextBudgetReplaced,
    NoNextBudget,
    NothingCarried,
    ReasonMissing,
)
from finance.models import Budget, BudgetCarry, BudgetCarryLine, BudgetCarryUndo, BudgetLine
from finance.selectors.budgets.carrying import CarryPreview, carry_preview, raised_by
from finance.services.budgets.alerts import watch
from finance.states import BudgetState


@operation(permission="finance.carry_budget", document=(Budget, "budget_id"))
def carry_commitments(
    *, budget_id: int, version: int | None = None, reason: str = "", actor: Any, at: dt.datetime
) -> BudgetCarry:
    """Carry what requisitions and orders of a year that is over still have open into the next year's budget, once.

    From then on those commitments stand against the next year, and each of its lines that bears one rises by its amount
    if this year's budget had money for it. What was done stands written line by line.

    Raises:
        StaleVersion: somebody changed the budget since the user saw it.
        BudgetNotInForce: it is a draft, or was replaced.
        BudgetYearRunning: its year is not over.
        NoNextBudget: no budget of the next year is in force.
        BudgetCarried: it was done for this year, or a later one.
    """
    year = Budget.objects.values_list("year", flat=True).get(pk=budget_id)
    for one in (year, year + 1):
        advisory_lock(f"finance.budget.{one}", rank=LockRank.HEADER)
    budget = lock(Budget, budget_id, version=version)
    preview = carry_preview(budget)
    following = _require_ready(preview, at)
    lines = {line.pk: line for line in lock_rows(BudgetLine.objects.filter(budget=following))}
    preview = carry_preview(budget)
    carry = BudgetCarry.objects.create(
        year=year,
        round=1 + len(preview.undone),
        carried_until=preview.until,
        budget_from=budget,
        budget_to=following,
        amount=preview.total,
        reason=reason[:500],
        actor=actor if getattr(actor, "pk", None) else None,
        created_at=at,
    )
    BudgetCarryLine.objects.bulk_create(_written(carry, preview))
    raised = []
    for line, amount in preview.raises:
        lines[line.pk].amount += amount
        raised.append(lines[line.pk])
    history.bulk_update(raised, BudgetLine, ["amount"])
    audit.record(following, "carried", actor=actor, at=at, reason=reason, year=year, amount=str(preview.total))
    watch(line_ids=lines, cause=str(budget), at=at)
    return carry


@operation(permission="finance.carry_budget", document=(Budget, "budget_id"))
def undo_carry(
    *, budget_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> BudgetCarryUndo:
    """Take back what `carry_commitments` did for a year: its lines fall by what they rose, the commitments go home.

    The carry-forward and its rows stay written, with who took it back and why; the year may be carried again.

    Raises:
        ReasonMissing: no reason was given.
        NothingCarried: the year's commitments were not carried forward (or it was taken back already).
        LaterYearCarried: a later year was carried since; take that back first.
        NextBudgetReplaced: the budget that rose is not in force any more, its successor has the amounts.
        StaleVersion: somebody changed the budget since the user saw it.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    year = Budget.objects.values_list("year", flat=True).get(pk=budget_id)
    for one in (year, year + 1):
        advisory_lock(f"finance.budget.{one}", rank=LockRank.HEADER)
    budget = lock(Budget, budget_id, version=version)
    done = carry_preview(budget).done
    if done is None:
        raise NothingCarried(document=budget)
    if done.year != year:
        raise LaterYearCarried(year=done.year)
    following = lock(Budget, done.budget_to_id)
    if following.state != BudgetState.ACTIVE:
        raise NextBudgetReplaced(document=following)
    raised = raised_by(done)
    lines = list(lock_rows(BudgetLine.objects.filter(pk__in=raised)))
    for line in lines:
        line.amount -= raised[line.pk]
    history.bulk_update(lines, BudgetLine, ["amount"])
    undo = BudgetCarryUndo.objects.create(
        carry=done, reason=reason.strip()[:500], actor=actor if getattr(actor, "pk", None) else None, created_at=at
    )
    for document in (budget, following):
        audit.record(document, "carry_undone", actor=actor, at=at, reason=reason, year=year, amount=str(done.amount))
    watch(line_ids=raised, cause=str(budget), at=at)
    return undo


def _require_ready(preview: CarryPreview, at: dt.datetime) -> Budget:
    budget = preview.budget
    if budget.state != BudgetState.ACTIVE:
        raise BudgetNotInForce(document=budget)
    if preview.done is not None:
        raise BudgetCarried(document=budget, year=preview.done.year)
    if business_date(at) <= preview.until:
        raise BudgetYearRunning(document=budget, date=preview.until)
    if preview.following is None:
        raise NoNextBudget(year=budget.year + 1)
    return lock(Budget, preview.following.pk)


def _written(carry: BudgetCarry, preview: CarryPreview) -> list[BudgetCarryLine]:
    return [
        BudgetCarryLine(
            carry=carry,
            source_label=row.commitment.source_label,
            source_id=row.commitment.source_id,
            source_number=row.commitment.source_number,
            line_id=row.commitment.line_id,
            stage=row.commitment.stage,
            due_date=row.commitment.due_date,
            amount=row.commitment.amount,
            target=target,
        )
        for row in preview.rows
        for target in (row.targets if row.is_carried else [None])
    ]

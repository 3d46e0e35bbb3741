"""Writing budgets and putting them in force."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Max

from core import history
from core.documents import lock, transition
from core.locks import LockRank, advisory_lock
from core.operations import operation
from finance.errors import BudgetNotDraft, EmptyBudget, NoFiscalPeriod, WrongBudgetLine
from finance.models import Account, Budget, BudgetLine, FiscalPeriod
from finance.selectors.accounts import forget_accounts
from finance.services.budgets.alerts import watch
from finance.states import BudgetState

KEY = ("account_id", "department_id", "project_id", "sales_order_id", "month")
COPIED = (*KEY, "first", "last", "amount", "warn_percent", "stop_percent")


@operation(permission="finance.change_budget")
def create_budget(
    *, year: int, name: str, responsible_id: int | None = None, note: str = "", actor: Any, at: dt.datetime
) -> Budget:
    """Start the next version of a year's budget, as a draft without lines.

    Raises:
        NoFiscalPeriod: the year is not open.
    """
    _year_days(year, None)
    advisory_lock(f"finance.budget.{year}", rank=LockRank.HEADER)
    last = Budget.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
    return Budget.objects.create(
        code=f"{year}-V{last + 1}",
        name=name,
        year=year,
        number=last + 1,
        responsible_id=responsible_id,
        note=note,
    )


@operation(permission="finance.change_budget", document=(Budget, "budget_id"))
def copy_budget(*, budget_id: int, name: str = "", actor: Any, at: dt.datetime) -> Budget:
    """Start a new version with the lines of this one."""
    year = Budget.objects.values_list("year", flat=True).get(pk=budget_id)
    advisory_lock(f"finance.budget.{year}", rank=LockRank.HEADER)
    original = lock(Budget, budget_id)
    copy: Budget = create_budget(
        year=original.year,
        name=name or original.name,
        responsible_id=original.responsible_id,
        note=original.note,
        actor=actor,
        at=at,
    )
    lines = [BudgetLine(budget=copy, **{name: getattr(line, name) for name in COPIED}) for line in original.lines.all()]
    history.bulk_create(lines, BudgetLine)
    return copy


@operation(permission="finance.change_budget", document=(Budget, "budget_id"))
def save_budget_line(
    *,
    budget_id: int,
    account_id: int,
    amount: Decimal,
    department_id: int | None = None,
    project_id: int | None = None,
    sales_order_id: int | None = None,
    month: int | None = None,
    warn_percent: Decimal = Decimal(90),
    stop_percent: Decimal | None = Decimal(100),
    actor: Any,
    at: dt.datetime,
) -> BudgetLine:
    """Set the amount of one account, dimension and month (None: the whole year); the same key again replaces it.

    Raises:
        BudgetNotDraft: the budget is in force or replaced; copy it to a new version.
        WrongBudgetLine: an amount or level below zero, or a month that is none.
        NoFiscalPeriod: the year has no such month.
    """
    budget = lock(Budget, budget_id)
    _require_draft(budget)
    stops = stop_percent is None or stop_percent > 0
    if amount < 0 or warn_percent <= 0 or not stops or (month is not None and not 1 <= month <= 12):
        raise WrongBudgetLine(account=Account.objects.get(pk=account_id))
    first, last = _year_days(budget.year, month)
    key = {"account_id": account_id, "department_id": department_id, "project_id": project_id}
    key |= {"sales_order_id": sales_order_id, "month": month}
    line = BudgetLine.objects.filter(budget=budget, **key).first() or BudgetLine(budget=budget, **key)
    line.first, line.last, line.amount = first, last, amount
    line.warn_percent, line.stop_percent = warn_percent, stop_percent
    line.save()
    return line


@operation(permission="finance.change_budget", document=(Budget, "budget_id"))
def remove_budget_line(*, budget_id: int, line_id: int, actor: Any, at: dt.datetime) -> Budget:
    """Take a line out of a draft.

    Raises:
        BudgetNotDraft: the budget is in force or replaced.
    """
    budget = lock(Budget, budget_id)
    _require_draft(budget)
    for line in BudgetLine.objects.filter(budget=budget, pk=line_id):
        line.delete()
    return budget


@operation(permission="finance.activate_budget", document=(Budget, "budget_id"))
def activate_budget(*, budget_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Budget:
    """Put a draft in force; the version that was in force is replaced. Lines already passed raise their alerts now.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is no draft.
        EmptyBudget: it has no lines.
    """
    year = Budget.objects.values_list("year", flat=True).get(pk=budget_id)
    advisory_lock(f"finance.budget.{year}", rank=LockRank.HEADER)
    budget = lock(Budget, budget_id, version=version)
    if not budget.lines.exists():
        raise EmptyBudget(document=budget)
    present = Budget.objects.filter(year=year, state=BudgetState.ACTIVE).exclude(pk=budget.pk).first()
    if present is not None:
        transition(lock(Budget, present.pk), BudgetState.REPLACED, actor=actor, at=at)
    transition(budget, BudgetState.ACTIVE, actor=actor, at=at)
    forget_accounts()
    watch(line_ids=budget.lines.values_list("pk", flat=True), cause=str(budget), at=at)
    return budget


def _require_draft(budget: Budget) -> None:
    if budget.state != BudgetState.DRAFT:
        raise BudgetNotDraft(document=budget)


def _year_days(year: int, month: int | None) -> tuple[dt.date, dt.date]:
    periods = FiscalPeriod.objects.filter(year=year)
    if month is not None:
        periods = periods.filter(month=month)
    days = list(periods.order_by("d0").values_list("d0", "d1"))
    if not days:
        raise NoFiscalPeriod(date=f"{year}-{month:02d}" if month else str(year))
    return days[0][0], days[-1][1]

"""What is used and committed of budget lines, and which lines a cost falls under: set-based, whatever their number."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max

from core.fields import ZERO
from finance.models import Budget, BudgetCarry
from finance.selectors.accounts import account_book
from finance.states import AccountRole, BudgetState, CommitmentStage
from scm.ports import BudgetNeed

TREES = """
below_account(root, id) AS (
  SELECT id, id FROM finance_account
  UNION ALL SELECT b.root, a.id FROM below_account b JOIN finance_account a ON a.parent_id = b.id
), below_department(root, id) AS (
  SELECT id, id FROM masterdata_department
  UNION ALL SELECT b.root, d.id FROM below_department b JOIN masterdata_department d ON d.parent_id = b.id
)"""

SAME_PART = """
(w.department_id IS NULL OR EXISTS (SELECT 1 FROM below_department d
  WHERE d.root = w.department_id AND d.id = x.department_id))
AND (w.project_id IS NULL OR w.project_id = x.project_id)"""

COUNTS_AS_USED = """
e.event NOT IN ('carry_over', 'year_end')
AND (a.kind <> 'asset' OR e.source_label IN ('scm.goodsreceipt', 'scm.supplierreturn', 'finance.invoice')
  OR e.event = 'manual')"""
"""On an asset account (stock, machines) a budget counts what is bought, not what is used up or written off."""

CARRIED_TO = """(SELECT coalesce(max(carried_until) + 1, DATE '0001-01-01') FROM finance_budgetcarry c
  WHERE NOT EXISTS (SELECT 1 FROM finance_budgetcarryundo u WHERE u.carry_id = c.id))"""
"""The day that commitments stand against which were due before it and were carried forward."""

USED = f"""
WITH RECURSIVE {TREES}
SELECT w.id, 'used',
  coalesce(sum(x.amount * CASE WHEN a.kind IN ('revenue', 'liability', 'equity') THEN -1 ELSE 1 END), 0)
FROM finance_budgetline w JOIN below_account b ON b.root = w.account_id
  JOIN finance_journalline x ON x.account_id = b.id JOIN finance_account a ON a.id = b.id
  JOIN finance_journalentry e ON e.id = x.entry_id AND e.entry_date BETWEEN w.first AND w.last
WHERE w.id = ANY(%(lines)s) AND {COUNTS_AS_USED} AND {SAME_PART}
  AND (w.sales_order_id IS NULL OR w.sales_order_id = x.sales_order_id)
GROUP BY w.id"""

COMMITTED = f"""
WITH RECURSIVE {TREES}
SELECT w.id, CASE WHEN x.source_label = %(label)s AND x.source_id = %(document)s AND x.stage <> 'receipt'
  THEN 'own' ELSE x.stage END, sum(x.amount)
FROM finance_budgetline w JOIN below_account b ON b.root = w.account_id
  JOIN finance_commitment x ON x.account_id = b.id AND greatest(x.due_date, {CARRIED_TO}) BETWEEN w.first AND w.last
WHERE w.id = ANY(%(lines)s) AND w.sales_order_id IS NULL AND {SAME_PART}
GROUP BY 1, 2"""

FALLING_UNDER = f"""
WITH RECURSIVE {TREES}, x AS (
  SELECT * FROM unnest(%(accounts)s::bigint[], %(departments)s::bigint[], %(projects)s::bigint[], %(orders)s::bigint[],
    %(days)s::date[], %(amounts)s::numeric[]) AS n(account_id, department_id, project_id, sales_order_id, day, amount))
SELECT w.id, sum(x.amount)
FROM x JOIN below_account b ON b.id = x.account_id JOIN finance_budgetline w ON w.account_id = b.root
  AND x.day BETWEEN w.first AND w.last JOIN finance_budget v ON v.id = w.budget_id AND v.state = 'active'
WHERE {SAME_PART} AND (w.sales_order_id IS NULL OR w.sales_order_id = x.sales_order_id)
GROUP BY w.id ORDER BY w.id"""


@dataclass(frozen=True)
class Cost:
    """A cost that may fall under budgets: net in base currency, on a day, with its account and dimensions."""

    account_id: int
    day: dt.date
    amount: Decimal
    department_id: int | None = None
    project_id: int | None = None
    sales_order_id: int | None = None


@dataclass(frozen=True)
class Consumption:
    """What stands against a budget line; ``own`` is what the asking document itself is committed for."""

    used: Decimal = ZERO
    requisitions: Decimal = ZERO
    orders: Decimal = ZERO
    receipts: Decimal = ZERO
    own: Decimal = ZERO

    @property
    def committed(self) -> Decimal:
        """All stages together, the asking document left out."""
        return self.requisitions + self.orders + self.receipts

    @property
    def total(self) -> Decimal:
        """Used and committed, the asking document left out."""
        return self.used + self.committed


def costs_of(needs: Sequence[BudgetNeed]) -> list[Cost]:
    """Return purchasing's needs with the account each will be booked on: stock for items, else services.

    What is needed in a year that was carried forward stands against the first day after it.
    """
    floor = carried_to()
    book = account_book({need.item_id for need in needs if need.item_id})
    return [
        Cost(
            account_id=book.account(AccountRole.STOCK if need.item_id else AccountRole.PURCHASE_EXPENSE, need.item_id),
            day=max(need.day, floor),
            amount=need.amount,
            department_id=need.department_id,
            project_id=need.project_id,
        )
        for need in needs
    ]


def carried_to() -> dt.date:
    """Return the first day of the year that commitments were carried into last; the first of all days without one."""
    until = BudgetCarry.objects.filter(undo__isnull=True).aggregate(last=Max("carried_until"))["last"]
    return until + dt.timedelta(days=1) if until else dt.date.min


def is_budgeted() -> bool:
    """Return whether any budget is in force; without one nothing is asked."""
    return Budget.objects.filter(state=BudgetState.ACTIVE).exists()


def lines_under(costs: Sequence[Cost]) -> dict[int, Decimal]:
    """Return {key of a budget line in force: what of ``costs`` falls under it}; one statement."""
    values: dict[str, list[Any]] = {
        "accounts": [one.account_id for one in costs],
        "departments": [one.department_id for one in costs],
        "projects": [one.project_id for one in costs],
        "orders": [one.sales_order_id for one in costs],
        "days": [one.day for one in costs],
        "amounts": [one.amount for one in costs],
    }
    with connection.cursor() as cursor:
        cursor.execute(FALLING_UNDER, values)
        return dict(cursor.fetchall())


def consumption(line_ids: Iterable[int], document: tuple[str, int] = ("", 0)) -> dict[int, Consumption]:
    """Return what is used and committed of each line; what ``document`` (label, key) is committed for stands apart.

    Two statements.
    """
    lines = sorted(set(line_ids))
    values: dict[str, Any] = {"lines": lines, "label": document[0], "document": document[1]}
    sums: dict[int, dict[str, Decimal]] = {pk: {} for pk in lines}
    with connection.cursor() as cursor:
        for statement in (USED, COMMITTED):
            cursor.execute(statement, values)
            for pk, stage, amount in cursor.fetchall():
                sums[pk][stage] = amount
    return {
        pk: Consumption(
            used=found.get("used", ZERO),
            requisitions=found.get(CommitmentStage.REQUISITION, ZERO),
            orders=found.get(CommitmentStage.ORDER, ZERO),
            receipts=found.get(CommitmentStage.RECEIPT, ZERO),
            own=found.get("own", ZERO),
        )
        for pk, found in sums.items()
    }

"""Asking a budget before something is committed against it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.audit import label_of
from core.fields import ZERO
from core.locks import lock_rows
from core.people import people_with
from finance.errors import BudgetExceeded
from finance.models import BudgetLine, BudgetRelease
from finance.selectors.budgets.consumption import Consumption, consumption, costs_of, is_budgeted, lines_under
from finance.selectors.budgets.report import stop_level
from scm.ports import BudgetNeed

RELEASE = "finance.release_budget"


def require_budget(document: Any, needs: Sequence[BudgetNeed], actor: Any) -> None:
    """Refuse what would take a budget past its stop level, under the locks of the budget lines concerned.

    The document's own commitments are taken off first; one that becomes no dearer is let through whatever stands. A
    release of the document covers what it goes over by.

    Raises:
        BudgetExceeded: the first line that has not enough left.
    """
    if not needs or not is_budgeted():
        return
    wanted = lines_under(costs_of(needs))
    lines = lock_rows(BudgetLine.objects.filter(pk__in=wanted, stop_percent__isnull=False))
    if not lines:
        return
    standing = consumption((line.pk for line in lines), (label_of(document), document.pk))
    released = _released(document, lines)
    for line in lines:
        over = standing[line.pk].total + wanted[line.pk] - stop_level(line)
        if over > released.get(line.pk, ZERO) and wanted[line.pk] > standing[line.pk].own:
            _refuse(document, line, standing[line.pk], wanted[line.pk])


def _released(document: Any, lines: Sequence[BudgetLine]) -> dict[int, Decimal]:
    rows = BudgetRelease.objects.filter(
        document_label=label_of(document), document_id=document.pk, line__in=[line.pk for line in lines]
    )
    return dict(rows.order_by().values_list("line").annotate(total=Sum("amount")))


def _refuse(document: Any, line: BudgetLine, standing: Consumption, wanted: Decimal) -> None:
    raise BudgetExceeded(
        document=document,
        line=line,
        budget=line.amount,
        used=standing.used,
        committed=standing.committed,
        left=stop_level(line) - standing.total,
        wanted=wanted,
        who=people_with(RELEASE),
    )

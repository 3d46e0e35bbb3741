"""Recording what purchase documents are committed for, in the transaction that changes them."""

import datetime as dt
from typing import Any

from django.db import connection

from core.audit import label_of
from core.fields import ZERO
from core.operations import operation
from finance.models import Commitment
from finance.selectors.budgets.consumption import Cost, carried_to, is_budgeted, lines_under
from finance.selectors.budgets.documents import COLUMNS, OPEN_DOCUMENTS
from finance.services.budgets.alerts import watch


@operation(permission=None)
def follow_document(*, document: Any, actor: Any, at: dt.datetime) -> int:
    """Write the commitments of a requisition or purchase order anew from its lines; returns how many there are.

    The caller holds the document's lock. Budget lines that this takes past a level raise their alert.
    """
    label = label_of(document)
    Commitment.objects.filter(source_label=label, source_id=document.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO finance_commitment ({COLUMNS}) SELECT {COLUMNS} FROM ({OPEN_DOCUMENTS}) found "
            "WHERE source_label = %s AND source_id = %s",
            [label, document.pk],
        )
        count: int = cursor.rowcount
    if count and is_budgeted():
        rows = Commitment.objects.filter(source_label=label, source_id=document.pk)
        floor = carried_to()
        costs = [
            Cost(row.account_id, max(row.due_date, floor), row.amount or ZERO, row.department_id, row.project_id)
            for row in rows
        ]
        watch(line_ids=list(lines_under(costs)), cause=str(document), at=at)
    return count

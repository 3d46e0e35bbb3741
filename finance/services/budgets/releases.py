"""Letting one document pass the stop level of a budget."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.apps import apps

from core import audit
from core.documents import lock
from core.operations import operation
from finance.errors import NothingToRelease
from finance.models import BudgetLine, BudgetRelease

DOCUMENTS = ("scm.requisition", "scm.purchaseorder")


@operation(permission="finance.release_budget")
def release_budget(
    *, document_label: str, document_id: int, line_id: int, amount: Decimal, reason: str, actor: Any, at: dt.datetime
) -> BudgetRelease:
    """Let a requisition or purchase order go over a budget line by ``amount`` at most; whoever approves it can then.

    Raises:
        NothingToRelease: no such document, no reason, or no amount.
    """
    if document_label not in DOCUMENTS or amount <= 0 or not reason.strip():
        raise NothingToRelease()
    document = apps.get_model(document_label)._default_manager.filter(pk=document_id).first()
    if document is None:
        raise NothingToRelease()
    line = lock(BudgetLine, line_id)
    release = BudgetRelease.objects.create(
        line=line,
        document_label=document_label,
        document_id=document_id,
        document_number=str(document),
        amount=amount,
        reason=reason.strip()[:500],
        actor=actor,
        created_at=at,
    )
    audit.record(document, "budget_released", actor=actor, at=at, reason=reason, amount=str(amount), line=str(line))
    return release

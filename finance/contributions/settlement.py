"""Write-offs, provisions, blocked invoices and the settings of receivables: navigation, waiting work, approval."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import Approvable, Fact, Work, WorkItems
from finance.contributions.links import list_url
from finance.models import Invoice, WriteOff
from finance.selectors.matching import blocked
from finance.states import WriteOffState


def blocked_waiting(user: Any, limit: int) -> Sequence[Work]:
    """Supplier invoices that differ from order or receipt."""
    rows = blocked(Invoice.objects.visible_to(user)).select_related("partner").order_by("due_date", "pk")
    return [Work(str(row), row.get_absolute_url(), str(row.partner), row.due_date) for row in rows[:limit]]


def write_offs_waiting(user: Any, limit: int) -> Sequence[Work]:
    """Draft write-offs that wait for the second person."""
    rows = WriteOff.objects.filter(state=WriteOffState.DRAFT).select_related("partner").order_by("pk")
    return [Work(str(row), row.get_absolute_url(), str(row.partner), row.document_date) for row in rows[:limit]]


WORK = (
    WorkItems(
        "finance.blocked_invoices",
        _("Supplier invoices blocked for payment"),
        "finance.release_invoice",
        waiting=lambda user: blocked(Invoice.objects.visible_to(user)),
        items=blocked_waiting,
        url=list_url("finance:invoice-list", "blocked=true&kind=supplier"),
        step=7,
        order=44,
    ),
    WorkItems(
        "finance.draft_write_offs",
        _("Draft write-offs"),
        "finance.post_writeoff",
        waiting=lambda user: WriteOff.objects.filter(state=WriteOffState.DRAFT),
        items=write_offs_waiting,
        url=list_url("finance:write-off-list", "state=draft"),
        order=45,
    ),
)


def write_off_content(write_off: WriteOff) -> dict[str, Any]:
    """What an approval of a write-off is bound to."""
    lines = write_off.lines.order_by("pk").values_list("invoice_id", "grni_id", "amount")
    return {"partner": write_off.partner_id, "kind": write_off.kind, "lines": [list(line) for line in lines]}


APPROVABLE = Approvable(
    "finance.writeoff",
    _("Write-off"),
    "finance.approve_writeoff",
    facts=lambda write_off: {"amount": write_off.amount},
    content=write_off_content,
    url=lambda write_off: write_off.get_absolute_url(),
    fact_names={"amount": _("Amount in base currency")},
)

CONTRIBUTIONS = (
    *WORK,
    APPROVABLE,
    Fact(_("write-off and provision for bad debts"), "finance", 7),
)

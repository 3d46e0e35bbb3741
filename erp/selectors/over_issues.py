"""What was asked for beyond the plan of a work order: its value, and what an approval is bound to."""

from decimal import Decimal
from typing import Any

from core.approvals.models import ApprovalPolicy
from core.fields import ZERO
from core.money import round_amount
from erp.models import WorkOrder
from erp.selectors.costs import unit_costs

WORK_ORDER = "erp.workorder"


def extra_facts(work_order: WorkOrder) -> dict[str, Decimal | None]:
    """Return the value of what was asked for beyond the plan, at present unit cost; None when nothing was."""
    rows = dict(work_order.materials.filter(extra_quantity__gt=0).values_list("item_id", "extra_quantity"))
    if not rows:
        return {"over_issue": None}
    costs = unit_costs(rows)
    return {"over_issue": round_amount(sum((costs.get(pk, ZERO) * q for pk, q in rows.items()), ZERO))}


def has_policy() -> bool:
    """Return whether the company lets somebody agree to material beyond the plan."""
    return ApprovalPolicy.objects.filter(document_label=WORK_ORDER, fact="over_issue", is_active=True).exists()


def extra_content(work_order: WorkOrder) -> Any:
    """Return what an approval of an over-issue is bound to: the materials and what was asked for of each."""
    rows = work_order.materials.filter(extra_quantity__gt=0).order_by("pk")
    return [[pk, str(quantity)] for pk, quantity in rows.values_list("pk", "extra_quantity")]

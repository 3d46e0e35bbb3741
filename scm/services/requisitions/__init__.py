"""Requisitions: typed or from the plan, approved, ordered, received."""

from scm.services.requisitions.approval import approve_requisition, close_requisition, reject_requisition
from scm.services.requisitions.drafting import (
    cancel_requisition,
    create_requisition,
    submit_requisition,
    update_requisition,
    withdraw_requisition,
)
from scm.services.requisitions.planned import record_planned_requirement
from scm.services.requisitions.progress import recompute_requisition_lines

__all__ = [
    "approve_requisition",
    "cancel_requisition",
    "close_requisition",
    "create_requisition",
    "recompute_requisition_lines",
    "record_planned_requirement",
    "reject_requisition",
    "submit_requisition",
    "update_requisition",
    "withdraw_requisition",
]

"""Asking whether there is budget for what a requisition or an order will cost."""

from collections.abc import Iterable
from typing import Any

from core.clock import company
from core.fields import ZERO
from core.money import round_amount
from scm import ports
from scm.models import PurchaseOrder, PurchaseOrderLine, Requisition
from scm.ports import BudgetNeed


def require_budget_for_order(order: PurchaseOrder, lines: Iterable[PurchaseOrderLine], *, actor: Any = None) -> None:
    """Ask for the part of the lines that is still to come, at the order's prices and rate.

    Raises:
        (the provider's refusal): a budget would pass its stop level.
    """
    ports.budget_check(document=order, needs=needs_of_order(order, lines), actor=actor)


def needs_of_order(order: PurchaseOrder, lines: Iterable[PurchaseOrderLine]) -> list[BudgetNeed]:
    """Return what is still to come of the lines, net at the order's prices and rate."""
    decimals = _decimals()
    return [
        BudgetNeed(
            amount=round_amount(
                line.net_amount * line.open_quantity / line.stock_quantity * order.exchange_rate, decimals
            ),
            day=line.due_date,
            item_id=line.item_id,
            department_id=(
                line.requisition_line.requisition.department_id if line.requisition_line else order.department_id
            ),
            project_id=order.project_id,
        )
        for line in lines
        if line.open_quantity
    ]


def require_budget_for_requisition(requisition: Requisition, *, actor: Any = None) -> None:
    """Ask for what a requisition would cost at its estimated prices; lines without one count nothing.

    Raises:
        (the provider's refusal): a budget would pass its stop level.
    """
    ports.budget_check(document=requisition, needs=needs_of_requisition(requisition), actor=actor)


def needs_of_requisition(requisition: Requisition) -> list[BudgetNeed]:
    """Return what is not ordered yet of a requisition, at its estimated prices."""
    return [
        BudgetNeed(
            amount=round_amount(
                (line.estimated_price or ZERO) * line.quantity * line.open_quantity / line.stock_quantity, _decimals()
            ),
            day=line.needed_date,
            item_id=line.item_id,
            department_id=requisition.department_id,
            project_id=requisition.project_id,
        )
        for line in requisition.lines.all()
    ]


def _decimals() -> int:
    own = company()
    return own.base_decimals if own else 2

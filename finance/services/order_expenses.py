"""Assigning costs on suppliers' invoices to the sales orders that caused them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core import audit
from core.documents import lock
from core.operations import operation
from crm.models import SalesOrder, SalesOrderLine
from finance.errors import ExpenseTooHigh, NotAnExpense, OrderNotBinding
from finance.models import Invoice, InvoiceLine, OrderExpense
from finance.selectors.order_expenses import assigned_of, expense_lines


@operation(permission="finance.assign_orderexpense", document=(Invoice, "invoice_id"))
def assign_order_expense(
    *,
    invoice_id: int,
    invoice_line_id: int,
    sales_order_id: int,
    sales_order_line_id: int | None = None,
    amount: Decimal | None = None,
    actor: Any,
    at: dt.datetime,
) -> OrderExpense:
    """Let an order bear ``amount`` (net, base currency; None: all that is left) of a posted supplier invoice's line.

    Raises:
        NotAnExpense: the line is not a cost of a posted supplier invoice (goods come in by their own door).
        OrderNotBinding: the order is a draft or cancelled, or the line is another order's.
        ExpenseTooHigh: more than is left of the line.
    """
    invoice = lock(Invoice, invoice_id)
    line = expense_lines().filter(invoice=invoice, pk=invoice_line_id).first()
    if line is None:
        raise NotAnExpense(document=invoice)
    order = SalesOrder.objects.get(pk=sales_order_id)
    _refuse_foreign(order, sales_order_line_id)
    left = line.base_net_amount - assigned_of(line)
    amount = left if amount is None else amount
    if not amount or amount * left <= 0 or abs(amount) > abs(left):
        raise ExpenseTooHigh(line=line.description, left=left, amount=amount)
    expense = OrderExpense.objects.create(
        invoice_line=line,
        sales_order=order,
        sales_order_line_id=sales_order_line_id,
        amount=amount,
        actor=actor,
        created_at=at,
    )
    audit.record(order, "expense_assigned", actor=actor, at=at, invoice=str(invoice), amount=str(amount))
    return expense


@operation(permission="finance.assign_orderexpense", document=(Invoice, "invoice_id"))
def remove_order_expense(*, invoice_id: int, expense_id: int, actor: Any, at: dt.datetime) -> InvoiceLine:
    """Take an assignment back; the line can be assigned anew.

    Raises:
        NotAnExpense: the invoice has no such assignment.
    """
    invoice = lock(Invoice, invoice_id)
    found = OrderExpense.objects.select_related("invoice_line", "sales_order").filter(
        pk=expense_id, invoice_line__invoice=invoice
    )
    expense = found.first()
    if expense is None:
        raise NotAnExpense(document=invoice)
    audit.record(
        expense.sales_order, "expense_removed", actor=actor, at=at, invoice=str(invoice), amount=str(expense.amount)
    )
    expense.delete()
    return expense.invoice_line


def _refuse_foreign(order: SalesOrder, line_id: int | None) -> None:
    own = line_id is None or SalesOrderLine.objects.filter(pk=line_id, order=order).exists()
    if order.state not in {"confirmed", "closed"} or not own:
        raise OrderNotBinding(document=order)

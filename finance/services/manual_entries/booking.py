"""A typed line as it is booked."""

from finance.models import ManualEntryLine
from finance.services.lines import Line


def booked(line: ManualEntryLine) -> Line:
    """Return a typed line as it is booked."""
    return Line(
        account_id=line.account_id,
        amount=line.amount,
        currency_id=line.currency_id,
        currency_amount=line.currency_amount,
        rate=line.rate,
        partner_id=line.partner_id,
        department_id=line.department_id,
        project_id=line.project_id,
        item_category_id=line.item_category_id,
        sales_order_id=line.sales_order_id,
        description=line.description,
    )

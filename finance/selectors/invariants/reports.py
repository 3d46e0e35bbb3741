"""What must hold of the tables that the reports of finance keep: costs borne by orders, commitments."""

from django.utils.translation import gettext_lazy as _

from finance.selectors.budgets.documents import OPEN_DOCUMENTS
from finance.selectors.invariants.base import Invariant

REPORTS = (
    Invariant(
        "order_expenses",
        _("Orders bear of a supplier's cost line no more than it says, and of posted supplier invoices only"),
        """
        SELECT l.id AS line, l.base_net_amount AS cost, sum(x.amount) AS borne
        FROM finance_orderexpense x JOIN finance_invoiceline l ON l.id = x.invoice_line_id
          JOIN finance_invoice i ON i.id = l.invoice_id
        GROUP BY l.id, l.base_net_amount, i.state, i.kind, l.receipt_line_id
        HAVING abs(sum(x.amount)) > abs(l.base_net_amount) OR sum(x.amount) * l.base_net_amount < 0
          OR i.state <> 'posted' OR i.kind <> 'supplier' OR l.receipt_line_id IS NOT NULL""",
        closes=False,
    ),
    Invariant(
        "commitments",
        _("Budget commitments are what open requisitions, orders and received services will cost"),
        f"""
        SELECT coalesce(d.source_number, c.source_number) AS document, coalesce(d.line_id, c.line_id) AS line,
          coalesce(d.stage, c.stage) AS stage, d.amount AS documents, c.amount AS committed
        FROM ({OPEN_DOCUMENTS}) d
          FULL JOIN finance_commitment c
          ON c.source_label = d.source_label AND c.line_id = d.line_id AND c.stage = d.stage
        WHERE d.amount IS DISTINCT FROM c.amount OR d.quantity IS DISTINCT FROM c.quantity""",
        closes=False,
    ),
)

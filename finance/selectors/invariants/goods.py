"""What must always be true between goods and the general ledger."""

from django.utils.translation import gettext_lazy as _

from finance.selectors.invariants.base import Invariant, account_of, total

GOODS = (
    Invariant(
        "grni",
        _("Goods received, not invoiced: account equals the open receipt lines, by supplier"),
        f"""
        WITH gl AS (
          SELECT partner_id, -sum(amount) AS total FROM finance_journalline
          WHERE account_id IN ({account_of("grni")}) GROUP BY 1
        ), sub AS (SELECT partner_id, sum(open_amount) AS total FROM finance_grniline GROUP BY 1)
        SELECT coalesce(gl.partner_id, sub.partner_id) AS partner, gl.total AS general_ledger, sub.total AS sub_ledger
        FROM gl FULL JOIN sub ON sub.partner_id = gl.partner_id
        WHERE coalesce(gl.total, 0) <> coalesce(sub.total, 0)
        """,
    ),
    Invariant(
        "accrued_charges",
        _("Freight and charges accrued: account equals what carriers have not invoiced, by carrier"),
        f"""
        WITH gl AS (
          SELECT partner_id, -sum(amount) AS total FROM finance_journalline
          WHERE account_id IN ({account_of("landed_cost")}) GROUP BY 1
        ), sub AS (SELECT partner_id, sum(open_amount) AS total FROM finance_accruedcharge GROUP BY 1)
        SELECT coalesce(gl.partner_id, sub.partner_id) AS partner, gl.total AS general_ledger, sub.total AS sub_ledger
        FROM gl FULL JOIN sub ON coalesce(sub.partner_id, 0) = coalesce(gl.partner_id, 0)
        WHERE coalesce(gl.total, 0) <> coalesce(sub.total, 0)
        """,
    ),
    Invariant(
        "unbilled",
        _("Unbilled receivables: account equals the deliveries not invoiced, by customer"),
        f"""
        WITH gl AS (
          SELECT partner_id, sum(amount) AS total FROM finance_journalline
          WHERE account_id IN ({account_of("unbilled")}) GROUP BY 1
        ), sub AS (SELECT partner_id, sum(open_amount) AS total FROM finance_unbilledline GROUP BY 1)
        SELECT coalesce(gl.partner_id, sub.partner_id) AS partner, gl.total AS general_ledger, sub.total AS sub_ledger
        FROM gl FULL JOIN sub ON sub.partner_id = gl.partner_id
        WHERE coalesce(gl.total, 0) <> coalesce(sub.total, 0)
        """,
    ),
    Invariant(
        "dispatched",
        _("Goods dispatched: account equals the cost of deliveries not yet recognised"),
        total("dispatched", "SELECT coalesce(sum(dispatched_cost), 0) AS total FROM finance_unbilledline"),
    ),
    Invariant(
        "stock",
        _("Stock accounts equal the value of the stock, by item"),
        f"""
        WITH gl AS (
          SELECT item_id, sum(amount) AS total FROM finance_journalline
          WHERE account_id IN ({account_of("stock")}) GROUP BY 1
        )
        SELECT coalesce(gl.item_id, cost.item_id) AS item, gl.total AS general_ledger, cost.value AS stock
        FROM gl FULL JOIN erp_itemcost cost ON cost.item_id = gl.item_id
        WHERE coalesce(gl.total, 0) <> coalesce(cost.value, 0)
        """,
    ),
    Invariant(
        "value_entries_booked",
        _("Every value entry has one journal line of the same amount and date"),
        """
        SELECT entry.id AS value_entry, entry.amount AS amount, count(line.id) AS lines
        FROM erp_valueentry entry
        LEFT JOIN finance_journalline line ON line.value_entry_id = entry.id
        LEFT JOIN finance_journalentry journal ON journal.id = line.entry_id
        WHERE entry.amount <> 0
        GROUP BY entry.id
        HAVING count(line.id) <> 1 OR sum(line.amount) <> entry.amount
          OR bool_or(journal.entry_date <> entry.booked_on)
        """,
    ),
    Invariant(
        "wip",
        _("Work in progress: account equals the cost in process, by work order"),
        f"""
        WITH gl AS (
          SELECT work_order_id, sum(amount) AS total FROM finance_journalline
          WHERE account_id IN ({account_of("wip")}) GROUP BY 1
        )
        SELECT orders.number AS work_order, gl.total AS general_ledger,
          orders.material_cost + orders.labour_cost - orders.received_cost AS cost
        FROM gl FULL JOIN erp_workorder orders ON orders.id = gl.work_order_id
        WHERE coalesce(gl.total, 0) <> CASE WHEN orders.state IN ('closed', 'cancelled') THEN 0
          ELSE coalesce(orders.material_cost + orders.labour_cost - orders.received_cost, 0) END
        """,
    ),
    Invariant(
        "ordered_invoiced",
        _("Invoiced quantities of order lines are the sums of their posted invoice lines"),
        """
        SELECT 'sales' AS side, line.id AS line, line.invoiced_quantity AS stored,
          coalesce(sum(part.quantity), 0) AS counted
        FROM crm_salesorderline line
        JOIN crm_salesorder orders ON orders.id = line.order_id AND NOT orders.is_history
        LEFT JOIN (
          SELECT invoiceline.sales_order_line_id AS line_id, invoiceline.billed_quantity AS quantity
          FROM finance_invoiceline invoiceline JOIN finance_invoice invoice ON invoice.id = invoiceline.invoice_id
          WHERE invoice.state = 'posted'
        ) part ON part.line_id = line.id
        GROUP BY line.id HAVING line.invoiced_quantity <> coalesce(sum(part.quantity), 0)
        UNION ALL
        SELECT 'purchase', line.id, line.invoiced_quantity, coalesce(sum(part.quantity), 0)
        FROM scm_purchaseorderline line
        JOIN scm_purchaseorder orders ON orders.id = line.order_id AND NOT orders.is_imported
        LEFT JOIN (
          SELECT invoiceline.purchase_order_line_id AS line_id, invoiceline.billed_quantity AS quantity
          FROM finance_invoiceline invoiceline JOIN finance_invoice invoice ON invoice.id = invoiceline.invoice_id
          WHERE invoice.state = 'posted'
        ) part ON part.line_id = line.id
        GROUP BY line.id HAVING line.invoiced_quantity <> coalesce(sum(part.quantity), 0)
        """,
        closes=False,
    ),
)

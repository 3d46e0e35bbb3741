"""What must always be true of the books: queries that must return no row (RELIABILITY part B)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Invariant:
    """``sql`` returns one row per violation; ``closes`` says whether a violation keeps a period from being closed."""

    code: str
    name: Any
    sql: str
    closes: bool = True


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold, with the first rows that show it, as {column: value}."""

    invariant: Invariant
    rows: Sequence[dict[str, Any]]


def _account(role: str) -> str:
    return f"SELECT account_id FROM finance_accountmapping WHERE role = '{role}'"


def _control(role: str, sub_ledger: str) -> str:
    """Compare an account with its sub-ledger (a query of the same four columns) by partner and currency."""
    return f"""
        WITH gl AS (
          SELECT partner_id, currency_id, sum(currency_amount) AS in_currency, sum(amount) AS in_base
          FROM finance_journalline WHERE account_id IN ({_account(role)}) GROUP BY 1, 2
        ), sub AS ({sub_ledger})
        SELECT coalesce(gl.partner_id, sub.partner_id) AS partner,
          coalesce(gl.currency_id, sub.currency_id) AS currency,
          coalesce(gl.in_base, 0) AS general_ledger, coalesce(sub.in_base, 0) AS sub_ledger
        FROM gl FULL JOIN sub ON sub.partner_id = gl.partner_id AND sub.currency_id = gl.currency_id
        WHERE coalesce(gl.in_base, 0) <> coalesce(sub.in_base, 0)
          OR coalesce(gl.in_currency, 0) <> coalesce(sub.in_currency, 0)
    """


def _total(role: str, sub_ledger: str) -> str:
    """Compare the whole balance of an account with one figure of its sub-ledger."""
    return f"""
        SELECT gl.total AS general_ledger, sub.total AS sub_ledger FROM
          (SELECT coalesce(sum(amount), 0) AS total FROM finance_journalline
           WHERE account_id IN ({_account(role)})) gl,
          ({sub_ledger}) sub
        WHERE gl.total <> sub.total
    """


def _open_invoices(kind: str, sign: str) -> str:
    return f"""
        SELECT partner_id, currency_id, {sign}sum(open_amount) AS in_currency, {sign}sum(open_base_amount) AS in_base
        FROM finance_invoice WHERE state = 'posted' AND kind = '{kind}' GROUP BY 1, 2
    """


def _open_payments(kind: str) -> str:
    return f"""
        SELECT partner_id, currency_id,
          sum(CASE direction WHEN 'in' THEN -open_amount ELSE open_amount END) AS in_currency,
          sum(CASE direction WHEN 'in' THEN -open_base_amount ELSE open_base_amount END) AS in_base
        FROM finance_payment WHERE state = 'posted' AND kind = '{kind}' GROUP BY 1, 2
    """


LEDGER = (
    Invariant(
        "entry_balanced",
        _("Every journal entry balances and has at least two lines"),
        """
        SELECT entry.id AS entry, coalesce(sum(line.amount), 0) AS difference, count(line.id) AS lines
        FROM finance_journalentry entry LEFT JOIN finance_journalline line ON line.entry_id = entry.id
        GROUP BY entry.id HAVING coalesce(sum(line.amount), 0) <> 0 OR count(line.id) < 2
        """,
    ),
    Invariant(
        "line_at_rate",
        _("Every line is its currency amount at its rate"),
        """
        SELECT line.entry_id AS entry, line.line_no AS line, line.amount AS amount
        FROM finance_journalline line, core_company company
        WHERE NOT line.is_exchange_difference
          AND line.amount <> round(line.currency_amount * line.rate, company.base_decimals)
        """,
    ),
    Invariant(
        "reversal_is_negative",
        _("Every reversal is the exact negative of its entry"),
        """
        SELECT reversal.id AS reversal, line.account_id AS account
        FROM finance_journalentry reversal
        JOIN finance_journalline line ON line.entry_id IN (reversal.id, reversal.reverses_id)
        WHERE reversal.reverses_id IS NOT NULL
        GROUP BY reversal.id, line.account_id, line.partner_id, line.item_id, line.department_id, line.project_id,
          line.sales_order_id, line.work_order_id, line.currency_id
        HAVING sum(line.amount) <> 0 OR sum(line.currency_amount) <> 0
        """,
    ),
    Invariant(
        "entry_in_period",
        _("Every entry is dated inside its period"),
        """
        SELECT entry.id AS entry, entry.entry_date AS date
        FROM finance_journalentry entry JOIN finance_fiscalperiod period ON period.id = entry.period_id
        WHERE entry.entry_date NOT BETWEEN period.d0 AND period.d1
        """,
    ),
    Invariant(
        "periods_without_holes",
        _("Fiscal periods follow each other without holes"),
        """
        SELECT period.d1 AS after FROM finance_fiscalperiod period
        WHERE period.d1 <> (SELECT max(d1) FROM finance_fiscalperiod)
          AND NOT EXISTS (SELECT 1 FROM finance_fiscalperiod following WHERE following.d0 = period.d1 + 1)
        """,
    ),
    Invariant(
        "posted_documents_booked",
        _("Every posted invoice and payment has its one live entry"),
        """
        SELECT document.label AS document, document.id AS id, count(entry.id) AS entries
        FROM (
          SELECT 'finance.invoice' AS label, 'invoice' AS event, id, state = 'posted' AND gross_amount <> 0 AS booked
          FROM finance_invoice
          UNION ALL
          SELECT 'finance.payment', 'payment', id, state = 'posted' FROM finance_payment
        ) document
        LEFT JOIN finance_journalentry entry ON entry.source_label = document.label AND entry.source_id = document.id
          AND entry.event = document.event AND entry.reverses_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM finance_journalentry undone WHERE undone.reverses_id = entry.id)
        GROUP BY document.label, document.id, document.booked
        HAVING count(entry.id) <> CASE WHEN document.booked THEN 1 ELSE 0 END
        """,
    ),
)

RECEIVABLES_AND_PAYABLES = (
    Invariant(
        "receivables",
        _("Receivables account equals the open customer invoices, by customer and currency"),
        _control("receivable", _open_invoices("customer", "")),
    ),
    Invariant(
        "payables",
        _("Payables account equals the open supplier invoices, by supplier and currency"),
        _control("payable", _open_invoices("supplier", "-")),
    ),
    Invariant(
        "advances_received",
        _("Advances from customers equal the unallocated money, by customer and currency"),
        _control("advance_received", _open_payments("customer")),
    ),
    Invariant(
        "advances_paid",
        _("Advances to suppliers equal the unallocated money, by supplier and currency"),
        _control("advance_paid", _open_payments("supplier")),
    ),
    Invariant(
        "invoice_settled",
        _("What is settled on an invoice is the sum of its allocations"),
        """
        SELECT invoice.id AS invoice, invoice.settled_amount AS stored,
          coalesce(settled.amount, 0) - coalesce(given.amount, 0) AS counted
        FROM finance_invoice invoice
        LEFT JOIN (SELECT invoice_id, sum(amount) AS amount, sum(base_amount) AS base_amount
                   FROM finance_allocation GROUP BY 1) settled ON settled.invoice_id = invoice.id
        LEFT JOIN (SELECT credit_id, sum(amount) AS amount, sum(base_amount) AS base_amount
                   FROM finance_allocation WHERE credit_id IS NOT NULL GROUP BY 1) given ON given.credit_id = invoice.id
        WHERE invoice.settled_amount <> coalesce(settled.amount, 0) - coalesce(given.amount, 0)
          OR invoice.settled_base_amount <> coalesce(settled.base_amount, 0) - coalesce(given.base_amount, 0)
        """,
    ),
    Invariant(
        "payment_allocated",
        _("What is allocated of a payment is the sum of its allocations"),
        """
        SELECT payment.id AS payment, payment.allocated_amount AS stored, abs(coalesce(used.amount, 0)) AS counted
        FROM finance_payment payment
        LEFT JOIN (SELECT payment_id, sum(amount) AS amount, sum(payment_base_amount) AS base_amount
                   FROM finance_allocation GROUP BY 1) used ON used.payment_id = payment.id
        WHERE payment.allocated_amount <> abs(coalesce(used.amount, 0))
          OR payment.allocated_base_amount <> abs(coalesce(used.base_amount, 0))
        """,
    ),
    Invariant(
        "instalments",
        _("The instalments of an invoice add up to its total and its settled part"),
        """
        SELECT invoice.id AS invoice, invoice.gross_amount AS total, sum(part.amount) AS instalments
        FROM finance_invoice invoice LEFT JOIN finance_invoiceinstalment part ON part.invoice_id = invoice.id
        WHERE invoice.state = 'posted'
        GROUP BY invoice.id
        HAVING coalesce(sum(part.amount), 0) <> invoice.gross_amount
          OR coalesce(sum(part.settled_amount), 0) <> invoice.settled_amount
        """,
    ),
    Invariant(
        "invoice_totals",
        _("Invoice totals are the sums of their lines"),
        """
        SELECT invoice.id AS invoice, invoice.gross_amount AS total, sum(line.gross_amount) AS lines
        FROM finance_invoice invoice JOIN finance_invoiceline line ON line.invoice_id = invoice.id
        GROUP BY invoice.id
        HAVING sum(line.net_amount) <> invoice.net_amount OR sum(line.tax_amount) <> invoice.tax_amount
          OR sum(line.gross_amount) <> invoice.gross_amount
        """,
    ),
    Invariant(
        "legal_numbers",
        _("Invoice numbers have no gap and no twin"),
        """
        SELECT numbers.year AS year, numbers.used AS used, sequence.last_number AS last_number
        FROM (SELECT year, count(*) AS used, min(number) AS first, max(number) AS last
              FROM (SELECT split_part(legal_number, '-', 1) AS year, split_part(legal_number, '-', 2)::bigint AS number
                    FROM finance_invoice WHERE legal_number <> '') issued
              GROUP BY 1) numbers
        FULL JOIN (SELECT period, last_number FROM core_legalsequence WHERE series = 'finance.invoice') sequence
          ON sequence.period = numbers.year
        WHERE numbers.used IS DISTINCT FROM sequence.last_number OR numbers.first <> 1
          OR numbers.last IS DISTINCT FROM sequence.last_number
        """,
    ),
    Invariant(
        "tax_accounts",
        _("Tax booked by invoices equals the tax of the posted invoices, by code"),
        """
        WITH booked AS (
          SELECT line.tax_code AS code, mapping.role AS role, sum(line.amount) AS amount
          FROM finance_journalline line
          JOIN finance_journalentry entry ON entry.id = line.entry_id AND entry.source_label = 'finance.invoice'
          JOIN finance_accountmapping mapping ON mapping.account_id = line.account_id
            AND mapping.role IN ('output_tax', 'input_tax')
          GROUP BY 1, 2
        ), invoiced AS (
          SELECT coalesce(tax.code, '') AS code,
            CASE invoice.kind WHEN 'customer' THEN 'output_tax' ELSE 'input_tax' END AS role,
            sum(CASE invoice.kind WHEN 'customer' THEN -line.base_tax_amount ELSE line.base_tax_amount END) AS amount
          FROM finance_invoiceline line JOIN finance_invoice invoice ON invoice.id = line.invoice_id
          LEFT JOIN masterdata_tax tax ON tax.id = line.tax_id
          WHERE invoice.state = 'posted' GROUP BY 1, 2
        )
        SELECT coalesce(booked.code, invoiced.code) AS tax, booked.amount AS general_ledger, invoiced.amount AS invoices
        FROM booked FULL JOIN invoiced ON invoiced.code = booked.code AND invoiced.role = booked.role
        WHERE coalesce(booked.amount, 0) <> coalesce(invoiced.amount, 0)
        """,
    ),
)

GOODS = (
    Invariant(
        "grni",
        _("Goods received, not invoiced: account equals the open receipt lines, by supplier"),
        f"""
        WITH gl AS (
          SELECT partner_id, -sum(amount) AS total FROM finance_journalline
          WHERE account_id IN ({_account("grni")}) GROUP BY 1
        ), sub AS (SELECT partner_id, sum(open_amount) AS total FROM finance_grniline GROUP BY 1)
        SELECT coalesce(gl.partner_id, sub.partner_id) AS partner, gl.total AS general_ledger, sub.total AS sub_ledger
        FROM gl FULL JOIN sub ON sub.partner_id = gl.partner_id
        WHERE coalesce(gl.total, 0) <> coalesce(sub.total, 0)
        """,
    ),
    Invariant(
        "unbilled",
        _("Unbilled receivables: account equals the deliveries not invoiced, by customer"),
        f"""
        WITH gl AS (
          SELECT partner_id, sum(amount) AS total FROM finance_journalline
          WHERE account_id IN ({_account("unbilled")}) GROUP BY 1
        ), sub AS (SELECT partner_id, sum(open_amount) AS total FROM finance_unbilledline GROUP BY 1)
        SELECT coalesce(gl.partner_id, sub.partner_id) AS partner, gl.total AS general_ledger, sub.total AS sub_ledger
        FROM gl FULL JOIN sub ON sub.partner_id = gl.partner_id
        WHERE coalesce(gl.total, 0) <> coalesce(sub.total, 0)
        """,
    ),
    Invariant(
        "dispatched",
        _("Goods dispatched: account equals the cost of deliveries not yet recognised"),
        _total("dispatched", "SELECT coalesce(sum(dispatched_cost), 0) AS total FROM finance_unbilledline"),
    ),
    Invariant(
        "stock",
        _("Stock accounts equal the value of the stock"),
        _total("stock", "SELECT coalesce(sum(value), 0) AS total FROM erp_itemcost"),
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
          WHERE account_id IN ({_account("wip")}) GROUP BY 1
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

STOCK = (
    Invariant(
        "stock_balances",
        _("Stock balances are the sums of their moves"),
        """
        WITH legs AS (
          SELECT item_id, to_location_id AS location_id, lot_id, quantity FROM erp_stockmove
          UNION ALL SELECT item_id, from_location_id, lot_id, -quantity FROM erp_stockmove
        ), moved AS (
          SELECT legs.item_id, legs.location_id, legs.lot_id, sum(legs.quantity) AS quantity
          FROM legs JOIN masterdata_location place ON place.id = legs.location_id AND place.kind = 'storage'
          GROUP BY 1, 2, 3
        )
        SELECT coalesce(moved.item_id, balance.item_id) AS item,
          coalesce(moved.location_id, balance.location_id) AS place, balance.on_hand AS balance, moved.quantity AS moves
        FROM moved FULL JOIN (
          SELECT balance.* FROM erp_stockbalance balance
          JOIN masterdata_location place ON place.id = balance.location_id AND place.kind = 'storage'
        ) balance ON balance.item_id = moved.item_id AND balance.location_id = moved.location_id
          AND balance.lot_id IS NOT DISTINCT FROM moved.lot_id
        WHERE coalesce(moved.quantity, 0) <> coalesce(balance.on_hand, 0)
        """,
    ),
    Invariant(
        "stock_reserved",
        _("Reserved stock is the sum of the reservations"),
        """
        SELECT balance.id AS balance, balance.reserved AS reserved,
          coalesce(sum(reservation.quantity), 0) AS reservations
        FROM erp_stockbalance balance LEFT JOIN erp_reservation reservation ON reservation.balance_id = balance.id
        GROUP BY balance.id HAVING balance.reserved <> coalesce(sum(reservation.quantity), 0)
        """,
        closes=False,
    ),
    Invariant(
        "item_value",
        _("Quantity and value of an item are the sums of its value entries"),
        """
        SELECT cost.item_id AS item, cost.value AS stored, coalesce(sum(entry.amount), 0) AS counted
        FROM erp_itemcost cost LEFT JOIN erp_valueentry entry ON entry.item_id = cost.item_id
        GROUP BY cost.id
        HAVING cost.value <> coalesce(sum(entry.amount), 0) OR cost.quantity <> coalesce(sum(entry.quantity), 0)
        """,
    ),
)

INVARIANTS: tuple[Invariant, ...] = LEDGER + RECEIVABLES_AND_PAYABLES + GOODS + STOCK


def violations(invariants: Iterable[Invariant] = INVARIANTS, *, limit: int = 20) -> list[Violation]:
    """Run the queries and return those that found something, each with its first ``limit`` rows."""
    found = []
    with connection.cursor() as cursor:
        for one in invariants:
            cursor.execute(f"SELECT * FROM ({one.sql}) broken LIMIT %s", [limit])
            columns = [column.name for column in cursor.description or ()]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            if rows:
                found.append(Violation(one, rows))
    return found

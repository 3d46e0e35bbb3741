"""What must always be true of receivables, payables, their money and their tax."""

from django.utils.translation import gettext_lazy as _

from finance.selectors.invariants.base import (
    Invariant,
    by_partner,
    control,
    open_bills,
    open_invoices,
    open_payments,
    total,
)

RECEIVABLES_AND_PAYABLES = (
    Invariant(
        "receivables",
        _("Receivables account equals the open customer invoices, by customer and currency"),
        control("receivable", open_invoices("customer", "")),
    ),
    Invariant(
        "payables",
        _("Payables account equals the open supplier invoices, by supplier and currency"),
        control("payable", open_invoices("supplier", "-")),
    ),
    Invariant(
        "advances_received",
        _("Advances from customers equal the unallocated money, by customer and currency"),
        control("advance_received", open_payments("customer")),
    ),
    Invariant(
        "advances_paid",
        _("Advances to suppliers equal the unallocated money, by supplier and currency"),
        control("advance_paid", open_payments("supplier")),
    ),
    Invariant(
        "bills_receivable",
        _("Bills receivable: account equals the bills we hold, by customer and currency"),
        control("bills_receivable", open_bills("received", "")),
    ),
    Invariant(
        "bills_payable",
        _("Bills payable: account equals the bills we have issued, by supplier and currency"),
        control("bills_payable", open_bills("issued", "-")),
    ),
    Invariant(
        "early_invoiced",
        _("Invoiced before delivery: account equals what is not delivered yet, by customer"),
        by_partner("early_invoiced", "-", "FROM finance_earlyline WHERE kind = 'customer'", "open_amount"),
    ),
    Invariant(
        "not_received",
        _("Invoiced, not received: account equals what has not come yet, by supplier"),
        by_partner("not_received", "", "FROM finance_earlyline WHERE kind = 'supplier'", "open_amount"),
    ),
    Invariant(
        "early_cleared",
        _("What goods have cleared of early invoice lines is the sum of their matches"),
        """
        SELECT early.id AS early_line, early.cleared_quantity AS stored, coalesce(sum(match.quantity), 0) AS counted
        FROM finance_earlyline early LEFT JOIN finance_earlymatch match ON match.early_id = early.id
        GROUP BY early.id
        HAVING early.cleared_quantity <> coalesce(sum(match.quantity), 0)
          OR early.cleared_amount <> coalesce(sum(match.amount), 0)
        """,
    ),
    Invariant(
        "provision",
        _("Provision for bad debts: account equals the provisions booked less the debts written off"),
        total(
            "provision",
            """
            SELECT coalesce((SELECT sum(base_amount) FROM finance_allocation WHERE write_off_id IS NOT NULL), 0)
              - coalesce((SELECT sum(difference) FROM finance_provisionrun WHERE state = 'posted'), 0) AS total
            """,
        ),
    ),
    Invariant(
        "bank_movements",
        _("An explained movement at the bank has one line of the same amount in the books"),
        """
        SELECT movement.id AS movement, movement.amount AS amount, coalesce(sum(line.currency_amount), 0) AS booked
        FROM finance_bankmovement movement
        LEFT JOIN finance_bankmatch match ON match.movement_id = movement.id
        LEFT JOIN finance_journalline line ON line.id = match.journal_line_id
        GROUP BY movement.id
        HAVING coalesce(sum(line.currency_amount), 0)
          <> CASE movement.state WHEN 'matched' THEN movement.amount ELSE 0 END
        """,
        closes=False,
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
        LEFT JOIN (SELECT credit_id, sum(amount) AS amount,
                     sum(coalesce(credit_base_amount, base_amount)) AS base_amount
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
                   FROM finance_allocation WHERE kind = 'settled' GROUP BY 1) used ON used.payment_id = payment.id
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
          OR coalesce(sum(part.open_base_amount), 0) <> invoice.open_base_amount
          OR bool_or(part.partner_id <> invoice.partner_id OR part.kind <> invoice.kind)
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
